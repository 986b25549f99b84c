/** Plays the latching machine in a pty and notes when each change of buttons reaches shared memory. Arguments: log file. */
import { appendFileSync } from "node:fs";
import { Bindings } from "../../../src/io/input/bindings.ts";
import { play } from "../../../src/io/play/play.ts";
import { decodePalette } from "../../../src/io/render/palette.ts";
import { InputWriter } from "../../../src/io/shared/input-words.ts";
import { sharedMicroseconds } from "./clock.ts";
import { latchingSource } from "./latching-worker.ts";

const log = process.argv[2] ?? "";
const { setButtons } = InputWriter.prototype;
InputWriter.prototype.setButtons = function (...words) {
  setButtons.apply(this, words);
  appendFileSync(log, `${sharedMicroseconds()} stored ${words[0]}\n`);
};
await play({
  client: { machine: latchingSource(log) },
  bindings: new Bindings(),
  palette: decodePalette(),
  scale: "fit",
  renderer: "half-block",
  colors: "auto",
  sound: "none",
  volumePercent: 0,
});
process.exit(0);
