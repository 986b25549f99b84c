import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createShared, DEFAULT_SIZES } from "../../../src/io/shared/layout.ts";
import {
  TripleBufferReader,
  TripleBufferWriter,
  wakeFrameReader,
} from "../../../src/io/shared/triple-buffer.ts";
import { soakSize } from "../../support/soak.ts";
import { runThread } from "../../support/test-thread.ts";
import type { WriterOrder } from "./threads/triple-buffer-writer.ts";

function shared(widthPixels: number, heightPixels: number) {
  return createShared({
    ...DEFAULT_SIZES,
    machineBytes: 0,
    stateBytes: 64,
    batteryBytes: 0,
    widthPixels,
    heightPixels,
  });
}

describe("triple buffer", () => {
  test("the reader always gets the newest whole frame, once", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("draw", "publish", "acquire"), { maxLength: 300 }), (steps) => {
        const { blocks } = shared(8, 1);
        const writer = new TripleBufferWriter(blocks.frames);
        const reader = new TripleBufferReader(blocks.frames);
        let published = 0;
        let held = 0;
        for (const step of steps) {
          if (step === "draw") writer.pixels.fill(0xdead);
          else if (step === "publish") {
            published++;
            writer.pixels.fill(published);
            writer.publish(published, published * 10);
          } else {
            expect(reader.acquire()).toBe(published > held);
            held = published;
          }
          expect(reader.pixels).toEqual(new Uint16Array(8).fill(held));
          expect(reader.frame).toBe(held);
          expect(reader.timeMs).toBe(held * 10);
          expect(writer.pixels).not.toBe(reader.pixels);
        }
      }),
    );
  });

  test("a later writer and reader continue where the first ones stopped", () => {
    const { blocks } = shared(8, 1);
    new TripleBufferWriter(blocks.frames).publish(1, 0);
    const reader = new TripleBufferReader(blocks.frames);
    expect(reader.acquire()).toBe(true);
    new TripleBufferWriter(blocks.frames).publish(2, 0);
    const next = new TripleBufferReader(blocks.frames);
    expect(next.frame).toBe(1);
    expect(next.acquire()).toBe(true);
    expect(next.frame).toBe(2);
  });

  test("waiting ends with a frame, or without one when the time is over", () => {
    const { blocks } = shared(8, 1);
    const reader = new TripleBufferReader(blocks.frames);
    expect(reader.waitForFrame(1)).toBe(false);
    wakeFrameReader(blocks.frames);
    new TripleBufferWriter(blocks.frames).publish(1, 0);
    expect(reader.waitForFrame(10_000)).toBe(true);
  });

  test(
    "two threads: no frame is torn, repeated as new, or out of order",
    async () => {
      const frames = soakSize(60_000, 1_000_000);
      const { blocks, description } = shared(256, 240);
      const writer = runThread<WriterOrder, number>(
        new URL("./threads/triple-buffer-writer.ts", import.meta.url),
        { buffer: blocks.buffer, description, frames },
      );
      const seen = readFrames(new TripleBufferReader(blocks.frames), frames);
      expect(seen).toMatchObject({ torn: 0, repeated: 0, reordered: 0, wrongHeader: 0, last: frames });
      expect(seen.count + (await writer)).toBe(frames);
      expect(seen.count).toBeGreaterThan(100);
    },
    { timeout: 300_000 },
  );
});

function readFrames(reader: TripleBufferReader, frames: number) {
  const seen = { count: 0, torn: 0, repeated: 0, reordered: 0, wrongHeader: 0, last: 0 };
  let lastMs = performance.now();
  while (seen.last < frames && performance.now() - lastMs < 10_000) {
    if (!reader.waitForFrame(1_000) || !reader.acquire()) continue;
    lastMs = performance.now();
    const { pixels, frame } = reader;
    const first = pixels[0];
    for (let i = 1; i < pixels.length; i++) {
      if (pixels[i] === first) continue;
      seen.torn++;
      break;
    }
    if (first !== (frame & 0xffff) || reader.timeMs !== frame * 2) seen.wrongHeader++;
    if (frame === seen.last) seen.repeated++;
    if (frame < seen.last) seen.reordered++;
    seen.last = frame;
    seen.count++;
  }
  return seen;
}
