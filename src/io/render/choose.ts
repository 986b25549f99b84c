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

/** A renderer, and why it was chosen, for the log. */
export interface RendererChoice {
  readonly renderer: RendererName;
  readonly reason: string;
}

/** Chooses the best renderer that the terminal has reported to support, for a window of this size. */
export function chooseRenderer(facts: RendererFacts, window: TerminalWindow): RendererChoice {
  if (facts.kittyGraphics) {
    return facts.kittySharedMemory
      ? { renderer: "kitty-shm", reason: "the terminal reads kitty images from shared memory" }
      : { renderer: "kitty", reason: "the terminal shows kitty images" };
  }
  if (facts.iterm2Images) return { renderer: "iterm2", reason: "the terminal shows iTerm2 images" };
  const showsAll = window.columns >= WHOLE_COLUMNS && window.rows >= WHOLE_ROWS;
  if (facts.sixel && !showsAll) return { renderer: "sixel", reason: "the terminal shows sixels" };
  const reason = facts.sixel
    ? "the window has a half-block for every pixel, which is faster than sixels"
    : "the terminal has reported no way to show images";
  return { renderer: "half-block", reason };
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
