import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { AudioReader, AudioWriter } from "../../../src/io/shared/audio-ring.ts";
import type { AudioBlock } from "../../../src/io/shared/layout.ts";
import { AUDIO_HEAD, AUDIO_TAIL } from "../../../src/io/shared/layout-words.ts";
import { soakSize } from "../../support/soak.ts";
import { runThread } from "../../support/test-thread.ts";
import type { AudioOrder } from "./threads/audio-writer.ts";

function audioBlock(samples: number, start = 0, channels: 1 | 2 = 1): AudioBlock {
  const words = new Int32Array(new SharedArrayBuffer(128));
  words[AUDIO_HEAD] = start;
  words[AUDIO_TAIL] = start;
  return { words, samples: new Int16Array(new SharedArrayBuffer(samples * channels * 2)), channels };
}

const steps = fc.array(
  fc.oneof(fc.record({ push: fc.nat(20) }), fc.record({ pop: fc.nat(20) }), fc.record({ keep: fc.nat(16) })),
  { maxLength: 100 },
);

describe("audio ring", () => {
  test("behaves as a bounded queue of samples, even when its counts wrap", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 0x7fff_fff8, -4),
        fc.constantFrom(1, 2),
        steps,
        (start, channels, sequence) => {
          const block = audioBlock(16, start, channels as 1 | 2);
          const writer = new AudioWriter(block);
          const reader = new AudioReader(block);
          const model: number[] = [];
          let next = 0;
          for (const step of sequence) {
            if ("push" in step) {
              const length = step.push * channels;
              const samples = Int16Array.from({ length }, () => next++);
              const accepted = writer.push(samples, length);
              expect(accepted).toBe(Math.min(length, 16 * channels - model.length));
              model.push(...samples.subarray(0, accepted));
            } else if ("pop" in step) {
              const into = new Int16Array(40);
              const taken = reader.pop(into, step.pop);
              expect([...into.subarray(0, taken * channels)]).toEqual(model.splice(0, step.pop * channels));
            } else {
              const gone = reader.discardAllBut(step.keep);
              expect(gone).toBe(Math.max(0, model.length / channels - step.keep));
              model.splice(0, gone * channels);
            }
            expect(reader.available).toBe(model.length / channels);
          }
        },
      ),
    );
  });

  test(
    "two threads: every sample arrives once and in order",
    async () => {
      const samples = soakSize(2_000_000, 50_000_000);
      const block = audioBlock(4096);
      const module = new URL("./threads/audio-writer.ts", import.meta.url);
      const writer = runThread<AudioOrder, number>(module, { block, samples });
      const reader = new AudioReader(block);
      const into = new Int16Array(1024);
      let next = 0;
      let wrong = 0;
      while (next < samples) {
        reader.wait(5_000);
        const taken = reader.pop(into, into.length);
        for (let i = 0; i < taken; i++) if (into[i] !== ((next + i) << 16) >> 16) wrong++;
        next += taken;
      }
      expect(wrong).toBe(0);
      expect(await writer).toBe(samples);
    },
    { timeout: 120_000 },
  );
});
