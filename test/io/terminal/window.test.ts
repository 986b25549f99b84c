import { describe, expect, test } from "bun:test";
import { decodePalette } from "../../../src/io/render/colors/palette.ts";
import { PLAIN_CAPABILITIES } from "../../../src/io/render/encoder.ts";
import { createEncoder, RENDERERS } from "../../../src/io/render/encoders.ts";
import { boundedWindow } from "../../../src/io/terminal/window.ts";

describe("boundedWindow", () => {
  test.each([
    ["a usual window", [120, 40, 8, 16], [120, 40, 8, 16]],
    ["4K in small letters", [640, 216, 6, 10], [640, 216, 6, 10]],
    ["cells of an impossible size", [80, 24, 99_999, 99_999], [80, 24, 0, 0]],
    ["cells with no height", [80, 24, 8, 0], [80, 24, 0, 0]],
    ["10,000 × 10,000 cells", [10_000, 10_000, 0, 0], [1024, 512, 0, 0]],
    ["10,000 × 10,000 cells that are large", [10_000, 10_000, 8, 16], [1024, 512, 8, 16]],
    ["the kernel's largest numbers", [65_535, 65_535, 65_535, 65_535], [1024, 512, 0, 0]],
    ["what is no number", [80, 24, Number.NaN, Number.POSITIVE_INFINITY], [80, 24, 0, 0]],
  ])("%s", (_, [columns = 0, rows = 0, cellWidthPixels = 0, cellHeightPixels = 0], expected) => {
    const bounded = boundedWindow({ columns, rows, cellWidthPixels, cellHeightPixels });
    expect([bounded.columns, bounded.rows, bounded.cellWidthPixels, bounded.cellHeightPixels]).toEqual(
      expected,
    );
  });

  test.each([...RENDERERS])("%s needs bounded memory for the largest", (renderer) => {
    const source = { x: 0, y: 0, width: 256, height: 240, pixelAspect: 8 / 7 };
    for (const cell of [0, 8, 16, 99_999]) {
      const window = boundedWindow({
        columns: 65_535,
        rows: 65_535,
        cellWidthPixels: cell,
        cellHeightPixels: cell,
      });
      const setup = {
        window,
        source,
        scale: "fit",
        frameWidth: 256,
        frameHeight: 240,
        palette: decodePalette(),
      };
      const encoder = createEncoder(renderer, { ...setup, capabilities: PLAIN_CAPABILITIES } as never);
      expect(encoder?.maxFrameBytes).toBeLessThan(128 * 1024 * 1024);
    }
  });
});
