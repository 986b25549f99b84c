import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { TrackOrder } from "../../../src/io/music/track-order.ts";

test("the order of the file", () => {
  const order = new TrackOrder(3);
  expect([0, 1, 2].map((track) => order.after(track, "all"))).toEqual([1, 2, 0]);
  expect([0, 1, 2].map((track) => order.after(track, "off"))).toEqual([1, 2, undefined]);
  expect(order.after(1, "track")).toBe(1);
  expect([order.step(0, -1), order.step(2, 1)]).toEqual([2, 0]);
});

describe("shuffled", () => {
  const count = fc.integer({ min: 1, max: 40 });
  const numbers = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), {
    minLength: 200,
    maxLength: 200,
  });
  const begin = (tracks: number, chance: readonly number[]): TrackOrder => {
    let at = 0;
    const order = new TrackOrder(tracks, () => chance[at++ % chance.length]!);
    order.toggleShuffle(0);
    return order;
  };

  test("each track plays once before the music stops, and once in every round", () => {
    fc.assert(
      fc.property(count, numbers, (tracks, chance) => {
        const order = begin(tracks, chance);
        const all = Array.from({ length: tracks }, (_, track) => track);
        const heard: number[] = [];
        for (let track: number | undefined = 0; track !== undefined; track = order.after(track, "off"))
          heard.push(track);
        expect(heard.toSorted((a, b) => a - b)).toEqual(all);
        const round: number[] = [];
        let next = heard.at(-1)!;
        while (round.length < tracks) {
          next = order.after(next, "all")!;
          round.push(next);
        }
        expect(round.toSorted((a, b) => a - b)).toEqual(all);
        if (tracks > 1) expect(round[0]).not.toBe(heard.at(-1)!);
      }),
    );
  });

  test("back leads to the track before, and what is chosen is not heard again", () => {
    fc.assert(
      fc.property(count, numbers, fc.nat(39), (tracks, chance, nth) => {
        const order = begin(tracks, chance);
        const second = order.step(0, 1);
        if (tracks > 1) expect(order.step(second, -1)).toBe(0);
        const chosen = nth % tracks;
        order.choose(chosen, 0);
        if (tracks > 2 && chosen !== 0) expect(order.step(chosen, -1)).toBe(0);
        expect(order.after(chosen, "track")).toBe(chosen);
      }),
    );
  });

  test("off again", () => {
    const order = begin(5, [0.3]);
    order.toggleShuffle(2);
    expect(order.isShuffled).toBe(false);
    expect(order.step(2, 1)).toBe(3);
  });
});
