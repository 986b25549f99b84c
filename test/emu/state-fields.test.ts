import { describe, expect, test } from "bun:test";
import { InputError } from "../../src/emu/input-error.ts";
import { StateCheck } from "../../src/emu/state-check.ts";
import {
  BYTE,
  defineFields,
  type FieldRange,
  flushFields,
  loadFields,
  range,
} from "../../src/emu/state-fields.ts";

class Chip {
  a = 1;
  b = 2;
  derived = 3;
  readonly size: number = 4;
  readonly table = new Int32Array(2);
}
class WithBoolean {
  a = 1;
  flag = false;
}

const CHIP_FIELDS = defineFields<Chip, "derived">()({ a: range(-5, 5, 99), b: range(0, 2 ** 31 - 1) });

test("fields survive a flush and a load", () => {
  const chip = new Chip();
  chip.a = -5;
  chip.b = 1 << 30;
  const slots = new Int32Array(4);
  expect(flushFields(chip, CHIP_FIELDS, slots, 1)).toBe(3);
  expect([...slots]).toEqual([0, -5, 1 << 30, 0]);
  const other = new Chip();
  expect(loadFields(other, CHIP_FIELDS, slots, 1)).toBe(3);
  expect(other).toEqual(chip);
});

test("a value that does not fit its slot is a bug", () => {
  const chip = new Chip();
  chip.a = 0.5;
  expect(() => flushFields(chip, CHIP_FIELDS, new Int32Array(2))).toThrow("a = 0.5");
  expect(flushFields(chip, CHIP_FIELDS, new Float64Array(2))).toBe(2);
});

test("the compiler rejects lists that are not complete", () => {
  // @ts-expect-error: b is missing
  defineFields<Chip, "derived">()({ a: BYTE });
  // @ts-expect-error: derived is neither listed nor excepted
  defineFields<Chip>()({ a: BYTE, b: BYTE });
  // @ts-expect-error: size is configuration
  defineFields<Chip, "derived">()({ a: BYTE, b: BYTE, size: BYTE });
  // @ts-expect-error: booleans must be 0 or 1
  defineFields<WithBoolean>()({ a: BYTE });
  // @ts-expect-error: booleans must be 0 or 1
  defineFields<WithBoolean>()({ a: BYTE, flag: BYTE });
});

describe("a state is checked", () => {
  const FINITE: FieldRange = { min: -1, max: 1, fractions: true };

  function checkOf(a: number, b: number, byte: number, double: number): () => void {
    const run = new Uint8Array(32);
    const ints = new Int32Array(run.buffer, 0, 2);
    const bytes = new Uint8Array(run.buffer, 8, 4);
    const doubles = new Float64Array(run.buffer, 16, 2);
    const state = new StateCheck(run);
    expect(state.fields("chip", CHIP_FIELDS, ints)).toBe(2);
    state.slots("ram", bytes, range(0, 3));
    state.slots("sound", doubles, FINITE);
    const other = new Uint8Array(40);
    const view = new DataView(other.buffer, 4);
    view.setInt32(0, a, true);
    view.setInt32(4, b, true);
    view.setUint8(11, byte);
    view.setFloat64(24, double, true);
    return () => state.check(other.subarray(4, 36));
  }

  test("values within their ranges pass", () => {
    for (const [a, double] of [
      [-5, 0.5],
      [5, -1],
      [99, 0],
    ])
      expect(checkOf(a, 7, 3, double)).not.toThrow();
  });

  for (const [label, check, field] of [
    ["too small", checkOf(-6, 0, 0, 0), "chip.a is -6, which is not -5 to 5 or 99"],
    ["between the range and the other value", checkOf(98, 0, 0, 0), "chip.a is 98"],
    ["negative", checkOf(0, -1, 0, 0), "chip.b is -1"],
    ["an element of an array", checkOf(0, 0, 4, 0), "ram[3] is 4, which is not 0 to 3"],
    ["no number", checkOf(0, 0, 0, Number.NaN), "sound[1] is NaN"],
    ["infinite", checkOf(0, 0, 0, Number.POSITIVE_INFINITY), "sound[1] is Infinity"],
  ] as const) {
    test(`a value that is ${label} is named`, () => {
      expect(check).toThrow(InputError);
      expect(check).toThrow(`the state is damaged: ${field}`);
    });
  }
});
