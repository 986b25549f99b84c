import { type GlyphSet, OCTANTS, QUADRANTS, SEXTANTS } from "./glyphs.ts";

/**
 * A cell as shapes see it: 8 × 24 parts of equal size, so that eighths, quarters, thirds and halves of a cell
 * end between two parts.
 */
export const PARTS_ACROSS = 8;
export const PARTS_DOWN = 24;
export const CELL_PARTS = PARTS_ACROSS * PARTS_DOWN;
/** Rows of parts in an eighth of a cell's height. */
export const EIGHTH_PARTS = PARTS_DOWN / 8;

/** Which pixel of a frame each column and each row of parts shows. Rows of pixels are `stride` apart. */
export interface PartPixels {
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly stride: number;
}

/**
 * Glyphs of dots, and behind them glyphs of other shapes that fill their part of the cell. All of these
 * characters are block elements, which fonts have since Unicode 1, or come with the dots.
 */
export interface ShapeSet extends GlyphSet {
  /** By mask of quadrants: its glyph, where the dots are not quadrants themselves; else −1. */
  readonly quadrants: Int16Array;
  /** By eighths of the height, from 1 to 7: the glyph that sets the lower ones; −1 if dots have its shape. */
  readonly lower: Int16Array;
  /** By eighths of the width, from 1 to 7: the glyph that sets the left ones; −1 if dots have its shape. */
  readonly left: Int16Array;
}

const LOWER_EIGHTHS = " ▁▂▃▄▅▆▇";
const LEFT_EIGHTHS = " ▏▎▍▌▋▊▉";

function withShapes(dots: GlyphSet): ShapeSet {
  const glyphs = [...dots.glyphs];
  const complements = [...dots.complements];
  const add = (glyph: string): number => {
    if (glyphs.includes(glyph)) return -1;
    complements.push(0);
    return glyphs.push(glyph) - 1;
  };
  const quadrants = Int16Array.from(QUADRANTS.glyphs, add);
  quadrants.forEach((at, mask) => {
    if (at >= 0) complements[at] = quadrants[mask ^ QUADRANTS.full]!;
  });
  const lower = Int16Array.from(LOWER_EIGHTHS, add);
  const left = Int16Array.from(LEFT_EIGHTHS, add);
  return { ...dots, glyphs, complements: Uint8Array.from(complements), quadrants, lower, left };
}

/** Quadrants and eighths: in every font with block elements. */
export const QUADRANT_SHAPES: ShapeSet = withShapes(QUADRANTS);
/** Sextants, quadrants and eighths. */
export const SEXTANT_SHAPES: ShapeSet = withShapes(SEXTANTS);
/** Octants, among which are quadrants and some eighths, and the other eighths. */
export const OCTANT_SHAPES: ShapeSet = withShapes(OCTANTS);

/** Returns true if the glyph sets this part. */
function isSet(set: ShapeSet, glyph: number, x: number, y: number): boolean {
  if (glyph <= set.full) return isDotSet(glyph, x, y, set.dotsDown);
  const quadrants = set.quadrants.indexOf(glyph);
  if (quadrants >= 0) return isDotSet(quadrants, x, y, 2);
  const lower = set.lower.indexOf(glyph);
  return lower >= 0 ? y >= PARTS_DOWN - lower * EIGHTH_PARTS : x < set.left.indexOf(glyph);
}

function isDotSet(mask: number, x: number, y: number, dotsDown: number): boolean {
  const dot = Math.floor((y * dotsDown) / PARTS_DOWN) * 2 + Math.floor((x * 2) / PARTS_ACROSS);
  return ((mask >> dot) & 1) !== 0;
}

/** By glyph: its parts, row by row, 1 where it is set. */
export function shapeParts(set: ShapeSet): Uint8Array[] {
  return set.glyphs.map((_, glyph) =>
    Uint8Array.from({ length: CELL_PARTS }, (_, part) =>
      isSet(set, glyph, part % PARTS_ACROSS, Math.floor(part / PARTS_ACROSS)) ? 1 : 0,
    ),
  );
}

/**
 * Returns true for the glyph that mappers choose of two complements: the one that sets the upper left dot.
 * Other glyphs, and dots that do not fill their part of the cell, stand for themselves.
 */
export function isCanonical(set: GlyphSet, glyph: number): boolean {
  if (!set.fills || set.complements[glyph] === 0) return true;
  if (glyph <= set.full) return (glyph & 1) !== 0;
  return isShapeSet(set) && (set.quadrants.indexOf(glyph) & 1) !== 0;
}

/** How much glyphs set in common, and each by itself: by two glyphs, in parts of which a cell has `total`. */
export interface Overlaps {
  readonly areas: Uint8Array;
  readonly total: number;
}

/** The overlaps of a set's glyphs. */
export function overlapsOf(set: GlyphSet): Overlaps {
  const parts = isShapeSet(set)
    ? shapeParts(set)
    : set.glyphs.map((_, mask) =>
        Uint8Array.from({ length: Math.log2(set.full + 1) }, (_, dot) => (mask >> dot) & 1),
      );
  const areas = new Uint8Array(parts.length ** 2);
  parts.forEach((one, at) => {
    parts.forEach((other, to) => {
      let common = 0;
      for (let part = 0; part < one.length; part++) common += one[part]! & other[part]!;
      areas[at * parts.length + to] = common;
    });
  });
  return { areas, total: parts[0]!.length };
}

/** Returns true if the set has shapes beside its dots. */
export function isShapeSet(set: GlyphSet): set is ShapeSet {
  return "lower" in set;
}
