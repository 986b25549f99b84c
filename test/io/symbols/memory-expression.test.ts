import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { Expression, parseExpression } from "../../../src/io/symbols/memory-expression.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { soakSize } from "../../support/soak.ts";

const ADDRESSES: Readonly<Record<string, number>> = {
  lives: 0x75,
  score: 0x300,
  "player::x": 0x10,
  "a@b": 0x11,
};

function addressOf(name: string): number {
  const address = ADDRESSES[name];
  if (address === undefined) throw new InputError("usage", `unknown symbol ${name}`, "", "similar: lives");
  return address;
}

class Memory {
  frame = 600;
  readonly bytes = new Uint8Array(0x10000);

  peek(_space: "cpu", address: number): number {
    return this.bytes[address]!;
  }
}

function memory(): Memory {
  const machine = new Memory();
  machine.bytes.set([1, 2, 3, 4, 5, 6], 0x300);
  machine.bytes[0x75] = 3;
  machine.bytes[0x10] = 0xfe;
  machine.bytes[0x11] = 0xff;
  return machine;
}

const evaluate = (text: string, machine = memory()): number =>
  new Expression(parseExpression(text, addressOf), machine).value();

describe("expressions over memory", () => {
  test.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["10 - 4 - 3", 3],
    ["$1F + 0x01", 32],
    ["1.5 * 2", 3],
    ["-lives", -3],
    ["!lives", 0],
    ["!0", 1],
    ["~0", -1],
    ["- - 2", 2],
    ["lives", 3],
    ["[$0075]", 3],
    ["[@lives]", 3],
    ["@lives", 0x75],
    ["score[2]", 3],
    ["score[lives]", 4],
    ["[@score + 1]", 2],
    ["player::x", 0xfe],
    ["a@b", 0xff],
    ["u16(player::x)", 0xfffe],
    ["s16(player::x)", -2],
    ["s8(player::x)", -2],
    ["s8($0075)", 3],
    ["u16(score[2])", 0x0403],
    ["digits(score, 6)", 123456],
    ["digits($0302, 2)", 34],
    ["bcd(score, 2)", 102],
    ["frame", 600],
    ["frame % 60 == 0 && lives > 2", 1],
    ["(lives & 1) == 1", 1],
    ["1 | (2 ^ 3 & 6)", 1 | (2 ^ (3 & 6))],
    ["&lives + %101", 0x7a],
    ["word[$0300]", 0x0201],
    ["::lives", 3],
    ["1 << 4 >> 2", 4],
    ["7 / 2", 3.5],
    ["7 / 0", 0],
    ["7 % 0", 0],
    ["1 <= 1", 1],
    ["1 != 1", 0],
    ["0 || 5", 1],
    ["lives == 3 ? 10 : 20", 10],
    ["lives==2?10:20", 20],
    ["0 ? 1 : 0 ? 2 : 3", 3],
    ["min(3, 1, 2) + max(1, 9) + abs(-2) + sign(-7)", 11],
    ["[$FFFFF]", 0],
    ["  lives  ", 3],
    [`${"9000000000000000 * ".repeat(30)}1`, 0],
  ])("%s is %d", (text, value) => {
    expect(evaluate(text)).toBe(value);
  });

  test("prev and delta compare with the last commit", () => {
    const machine = memory();
    const expression = new Expression(
      parseExpression("delta(lives) * 10 + prev(prev(lives))", addressOf),
      machine,
    );
    expect(expression.value()).toBe(3);
    machine.bytes[0x75] = 5;
    expect(expression.value()).toBe(23);
    expect(expression.commit()).toBe(23);
    expect(expression.value()).toBe(3);
    expect(expression.commit()).toBe(3);
    expect(expression.value()).toBe(5);
    machine.bytes[0x75] = 9;
    expression.restart();
    expect(expression.value()).toBe(9);
  });

  test("operands that are not evaluated also remember their former value", () => {
    const machine = memory();
    const expression = new Expression(
      parseExpression("lives > 5 ? delta(score) : 0 && delta(score)", addressOf),
      machine,
    );
    machine.bytes[0x300] = 11;
    expression.commit();
    machine.bytes[0x75] = 6;
    expect(expression.value()).toBe(0);
  });

  test.each([
    ["", 'a value was expected at the end ("", character 1)'],
    ["1 +", "a value was expected at the end"],
    ["1 2", 'a value was expected, not 2 ("1 2", character 3)'],
    ["lifes", "unknown symbol lifes"],
    ["1 + lifes", "character 5"],
    ["foo(1)", "unknown function foo"],
    ["digits(score)", "digits takes an address and a number of bytes from 1 to 15"],
    ["digits(score, 16)", "a number of bytes from 1 to 15"],
    ["bcd(score, 8)", "a number of bytes from 1 to 7"],
    ["digits(score, lives)", "a number of bytes"],
    ["abs(1, 2)", "abs takes one value"],
    ["(1", ") was expected"],
    ["[1", "] was expected"],
    ["1 ? 2", ": was expected"],
    ["@5", "unknown symbol 5"],
    ["1 # 2", '"#" is not expected here'],
    ["1 = 2", "a register, a variable or memory was expected before ="],
    ["lives = 2", "nothing can be assigned here"],
    ["ppu[0]", "ppu[] is only for the debugger"],
    ["lives->x", "members of structs are only for the debugger"],
    ["lives & 1 == 1", "& beside == needs parentheses"],
    ["1 | 2 ^ 3", "| beside ^ needs parentheses"],
    ["lives == 1 < 2", "== beside < needs parentheses"],
    [`$${"F".repeat(20)}`, "is too large"],
    ["é", '"é" is not expected here'],
    ["1".repeat(2001), "longer than 2000 characters"],
    ["(".repeat(1000), "nested too deeply"],
    ["-".repeat(1000), "nested too deeply"],
    ["[".repeat(1000), "nested too deeply"],
    ["delta(".repeat(300), "nested too deeply"],
    [Array.from({ length: 600 }, () => "1").join("+"), "too many parts"],
  ])("%.20s is rejected", (text, message) => {
    const { message: what, where } = inputErrorOf(() => parseExpression(text, addressOf));
    expect(`${what} (${where})`).toContain(message);
  });

  test("any text gives an expression or an InputError", () => {
    const parts = [
      "1",
      "$",
      "lives",
      "[",
      "]",
      "(",
      ")",
      "+",
      "-",
      "?",
      ":",
      ",",
      "digits",
      "delta",
      "@",
      " ",
      "é",
      "::",
    ];
    const texts = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...parts)).map((each) => each.join("")),
    );
    const property = fc.property(texts, (text) => {
      try {
        expect(typeof evaluate(text)).toBe("number");
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    });
    fc.assert(property, { numRuns: soakSize(500, 50_000), seed: 17 });
  });

  test("a parsed expression can be sent to another thread", () => {
    const parsed = parseExpression("delta(digits(score, 6)) + lives", addressOf);
    expect(new Expression(structuredClone(parsed), memory()).value()).toBe(3);
  });
});
