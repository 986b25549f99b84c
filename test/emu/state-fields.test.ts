import { expect, test } from "bun:test";
import { defineFields, flushFields, loadFields } from "../../src/emu/state-fields.ts";

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

const CHIP_FIELDS = defineFields<Chip, "derived">()("a", "b");

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

test("the compiler refuses lists that are not complete", () => {
  // @ts-expect-error: b is missing
  defineFields<Chip, "derived">()("a");
  // @ts-expect-error: derived is neither listed nor excepted
  defineFields<Chip>()("a", "b");
  // @ts-expect-error: size is configuration
  defineFields<Chip, "derived">()("a", "b", "size");
  // @ts-expect-error: booleans must be 0 or 1
  defineFields<WithBoolean>()("a");
  // @ts-expect-error: booleans must be 0 or 1
  defineFields<WithBoolean>()("a", "flag");
  expect(() => defineFields<Chip, "derived">()("a", "b", "b")).toThrow("twice");
});
