import type { RendererName } from "./encoders.ts";
import type { TerminalWindow } from "./scale.ts";

/** What a terminal has reported about itself that affects the choice. */
export interface RendererFacts {
  readonly kittyGraphics: boolean;
  readonly kittySharedMemory: boolean;
  readonly iterm2Images: boolean;
  readonly sixel: boolean;
  /** True if these glyphs take one cell each. */
  readonly octants: boolean;
  readonly sextants: boolean;
  /** From XTVERSION, such as "XTerm(379)"; empty if not reported. */
  readonly version: string;
}

/** From this width on half-blocks show every pixel: faster than sixels, and as exact. */
const WHOLE_COLUMNS = 256;
const WHOLE_ROWS = 120;

/** The console of Linux has a font of half-blocks, but no quadrants. */
const HALF_BLOCK_TERMS = ["linux"];

interface GlyphSupport {
  readonly name: RegExp;
  /** The first version that draws these glyphs itself, so that no font is needed and no seam is seen. */
  readonly sextants: readonly number[];
  readonly octants?: readonly number[];
}

/**
 * Terminals that draw the glyphs themselves. Sources: their change logs, kitty issue 3106 (wrong sextants up
 * to 0.19.2), foot 1.7 and 1.20, VTE 0.78, Ghostty 1.2. WezTerm's version is a date.
 */
const GLYPH_SUPPORT: readonly GlyphSupport[] = [
  { name: /^kitty\((\d+)\.(\d+)/, sextants: [0, 20], octants: [0, 40] },
  { name: /^foot\((\d+)\.(\d+)/, sextants: [1, 7], octants: [1, 20] },
  { name: /^ghostty (\d+)\.(\d+)/, sextants: [1, 0], octants: [1, 2] },
  { name: /^WezTerm (\d+)/, sextants: [20_220_101] },
  { name: /^VTE\((\d+)\)/, sextants: [7800], octants: [7800] },
];

/** A renderer, and why it was chosen, for the log. */
export interface RendererChoice {
  readonly renderer: RendererName;
  readonly reason: string;
}

/**
 * Chooses the best renderer that the terminal has reported to support, for a window of this size. `term` is
 * the terminal's name in the environment (TERM).
 */
export function chooseRenderer(facts: RendererFacts, window: TerminalWindow, term: string): RendererChoice {
  if (facts.kittyGraphics) {
    return facts.kittySharedMemory
      ? { renderer: "kitty-shm", reason: "the terminal reads kitty images from shared memory" }
      : { renderer: "kitty", reason: "the terminal shows kitty images" };
  }
  if (facts.iterm2Images) return { renderer: "iterm2", reason: "the terminal shows iTerm2 images" };
  if (facts.sixel && !showsAll(window)) return { renderer: "sixel", reason: "the terminal shows sixels" };
  return chooseCells(facts, window, term);
}

/** Chooses the finest glyphs that this terminal is known to draw well. */
export function chooseCells(
  facts: Pick<RendererFacts, "octants" | "sextants" | "version">,
  window: TerminalWindow,
  term: string,
): RendererChoice {
  if (showsAll(window))
    return { renderer: "half-block", reason: "the window has a half-block for every pixel" };
  if (HALF_BLOCK_TERMS.includes(term))
    return { renderer: "half-block", reason: `the font of ${term} has no quadrants` };
  const { octants, sextants, version } = facts;
  const reason = `${version} draws these glyphs itself`;
  for (const support of GLYPH_SUPPORT) {
    const found = support.name.exec(version)?.slice(1).map(Number);
    if (found === undefined) continue;
    if (octants && isSince(found, support.octants)) return { renderer: "octant", reason };
    if (sextants && isSince(found, support.sextants)) return { renderer: "sextant", reason };
  }
  return { renderer: "quadrant", reason: "every font with block elements has quadrants" };
}

function showsAll(window: TerminalWindow): boolean {
  return window.columns >= WHOLE_COLUMNS && window.rows >= WHOLE_ROWS;
}

/** Returns true if a version is the first one or a later one. */
function isSince(version: readonly number[], first: readonly number[] | undefined): boolean {
  if (first === undefined) return false;
  const at = first.findIndex((part, index) => part !== version[index]);
  return at < 0 || version[at]! > first[at]!;
}

/** Returns true if a terminal that answers queries has reported that it shows what this renderer sends. */
export function isReported(renderer: RendererName, facts: RendererFacts): boolean {
  switch (renderer) {
    case "kitty":
      return facts.kittyGraphics;
    case "kitty-shm":
      return facts.kittySharedMemory;
    case "iterm2":
      return facts.iterm2Images;
    case "sixel":
      return facts.sixel;
    default:
      return true;
  }
}

/**
 * Returns the renderer to use when the player asks for one. If the terminal has reported that the glyphs do
 * not take one cell each, which would break rows apart, this is one with fewer dots per cell.
 */
export function possibleRenderer(
  wanted: RendererName,
  { octants, sextants }: { readonly octants: boolean; readonly sextants: boolean },
): RendererName {
  if (wanted === "octant" && !octants) return sextants ? "sextant" : "quadrant";
  return wanted === "sextant" && !sextants ? "quadrant" : wanted;
}
