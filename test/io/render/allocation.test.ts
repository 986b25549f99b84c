import { describe, expect, test } from "bun:test";
import type { RendererName } from "../../../src/io/render/encoders.ts";
import { leastEncoderCollections } from "../../support/encoder-collections.ts";

const STRETCH_FRAMES = 600;
/** Sixels with many colours take long. In as many frames the small array is still noticed. */
const SLOW_STRETCH_FRAMES = 200;
const STRETCHES = 4;

describe("encoding allocates nothing", () => {
  test("one small array per frame is noticed in every stretch", async () => {
    expect(await leastEncoderCollections("leaky", STRETCH_FRAMES, STRETCHES)).toBeGreaterThan(0);
  }, 120_000);

  const renderers: RendererName[] = ["half-block", "sextant", "sixel"];
  test.each(renderers)(
    "as %s",
    async (renderer) => {
      const frames = renderer === "sixel" ? SLOW_STRETCH_FRAMES : STRETCH_FRAMES;
      expect(await leastEncoderCollections(renderer, frames, STRETCHES)).toBe(0);
    },
    120_000,
  );
});
