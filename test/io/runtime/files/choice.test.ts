import { expect, test } from "bun:test";
import { MeasuredChoice } from "../../../../src/io/runtime/files/choice.ts";

/** Makes 200 choices if the ways cost this much. Returns how often the second way was used. */
function choose(choice: MeasuredChoice, costs: readonly [number, number]): number {
  let second = 0;
  for (let i = 0; i < 200; i++) {
    const way = choice.next();
    second += way;
    choice.note(way, costs[way]);
  }
  return second;
}

test("nearly always uses the cheaper way, and sometimes tries the other", () => {
  const choice = new MeasuredChoice();
  expect(choose(choice, [1, 2])).toBeLessThan(20);
  expect(choose(choice, [1, 2])).toBeGreaterThan(4);
});

test("trying a way that is far worse costs little", () => {
  for (const worse of [2, 5, 22]) {
    const choice = new MeasuredChoice();
    choose(choice, [1, worse]);
    let cost = 0;
    const turns = 20_000;
    for (let i = 0; i < turns; i++) {
      const way = choice.next();
      choice.note(way, [1, worse][way]!);
      cost += [1, worse][way]!;
    }
    expect(cost / turns).toBeLessThan(1.03);
  }
});

test("changes its choice when the costs change", () => {
  const choice = new MeasuredChoice();
  choose(choice, [1, 2]);
  expect(choose(choice, [2, 1])).toBeGreaterThan(120);
});

test("a way that has become cheaper is used after at most two tries, which are rarer the more they cost", () => {
  const choice = new MeasuredChoice();
  choose(choice, [1, 2]);
  let turns = 0;
  for (let inARow = 0; inARow < 10; turns++) {
    const way = choice.next();
    inARow = way === 1 ? inARow + 1 : 0;
    choice.note(way, way === 1 ? 0.5 : 1);
  }
  expect(turns).toBeLessThan(90);
});

test("does not alternate with a much slower way", () => {
  const choice = new MeasuredChoice();
  let turns = 0;
  let second = 0;
  for (let i = 0; i < 400; i++) {
    const way = choice.next();
    second += way;
    choice.note(way, way === 0 ? 2 : turns++ % 5 < 3 ? 1 : 8);
  }
  expect(second).toBeLessThan(100);
});

test("one preemption does not count", () => {
  const choice = new MeasuredChoice();
  let turns = 0;
  let second = 0;
  for (let i = 0; i < 400; i++) {
    const way = choice.next();
    second += way;
    choice.note(way, way === 0 ? 2 : turns++ % 5 === 0 ? 8 : 1);
  }
  expect(second).toBeGreaterThan(300);
});
