/**
 * Program that encodes frames and tells, by marks on stderr, which garbage collections that costs.
 * Arguments: renderer ("leaky" for half-blocks and one small array a frame), frames of the short run,
 * frames of the long run that follows it.
 */
import { writeSync } from "node:fs";
import { createEncoder, type RendererName } from "../../src/io/render/encoders.ts";
import { gameFrame, setupFor } from "./game-frames.ts";

const MARK = "=== mark";
const WARM_UP_FRAMES = 300;
/** Some 400 bytes. */
const LEAKED_NUMBERS = 50;

/** What the leaky run allocates, kept where the compiler cannot see that nobody reads it. @public */
export let leaked: number[] | undefined;

/**
 * Counts the collections of both runs in a process of their own, where the collector runs after every
 * 64 KiB of allocation and logs each run.
 */
export function countEncoderCollections(
  renderer: RendererName | "leaky",
  shortFrames: number,
  longFrames: number,
): { short: number; long: number } {
  const args = [renderer, String(shortFrames), String(longFrames)];
  const { stderr, exitCode } = Bun.spawnSync([process.execPath, import.meta.path, ...args], {
    env: { ...process.env, BUN_JSC_gcMaxHeapSize: "65536", BUN_JSC_logGC: "1" },
  });
  const [, short, long, rest] = stderr.toString().split(MARK);
  if (exitCode !== 0 || rest === undefined)
    throw new Error(`the measured run failed: ${stderr.toString().slice(-500)}`);
  const count = (log = "") => log.split(": START ").length - 1;
  return { short: count(short), long: count(long) };
}

function measure(renderer: RendererName | "leaky", shortFrames: number, longFrames: number): void {
  const isHalfBlock = renderer === "half-block" || renderer === "leaky";
  const plain = isHalfBlock ? setupFor(300, 125) : setupFor(130, 60);
  const setup = {
    ...plain,
    capabilities: { ...plain.capabilities, paletteUpload: "whole", shiftRows: true } as const,
  };
  const encoder = createEncoder(renderer === "leaky" ? "half-block" : renderer, setup)!;
  const out = new Uint8Array(encoder.maxFrameBytes);
  const frames = Array.from({ length: 4 }, (_, index) => gameFrame(2 * index));
  const run = (count: number) => {
    for (let index = 0; index < count; index++) {
      encoder.encode(frames[index % frames.length]!, out);
      if (renderer === "leaky") leaked = new Array<number>(LEAKED_NUMBERS).fill(index);
    }
  };
  run(WARM_UP_FRAMES);
  writeSync(2, `\n${MARK}\n`);
  run(shortFrames);
  writeSync(2, `\n${MARK}\n`);
  run(longFrames);
  writeSync(2, `\n${MARK}\n`);
}

if (import.meta.main) {
  const [renderer = "leaky", short = "0", long = "0"] = process.argv.slice(2);
  measure(renderer as RendererName | "leaky", Number(short), Number(long));
}
