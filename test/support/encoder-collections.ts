/**
 * Program that encodes frames. It marks on stderr where each measured stretch begins, so that the garbage
 * collections of each can be counted. Arguments: renderer ("leaky" for half-blocks and one small array per
 * frame), frames per stretch, number of stretches.
 */
import { writeSync } from "node:fs";
import { createEncoder, type RendererName } from "../../src/io/render/encoders.ts";
import { leastCollections, STRETCH_MARK } from "./collection-counts.ts";
import { gameFrame, setupFor } from "./game-frames.ts";

const WARM_UP_FRAMES = 300;
/** About 400 bytes. */
const LEAKED_NUMBERS = 50;

/**
 * The allocations of the leaky run, stored where the compiler cannot see that they are never read. @public
 */
export let leaked: number[] | undefined;

/**
 * Returns the smallest number of garbage collections in a stretch of frames. A program whose stretches all
 * have some leaks.
 */
export function leastEncoderCollections(
  renderer: RendererName | "leaky",
  stretchFrames: number,
  stretches: number,
): Promise<number> {
  return leastCollections([import.meta.path, renderer, `${stretchFrames}`, `${stretches}`], stretches);
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
    writeSync(2, `\n${STRETCH_MARK}\n`);
    run(stretchFrames);
  }
  writeSync(2, `\n${STRETCH_MARK}\n`);
}

if (import.meta.main) {
  const [renderer = "leaky", frames = "0", stretches = "0"] = process.argv.slice(2);
  measure(renderer as RendererName | "leaky", Number(frames), Number(stretches));
}
