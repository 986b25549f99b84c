import { AudioWriter } from "../../../../src/io/shared/audio-ring.ts";
import type { AudioBlock } from "../../../../src/io/shared/layout.ts";
import { serveThread } from "../../../support/test-thread.ts";

export interface AudioOrder {
  readonly block: AudioBlock;
  readonly samples: number;
}

/** Pushes a counting signal in pieces of changing length; what the ring rejects is pushed again. */
serveThread(({ block, samples }: AudioOrder): number => {
  const writer = new AudioWriter(block);
  const run = new Int16Array(997);
  let next = 0;
  while (next < samples) {
    const count = Math.min(1 + ((next * 31) % run.length), samples - next);
    for (let i = 0; i < count; i++) run[i] = next + i;
    next += writer.push(run, count);
  }
  return next;
});
