/** T-states of every instruction. Zilog, Z80 CPU User Manual (UM0080), instruction descriptions. */
import { describe, expect, test } from "bun:test";
import { hex, Z80Bench } from "../../support/z80-bench.ts";

/** Without prefix, conditions false. 0 where the opcode is a prefix. */
const MAIN = `
 4 10  7  6  4  4  7  4  4 11  7  6  4  4  7  4
 8 10  7  6  4  4  7  4 12 11  7  6  4  4  7  4
 7 10 16  6  4  4  7  4  7 11 16  6  4  4  7  4
 7 10 13  6 11 11 10  4  7 11 13  6  4  4  7  4
 4  4  4  4  4  4  7  4  4  4  4  4  4  4  7  4
 4  4  4  4  4  4  7  4  4  4  4  4  4  4  7  4
 4  4  4  4  4  4  7  4  4  4  4  4  4  4  7  4
 7  7  7  7  7  7  4  7  4  4  4  4  4  4  7  4
 4  4  4  4  4  4  7  4  4  4  4  4  4  4  7  4
 4  4  4  4  4  4  7  4  4  4  4  4  4  4  7  4
 4  4  4  4  4  4  7  4  4  4  4  4  4  4  7  4
 4  4  4  4  4  4  7  4  4  4  4  4  4  4  7  4
 5 10 10 10 10 11  7 11  5 10 10  0 10 17  7 11
 5 10 10 11 10 11  7 11  5  4 10 11 10  0  7 11
 5 10 10 19 10 11  7 11  5  4 10  4 10  0  7 11
 5 10 10  4 10 11  7 11  5  6 10  4 10  0  7 11`
  .trim()
  .split(/\s+/)
  .map(Number);

/** After ED, 40 to 7F and A0 to BF; all others take 8. Block instructions do not repeat. */
const EXTENDED_40 = `
12 12 15 20  8 14  8  9 12 12 15 20  8 14  8  9
12 12 15 20  8 14  8  9 12 12 15 20  8 14  8  9
12 12 15 20  8 14  8 18 12 12 15 20  8 14  8 18
12 12 15 20  8 14  8  8 12 12 15 20  8 14  8  8`
  .trim()
  .split(/\s+/)
  .map(Number);
const EXTENDED_A0 = "16 16 16 16 8 8 8 8 16 16 16 16 8 8 8 8".split(" ").map(Number);

/** Runs one instruction whose condition is false, or true if `isTaken`. */
function states(program: string, opcode: number, isTaken = false): number {
  const y = (opcode >> 3) & 7;
  const isOdd = (y & 1) !== 0;
  // B = 1 ends DJNZ and block instructions.
  return new Z80Bench()
    .load(program)
    .set({
      f: isOdd === isTaken ? 0xff : 0,
      bc: isTaken ? 0x0201 : 0x0001,
      hl: 0x4000,
      de: 0x5000,
      sp: 0x6000,
    })
    .step();
}

const opcodes = [...MAIN.keys()];

/** Instructions with (HL), which read a displacement after DD and FD. */
function hasMemoryOperand(opcode: number): boolean {
  if (opcode >= 0x34 && opcode <= 0x36) return true;
  if (opcode < 0x40 || opcode >= 0xc0 || opcode === 0x76) return false;
  return (opcode & 7) === 6 || (opcode & 0xf8) === 0x70;
}

test("without prefix", () => {
  const expected = opcodes.filter((opcode) => MAIN[opcode] !== 0);
  const bench = (opcode: number): number =>
    opcode === 0x10
      ? new Z80Bench().load("10 02").set({ b: 1 }).step()
      : states(`${hex(opcode, 2)} 02 00`, opcode);
  expect(expected.map((opcode) => [hex(opcode, 2), bench(opcode)])).toEqual(
    expected.map((opcode) => [hex(opcode, 2), MAIN[opcode]!]),
  );
});

test.each(["dd", "fd"])("after %s", (prefix) => {
  const expected = opcodes.filter((opcode) => MAIN[opcode] !== 0 && opcode !== 0x10);
  // The displacement and its sum take 8 T-states. In LD (IX+d),n the sum overlaps the reading of n.
  const extra = (opcode: number): number => (hasMemoryOperand(opcode) ? (opcode === 0x36 ? 5 : 8) : 0);
  expect(
    expected.map((opcode) => [hex(opcode, 2), states(`${prefix} ${hex(opcode, 2)} 02 00`, opcode)]),
  ).toEqual(expected.map((opcode) => [hex(opcode, 2), MAIN[opcode]! + 4 + extra(opcode)]));
});

test("after ED", () => {
  const expected = (opcode: number): number => {
    if (opcode >= 0x40 && opcode < 0x80) return EXTENDED_40[opcode - 0x40]!;
    return opcode >= 0xa0 && opcode < 0xc0 ? EXTENDED_A0[opcode & 0x0f]! : 8;
  };
  // With BC = 1, LDIR and CPIR end. INIR and OTIR need B = 1.
  const run = (opcode: number): number => {
    const isTransfer = opcode >= 0xa0 && opcode < 0xc0 && (opcode & 2) !== 0;
    return new Z80Bench()
      .load(`ed ${hex(opcode, 2)} 02 00`)
      .set({ bc: isTransfer ? 0x0100 : 1, hl: 0x4000, de: 0x5000, sp: 0x6000 })
      .step();
  };
  expect(opcodes.map((opcode) => [hex(opcode, 2), run(opcode)])).toEqual(
    opcodes.map((opcode) => [hex(opcode, 2), expected(opcode)]),
  );
});

describe("after CB, DD CB and FD CB", () => {
  const isBit = (opcode: number): boolean => opcode >> 6 === 1;
  test.each([
    ["cb", "", (opcode: number) => ((opcode & 7) !== 6 ? 8 : isBit(opcode) ? 12 : 15)],
    ["dd cb 03", "", (opcode: number) => (isBit(opcode) ? 20 : 23)],
    ["fd cb fd", "", (opcode: number) => (isBit(opcode) ? 20 : 23)],
  ] as const)("%s", (prefix, _, expected) => {
    const run = (opcode: number): number => new Z80Bench().load(`${prefix} ${hex(opcode, 2)}`).step();
    expect(opcodes.map((opcode) => [hex(opcode, 2), run(opcode)])).toEqual(
      opcodes.map((opcode) => [hex(opcode, 2), expected(opcode)]),
    );
  });
});

/** Opcodes of the eight conditions from NZ to M, and their T-states if true. */
test.each([
  ["RET cc", 0xc0, 8, 11],
  ["JP cc,nn", 0xc2, 8, 10],
  ["CALL cc,nn", 0xc4, 8, 17],
  ["JR cc,e", 0x20, 4, 12],
] as const)("%s if true", (_, first, conditions, expected) => {
  for (let y = 0; y < conditions; y++) {
    const opcode = first + 8 * y;
    expect([hex(opcode, 2), states(`${hex(opcode, 2)} 02 00`, opcode, true)]).toEqual([
      hex(opcode, 2),
      expected,
    ]);
  }
});

test.each([
  ["DJNZ", "10 05", 13],
  ["LDIR", "ed b0", 21],
  ["CPIR", "ed b1", 21],
  ["INIR", "ed b2", 21],
  ["OTIR", "ed b3", 21],
  ["LDDR", "ed b8", 21],
  ["CPDR", "ed b9", 21],
  ["INDR", "ed ba", 21],
  ["OTDR", "ed bb", 21],
])("%s that repeats", (_, program, expected) => {
  const bench = new Z80Bench().load(program).set({ a: 1, bc: 0x0202, hl: 0x4000, de: 0x5000 });
  expect(bench.step()).toBe(expected);
});

test.each([
  ["a prefix that another replaces", "dd fd dd 21 34 12", [8, 4, 10]],
  ["prefixes before ED", "dd ed 44", [12]],
])("%s", (_, program, expected) => {
  const bench = new Z80Bench().load(program);
  expect(expected.map(() => bench.step())).toEqual(expected);
});
