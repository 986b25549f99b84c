import { decodePalette } from "../../src/io/render/colors/palette.ts";
import { type EncoderSetup, PLAIN_CAPABILITIES } from "../../src/io/render/encoder.ts";

export const WIDTH = 256;
export const HEIGHT = 240;
export const PALETTE = decodePalette();

/** Frames that look like a game: scrolling tiles, a moving block, emphasis in a part. */
export function gameFrame(time: number): Uint16Array {
  const frame = new Uint16Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const tile = (((x + time) >> 3) * 7 + (y >> 3) * 13) & 0x3f;
      const detail = ((x + time) ^ y) & 5 ? tile : 0x0f;
      frame[y * WIDTH + x] = (y < 32 ? 0x21 : detail) | (y > 200 ? (time & 7) << 6 : 0);
    }
  for (let y = 0; y < 16; y++)
    for (let x = 0; x < 16; x++) frame[(100 + y) * WIDTH + ((time * 3 + x) & 255)] = 0x16;
  return frame;
}

/** A frame of few colours, as most games have. */
export function plainFrame(time: number, colors: number): Uint16Array {
  return new Uint16Array(WIDTH * HEIGHT).map((_, at) => (((at >> 3) + time) % colors) + 1);
}

/** Random pixels with all 512 palette entries. */
export function noiseFrame(seed: number): Uint16Array {
  let state = seed;
  return new Uint16Array(WIDTH * HEIGHT).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 23;
  });
}

/** A window with cells of 8 × 16 pixels, and all features enabled. */
export function setupFor(columns: number, rows: number, change: Partial<EncoderSetup> = {}): EncoderSetup {
  return {
    frameWidth: WIDTH,
    frameHeight: HEIGHT,
    source: { x: 0, y: 0, width: WIDTH, height: HEIGHT, pixelAspect: 8 / 7 },
    window: { columns, rows, cellWidthPixels: 8, cellHeightPixels: 16 },
    scale: "fit",
    palette: PALETTE,
    capabilities: {
      ...PLAIN_CAPABILITIES,
      synchronizedOutput: true,
      fullBlock: true,
      complementGlyphs: true,
      layersSixels: true,
    },
    ...change,
  };
}

/** The same for a terminal that does not report the size of its cells: it scales images itself. */
export function unscaledSetup(
  columns: number,
  rows: number,
  change: Partial<EncoderSetup> = {},
): EncoderSetup {
  return setupFor(columns, rows, {
    window: { columns, rows, cellWidthPixels: 0, cellHeightPixels: 0 },
    ...change,
  });
}
