import { describe, expect, test } from "bun:test";
import { Cpu65C02 } from "../../../../../../src/emu/nes/cartridge/boards/network/cpu-65c02.ts";
import { SHARED, sharedFile } from "../../../../../support/shared.ts";

const CODE = 0x1000;
const C = 1;
const Z = 2;
const I = 4;
const D = 8;
const V = 0x40;
const N = 0x80;
/** Bits 4 and 5, which read 1. */
const FIXED = 0x30;

interface Start {
  readonly a?: number;
  readonly x?: number;
  readonly y?: number;
  readonly p?: number;
  readonly s?: number;
  /** Contents of memory. */
  readonly at?: Readonly<Record<number, number>>;
  readonly nmi?: boolean;
  readonly irq?: boolean;
}

/** A CPU that has run one instruction of `code`, its memory, and how many cycles it took. */
function run(code: readonly number[], start: Start = {}) {
  const memory = new Uint8Array(0x10000);
  memory.set(code, CODE);
  for (const [address, value] of Object.entries(start.at ?? {})) memory[Number(address)] = value;
  const cpu = new Cpu65C02(new Uint8Array(8), {
    read: (address) => memory[address]!,
    write: (address, value) => {
      memory[address] = value;
    },
    nmi: start.nmi ?? false,
    irq: start.irq ?? false,
  });
  cpu.a = start.a ?? 0;
  cpu.x = start.x ?? 0;
  cpu.y = start.y ?? 0;
  cpu.s = start.s ?? 0xff;
  cpu.p = start.p ?? 0;
  cpu.pc = CODE;
  const cycles = cpu.step();
  return { cpu, memory, cycles };
}

describe("instructions that the NMOS chip does not have", () => {
  test.each<[string, number[], Start, number, Partial<Record<"a" | "x" | "y" | "s" | "p" | "pc", number>>]>([
    ["BRA", [0x80, 0x10], {}, 3, { pc: CODE + 0x12 }],
    ["BRA to another page", [0x80, 0x80], {}, 4, { pc: CODE - 0x7e }],
    ["ORA (zp)", [0x12, 0x20], { a: 1, at: { 32: 0x34, 33: 0x02, 564: 0x80 } }, 5, { a: 0x81, p: FIXED | N }],
    ["LDA (zp) at the end of page 0", [0xb2, 0xff], { at: { 255: 5, 0: 3, 773: 7 } }, 5, { a: 7 }],
    ["INC A", [0x1a], { a: 0xff }, 2, { a: 0, p: FIXED | Z }],
    ["DEC A", [0x3a], { a: 0 }, 2, { a: 0xff, p: FIXED | N }],
    ["PHX", [0xda], { x: 9 }, 3, { s: 0xfe }],
    ["PLY", [0x7a], { s: 0xfe, at: { 511: 0x80 } }, 4, { y: 0x80, s: 0xff, p: FIXED | N }],
    ["BIT #", [0x89, 0xc0], { a: 1 }, 2, { p: FIXED | Z }],
    ["BIT # leaves N and V", [0x89, 1], { a: 1, p: N | V | Z }, 2, { p: FIXED | N | V }],
    ["BIT zp,X", [0x34, 0x10], { a: 1, x: 1, at: { 17: 0xc0 } }, 4, { p: FIXED | N | V | Z }],
    ["BIT abs,X over a page", [0x3c, 0xff, 0x02], { a: 1, x: 1, at: { 768: 1 } }, 5, { p: FIXED }],
    ["JMP (abs) over a page", [0x6c, 0xff, 0x02], { at: { 767: 0x34, 768: 0x12 } }, 6, { pc: 0x1234 }],
    ["JMP (abs,X)", [0x7c, 0x00, 0x02], { x: 4, at: { 516: 0x78, 517: 0x56 } }, 6, { pc: 0x5678 }],
    ["BBR taken", [0x2f, 0x40, 0x05], { at: { 64: 0xfb } }, 6, { pc: CODE + 8 }],
    ["BBR not taken", [0x2f, 0x40, 0x05], { at: { 64: 0x04 } }, 5, { pc: CODE + 3 }],
    ["BBS taken to another page", [0xff, 0x40, 0xf0], { at: { 64: 0x80 } }, 7, { pc: CODE + 3 - 16 }],
    ["BBS not taken", [0x8f, 0x40, 0xf0], { at: { 64: 0xfe } }, 5, { pc: CODE + 3 }],
    ["NOP of 2 bytes", [0x02], {}, 2, { pc: CODE + 2 }],
    ["NOP of 3 bytes, 8 cycles", [0x5c], {}, 8, { pc: CODE + 3 }],
    ["NOP of 3 bytes, 4 cycles", [0xdc], {}, 4, { pc: CODE + 3 }],
    ["NOP of 1 byte", [0xcb], {}, 1, { pc: CODE + 1 }],
  ])("%s", (_name, code, start, cycles, after) => {
    const result = run(code, start);
    expect(result.cycles).toBe(cycles);
    expect(result.cpu).toMatchObject(after);
  });

  test.each<[string, number[], Start, number, number, number, number]>([
    ["STZ zp", [0x64, 0x20], {}, 3, 0x20, 0, FIXED],
    ["STZ abs,X over a page", [0x9e, 0xff, 0x02], { x: 1 }, 5, 0x300, 0, FIXED],
    ["STA (zp)", [0x92, 0x20], { a: 7, at: { 32: 0x34, 33: 2 } }, 5, 0x234, 7, FIXED],
    ["TRB zp", [0x14, 0x30], { a: 0x0f, at: { 48: 0x3c } }, 5, 0x30, 0x30, FIXED],
    ["TSB abs", [0x0c, 0x30, 0x02], { a: 0x03, at: { 560: 0x3c } }, 6, 0x230, 0x3f, FIXED | Z],
    ["RMB2", [0x27, 0x40], { at: { 64: 0xff } }, 5, 0x40, 0xfb, FIXED],
    ["SMB7", [0xf7, 0x40], { at: { 64: 0x01 } }, 5, 0x40, 0x81, FIXED],
    ["ASL abs,X", [0x1e, 0x00, 0x02], { x: 1, at: { 513: 0x81 } }, 6, 0x201, 2, FIXED | C],
    ["INC abs,X", [0xfe, 0x00, 0x02], { x: 1, at: { 513: 0x7f } }, 7, 0x201, 0x80, FIXED | N],
  ])("%s", (_name, code, start, cycles, address, value, p) => {
    const { cpu, memory, cycles: taken } = run(code, { at: { [address]: 0xaa, ...start.at }, ...start });
    expect([taken, memory[address], cpu.p]).toEqual([cycles, value, p]);
  });
});

describe("decimal mode takes a cycle more and sets N and Z from the result", () => {
  // Subtractions of digits that are none are from SingleStepTests' vectors of the R65C02.
  test.each<[string, number, number, number, number, number, number]>([
    ["ADC", 0x69, 0x58, 0x46, 1, 0x05, C | V],
    ["ADC to 0", 0x69, 0x99, 0x01, 0, 0x00, C | Z],
    ["ADC without carry", 0x69, 0x12, 0x34, 0, 0x46, 0],
    ["SBC", 0xe9, 0x46, 0x12, 1, 0x34, C],
    ["SBC with a borrow", 0xe9, 0x12, 0x21, 1, 0x91, N],
    ["SBC of A to F", 0xe9, 38, 250, 0, 197, N],
    ["SBC of A to F", 0xe9, 148, 134, 0, 7, C],
    ["SBC of A to F", 0xe9, 187, 245, 0, 101, 0],
    ["SBC of A to F", 0xe9, 212, 24, 1, 182, C | N],
  ])("%s", (_name, opcode, a, value, carry, result, flags) => {
    const { cpu, cycles } = run([opcode, value], { a, p: D | carry });
    expect([cpu.a, cpu.p, cycles]).toEqual([result, FIXED | D | flags, 3]);
  });
});

describe("interrupts leave decimal mode", () => {
  const at = { 65530: 0x00, 65531: 0x20, 65532: 0, 65533: 0x40, 65534: 0x00, 65535: 0x30 };
  test.each<[string, number[], Start, number, number]>([
    ["NMI", [0xea], { nmi: true, irq: true }, 0x2000, 0x20],
    ["IRQ", [0xea], { irq: true }, 0x3000, 0x20],
    ["BRK", [0x00], {}, 0x3000, 0x30],
  ])("%s", (_name, code, start, pc, pushedBits) => {
    const { cpu, memory, cycles } = run(code, { ...start, p: D | C, at });
    expect([cpu.pc, cpu.p, cycles]).toEqual([pc, FIXED | I | C, 7]);
    const back = CODE + (code[0] === 0 ? 2 : 0);
    expect([...memory.subarray(0x1fd, 0x200)]).toEqual([D | C | pushedBits, back & 0xff, back >> 8]);
  });

  test("IRQ waits while I is set, and NMI comes once", () => {
    expect(run([0xea], { irq: true, p: I }).cpu.pc).toBe(CODE + 1);
    const { cpu, memory } = run([0xea], { nmi: true, at });
    memory[0x2000] = 0xea;
    cpu.step();
    expect(cpu.pc).toBe(0x2001);
    cpu.reset();
    expect(cpu.pc).toBe(0x4000);
  });
});

/** The documented opcodes of the NMOS chip whose results are the same on both, by their last five bits. */
const SAME_OPCODES = [
  0x01, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x0d, 0x0e, 0x10, 0x11, 0x15, 0x16, 0x18, 0x19, 0x1d, 0x1e,
];
/** ASL to ROR abs,X are faster here. */
const FASTER = [0x1e, 0x3e, 0x5e, 0x7e];
const OTHERS_ON_CMOS = [0x1a, 0x3a, 0x5a, 0x7a, 0xda, 0xfa, 0x89, 0x9e];

describe.skipIf(SHARED === undefined)("vectors of the NMOS chip", () => {
  const columns = new Set(SAME_OPCODES);
  const opcodes = Array.from({ length: 256 }, (_, opcode) => opcode).filter(
    (opcode) => columns.has(opcode & 0x1f) && !OTHERS_ON_CMOS.includes(opcode),
  );
  test("give the same registers, memory and cycles", async () => {
    const wrong: string[] = [];
    for (const opcode of opcodes) {
      const name = opcode.toString(16).padStart(2, "0");
      const packed = await Bun.file(sharedFile(`cpu-vectors/${name}.json.gz`)).bytes();
      const cases = JSON.parse(new TextDecoder().decode(Bun.gunzipSync(packed)));
      for (const { initial, final, cycles } of cases.slice(0, 20)) {
        const memory = new Uint8Array(0x10000);
        for (const [address, value] of initial.ram) memory[address] = value;
        const cpu = new Cpu65C02(new Uint8Array(8), {
          read: (address) => memory[address]!,
          write: (address, value) => {
            memory[address] = value;
          },
          nmi: false,
          irq: false,
        });
        Object.assign(cpu, {
          a: initial.a,
          x: initial.x,
          y: initial.y,
          s: initial.s,
          p: initial.p,
          pc: initial.pc,
        });
        const taken = cpu.step();
        const isSame =
          ["a", "x", "y", "s", "pc"].every((register) => cpu[register as "a"] === final[register]) &&
          ((cpu.p ^ final.p) & ~FIXED) === 0 &&
          final.ram.every(([address, value]: [number, number]) => memory[address] === value) &&
          (FASTER.includes(opcode) || taken === cycles.length);
        if (!isSame) wrong.push(`${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
