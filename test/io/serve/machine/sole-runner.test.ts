import { expect, test } from "bun:test";
import { SoleRunner } from "../../../../src/io/serve/machine/sole-runner.ts";

test("a machine is alone after a while, until another one runs", () => {
  const runs = new SoleRunner();
  const [one, other] = [{}, {}];
  expect([runs.begin(one, 100), runs.begin(one, 110), runs.begin(one, 120)]).toEqual([false, false, true]);
  // Machines in turns are never alone.
  expect([130, 155, 180].map((ms, at) => runs.begin(at % 2 === 0 ? other : one, ms))).toEqual([
    false,
    false,
    false,
  ]);
});
