import type { RendererName } from "./encoders.ts";
import type { TerminalWindow } from "./scale.ts";

/** What a terminal has reported about itself that affects the choice. */
export interface RendererFacts {
  readonly kittyGraphics: boolean;
  readonly kittySharedMemory: boolean;
  readonly iterm2Images: boolean;
  readonly sixel: boolean;
}

/** From this width on half-blocks show every pixel: faster than sixels, and as exact. */
const WHOLE_COLUMNS = 256;
const WHOLE_ROWS = 120;

/** Chooses the best renderer that the terminal has reported to support, for a window of this size. */
export function chooseRenderer(facts: RendererFacts, window: TerminalWindow): RendererName {
  if (facts.kittyGraphics) return facts.kittySharedMemory ? "kitty-shm" : "kitty";
  if (facts.iterm2Images) return "iterm2";
  const showsAll = window.columns >= WHOLE_COLUMNS && window.rows >= WHOLE_ROWS;
  return facts.sixel && !showsAll ? "sixel" : "half-block";
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
