import { describe, expect, test } from "bun:test";
import type { RendererName } from "../../../src/io/render/encoders.ts";
import { countEncoderCollections } from "../../support/encoder-collections.ts";

const SHORT_FRAMES = 60;
const LONG_FRAMES = 600;

describe("encoding allocates nothing", () => {
  test("the check notices one small array per frame", () => {
    const { short, long } = countEncoderCollections("leaky", SHORT_FRAMES, LONG_FRAMES);
    expect(long).toBeGreaterThan(short);
  }, 120_000);

  const renderers: RendererName[] = ["half-block", "octant", "sixel"];
  test.each(renderers)(
    "as %s: ten times the frames collect no more",
    (renderer) => {
      const { short, long } = countEncoderCollections(renderer, SHORT_FRAMES, LONG_FRAMES);
      expect(long).toBeLessThanOrEqual(short);
    },
    120_000,
  );
});
