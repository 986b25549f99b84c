import { ptr } from "bun:ffi";
import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatPrintf } from "../../../src/io/cores/printf.ts";

const word = Buffer.from("word\0");
const address = BigInt(ptr(word));

test.each<[format: string, integers: bigint[], doubles: number[], text: string]>([
  ["plain 100%%", [], [], "plain 100%"],
  ["%d %i %u", [0xffff_ffffn, 5n, 0xffff_fffen], [], "-1 5 4294967294"],
  ["%ld %llu %zu", [-5n, -1n, 7n], [], "-5 18446744073709551615 7"],
  ["%hhd %hu", [0x1ffn, 0x1_0001n], [], "-1 1"],
  ["%x %X %#x %o %#x", [255n, 255n, 255n, 8n, 0n], [], "ff FF 0xff 10 0"],
  ["[%5d] [%-5d] [%05d] [%+d] [% d]", [42n, 42n, -42n, 42n, 42n], [], "[   42] [42   ] [-0042] [+42] [ 42]"],
  ["[%s] [%.2s] [%6s] [%s]", [address, address, address, 0n], [], "[word] [wo] [  word] [(null)]"],
  ["%c%c", [65n, 66n], [], "AB"],
  ["%p", [0x7fffn], [], "0x7fff"],
  ["%f %.2f %e %g", [], [1.5, 2.345, 12_345, 0.5], "1.500000 2.35 1.234500e+04 0.5"],
  ["%d %f %d", [1n, 2n], [0.25], "1 0.250000 2"],
  ["[%*d] [%.*f]", [6n, 42n, 1n], [3.14], "[    42] [3.1]"],
  ["%d %d", [1n], [], "1 %d"],
  ["100% of it", [3n], [], "1003f it"],
])("%s", (format, integers, doubles, text) => {
  expect(formatPrintf(format, { integers, doubles })).toBe(text);
  // The use keeps the bytes at `address` from being collected before.
  expect(word.toString()).toBe("word\0");
});

test("any format gives a text of bounded length", () => {
  const piece = fc.constantFrom(
    "%",
    "d",
    "x",
    "*",
    ".",
    "9",
    "99999",
    "l",
    "-",
    "0",
    "#",
    "f",
    "g",
    "c",
    "n",
    " ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = formatPrintf(pieces.join(""), {
        integers: [1n, -1n, 0xffff_ffff_ffff_ffffn, 0n],
        doubles: [Number.NaN, Number.POSITIVE_INFINITY, 1e300],
      });
      expect(text.length).toBeLessThanOrEqual(2000);
    }),
    { seed: 11, numRuns: 300 },
  );
});
