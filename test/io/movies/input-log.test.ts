import { expect, test } from "bun:test";
import { InputLog } from "../../../src/io/movies/movie.ts";

test("a log that is read while buttons are held can be continued", () => {
  const log = new InputLog();
  const masks = [0, 1, 1, 0x80000000, 0x80000000, 2];
  for (const [frame, mask] of masks.entries()) {
    log.add(mask);
    const script = log.toScript();
    const { frames } = script.entries;
    expect([...frames]).toEqual([...new Set(frames)].sort((a, b) => a - b));
    for (let before = 0; before <= frame; before++) expect(script.maskAt(before)).toBe(masks[before]);
    // Everything is released at the end.
    expect(script.maskAt(frame + 1)).toBe(0);
  }
  expect(log.length).toBe(masks.length);
});
