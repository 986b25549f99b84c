import { describe, expect, test } from "bun:test";
import {
  attachShared,
  createShared,
  DEFAULT_SIZES,
  machineArena,
  type SharedSizes,
} from "../../../src/io/shared/layout.ts";

const SIZES: SharedSizes = {
  ...DEFAULT_SIZES,
  machineBytes: 10_000,
  stateBytes: 5_001,
  batteryBytes: 0,
  widthPixels: 256,
  heightPixels: 240,
};

describe("shared layout", () => {
  test("puts the machine first; regions are disjoint and on separate cache lines", () => {
    const { blocks, description } = createShared(SIZES);
    expect(description.offsets.machine).toBe(0);
    const starts = Object.values(description.offsets);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts.every((offset) => offset % 64 === 0)).toBe(true);
    expect(blocks.frames.pixels.map((slot) => slot.length)).toEqual([61_440, 61_440, 61_440]);
    expect(blocks.buffer.byteLength).toBe(description.totalBytes);
  });

  test("a description that went through a message gives the same views", () => {
    const { blocks, description } = createShared(SIZES);
    const attached = attachShared(blocks.buffer, structuredClone(description));
    blocks.frames.pixels[2]![61_439] = 0x1ff;
    blocks.reply.halves[1][SIZES.replyBytes - 1] = 7;
    blocks.stats.totals[0] = 1.5;
    expect(attached.frames.pixels[2]![61_439]).toBe(0x1ff);
    expect(attached.reply.halves[1][SIZES.replyBytes - 1]).toBe(7);
    expect(attached.stats.totals[0]).toBe(1.5);
    const flat = (views: object): string =>
      JSON.stringify(views, (_, view) =>
        ArrayBuffer.isView(view) ? [view.byteOffset, view.byteLength] : view,
      );
    expect(flat(attached)).toBe(flat(blocks));
  });

  test("rejects a buffer that does not match the description", () => {
    const { description } = createShared(SIZES);
    expect(() => attachShared(new SharedArrayBuffer(64), description)).toThrow(
      "length differs from the description",
    );
  });

  test("the machine's arena ends where the rings begin, and allocates nothing after sealing", () => {
    const { blocks, description } = createShared(SIZES);
    const arena = machineArena(blocks.buffer, description);
    arena.uint8("all", 10_000);
    expect(() => arena.alloc("more", 1)).toThrow("full");
    const sealed = machineArena(blocks.buffer, description);
    sealed.seal();
    expect(() => sealed.alloc("late", 1)).toThrow("sealed");
  });
});
