/**
 * Arithmetic against definitions in terms of numbers: the carry is what does not fit, the overflow what the
 * signed result loses. Flags: Zilog, Z80 CPU User Manual (UM0080); bits 3 and 5: Sean Young.
 */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { hex, Z80Bench } from "../../support/z80-bench.ts";

const S = 0x80;
const Z = 0x40;
const H = 0x10;
const P = 0x04;
const N = 0x02;
const C = 0x01;
const XY = 0x28;

function flag(isSet: boolean, bit: number): number {
  return isSet ? bit : 0;
}

function signed(value: number): number {
  return value < 0x80 ? value : value - 0x100;
}

function isEven(value: number): boolean {
  return value.toString(2).replaceAll("0", "").length % 2 === 0;
}

function sign(result: number): number {
  return flag(result >= 0x80, S) | flag(result === 0, Z);
}

function logical(result: number, halfCarry: number): [number, number] {
  return [result, sign(result) | flag(isEven(result), P) | halfCarry | (result & XY)];
}

function sum(a: number, b: number, carry: number): [number, number] {
  const result = (a + b + carry) & 0xff;
  const exact = signed(a) + signed(b) + carry;
  const half = flag((a & 15) + (b & 15) + carry > 15, H);
  const flags = sign(result) | half | flag(exact !== signed(result), P) | flag(a + b + carry > 255, C);
  return [result, flags | (result & XY)];
}

function difference(a: number, b: number, carry: number): [number, number] {
  const result = (a - b - carry) & 0xff;
  const exact = signed(a) - signed(b) - carry;
  const half = flag((a & 15) - (b & 15) - carry < 0, H);
  const flags = sign(result) | half | flag(exact !== signed(result), P) | flag(a - b - carry < 0, C) | N;
  return [result, flags | (result & XY)];
}

type Operation = (a: number, b: number, carry: number) => [number, number];

const OPERATIONS: [string, number, Operation][] = [
  ["ADD", 0x80, (a, b) => sum(a, b, 0)],
  ["ADC", 0x88, sum],
  ["SUB", 0x90, (a, b) => difference(a, b, 0)],
  ["SBC", 0x98, difference],
  ["AND", 0xa0, (a, b) => logical(a & b, H)],
  ["XOR", 0xa8, (a, b) => logical(a ^ b, 0)],
  ["OR", 0xb0, (a, b) => logical(a | b, 0)],
  ["CP", 0xb8, (a, b) => [a, (difference(a, b, 0)[1] & ~XY) | (b & XY)]],
];

test.each(OPERATIONS)("%s A,B for all operands", (_, opcode, operation) => {
  const bench = new Z80Bench().load(hex(opcode, 2));
  const wrong: string[] = [];
  for (let inputs = 0; inputs < 0x20000; inputs++) {
    const a = inputs & 0xff;
    const b = (inputs >> 8) & 0xff;
    const carry = inputs >> 16;
    bench.set({ pc: 0, a, b, f: carry }).step();
    const [result, flags] = operation(a, b, carry);
    if (bench.get("a") !== result || bench.get("f") !== flags)
      wrong.push(`${hex(a, 2)} ${hex(b, 2)} ${carry}`);
  }
  expect(wrong).toEqual([]);
});

test.each([
  ["B", "80"],
  ["(HL)", "86"],
  ["n", "c6 22"],
  ["IXH", "dd 84"],
  ["IYL", "fd 85"],
  ["(IX-2)", "dd 86 fe"],
])("ADD A,%s takes its operand", (_, program) => {
  const bench = new Z80Bench().load(program).load("22", 0x4000);
  bench.set({ a: 0x11, b: 0x22, hl: 0x4000, ix: program === "dd 84" ? 0x2200 : 0x4002, iy: 0x22 }).step();
  expect(bench.get("a")).toBe(0x33);
});

test.each([
  ["INC", "04", (value: number) => sum(value, 1, 0)],
  ["DEC", "05", (value: number) => difference(value, 1, 0)],
] as const)("%s B keeps C", (_, program, operation) => {
  const bench = new Z80Bench().load(program);
  for (let value = 0; value < 256; value++) {
    for (const carry of [0, C]) {
      bench.set({ pc: 0, b: value, f: carry }).step();
      const [result, flags] = operation(value);
      expect(bench.values({ b: 0, f: 0 })).toEqual({ b: result, f: (flags & ~C) | carry });
    }
  }
});

test("NEG subtracts from 0", () => {
  const bench = new Z80Bench().load("ed 44");
  for (let a = 0; a < 256; a++) {
    bench.set({ pc: 0, a }).step();
    const [result, flags] = difference(0, a, 0);
    expect(bench.values({ a: 0, f: 0 })).toEqual({ a: result, f: flags });
  }
});

/** Bit 7 or 0 goes to the carry; what comes in by the value and the carry before. */
const SHIFTS: [string, number, (value: number, carry: number) => number][] = [
  ["RLC", 0x00, (value) => (value << 1) | (value >> 7)],
  ["RRC", 0x08, (value) => (value >> 1) | (value << 7)],
  ["RL", 0x10, (value, carry) => (value << 1) | carry],
  ["RR", 0x18, (value, carry) => (value >> 1) | (carry << 7)],
  ["SLA", 0x20, (value) => value << 1],
  ["SRA", 0x28, (value) => signed(value) >> 1],
  ["SLL", 0x30, (value) => (value << 1) | 1],
  ["SRL", 0x38, (value) => value >> 1],
];

describe.each(SHIFTS)("%s", (_, opcode, shifted) => {
  const isLeft = (opcode & 8) === 0;
  const out = (value: number): number => (isLeft ? value >> 7 : value & 1);

  test("of B, for all values", () => {
    const bench = new Z80Bench().load(`cb ${hex(opcode, 2)}`);
    for (let value = 0; value < 256; value++) {
      for (const carry of [0, 1]) {
        bench.set({ pc: 0, b: value, f: carry }).step();
        const [result, flags] = logical(shifted(value, carry) & 0xff, 0);
        expect(bench.values({ b: 0, f: 0 })).toEqual({ b: result, f: flags | out(value) });
      }
    }
  });

  test("of memory and of (IX+d), which copies to a register", () => {
    const bench = new Z80Bench().load(`cb ${hex(opcode | 6, 2)} dd cb 05 ${hex(opcode, 2)}`);
    bench.load("a5", 0x4000).load("5a", 0x5005).set({ hl: 0x4000, ix: 0x5000, f: 0 }).step();
    expect(bench.memory[0x4000]).toBe(shifted(0xa5, 0) & 0xff);
    bench.set({ f: 0 }).step();
    expect([bench.memory[0x5005], bench.get("b")]).toEqual(Array(2).fill(shifted(0x5a, 0) & 0xff));
  });
});

/** 07, 0F, 17 and 1F rotate A and keep S, Z and P/V. */
test.each(SHIFTS.slice(0, 4))("%sA", (_, opcode, shifted) => {
  const bench = new Z80Bench().load(hex(opcode + 7, 2));
  for (let a = 0; a < 256; a++) {
    for (const f of [0, 0xff]) {
      bench.set({ pc: 0, a, f }).step();
      const result = shifted(a, f & 1) & 0xff;
      const out = (opcode & 8) === 0 ? a >> 7 : a & 1;
      const flags = (f & (S | Z | P)) | (result & XY) | out;
      expect(bench.values({ a: 0, f: 0 })).toEqual({ a: result, f: flags });
    }
  }
});

describe("DAA", () => {
  const decimal = (value: number): number => Number(hex(value, 2));
  const isDecimal = (value: number): boolean => /^\d\d$/.test(hex(value, 2));
  const digits = Array.from({ length: 256 }, (_, value) => value).filter(isDecimal);

  test.each([
    ["88", (a: number, b: number, carry: number) => a + b + carry],
    ["98", (a: number, b: number, carry: number) => a - b - carry],
  ] as const)("after %s gives decimal results", (opcode, calculate) => {
    const bench = new Z80Bench().load(`${opcode} 27`);
    for (const a of digits) {
      for (const b of digits) {
        for (const carry of [0, 1]) {
          bench.set({ pc: 0, a, b, f: carry }).step(2);
          const exact = calculate(decimal(a), decimal(b), carry);
          expect(decimal(bench.get("a"))).toBe((exact + 100) % 100);
          expect(bench.get("f") & C).toBe(exact < 0 || exact > 99 ? 1 : 0);
        }
      }
    }
  });

  /** Sean Young's tables: what is added, by C, the digits and H. */
  function correction(a: number, f: number): number {
    const high = a >> 4;
    const low = a & 15;
    const isLow = low > 9 || (f & H) !== 0;
    const isHigh = (f & C) !== 0 || high > 9 || (high === 9 && low > 9);
    return (isHigh ? 0x60 : 0) + (isLow ? 6 : 0);
  }

  test("for all values of A, N, H and C", () => {
    const bench = new Z80Bench().load("27");
    for (let a = 0; a < 256; a++) {
      for (const f of [0, C, H, H | C, N, N | C, N | H, N | H | C]) {
        bench.set({ pc: 0, a, f }).step();
        const diff = correction(a, f);
        const isDown = (f & N) !== 0;
        const low = a & 15;
        const half = isDown ? (f & H) !== 0 && low < 6 : low > 9;
        const [result, flags] = logical((isDown ? a - diff : a + diff) & 0xff, flag(half, H));
        expect(bench.values({ a: 0, f: 0 })).toEqual({
          a: result,
          f: flags | (f & N) | flag(diff >= 0x60, C),
        });
      }
    }
  });
});

const word = fc.integer({ min: 0, max: 0xffff });

function signedWord(value: number): number {
  return value < 0x8000 ? value : value - 0x10000;
}

/** Flags of 16-bit results: those of the high byte, but Z of the whole. */
function wordFlags(result: number): number {
  return flag(result >= 0x8000, S) | flag(result === 0, Z) | ((result >> 8) & XY);
}

test.each([
  ["ADC", "ed 5a", 1],
  ["SBC", "ed 52", -1],
] as const)("%s HL,DE", (_, program, direction) => {
  const bench = new Z80Bench().load(program);
  fc.assert(
    fc.property(word, word, fc.nat(1), (hl, de, carry) => {
      bench.set({ pc: 0, hl, de, f: carry }).step();
      const exact = hl + direction * (de + carry);
      const result = exact & 0xffff;
      const half = (hl & 0xfff) + direction * ((de & 0xfff) + carry);
      const overflow = signedWord(hl) + direction * (signedWord(de) + carry) !== signedWord(result);
      const isOut = (value: number, max: number): boolean => value < 0 || value > max;
      expect(bench.values({ hl: 0, f: 0, wz: 0 })).toEqual({
        hl: result,
        f:
          wordFlags(result) |
          flag(isOut(half, 0xfff), H) |
          flag(overflow, P) |
          flag(direction < 0, N) |
          flag(isOut(exact, 0xffff), C),
        wz: (hl + 1) & 0xffff,
      });
    }),
    {
      numRuns: 2000,
      examples: [
        [0, 0, 0],
        [0, 0, 1],
        [0xffff, 0, 1],
        [0x7fff, 0, 1],
        [0x8000, 0xffff, 0],
      ],
    },
  );
});

test.each([
  ["HL,BC", "09", "hl"],
  ["IX,BC", "dd 09", "ix"],
  ["IY,BC", "fd 09", "iy"],
] as const)("ADD %s keeps S, Z and P/V", (_, program, target) => {
  const bench = new Z80Bench().load(program);
  fc.assert(
    fc.property(word, word, fc.nat(255), (before, bc, f) => {
      bench.set({ pc: 0, [target]: before, bc, f }).step();
      const result = (before + bc) & 0xffff;
      const half = flag((before & 0xfff) + (bc & 0xfff) > 0xfff, H);
      const flags = (f & (S | Z | P)) | half | flag(before + bc > 0xffff, C) | ((result >> 8) & XY);
      expect(bench.values({ [target]: 0, f: 0 })).toEqual({ [target]: result, f: flags });
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["RRD", "ed 67", 0x84, 0x20, 0x80, 0x42],
  ["RLD", "ed 6f", 0x7a, 0x31, 0x73, 0x1a],
])("%s rotates digits as in the manual's example", (_, program, a, memory, aAfter, memoryAfter) => {
  const bench = new Z80Bench().load(program).load(hex(memory, 2), 0x5000).set({ a, hl: 0x5000, f: C });
  bench.step();
  expect([bench.get("a"), bench.memory[0x5000]]).toEqual([aAfter, memoryAfter]);
  expect(bench.get("f")).toBe(logical(aAfter, 0)[1] | C);
});
