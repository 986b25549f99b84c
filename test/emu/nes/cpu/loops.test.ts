import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { OPCODES } from "../../../../src/emu/nes/cpu/opcodes.ts";
import { step } from "../../../../src/emu/nes/cpu/step.ts";
import { NEVER } from "../../../../src/emu/nes/interrupts.ts";
import { Prng } from "../../../support/prng.ts";
import { createRamCpu, runStretches, seen } from "../../../support/ram-cpu.ts";
import { soakSize } from "../../../support/soak.ts";

const COUNTERS = { DEX: 0xca, DEY: 0x88, INX: 0xe8, INY: 0xc8 };
const BNE = 0xd0;
const NOP = 0xea;
const LDA_IMMEDIATE = 0xa9;
const CLC = 0x18;
const SEC = 0x38;

describe("delay loops of two instructions", () => {
  /** In a page, at its start, and where the branch goes to another page. */
  const PLACES = [0x8123, 0x8100, 0x8800, 0x80fd, 0x80fe, 0x80ff];

  for (const [name, counter] of Object.entries(COUNTERS)) {
    test(`${name}, BNE: any count, entered at either instruction, up to any event`, () => {
      const property = fc.property(
        fc.constantFrom(...PLACES),
        fc.nat(0xff),
        fc.nat(0xff),
        fc.nat(0xff),
        fc.boolean(),
        fc.array(fc.integer({ min: 8, max: 1400 }), { minLength: 1, maxLength: 4 }),
        (place, x, y, p, entersAtBranch, horizons) => {
          const [stepped, stretched] = [createRamCpu(), createRamCpu()];
          for (const { cpu } of [stepped, stretched]) {
            cpu.memory.bytes.fill(NOP);
            cpu.memory.bytes.set([counter, BNE, 0xfd], place);
            Object.assign(cpu, { pc: entersAtBranch ? place + 1 : place, x, y });
            cpu.setStatus(p);
          }
          for (const cycles of horizons) {
            stretched.cpu.horizon = stretched.cpu.cycle + cycles;
            runStretches(stretched.fast);
            expect(stretched.cpu.cycle).toBeLessThanOrEqual(stretched.cpu.horizon);
          }
          stepped.cpu.horizon = NEVER;
          while (stepped.cpu.cycle < stretched.cpu.cycle) step(stepped.cpu);
          expect(seen(stretched)).toEqual(seen(stepped));
        },
      );
      fc.assert(property, { numRuns: 400 });
    });
  }
});

/** Page $4000–$47FF has no memory: what is there are registers. */
const ALL_BUT_REGISTERS = 0xffff_ffff & ~(1 << 8);

/** Draws loops: instructions, most of which only read, with a counter and a branch back at the end. */
class LoopDraw {
  readonly #random: Prng;
  readonly #code: number[] = [];
  readonly #counter: number;

  constructor(random: Prng) {
    this.#random = random;
    this.#counter = this.#one(Object.values(COUNTERS));
  }

  draw(): number[] {
    const { below } = this;
    if (below(2) === 0) {
      const length = below(5);
      for (let index = 0; index < length; index++) this.#add(this.#one(below(10) < 7 ? PLAIN : UNJAMMED));
    } else {
      this.#dependOnCounter();
    }
    // Most often the counter comes last, where it decides the branch.
    if (below(16) === 0) this.#code.splice(0, 0, this.#counter);
    else if (below(16) !== 0) this.#code.push(this.#counter);
    const back = below(6) === 0 ? this.#one(BRANCHES) : BNE;
    const missed = below(16) === 0 ? below(5) - 2 : 0;
    this.#code.push(back, (-this.#code.length - 2 + missed) & 0xff);
    return this.#code;
  }

  /**
   * An instruction that may depend on the counter, and a branch. Then A and the flags are what they are in
   * every iteration, so that the iterations seem to be the same up to the one in which the branch is taken.
   */
  #dependOnCounter(): void {
    if (this.below(4) !== 0) this.#add(this.#one(this.below(4) === 0 ? UNJAMMED : DEPENDENT));
    if (this.below(2) === 0) this.#add(this.#one(PLAIN));
    this.#add(this.#one(BRANCHES));
    if (this.below(4) === 0) this.#add(this.#one(PLAIN));
    this.#add(LDA_IMMEDIATE);
    if (this.below(4) !== 0) this.#add(this.#one([CLC, SEC]));
    if (this.below(4) === 0) this.#add(this.#one(PLAIN));
  }

  readonly below = (bound: number): number => this.#random.below(bound);

  #one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  #add(opcode: number): void {
    const { below } = this;
    const { mode, lengthBytes } = OPCODES[opcode]!;
    this.#code.push(opcode);
    if (mode === "rel")
      this.#code.push(this.#one([0x40, 0x40, 0x40, 0x40, 0xc0, below(8), 0x100 - below(8)]));
    else if (mode === "imm") this.#code.push(this.#random.byte());
    else if (lengthBytes === 2) this.#code.push(0x80 + below(8));
    else if (lengthBytes === 3) this.#code.push(below(8), below(8) === 0 ? 0x40 : 0x03);
  }
}

const UNJAMMED = OPCODES.filter(({ mnemonic }) => mnemonic !== "JAM").map(({ code }) => code);
const PLAIN_MNEMONICS = /^(LDA|AND|ORA|EOR|ADC|SBC|CMP|BIT|CLC|SEC|CLV|NOP|BPL|BMI|BVC|BVS|BCC|BCS|BNE|BEQ)$/;
const BRANCHES = [BNE, 0xf0, 0x10, 0x30, 0x90, 0xb0, 0x50, 0x70];
/** TXA, TYA, CPX, CPY, LDA and CMP by X or Y, STX, STY, INX, DEY, LDX, LDY, TAX, ASL, PHA, PHP. */
const DEPENDENT = [
  ...[
    0x8a, 0x98, 0xe0, 0xc0, 0xe0, 0xc0, 0xe4, 0xc4, 0xb5, 0xbd, 0xb9, 0xdd, 0x86, 0x84, 0xe8, 0x88, 0xa6,
    0xa4,
  ],
  ...[0xaa, 0x0a, 0x48, 0x08],
];
/** Instructions of loops that count, and close relatives. */
const PLAIN = UNJAMMED.filter((code) => {
  const { mnemonic, mode, isOfficial } = OPCODES[code]!;
  return isOfficial && PLAIN_MNEMONICS.test(mnemonic) && mode !== "inx" && mode !== "iny";
});

test("loops of any instructions, any count, entered anywhere, up to any event", () => {
  /** In a page, and where the branch or the loop cross one. */
  const PLACES = [0x8123, 0x8123, 0x8123, 0x80f4, 0x80f8, 0x80fc, 0x87f8];
  const machines = [createRamCpu(ALL_BUT_REGISTERS), createRamCpu(ALL_BUT_REGISTERS)] as const;
  const [stepped, stretched] = machines;
  const property = fc.property(
    fc.constantFrom(...PLACES),
    fc.noBias(fc.nat(0xffff_ffff)),
    fc.noBias(fc.array(fc.integer({ min: 8, max: 2000 }), { minLength: 1, maxLength: 6 })),
    (place, seed, horizons) => {
      const code = new LoopDraw(new Prng(seed)).draw();
      for (const { cpu, fast } of machines) {
        const random = new Prng(seed ^ 0x5555);
        cpu.memory.bytes.fill(NOP);
        // Mostly equal bytes, so that many iterations do the same.
        for (let at = 0; at < 0x500; at++) {
          if ((at & 0xff00) !== 0x100) cpu.memory.bytes[at] = random.below(20) === 0 ? random.byte() : 1;
        }
        cpu.memory.bytes.set(code, place);
        const [a, x, y] = random.bytes(3);
        Object.assign(cpu, { pc: place, s: 0xff, a, x, y, jammed: 0, cycle: 0, effects: 0, asked: [] });
        cpu.setStatus(random.byte());
        fast.forget();
      }
      for (const cycles of horizons) {
        stretched.cpu.horizon = stretched.cpu.cycle + cycles;
        runStretches(stretched.fast);
        expect(stretched.cpu.cycle).toBeLessThanOrEqual(stretched.cpu.horizon);
        stretched.cpu.horizon = stretched.cpu.cycle + 14;
        stretched.fast.step();
      }
      stepped.cpu.horizon = NEVER;
      while (stepped.cpu.cycle < stretched.cpu.cycle) step(stepped.cpu);
      expect(seen(stretched)).toEqual(seen(stepped));
    },
  );
  fc.assert(property, { numRuns: soakSize(6000, 200_000) });
});
