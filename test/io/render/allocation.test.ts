import { describe, expect, test } from "bun:test";
import type { RendererName } from "../../../src/io/render/encoders.ts";
import { countEncoderCollections } from "../../support/encoder-collections.ts";

const STRETCH_FRAMES = 600;
/** Sixels with many colours take long. In as many frames the small array is still noticed. */
const SLOW_STRETCH_FRAMES = 200;
const STRETCHES = 4;

describe("encoding allocates nothing", () => {
  test("one small array per frame is noticed in every stretch", () => {
    const counts = countEncoderCollections("leaky", STRETCH_FRAMES, STRETCHES);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  }, 120_000);

  const renderers: RendererName[] = ["half-block", "sextant", "sixel"];
  test.each(renderers)(
    "as %s",
    (renderer) => {
      const frames = renderer === "sixel" ? SLOW_STRETCH_FRAMES : STRETCH_FRAMES;
      const counts = countEncoderCollections(renderer, frames, STRETCHES);
      expect(Math.min(...counts)).toBe(0);
    },
    120_000,
  );
});
