/**
 * Program that encodes frames. It marks on stderr where each measured stretch begins, so that the garbage
 * collections of each can be counted. Arguments: renderer ("leaky" for half-blocks and one small array per
 * frame), frames per stretch, number of stretches.
 */
import { writeSync } from "node:fs";
import { createEncoder, type RendererName } from "../../src/io/render/encoders.ts";
import { gameFrame, setupFor } from "./game-frames.ts";

const MARK = "=== mark";
const WARM_UP_FRAMES = 300;
/** About 400 bytes. */
const LEAKED_NUMBERS = 50;

/**
 * The allocations of the leaky run, stored where the compiler cannot see that they are never read. @public
 */
export let leaked: number[] | undefined;

/**
 * Returns the number of garbage collections in each stretch of frames, counted in a separate process, where
 * the collector runs after every 64 KiB of allocation and logs each run. Check the smallest count: the JIT
 * allocates by chance in some stretches, a leak in all.
 */
export function countEncoderCollections(
  renderer: RendererName | "leaky",
  stretchFrames: number,
  stretches: number,
): number[] {
  const args = [renderer, String(stretchFrames), String(stretches)];
  const { stderr, exitCode } = Bun.spawnSync([process.execPath, import.meta.path, ...args], {
    env: { ...process.env, BUN_JSC_gcMaxHeapSize: "65536", BUN_JSC_logGC: "1" },
  });
  const logs = stderr.toString().split(MARK).slice(1, -1);
  if (exitCode !== 0 || logs.length !== stretches)
    throw new Error(`the measured run failed: ${stderr.toString().slice(-500)}`);
  return logs.map((log) => log.split(": START ").length - 1);
}

function measure(renderer: RendererName | "leaky", stretchFrames: number, stretches: number): void {
  const isHalfBlock = renderer === "half-block" || renderer === "leaky";
  const [columns, rows] = isHalfBlock ? [300, 125] : renderer === "sixel" ? [40, 18] : [80, 30];
  const plain = setupFor(columns, rows);
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
  for (let stretch = 0; stretch < stretches; stretch++) {
    writeSync(2, `\n${MARK}\n`);
    run(stretchFrames);
  }
  writeSync(2, `\n${MARK}\n`);
}

if (import.meta.main) {
  const [renderer = "leaky", frames = "0", stretches = "0"] = process.argv.slice(2);
  measure(renderer as RendererName | "leaky", Number(frames), Number(stretches));
}
