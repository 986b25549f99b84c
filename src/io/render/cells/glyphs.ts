/**
 * Glyphs that divide a cell into dots, by mask. Bit n is dot n, counted from left to right, then downwards.
 * Index 0 is a space. Glyphs of other shapes may follow the masks (`shapes.ts`).
 */
export interface GlyphSet {
  readonly dotsAcross: number;
  readonly dotsDown: number;
  readonly glyphs: readonly string[];
  /**
   * True if set dots fill their part of the cell, so that a mask and its complement divide it the same way.
   */
  readonly fills: boolean;
  /** The mask of the full block. */
  readonly full: number;
  /** By glyph: its complement, which sets exactly the dots that this one leaves; 0 if the set has none. */
  readonly complements: Uint8Array;
}

const codePoint = (code: number): string => String.fromCodePoint(code);

function dotGlyphs(dotsAcross: number, dotsDown: number, glyphs: readonly string[], fills = true): GlyphSet {
  const full = glyphs.length - 1;
  const complements = Uint8Array.from(glyphs, (_, mask) => mask ^ full);
  return { dotsAcross, dotsDown, glyphs, fills, full, complements };
}

export const HALF_BLOCKS: GlyphSet = dotGlyphs(1, 2, [..." ▀▄█"]);

export const QUADRANTS: GlyphSet = dotGlyphs(2, 2, [..." ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"]);

/** Unicode 13, from U+1FB00 in the order of the masks, skipping masks that already had a character. */
export const SEXTANTS: GlyphSet = dotGlyphs(2, 3, sextants());

/** Unicode 16, from U+1CD00 in the order of the masks, skipping masks that already had a character. */
export const OCTANTS: GlyphSet = dotGlyphs(2, 4, octants());

/** Every font has Braille, but a set dot is a small disc. */
export const BRAILLE: GlyphSet = dotGlyphs(2, 4, braille(), false);

function sextants(): string[] {
  const elsewhere: Readonly<Record<number, string>> = { 0: " ", 21: "▌", 42: "▐", 63: "█" };
  let next = 0x1fb00;
  return Array.from({ length: 64 }, (_, mask) => elsewhere[mask] ?? codePoint(next++));
}

function octants(): string[] {
  const elsewhere: Record<number, string> = {
    1: codePoint(0x1cea8),
    2: codePoint(0x1ceab),
    3: codePoint(0x1fb82),
    20: codePoint(0x1fbe6),
    40: codePoint(0x1fbe7),
    63: codePoint(0x1fb85),
    64: codePoint(0x1cea3),
    128: codePoint(0x1cea0),
    192: "▂",
    252: "▆",
  };
  // Quadrants as octants: each quadrant is two dots high.
  QUADRANTS.glyphs.forEach((glyph, quadrants) => {
    const upper = quadrants & 3;
    const lower = quadrants >> 2;
    elsewhere[upper | (upper << 2) | (lower << 4) | (lower << 6)] = glyph;
  });
  let next = 0x1cd00;
  return Array.from({ length: 256 }, (_, mask) => elsewhere[mask] ?? codePoint(next++));
}

function braille(): string[] {
  /** Bits of U+2800 by dot. The Unicode block numbers the left column first, and the lowest row last. */
  const bits = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];
  const glyphs = Array.from({ length: 256 }, (_, mask) =>
    codePoint(0x2800 + bits.reduce((sum, bit, dot) => sum + ((mask >> dot) & 1 ? bit : 0), 0)),
  );
  glyphs[0] = " ";
  return glyphs;
}
