import { CellEncoder } from "./cells/cells.ts";
import { BRAILLE, type GlyphSet, HALF_BLOCKS } from "./cells/glyphs.ts";
import { OCTANT_SHAPES, QUADRANT_SHAPES, SEXTANT_SHAPES } from "./cells/shapes.ts";
import type { Palette } from "./colors/palette.ts";
import { ReducedEncoder, reducedPalette, reducedStride } from "./colors/rgb-reducer.ts";
import type { Encoder, EncoderSetup } from "./encoder.ts";
import { LinkEncoder } from "./link-encoder.ts";
import { sendsAreaScaled } from "./pixels/image-source.ts";
import { MAX_INDEXED_COLORS } from "./pixels/indexed-image.ts";
import { Iterm2Encoder } from "./pixels/iterm2.ts";
import { KittyEncoder } from "./pixels/kitty.ts";
import { isFull, KittySharedMemoryEncoder } from "./pixels/kitty-shared-memory.ts";
import { SixelEncoder } from "./pixels/sixel.ts";
import { type Placement, placePicture, type TerminalWindow } from "./scale.ts";

interface EncoderKind {
  /** Dots per cell; undefined for image protocols, which show the terminal's own pixels. */
  readonly dots: readonly [across: number, down: number] | undefined;
  /** Colours of its pictures, for those that take palette indices only: RGB is reduced to as many. */
  readonly maxColors?: number;
  /** Rows at the bottom that stay free. */
  readonly spareRows?: number;
  create(setup: EncoderSetup, placement: Placement): Encoder;
}

function cells(name: string, glyphs: GlyphSet): EncoderKind {
  return {
    dots: [glyphs.dotsAcross, glyphs.dotsDown],
    maxColors: 65_536,
    create: (setup, placement) => new CellEncoder(name, glyphs, setup, placement),
  };
}

/** Images in the terminal's stream: small ones where the link is slow. */
function images(create: EncoderKind["create"]): EncoderKind {
  return {
    dots: undefined,
    create: (setup, placement) => {
      const exact = create(setup, placement);
      if (!sendsAreaScaled(setup)) return exact;
      const { pixelSize: _, ...small } = setup;
      return new LinkEncoder(exact, create(small, placement));
    },
  };
}

const KITTY = images((setup, at) => new KittyEncoder(setup, at));

/** Pictures in shared memory, or in the stream while there is no room for them. */
function createInSharedMemory(setup: EncoderSetup, placement: Placement): Encoder {
  try {
    return new KittySharedMemoryEncoder(setup, placement);
  } catch (error) {
    if (!isFull(error)) throw error;
    return KITTY.create(setup, placement);
  }
}

const KINDS = {
  "kitty-shm": { dots: undefined, create: createInSharedMemory },
  kitty: KITTY,
  iterm2: images((setup, at) => new Iterm2Encoder(setup, at)),
  // After a sixel picture the cursor moves to the next line; at the bottom that would scroll the screen.
  sixel: {
    ...images((setup, at) => new SixelEncoder(setup, at)),
    maxColors: MAX_INDEXED_COLORS,
    spareRows: 1,
  },
  "half-block": cells("half-block", HALF_BLOCKS),
  quadrant: cells("quadrant", QUADRANT_SHAPES),
  sextant: cells("sextant", SEXTANT_SHAPES),
  octant: cells("octant", OCTANT_SHAPES),
  braille: cells("braille", BRAILLE),
} as const satisfies Record<string, EncoderKind>;

export type RendererName = keyof typeof KINDS;

/** Every way to show a picture. */
export const RENDERERS = Object.keys(KINDS) as readonly RendererName[];

/** Dots of a cell, across and down; undefined for images. */
export function dotsPerCell(renderer: RendererName): readonly [across: number, down: number] | undefined {
  const kind: EncoderKind = KINDS[renderer];
  return kind.dots;
}

/** Assumed pixels of a cell where the terminal does not report them. Only their ratio matters. */
const USUAL_CELL = [8, 16] as const;

/**
 * Places a renderer's picture in the window, and fills in the size of cells. Undefined if the window is too
 * small.
 */
export function placeFor(
  renderer: RendererName,
  setup: Pick<EncoderSetup, "window" | "source" | "scale">,
): { placement: Placement; window: TerminalWindow } | undefined {
  const kind: EncoderKind = KINDS[renderer];
  const spareRows = setup.scale === "fill" ? 0 : (kind.spareRows ?? 0);
  const window = withCellSize({ ...setup.window, rows: setup.window.rows - spareRows });
  const [across, down] = kind.dots ?? [window.cellWidthPixels, window.cellHeightPixels];
  const placement = placePicture(window, setup.source, setup.scale, across, down);
  return placement === undefined ? undefined : { placement, window };
}

/**
 * The smallest window in which the game's text can be read, if this one is too coarse for it: with at least
 * one dot for every pixel across. Undefined if text can be read, and for images, which show every pixel.
 */
export function windowForText(
  renderer: RendererName,
  setup: Pick<EncoderSetup, "window" | "source" | "scale">,
): { readonly columns: number; readonly rows: number } | undefined {
  const { dots }: EncoderKind = KINDS[renderer];
  const place = placeFor(renderer, setup);
  if (dots === undefined || place === undefined) return undefined;
  const columns = Math.ceil(setup.source.width / dots[0]);
  if (place.placement.columns >= columns) return undefined;
  const tall = { ...place.window, columns, rows: columns };
  const rows = placePicture(tall, setup.source, "fit", ...dots)?.rows;
  return rows === undefined ? undefined : { columns, rows };
}

/** Makes an encoder for the window. Returns undefined if the window is too small for a picture. */
export function createEncoder(renderer: RendererName, setup: EncoderSetup): Encoder | undefined {
  const place = placeFor(renderer, setup);
  if (place === undefined) return undefined;
  const { placement } = place;
  const { cellWidthPixels, cellHeightPixels } = setup.window;
  const pixelSize = {
    width: placement.columns * cellWidthPixels,
    height: placement.rows * cellHeightPixels,
  };
  const isSizeKnown = cellWidthPixels > 0 && cellHeightPixels > 0;
  const whole = { ...setup, window: place.window, ...(isSizeKnown ? { pixelSize } : {}) };
  const kind: EncoderKind = KINDS[renderer];
  if (setup.isRgb !== true || kind.maxColors === undefined) return kind.create(whole, placement);
  const { frameWidth, frameHeight } = setup;
  // A reduced picture has no free colours for mixtures, so its encoder does not scale it.
  const { pixelSize: _, ...unscaled } = whole as EncoderSetup;
  const stride = reducedStride(frameWidth);
  const reduced = { ...unscaled, isRgb: false, palette: dimmable(setup), frameWidth: stride };
  const inner = kind.create(reduced, placement);
  return new ReducedEncoder(inner, frameWidth, frameHeight, kind.maxColors);
}

/** The palette of reduced pictures, at half the brightness behind text. */
function dimmable({ isDimmed }: EncoderSetup): Palette {
  return isDimmed === true ? reducedPalette().map((color) => (color >> 1) & 0x7f7f7f) : reducedPalette();
}

function withCellSize(window: TerminalWindow): TerminalWindow {
  if (window.cellWidthPixels > 0 && window.cellHeightPixels > 0) return window;
  return { ...window, cellWidthPixels: USUAL_CELL[0], cellHeightPixels: USUAL_CELL[1] };
}
