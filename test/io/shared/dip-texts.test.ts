import { expect, test } from "bun:test";
import { changeDips, dipDigits } from "../../../src/io/shared/dip-texts.ts";
import { inputErrorOf } from "../../support/input-errors.ts";

test.each([5, 8, 16])("all of %i switches are given as digits, as the error says", (switchCount) => {
  const coins = { switches: [], switchCount };
  const { remedy } = inputErrorOf(() => changeDips(0, "nonsense", coins));
  const [, count, digits = ""] = /give (\d+) digits, as in ([01]+)/.exec(remedy)!;
  expect(count).toBe(`${switchCount}`);
  const dips = changeDips(0, digits, coins);
  expect(dipDigits(dips, coins)).toBe(digits);
});
