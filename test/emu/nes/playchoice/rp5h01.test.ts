import { describe, expect, test } from "bun:test";
import { PROM_STATE_WORDS, Rp5h01 } from "../../../../src/emu/nes/playchoice/rp5h01.ts";
import { Prng } from "../../../support/prng.ts";

const DATA = new Prng(5).bytes(16);

function prom(data: Uint8Array | undefined = DATA): Rp5h01 {
  return new Rp5h01(data, new Int32Array(PROM_STATE_WORDS));
}

/** Reads `count` bits of both outputs, with a clock pulse after each. */
function read(chip: Rp5h01, count: number, test: number): string[] {
  return Array.from({ length: count }, () => {
    const bits = `${chip.dataOut}${chip.counterOut}`;
    chip.write(1, 0, test);
    chip.write(0, 0, test);
    return bits;
  });
}

const bitOf = (at: number): number => (DATA[at >> 3]! >> (at & 7)) & 1;

describe("the counter", () => {
  test("reads 64 bits again and again with six bits", () => {
    const expected = Array.from({ length: 192 }, (_, at) => `${bitOf(at & 63)}${(at >> 5) & 1}`);
    expect(read(prom(), 192, 0)).toEqual(expected);
  });

  test("reads 128 bits with seven", () => {
    const chip = prom();
    chip.write(0, 0, 1);
    const expected = Array.from({ length: 256 }, (_, at) => `${bitOf(at & 127)}${(at >> 5) & 1}`);
    expect(read(chip, 256, 1)).toEqual(expected);
  });

  test("starts at 0 when the reset rises", () => {
    const chip = prom();
    read(chip, 21, 0);
    chip.write(0, 1, 0);
    expect(read(chip, 8, 0)).toEqual(Array.from({ length: 8 }, (_, at) => `${bitOf(at)}0`));
  });

  test("goes on when the clock falls, not when it stays", () => {
    const chip = prom();
    const seen: number[] = [];
    for (const clock of [0, 1, 1, 0, 0, 1, 0]) {
      chip.write(clock, 0, 0);
      seen.push(chip.dataOut);
    }
    expect(seen).toEqual([0, 0, 0, 1, 1, 1, 2].map(bitOf));
  });
});

test("an empty socket reads as 1", () => {
  const chip = new Rp5h01(undefined, new Int32Array(PROM_STATE_WORDS));
  expect(new Set(read(chip, 80, 0))).toEqual(new Set(["11"]));
});
