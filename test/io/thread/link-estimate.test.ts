import { describe, expect, test } from "bun:test";
import { LinkEstimate } from "../../../src/io/thread/link-estimate.ts";

interface Link {
  readonly delayMs: number;
  readonly bytesPerMs: number;
}

/**
 * Sends `count` frames that want `wantedBytes` and get what the limit allows. Returns the last limit, and the
 * last frame's time on the link.
 */
function play({ delayMs, bytesPerMs }: Link, wantedBytes: (frame: number) => number, count: number) {
  const link = new LinkEstimate();
  let ms = 0;
  for (let frame = 0; frame < count; frame++) {
    const bytes = Math.min(link.limitBytes, wantedBytes(frame));
    ms = delayMs + bytes / bytesPerMs;
    link.add(bytes, ms);
  }
  return { limitBytes: link.limitBytes, ms };
}

const large = () => 900_000;
const mixed = (frame: number) => (frame % 10 === 0 ? 500_000 : 3000 + 500 * (frame % 7));

describe("LinkEstimate", () => {
  test("does not limit fast terminals", () => {
    for (const wanted of [large, mixed, () => 111])
      expect(play({ delayMs: 2, bytesPerMs: 50_000 }, wanted, 50).limitBytes).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([
    [2000, 2],
    [2000, 15],
    [500, 5],
    [4000, 30],
  ])("keeps latency low at %d bytes per ms and %d ms delay", (bytesPerMs, delayMs) => {
    for (const wanted of [large, (frame: number) => 200_000 + 50_000 * (frame % 5)]) {
      const { ms, limitBytes } = play({ delayMs, bytesPerMs }, wanted, 40);
      expect(ms).toBeLessThan(60);
      // And it uses the available rate.
      expect(limitBytes).toBeGreaterThan(10 * bytesPerMs);
    }
  });

  test("does not take a long delay for a low rate", () => {
    expect(play({ delayMs: 90, bytesPerMs: 20_000 }, mixed, 60).limitBytes).toBeGreaterThan(500_000);
    expect(play({ delayMs: 90, bytesPerMs: 20_000 }, large, 60).limitBytes).toBeGreaterThan(300_000);
  });

  test("does not limit a terminal that draws slowly", () => {
    expect(play({ delayMs: 120, bytesPerMs: 50_000 }, () => 4000, 60).limitBytes).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  test("notices that a link has become fast", () => {
    const link = new LinkEstimate();
    for (let frame = 0; frame < 20; frame++) link.add(100_000, 50 + frame);
    expect(link.limitBytes).toBeLessThan(120_000);
    for (let frame = 0; frame < 80; frame++) {
      const bytes = Math.min(link.limitBytes, 300_000);
      link.add(bytes, 1 + bytes / 50_000);
    }
    expect(link.limitBytes).toBe(Number.POSITIVE_INFINITY);
  });
});
