/** RGB frames through every renderer, compared with the same picture as palette indices. */
import { describe, expect, test } from "bun:test";
import { ReducedEncoder, reducedPalette } from "../../../../src/io/render/colors/rgb-reducer.ts";
import type { Encoder, EncoderSetup } from "../../../../src/io/render/encoder.ts";
import { createEncoder, RENDERERS } from "../../../../src/io/render/encoders.ts";
import { gameFrame, HEIGHT, PALETTE, setupFor, unscaledSetup, WIDTH } from "../../../support/game-frames.ts";
import { IMAGE_RENDERERS, imageIn } from "../../../support/images.ts";

function rgbOf(frame: Uint16Array, palette: Uint32Array): Uint32Array {
  return Uint32Array.from(frame, (entry) => palette[entry]!);
}

/** The colours that a palette's colours have after the reduction to 5:6:5 bits. */
function reduced(palette: Uint32Array): Uint32Array {
  const table = reducedPalette();
  return palette.map((color) => {
    const id = ((color >> 8) & 0xf800) | ((color >> 5) & 0x07e0) | ((color >> 3) & 0x1f);
    return table[Math.min(0xfffe, id)]!;
  });
}

function encode(encoder: Encoder, frame: Uint16Array | Uint32Array): string {
  const out = new Uint8Array(encoder.maxFrameBytes);
  return new TextDecoder("latin1").decode(out.subarray(0, encoder.encode(frame, out)));
}

describe("renderers with colours of their own show reduced colours", () => {
  for (const renderer of RENDERERS.filter((name) => !IMAGE_RENDERERS.includes(name)))
    for (const [columns, rows] of [
      [300, 125],
      [130, 60],
    ] as const)
      test(`${renderer}, ${columns} × ${rows}`, () => {
        // Entries of one colour are one colour in RGB: the first of them stands for all.
        const palette = reduced(PALETTE);
        const plain = setupFor(columns, rows, { palette });
        const byIndex = createEncoder(renderer, plain)!;
        const byColor = createEncoder(renderer, { ...plain, isRgb: true })!;
        // Only pictures of palette indices are scaled by area; on a slow link none are.
        if (renderer === "sixel") byIndex.limitBytes = 1;
        for (let time = 0; time < 4; time++) {
          const frame = gameFrame(3 * time).map((entry) => palette.indexOf(palette[entry]!));
          expect(encode(byColor, rgbOf(frame, PALETTE)) === encode(byIndex, frame)).toBeTrue();
        }
      });
});

function bytesOf(frame: Uint32Array): Uint8Array {
  return Uint8Array.from([...frame].flatMap((color) => [color >> 16, (color >> 8) & 0xff, color & 0xff]));
}

describe("image protocols show exact colours", () => {
  const setup: EncoderSetup = { ...unscaledSetup(130, 60), isRgb: true };
  const manyColors = Uint32Array.from({ length: WIDTH * HEIGHT }, (_, at) => (at * 2_654_435) & 0xff_ffff);
  const frames: readonly [string, Uint32Array][] = [
    ["a few colours", rgbOf(gameFrame(0), PALETTE)],
    ["more than a palette holds", manyColors],
    ["two colours", new Uint32Array(WIDTH * HEIGHT).fill(0x12_3456).fill(0, 500)],
  ];
  for (const renderer of IMAGE_RENDERERS)
    test.skipIf(renderer === "kitty-shm" && process.platform !== "linux")(renderer, () => {
      const encoder = createEncoder(renderer, setup)!;
      for (const [, frame] of frames) {
        const output = encode(encoder, frame);
        expect(Buffer.compare(imageIn(renderer, output), bytesOf(frame))).toBe(0);
        expect(encode(encoder, frame)).toBe("");
      }
      encoder.close?.();
    });
});

describe("the reduction", () => {
  const colorsShown = (frame: Uint32Array, width: number, maxColors: number): Set<number> => {
    const shown = new Set<number>();
    const inner: Encoder = {
      name: "none",
      maxFrameBytes: 0,
      encode: (indices) => {
        for (let at = 0; at < indices.length; at++) shown.add(reducedPalette()[indices[at]!]!);
        return 0;
      },
      invalidate() {},
    };
    new ReducedEncoder(inner, width, frame.length / width, maxColors).encode(frame, new Uint8Array(0));
    return shown;
  };

  test("leaves 256 colours or fewer, near the original ones", () => {
    const frame = Uint32Array.from({ length: 65_536 }, (_, at) => (at * 0x01_0305) & 0xff_ffff);
    const shown = colorsShown(frame, 256, 256);
    expect(shown.size).toBeLessThanOrEqual(256);
    for (const color of frame.subarray(0, 200)) {
      const nearest = Math.min(
        ...[...shown].map((other) =>
          Math.max(
            ...[16, 8, 0].map((shift) => Math.abs(((color >> shift) & 255) - ((other >> shift) & 255))),
          ),
        ),
      );
      expect(nearest).toBeLessThan(80);
    }
  });

  test("keeps black and white, also in pictures of an odd width", () => {
    for (const maxColors of [256, 65_536])
      expect(colorsShown(Uint32Array.of(0, 0xff_ffff, 0, 0xff_ffff, 0, 0), 3, maxColors)).toEqual(
        new Set([0, 0xff_ffff]),
      );
  });
});
