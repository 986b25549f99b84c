/**
 * A program that a test runs where /dev/shm is a small file system of its own. It fills that folder between
 * frames, and prints the names of its encoders and what is left of their files.
 */
import { readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { createEncoder } from "../../src/io/render/encoders.ts";
import { SHARED_MEMORY_FOLDER } from "../../src/io/render/pixels/kitty-shared-memory.ts";
import { gameFrame, unscaledSetup } from "./game-frames.ts";

const FILLER = `${SHARED_MEMORY_FOLDER}/filler`;

/** Fills the folder until `freeBytes` are free. */
function fill(freeBytes: number): void {
  rmSync(FILLER, { force: true });
  const { bavail, bsize } = statfsSync(SHARED_MEMORY_FOLDER);
  writeFileSync(FILLER, new Uint8Array(Math.max(0, bavail * bsize - freeBytes)));
}

const setup = unscaledSetup(120, 50);
const encoder = createEncoder("kitty-shm", setup)!;
const out = new Uint8Array(encoder.maxFrameBytes);
const lengths: number[] = [];
for (let time = 0; time < 12; time++) {
  if (time === 3) fill(100_000);
  lengths.push(encoder.encode(gameFrame(time), out));
}
const late = createEncoder("kitty-shm", setup)!;
const lateBytes = late.encode(gameFrame(0), new Uint8Array(late.maxFrameBytes));
late.close?.();
encoder.close?.();
rmSync(FILLER);
console.log(
  JSON.stringify({
    names: [encoder.name, late.name],
    areShown: lengths.every((length) => length > 0) && lateBytes > 0,
    left: readdirSync(SHARED_MEMORY_FOLDER),
  }),
);
