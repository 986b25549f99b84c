import type { RendererName } from "./encoders.ts";
import type { TerminalWindow } from "./scale.ts";

/** What a terminal has said of itself, as far as it bears on the choice. */
export interface RendererFacts {
  readonly kittyGraphics: boolean;
  readonly kittySharedMemory: boolean;
  readonly iterm2Images: boolean;
  readonly sixel: boolean;
}

/** From this size on half-blocks show every pixel: faster than sixels, and as exact. */
const WHOLE_COLUMNS = 256;
const WHOLE_ROWS = 120;

/** The best picture that the terminal has said it can show, in a window of this size. */
export function chooseRenderer(facts: RendererFacts, window: TerminalWindow): RendererName {
  if (facts.kittyGraphics) return facts.kittySharedMemory ? "kitty-shm" : "kitty";
  if (facts.iterm2Images) return "iterm2";
  const showsAll = window.columns >= WHOLE_COLUMNS && window.rows >= WHOLE_ROWS;
  return facts.sixel && !showsAll ? "sixel" : "half-block";
}

/**
 * What is shown when the player asks for a renderer: cells of fewer dots, where the terminal has said that
 * it does not take the glyphs for one cell each, so that rows would fall apart.
 */
export function possibleRenderer(
  wanted: RendererName,
  { octants, sextants }: { readonly octants: boolean; readonly sextants: boolean },
): RendererName {
  if (wanted === "octant" && !octants) return sextants ? "sextant" : "quadrant";
  return wanted === "sextant" && !sextants ? "quadrant" : wanted;
}
