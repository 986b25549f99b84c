import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { OPCODES } from "../../../../src/emu/nes/cpu/opcodes.ts";
import { step } from "../../../../src/emu/nes/cpu/step.ts";
import { NEVER } from "../../../../src/emu/nes/interrupts.ts";
import { Prng } from "../../../support/prng.ts";
import { createRamCpu, seen } from "../../../support/ram-cpu.ts";
import { soakSize } from "../../../support/soak.ts";

const COUNTERS = { DEX: 0xca, DEY: 0x88, INX: 0xe8, INY: 0xc8 };
const BNE = 0xd0;
const NOP = 0xea;

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
            stretched.fast.stretches.run();
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

  constructor(random: Prng) {
    this.#random = random;
  }

  draw(): number[] {
    const { below } = this;
    const length = below(5);
    for (let index = 0; index < length; index++) this.#instruction(below(10) < 7);
    // Most often the counter comes last, where it decides the branch.
    const counter = this.#one(Object.values(COUNTERS));
    if (below(8) === 0) this.#code.splice(0, 0, counter);
    else if (below(12) !== 0) this.#code.push(counter);
    const back = this.#one([BNE, BNE, BNE, BNE, BNE, BNE, 0xf0, 0x10, 0x30, 0x90]);
    const missed = below(12) === 0 ? below(5) - 2 : 0;
    this.#code.push(back, (-this.#code.length - 2 + missed) & 0xff);
    return this.#code;
  }

  readonly below = (bound: number): number => this.#random.below(bound);

  #one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  #instruction(isPlain: boolean): void {
    const { below } = this;
    const opcode = this.#one(isPlain ? PLAIN : UNJAMMED);
    const { mode, lengthBytes } = OPCODES[opcode]!;
    this.#code.push(opcode);
    if (mode === "rel") this.#code.push(this.#one([0x40, 0x40, 0x40, 0xc0, below(8), 0x100 - below(8)]));
    else if (lengthBytes === 2) this.#code.push(0x80 + below(8));
    else if (lengthBytes === 3) this.#code.push(below(8), below(8) === 0 ? 0x40 : 0x03);
  }
}

const UNJAMMED = OPCODES.filter(({ mnemonic }) => mnemonic !== "JAM").map(({ code }) => code);
const PLAIN_MNEMONICS = /^(LDA|AND|ORA|EOR|ADC|SBC|CMP|BIT|CLC|SEC|CLV|NOP|BPL|BMI|BVC|BVS|BCC|BCS|BNE|BEQ)$/;
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
    fc.nat(0xffff_ffff),
    fc.array(fc.integer({ min: 8, max: 2000 }), { minLength: 1, maxLength: 6 }),
    (place, seed, horizons) => {
      const code = new LoopDraw(new Prng(seed)).draw();
      for (const { cpu, fast } of machines) {
        const random = new Prng(seed ^ 0x5555);
        cpu.memory.bytes.fill(NOP);
        cpu.memory.bytes.set(random.bytes(0x10), 0x80);
        cpu.memory.bytes.set(random.bytes(0x10), 0x300);
        cpu.memory.bytes.set(code, place);
        const [a, x, y] = random.bytes(3);
        Object.assign(cpu, { pc: place, s: 0xff, a, x, y, cycle: 0, effects: 0, asked: [] });
        cpu.setStatus(random.byte());
        fast.forget();
      }
      for (const cycles of horizons) {
        stretched.cpu.horizon = stretched.cpu.cycle + cycles;
        stretched.fast.stretches.run();
        expect(stretched.cpu.cycle).toBeLessThanOrEqual(stretched.cpu.horizon);
        stretched.cpu.horizon = stretched.cpu.cycle + 14;
        stretched.fast.step();
      }
      stepped.cpu.horizon = NEVER;
      while (stepped.cpu.cycle < stretched.cpu.cycle) step(stepped.cpu);
      expect(seen(stretched)).toEqual(seen(stepped));
    },
  );
  fc.assert(property, { numRuns: soakSize(4000, 200_000) });
});
