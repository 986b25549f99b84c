/** What instructions other than arithmetic leave in registers, memory and ports. */
import { describe, expect, test } from "bun:test";
import { Z80Bench, type Z80Values } from "../../support/z80-bench.ts";

type Case = [name: string, program: string, before: Z80Values, after: Z80Values, steps?: number];

function check([, program, before, after, steps = 1]: Case): void {
  const bench = new Z80Bench().load(program).set(before);
  bench.step(steps);
  expect(bench.values(after)).toEqual(after);
}

const LOADS: Case[] = [
  ["LD B,n", "06 12", {}, { b: 0x12, pc: 2 }],
  ["LD H,L", "65", { hl: 0x1234 }, { hl: 0x3434 }],
  ["LD IXH,IXL", "dd 65", { ix: 0x1234, hl: 0 }, { ix: 0x3434, hl: 0 }],
  ["LD IYL,n", "fd 2e 56", { iy: 0x1234 }, { iy: 0x1256 }],
  ["LD L,(HL)", "6e", { hl: 0 }, { hl: 0x006e }],
  ["LD H,(IX+1) loads H, not IXH", "dd 66 01", { ix: 0, hl: 0 }, { hl: 0x6600, ix: 0 }],
  ["LD SP,IY", "fd f9", { iy: 0x1234 }, { sp: 0x1234 }],
  ["LD HL,(nn)", "2a 00 00", {}, { hl: 0x002a, wz: 1 }],
  ["LD DE,(nn)", "ed 5b 00 00", {}, { de: 0x5bed, wz: 1 }],
  ["LD HL,(nn) after ED", "ed 6b 02 00", {}, { hl: 0x0002, wz: 3 }],
  ["LD A,(nn)", "3a 01 00", {}, { a: 1, wz: 2 }],
  ["LD A,(BC)", "0a", { bc: 0xffff }, { a: 0, wz: 0 }],
  ["LD A,(DE)", "1a", { de: 0 }, { a: 0x1a, wz: 1 }],
  ["EX DE,HL", "eb", { de: 0x1234, hl: 0x5678 }, { de: 0x5678, hl: 0x1234 }],
  ["EX DE,HL ignores a prefix", "dd eb", { de: 1, hl: 2, ix: 3 }, { de: 2, hl: 1, ix: 3 }],
  ["EX AF,AF' and back", "08 3e 55 08", { a: 1, f: 2 }, { a: 1, f: 2 }, 3],
  ["EXX and back", "d9 21 00 00 d9", { bc: 1, de: 2, hl: 3 }, { bc: 1, de: 2, hl: 3 }, 3],
  ["EX (SP),HL", "e3 00", { sp: 0, hl: 0x1234 }, { hl: 0x00e3, sp: 0, wz: 0x00e3 }],
  ["PUSH BC, POP AF", "c5 f1", { bc: 0x1234, sp: 0x8000 }, { a: 0x12, f: 0x34, sp: 0x8000 }, 2],
  ["PUSH IX, POP IY", "dd e5 fd e1", { ix: 0x1234, sp: 1 }, { iy: 0x1234, sp: 1 }, 2],
  ["CPL", "2f", { a: 0x5a, f: 0 }, { a: 0xa5, f: 0x32 }],
  ["INC SP wraps", "33", { sp: 0xffff }, { sp: 0 }],
  ["DEC IX", "dd 2b", { ix: 0 }, { ix: 0xffff }],
];

const JUMPS: Case[] = [
  ["JP nn", "c3 34 12", {}, { pc: 0x1234, wz: 0x1234 }],
  ["JP cc,nn that is not taken", "ca 34 12", { f: 0 }, { pc: 3, wz: 0x1234 }],
  ["JP (HL)", "e9", { hl: 0x1234, wz: 7 }, { pc: 0x1234, wz: 7 }],
  ["JP (IX)", "dd e9", { ix: 0x1234 }, { pc: 0x1234 }],
  ["JR forwards", "18 7f", {}, { pc: 0x81, wz: 0x81 }],
  ["JR backwards", "18 80", {}, { pc: 0xff82 }],
  ["JR NC that is not taken", "30 7f", { f: 1, wz: 7 }, { pc: 2, wz: 7 }],
  ["DJNZ", "10 10", { b: 2 }, { b: 1, pc: 0x12 }],
  ["DJNZ at the end", "10 10", { b: 1 }, { b: 0, pc: 2 }],
  ["CALL and RET", "cd 10 00", { sp: 0x8000 }, { pc: 0x10, sp: 0x7ffe, wz: 0x10 }],
  ["CALL cc that is not taken", "d4 34 12", { f: 1, sp: 0x8000 }, { pc: 3, sp: 0x8000, wz: 0x1234 }],
  ["RST 28h", "ef", { sp: 0x8000 }, { pc: 0x28, sp: 0x7ffe, wz: 0x28 }],
  ["RET PO", "e0", { f: 0, sp: 0 }, { pc: 0x00e0, sp: 2 }],
  ["RETN copies IFF2", "ed 45", { iff1: 0, iff2: 1 }, { iff1: 1, iff2: 1 }],
  ["RETI does too", "ed 4d", { iff1: 0, iff2: 1 }, { iff1: 1, iff2: 1 }],
  ["IM 1", "ed 56", {}, { im: 1 }],
  ["IM 2", "ed 5e", {}, { im: 2 }],
  ["IM 0 of an undocumented opcode", "ed 6e", { im: 2 }, { im: 0 }],
];

/** Sean Young, "The Undocumented Z80 Documented", and for WZ boo_boo and Vladimir Kladov, "MEMPTR". */
const UNDOCUMENTED: Case[] = [
  ["SLL", "cb 30", { b: 0x80 }, { b: 1, f: 0x01 }],
  ["IN F,(C) sets only flags", "ed 70", { bc: 0x1234, f: 0 }, { f: 0xac, bc: 0x1234 }],
  ["ED without a meaning", "ed 00", { a: 1, f: 2 }, { a: 1, f: 2, pc: 2 }],
  ["the last prefix counts", "dd fd 21 34 12", { ix: 7 }, { iy: 0x1234, ix: 7 }, 2],
  ["a prefix before ED has no effect", "dd ed 6a", { ix: 7, hl: 1, f: 0 }, { hl: 2, ix: 7 }],
  ["SET 0,(IX+d),B copies", "dd cb 05 c0", { ix: 0x100 }, { b: 1 }],
  ["RES 0,(IX+d),A copies", "fd cb fe 87", { iy: 2 }, { a: 0xfc }],
  ["BIT 0,B: bits 3 and 5 of B", "cb 40", { b: 0xff, f: 0 }, { f: 0x38 }],
  ["BIT 7,B sets S", "cb 78", { b: 0x80, f: 1 }, { f: 0x91 }],
  ["BIT 6,B of 0 sets Z and P/V", "cb 70", { b: 0xbf, f: 0 }, { f: 0x7c }],
  ["BIT 0,(HL): bits 3 and 5 of WZ", "cb 46", { hl: 0, wz: 0x28ff, f: 0 }, { f: 0x38 }],
  ["BIT 0,(IX+d): of the address", "dd cb 01 46", { ix: 0x07ff, f: 0 }, { f: 0x5c, wz: 0x0800 }],
  ["LD (BC),A: WZ", "02", { a: 0x12, bc: 0x40ff }, { wz: 0x1200 }],
  ["LD (nn),A: WZ", "32 ff 40", { a: 0x12 }, { wz: 0x1200 }],
  ["OUT (n),A: WZ", "d3 ff", { a: 0x12 }, { wz: 0x1200 }],
  ["IN A,(n): WZ", "db ff", { a: 0x12 }, { wz: 0x1300, a: 0xff }],
  ["IN B,(C): WZ", "ed 40", { bc: 0x12ff }, { wz: 0x1300 }],
  ["OUT (C),B: WZ", "ed 41", { bc: 0x12ff }, { wz: 0x1300 }],
  ["ADD HL,HL: WZ", "29", { hl: 0x12ff }, { wz: 0x1300 }],
  ["RRD: WZ", "ed 67", { hl: 0x12ff }, { wz: 0x1300 }],
  ["CPI: WZ", "ed a1", { wz: 0x12ff }, { wz: 0x1300 }],
  ["CPD: WZ", "ed a9", { wz: 0x1200 }, { wz: 0x11ff }],
  ["INI: WZ", "ed a2", { bc: 0x12ff, hl: 0x4000 }, { wz: 0x1300 }],
  ["OUTD: WZ", "ed ab", { bc: 0x1300 }, { wz: 0x11ff }],
  ["LDIR that repeats: WZ", "ed b0", { bc: 2, de: 0x4000 }, { wz: 1, pc: 0 }],
  ["SCF after flags were set: bits 3 and 5 of A", "b7 37", { a: 0x08, f: 0 }, { f: 0x09 }, 2],
  ["SCF otherwise: of A or F", "00 37", { a: 0x08, f: 0x20 }, { f: 0x29 }, 2],
  ["SCF after POP AF: of A or F", "f1 37", { sp: 0x0003 }, { a: 0, f: 1 }, 2],
  ["CCF after SCF", "37 3f", { a: 0x20, f: 0xc4 }, { f: 0xf4 }, 2],
];

/** Bits 3 and 5 of LDI: bits 3 and 1 of A + value; of CPI: of A - value - H. */
const BLOCKS: Case[] = [
  ["LDI", "ed a0", { a: 0x15, f: 0xd7, bc: 2, de: 0x4000, hl: 0 }, { f: 0xe5, bc: 1, de: 0x4001, hl: 1 }],
  [
    "LDD at the end",
    "ed a8",
    { a: 0, f: 0, bc: 1, de: 0x4000, hl: 1 },
    { f: 0x08, bc: 0, de: 0x3fff, hl: 0 },
  ],
  ["CPI", "ed a1", { a: 0xed, f: 1, bc: 2, hl: 0 }, { f: 0x47, bc: 1, hl: 1 }],
  ["CPD with H", "ed a9", { a: 0xf0, f: 0, bc: 1, hl: 0 }, { f: 0x32, bc: 0, hl: 0xffff }],
  ["CPIR that finds", "ed b1", { a: 0xed, bc: 5, hl: 0 }, { pc: 2, bc: 4, hl: 1 }],
  ["CPIR that repeats", "ed b1", { a: 0xb1, bc: 5, hl: 0 }, { pc: 0, bc: 4, hl: 1 }],
  ["CPDR at the end", "ed b9", { a: 0, bc: 1, hl: 0 }, { pc: 2, bc: 0, hl: 0xffff }],
  ["INI", "ed a2", { bc: 0x0110, hl: 0x4000 }, { bc: 0x0010, hl: 0x4001, f: 0x57 }],
  ["INDR repeats", "ed ba", { bc: 0x0210, hl: 0x4000 }, { bc: 0x0110, hl: 0x3fff, pc: 0 }],
  ["OTIR at the end", "ed b3", { bc: 0x0110, hl: 0x4000 }, { bc: 0x0010, hl: 0x4001, pc: 2, f: 0x40 }],
];

describe.each([
  ["loads and exchanges", LOADS],
  ["jumps and modes", JUMPS],
  ["undocumented", UNDOCUMENTED],
  ["block instructions", BLOCKS],
] as const)("%s", (_, cases) => {
  test.each(cases.map((entry) => [entry[0], entry] as const))("%s", (_name, entry) => check(entry));
});

/** David Banks: after a round that repeats, bits 3 and 5 are those of PC's high byte. */
test.each([
  ["LDIR", "ed b0", 0x28],
  ["CPDR", "ed b9", 0x28],
  ["INIR", "ed b2", 0x28],
  ["OTDR", "ed bb", 0x28],
  ["LDIR", "ed b0", 0x08],
  ["OTDR", "ed bb", 0x20],
])("%s that repeats at %s %#: bits 3 and 5", (_, program, page) => {
  const bench = new Z80Bench().load(program, page << 8);
  bench.set({ pc: page << 8, a: 0x77, bc: 0x0808, hl: 0x4000, de: 0x5000, f: 0 }).step();
  expect([bench.get("pc"), bench.get("f") & 0x28]).toEqual([page << 8, page & 0x28]);
});

/** David Banks: H and P/V of INIR that repeats depend on C, on bit 7 of the byte, and on B. */
test.each([
  ["no carry", 0x0310, 0x01, 0x00],
  ["carry, up, from 0F to 10", 0x10f0, 0x7f, 0x15],
  ["carry, down, from 10 to 0F", 0x11c0, 0x80, 0x13],
  ["carry, down, from 11 to 10", 0x12c0, 0x80, 0x03],
])("INIR that repeats: %s", (_, bc, input, f) => {
  const bench = new Z80Bench().load("ed b2").set({ bc, hl: 0x4000 });
  bench.input = input;
  bench.step();
  expect([bench.get("f"), bench.memory[0x4000]]).toEqual([f, input]);
});

test.each([
  ["IN A,(n)", "db 34", { a: 0x12 }, ["in 1234"]],
  ["OUT (n),A", "d3 34", { a: 0x12 }, ["out 1234=12"]],
  ["IN D,(C)", "ed 50", { bc: 0x1234 }, ["in 1234"]],
  ["OUT (C),E", "ed 59", { bc: 0x1234, de: 0x56 }, ["out 1234=56"]],
  ["OUT (C),0", "ed 71", { bc: 0x1234 }, ["out 1234=00"]],
  ["INI: B before it counts", "ed a2", { bc: 0x1234, hl: 0x4000 }, ["in 1234"]],
  ["OUTI: B after it counted", "ed a3", { bc: 0x1234, hl: 0 }, ["out 1134=ed"]],
])("ports: %s", (_, program, before, expected) => {
  const bench = new Z80Bench().load(program).set(before);
  bench.step();
  expect(bench.ports).toEqual(expected);
});

test.each([
  ["LD (HL),n", "36 5a", { hl: 0x4000 }, 0x4000, [0x5a]],
  ["LD (IX-1),n", "dd 36 ff 5a", { ix: 0x4001 }, 0x4000, [0x5a]],
  ["LD (IY+2),H stores H", "fd 74 02", { iy: 0x3ffe, hl: 0x5a00 }, 0x4000, [0x5a]],
  ["LD (nn),BC", "ed 43 00 40", { bc: 0x1234 }, 0x4000, [0x34, 0x12]],
  ["LD (nn),IX", "dd 22 00 40", { ix: 0x1234 }, 0x4000, [0x34, 0x12]],
  ["LD (DE),A", "12", { a: 0x5a, de: 0x4000 }, 0x4000, [0x5a]],
  ["PUSH AF", "f5", { a: 0x12, f: 0x34, sp: 0x4002 }, 0x4000, [0x34, 0x12]],
  ["CALL", "cd 00 50", { sp: 0x4002 }, 0x4000, [0x03, 0x00]],
  ["EX (SP),IX", "dd e3", { sp: 0x4000, ix: 0x1234 }, 0x4000, [0x34, 0x12]],
  ["INC (HL)", "34", { hl: 0x4000 }, 0x4000, [0x01]],
  ["DEC (IX+d)", "dd 35 05", { ix: 0x3ffb }, 0x4000, [0xff]],
  ["SET 7,(HL)", "cb fe", { hl: 0x4000 }, 0x4000, [0x80]],
])("memory: %s", (_, program, before, address, expected) => {
  const bench = new Z80Bench().load(program).set(before);
  bench.step();
  expect([...bench.memory.subarray(address, address + expected.length)]).toEqual(expected);
});

/** R counts opcode fetches in seven bits. */
test.each([
  ["NOP", "00", 1],
  ["after CB", "cb 00", 2],
  ["after ED", "ed 44", 2],
  ["after DD", "dd 23", 2],
  ["after DD CB: the opcode is read as data", "dd cb 00 06", 2],
  ["HALT and three waits", "76", 4],
])("R: %s", (_, program, count) => {
  const bench = new Z80Bench().load(program).set({ r: 0xff });
  bench.step(program === "76" ? 4 : 1);
  expect(bench.get("r")).toBe(0x80 | (count - 1));
});

test("LD R,A sets all eight bits, and LD A,R reads them", () => {
  const bench = new Z80Bench().load("ed 4f ed 5f").set({ a: 0xfe });
  bench.step(2);
  expect(bench.get("a")).toBe(0x80);
});
