import { expect, test } from "bun:test";
import { Envelope } from "../../../../src/emu/nes/apu/envelope.ts";

function outputs(envelope: Envelope, clocks: number): number[] {
  return Array.from({ length: clocks }, () => {
    envelope.clock();
    return envelope.output;
  });
}

test("constant volume does not decay", () => {
  const envelope = new Envelope();
  envelope.write(0x1b);
  envelope.restart(false);
  expect(outputs(envelope, 4)).toEqual([11, 11, 11, 11]);
});

for (const period of [0, 1, 2, 15]) {
  test(`decays in steps of ${period + 1} clocks and stays at 0`, () => {
    const envelope = new Envelope();
    envelope.write(period);
    envelope.restart(false);
    const expected = Array.from({ length: 20 * (period + 1) }, (_, clock) =>
      Math.max(0, 15 - Math.floor(clock / (period + 1))),
    );
    expect(outputs(envelope, expected.length)).toEqual(expected);
  });
}

test("loops from 0 to 15", () => {
  const envelope = new Envelope();
  envelope.write(0x20);
  envelope.restart(false);
  const all = outputs(envelope, 40);
  expect(all.slice(14, 18)).toEqual([1, 0, 15, 14]);
});

test("a start in the cycle before a clock waits for the next one", () => {
  const envelope = new Envelope();
  envelope.write(0);
  envelope.restart(false);
  outputs(envelope, 6);
  envelope.restart(true);
  expect(outputs(envelope, 3)).toEqual([9, 15, 14]);
});
