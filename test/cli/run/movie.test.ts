/** The movie of a game that has ended. */
import { expect, spyOn, test } from "bun:test";
import { join } from "node:path";
import { keepRecording } from "../../../src/cli/run/movie.ts";
import { loadRom } from "../../../src/io/files/roms/rom-file.ts";
import { RecordingBlock } from "../../../src/io/shared/recording-block.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const SWINGBY = join(import.meta.dir, "../../../roms/swingby.nes");

test.skipIf(process.platform === "win32")("is written to a pipe once", async () => {
  const pipe = join(temporaryFolder("record"), "movie.json");
  expect(Bun.spawnSync(["mkfifo", pipe]).exitCode).toBe(0);
  const reader = Bun.spawn(["cat", pipe], { stdout: "pipe" });
  const recording = new RecordingBlock();
  recording.frames = 2;
  using _said = spyOn(process.stderr, "write").mockReturnValue(true);
  await keepRecording(pipe, recording, await loadRom(SWINGBY), {});
  expect(JSON.parse(await reader.stdout.text()).frames).toBe(2);
});
