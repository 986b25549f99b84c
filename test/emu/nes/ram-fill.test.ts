import { expect, test } from "bun:test";
import { fillRam, parseRamFill, type RamFill } from "../../../src/emu/nes/ram-fill.ts";

const filled = (fill: RamFill): [string, string] => {
  const [work, nametables] = [new Uint8Array(0x800).fill(9), new Uint8Array(0x800).fill(9)];
  fillRam(work, nametables, fill);
  return [work.subarray(0, 12).toHex(), nametables.subarray(0, 4).toHex()];
};

test.each([
  ["zero", "zero", "000000000000000000000000", "00000000"],
  ["ones", "ones", "ffffffffffffffffffffffff", "ffffffff"],
  ["fceux", "pattern:00000000ffffffff", "00000000ffffffff00000000", "00000000"],
  ["pattern:0AB1c2", "pattern:0ab1c2", "0ab1c20ab1c20ab1c20ab1c2", "00000000"],
] as const)("RAM %s", (text, fill, work, nametables) => {
  expect(parseRamFill(text)).toBe(fill);
  expect(filled(fill)).toEqual([work, nametables]);
});

/** Published test vectors: the first state of SplitMix64 and the first sums of xoroshiro128+ for seed 0. */
test("FCEUX's generator begins with the sum of SplitMix64's first two numbers", () => {
  const sum = (0xe220a8397b1dcdafn + 0x6e789e6aa1b965f4n) & 0xffn;
  expect(filled("fceux:0")[0].slice(0, 2)).toBe(sum.toString(16).padStart(2, "0"));
  expect(filled("fceux:0")).not.toEqual(filled("fceux:1"));
});

test.each([
  "",
  "two",
  "pattern:",
  "pattern:0",
  "pattern:xx",
  "fceux:x",
  "fceux:4294967296",
  "4294967296",
  "-1",
])("%p is not a RAM fill", (text) => {
  expect(parseRamFill(text)).toBeUndefined();
});
