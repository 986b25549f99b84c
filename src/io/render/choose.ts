import type { RendererName } from "./encoders.ts";

/** What a terminal has said of itself, as far as it bears on the choice. */
export interface RendererFacts {
  readonly kittyGraphics: boolean;
  readonly kittySharedMemory: boolean;
}

/** The best picture that the terminal has said it can show. */
export function chooseRenderer(facts: RendererFacts): RendererName {
  if (facts.kittyGraphics) return facts.kittySharedMemory ? "kitty-shm" : "kitty";
  return "half-block";
}
