/**
 * Plays the latching machine in a pty and records when each change of buttons reaches shared memory.
 * Arguments: log file.
 */
import { appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CheatList } from "../../../src/io/play/cheat-list.ts";
import { play } from "../../../src/io/play/play.ts";
import { DEFAULT_SETTINGS } from "../../../src/io/play/settings.ts";
import { InputWriter } from "../../../src/io/shared/input-words.ts";
import { sharedMicroseconds } from "./clock.ts";
import { latchingSource } from "./latching-worker.ts";

const log = process.argv[2] ?? "";
const { setButtons } = InputWriter.prototype;
InputWriter.prototype.setButtons = function (...words) {
  setButtons.apply(this, words);
  appendFileSync(log, `${sharedMicroseconds()} stored ${words[0]}\n`);
};
const folder = tmpdir();
await play({
  client: { machine: latchingSource(log) },
  settings: { ...DEFAULT_SETTINGS, renderer: "half-block", sound: "none" },
  files: {
    name: "latching",
    statesFolder: folder,
    capturesFolder: folder,
    cheats: new CheatList(join(folder, "none.txt")),
  },
  gamesFolder: folder,
});
process.exit(0);
