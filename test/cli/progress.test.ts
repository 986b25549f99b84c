import { expect, test } from "bun:test";
import { rateText } from "../../src/cli/progress.ts";

test.each([
  [0, 5000, []],
  [1, 0.5, ["2000/s"]],
  [37, 1000, ["37/s"]],
  [3, 2000, ["1.5/s"]],
  [1, 20_000, ["3/min"]],
  [64, 640_000, ["6/min"]],
  [1, 90_000, ["40/h"]],
  [1, 7_200_000, ["1/h"]],
])("%i things in %d ms: %p", (done, milliseconds, text) => {
  expect(rateText(done, milliseconds)).toEqual(text);
});

test("the first moment has no rate", () => {
  expect(rateText(0, 0)).toEqual([]);
});
