/** Whole programs, and programs of random bytes. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Z80_REGISTER_BYTES } from "../../../src/emu/z80/registers.ts";
import { Z80Bench } from "../../support/z80-bench.ts";

test("multiplies with shifts and sums", () => {
  // LD HL,0; LD B,8; loop: ADD HL,HL; RLA; JR NC,next; ADD HL,DE; next: DJNZ loop; HALT
  const program = "21 00 00 06 08 29 17 30 01 19 10 f9 76";
  fc.assert(
    fc.property(fc.nat(255), fc.nat(255), (a, de) => {
      const bench = new Z80Bench().load(program).set({ a, de });
      bench.runToHalt();
      expect(bench.get("hl")).toBe(a * de);
    }),
  );
});

test("sorts bytes in memory", () => {
  const program = `
    21 00 40    ; again: LD HL,4000h
    06 0f 0e 00 ; LD B,15; LD C,0
    7e 23 be    ; next: LD A,(HL); INC HL; CP (HL)
    38 09 28 07 ; JR C,ordered; JR Z,ordered
    56 77 2b 72 ; LD D,(HL); LD (HL),A; DEC HL; LD (HL),D
    23 0e 01    ; INC HL; LD C,1
    10 f0       ; ordered: DJNZ next
    0d 28 e6 76 ; DEC C; JR Z,again; HALT
  `.replaceAll(/;.*/g, "");
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const bench = new Z80Bench().load(program);
      bench.memory.set(bytes, 0x4000);
      bench.runToHalt();
      expect([...bench.memory.subarray(0x4000, 0x4010)]).toEqual([...bytes].sort((a, b) => a - b));
    }),
    { numRuns: 50 },
  );
});

test("adds decimal numbers of eight digits", () => {
  // LD B,4; OR A; next: LD A,(DE); ADC A,(HL); DAA; LD (DE),A; INC DE; INC HL; DJNZ next; HALT
  const program = "06 04 b7 1a 8e 27 12 13 23 10 f8 76";
  const digits = (value: number): string => String(value).padStart(8, "0").match(/../g)!.reverse().join("");
  const number = fc.nat(49_999_999);
  fc.assert(
    fc.property(number, number, (first, second) => {
      const bench = new Z80Bench().load(program).load(digits(first), 0x4000).load(digits(second), 0x5000);
      bench.set({ de: 0x4000, hl: 0x5000 }).runToHalt();
      const result = new Z80Bench().load(digits(first + second), 0x4000);
      expect(bench.memory.subarray(0x4000, 0x4004)).toEqual(result.memory.subarray(0x4000, 0x4004));
    }),
  );
});

describe("random programs", () => {
  const state = fc.uint8Array({ minLength: Z80_REGISTER_BYTES, maxLength: Z80_REGISTER_BYTES });
  const memory = fc.uint8Array({ minLength: 256, maxLength: 256 });

  function bench(registers: Uint8Array, bytes: Uint8Array): Z80Bench {
    const created = new Z80Bench();
    created.registers.set(registers);
    for (let at = 0; at < 0x10000; at += 256) created.memory.set(bytes, at);
    return created;
  }

  function run(subject: Z80Bench, steps: number): void {
    for (let count = 0; count < steps; count++) {
      if (count % 37 === 36) subject.cpu.nmi();
      subject.cpu.intLine = count % 11 === 10;
      const states = subject.step();
      if (states < 4 || states > 23) throw new Error(`a step of ${states} T-states`);
    }
  }

  test("start from any state, stay on the bus, and end each step", () => {
    fc.assert(
      fc.property(state, memory, (registers, bytes) => {
        run(bench(registers, bytes), 500);
      }),
    );
  });

  test("continue from copied registers as if never stopped", () => {
    fc.assert(
      fc.property(state, memory, fc.nat(200), (registers, bytes, steps) => {
        const original = bench(registers, bytes);
        run(original, steps);
        const copy = new Z80Bench();
        copy.registers.set(original.registers);
        copy.memory.set(original.memory);
        for (const subject of [original, copy]) {
          subject.cpu.cycle = 0;
          subject.ports.length = 0;
          run(subject, 200);
        }
        expect(copy.registers).toEqual(original.registers);
        expect(copy.cpu.cycle).toBe(original.cpu.cycle);
        expect(copy.ports).toEqual(original.ports);
        expect(Bun.hash(copy.memory)).toBe(Bun.hash(original.memory));
      }),
    );
  });
});
