/** A machine in its own thread, for `bench/machine.ts`: runs frames on request and reports their rate. */
import { readFileSync } from "node:fs";
import { readRom } from "../../src/io/files/rom-file.ts";
import { createHeadless } from "../../src/io/shared/headless.ts";

declare const self: Worker;

let runFrames: ((frames: number) => void) | undefined;

function start(rom: string): (frames: number) => void {
  const machine = createHeadless(readRom(readFileSync(rom), rom).image);
  const pixels = new Uint16Array(machine.geometry.width * machine.geometry.height);
  return (frames) => {
    for (let frame = 0; frame < frames; frame++) machine.runFrame(pixels);
  };
}

/**
 * The first message is the ROM's path; the others are counts of frames, each answered with frames per second.
 */
self.onmessage = ({ data }: MessageEvent<string | number>): void => {
  if (typeof data === "string") {
    runFrames = start(data);
    return;
  }
  const begin = performance.now();
  runFrames?.(data);
  self.postMessage((data / (performance.now() - begin)) * 1000);
};
