import { describe, expect, test } from "bun:test";
import { TapReader, TapWriter, wantTap } from "../../../src/io/shared/frame-tap.ts";
import { createShared, DEFAULT_SIZES } from "../../../src/io/shared/layout.ts";

const SLOTS = 4;

/** Frames have different numbers of samples, which are never equal. */
const sampleCount = (frame: number) => 10 + (frame % 3);
const soundOf = (frame: number, length: number) => Int16Array.from({ length }, (_, i) => 100 * frame - i);

function setUp() {
  const sizes = { machineBytes: 64, stateBytes: 64, batteryBytes: 0, widthPixels: 4, heightPixels: 2 };
  const { blocks } = createShared({ ...DEFAULT_SIZES, ...sizes, tapFrames: SLOTS });
  const writer = new TapWriter(blocks.tap);
  const reader = new TapReader(blocks.tap);
  const push = (frame: number) =>
    writer.push(new Uint16Array(8).fill(frame), soundOf(frame, 20), sampleCount(frame), {
      width: 4,
      height: 2,
    });
  const takeAll = () => {
    const frames: number[] = [];
    while (
      reader.next((pixels, samples) => {
        expect(new Set(pixels).size).toBe(1);
        expect(samples).toEqual(soundOf(pixels[0]!, sampleCount(pixels[0]!)));
        frames.push(pixels[0]!);
      })
    );
    return frames;
  };
  return { tap: blocks.tap, reader, push, takeAll };
}

describe("the recording's ring", () => {
  test("takes nothing while no recording is on", () => {
    const { push, takeAll } = setUp();
    push(1);
    expect(takeAll()).toEqual([]);
  });

  test("passes on every frame with its sound, in order", () => {
    const { tap, push, takeAll } = setUp();
    wantTap(tap, true);
    for (let round = 0; round < 20; round++) {
      const frames = [1, 2, 3].map((i) => round * 3 + i);
      frames.forEach(push);
      expect(takeAll()).toEqual(frames);
    }
  });

  test("loses frames rather than wait, and counts them", () => {
    const { tap, reader, push, takeAll } = setUp();
    wantTap(tap, true);
    for (let frame = 1; frame <= SLOTS + 3; frame++) push(frame);
    expect(reader.lost).toBe(3);
    expect(takeAll()).toEqual([1, 2, 3, 4]);
    push(9);
    expect(takeAll()).toEqual([9]);
  });

  test("begins a recording with the next frame", () => {
    const { tap, push } = setUp();
    wantTap(tap, true);
    push(1);
    const later = new TapReader(tap);
    push(2);
    const frames: number[] = [];
    while (later.next((pixels) => frames.push(pixels[0]!)));
    expect(frames).toEqual([2]);
  });
});
