/**
 * A machine in its own thread, for `bench/machine.ts`: runs frames on request and reports their rate. Without
 * a ROM it only computes, to show what the cores yield to threads that share nothing.
 */
import { readFileSync } from "node:fs";
import { readRom } from "../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../src/io/shared/headless.ts";

declare const self: Worker;

let runFrames: ((frames: number) => void) | undefined;

/** Steps of arithmetic that take about as long as a frame. */
const FRAME_STEPS = 100_000;
/** Where the result goes, so that no compiler leaves the arithmetic out. */
const sink = new Int32Array(1);

function compute(frames: number): void {
  let value = frames;
  for (let step = frames * FRAME_STEPS; step > 0; step--)
    value = (Math.imul(value, 1664525) + 1013904223) | 0;
  sink[0] = value;
}

function start(rom: string): (frames: number) => void {
  const machine = createHeadless(readRom(readFileSync(rom), rom).image);
  const pixels = new Uint16Array(machine.geometry.width * machine.geometry.height);
  return (frames) => {
    for (let frame = 0; frame < frames; frame++) machine.runFrame(pixels);
  };
}

/**
 * The first message is the path of the ROM, or empty; the others are counts of frames, each answered with
 * frames per second.
 */
self.onmessage = ({ data }: MessageEvent<string | number>): void => {
  if (typeof data === "string") {
    runFrames = data === "" ? compute : start(data);
    return;
  }
  const begin = performance.now();
  runFrames?.(data);
  self.postMessage((data / (performance.now() - begin)) * 1000);
};
