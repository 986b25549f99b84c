/** A machine in a thread of its own, for `bench/machine.ts`: runs frames and reports their rate. */
import { readFileSync } from "node:fs";
import { readRom } from "../../src/io/files/rom-file.ts";
import { createHeadless } from "../../src/io/headless.ts";

export interface Order {
  readonly rom: string;
  readonly warmUpFrames: number;
  readonly frames: number;
}

export interface Report {
  readonly framesPerSecond: number;
}

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<Order>): void => {
  const machine = createHeadless(readRom(readFileSync(data.rom), data.rom).image);
  const pixels = new Uint16Array(machine.geometry.width * machine.geometry.height);
  for (let frame = 0; frame < data.warmUpFrames; frame++) machine.runFrame(pixels);
  const start = performance.now();
  for (let frame = 0; frame < data.frames; frame++) machine.runFrame(pixels);
  const report: Report = { framesPerSecond: (data.frames / (performance.now() - start)) * 1000 };
  self.postMessage(report);
};
