import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { PULSE_LEVELS } from "../../../apu/levels.ts";
import { NEVER } from "../../../interrupts.ts";
import { type BoardParts, HOOK_AUDIO, HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { PRG_1, VRC4_FREE, Vrc2And4 } from "../konami/vrc2-vrc4.ts";
import { type MicrowireEeprom, microwireEeprom } from "../parts/microwire-eeprom.ts";

const PRG_32 = VRC4_FREE;
const DAC = VRC4_FREE + 1;

/** The level of the DAC has not been measured: its fifteen steps are as loud as those of a pulse. */
const DAC_STEP_LEVEL = PULSE_LEVELS[15] / 15;

/**
 * Mapper 266, City Fighter IV: a VRC4 clone with CPU A13 and A14 exchanged. Its fourth register at $9000
 * selects 32 KiB of PRG ROM or, if A11 is set, the output of a 4-bit DAC.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_266
 */
class CityFighter extends Vrc2And4 {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_AUDIO;
  readonly #dac: SoundChip = {
    channels: ["DAC"],
    muted: 0,
    readChannels: (into, at) => {
      into.set(at, 0, this.registers[DAC] === 0 ? 0 : 1);
      into.flatten(at, this.registers[DAC] / 15);
    },
  };

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.dac", this.registers, range(0, 15), DAC, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const seen = (address & 0x9fff) | ((address & 0x2000) << 1) | ((address & 0x4000) >> 1);
    if ((seen & 0xf000) !== 0x9000 || this.select(seen) !== 3) {
      if (address >= 0x8000) super.writeBoard(seen, value, cycle);
    } else if ((address & 0x0800) === 0) {
      this.registers[PRG_32] = value >> 2;
    } else {
      this.registers[DAC] = value & 0x0f;
      this.#sendLevel(cycle);
    }
  }

  override get soundChip(): SoundChip {
    return this.#dac;
  }

  #sendLevel(cycle: number): void {
    const level = Math.round(this.registers[DAC] * DAC_STEP_LEVEL);
    this.sound.setExpansionLevel(cycle, level, this.#dac.muted === 0 ? level : 0);
  }

  protected override mapPrgBanks(): void {
    this.memory.mapPrg(0x8000, 32 * KIB, this.registers[PRG_32]);
  }
}

const EEPROM = VRC4_FREE;

/**
 * Mapper 529, YY0807, J-2148 and T-230: a VRC4 clone whose register at $A000 selects 16 KiB of PRG ROM, with
 * a 93C56 on boards that save. Its words have 16 bits, because the pin ORG is not connected.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_529
 */
class Yy0807 extends Vrc2And4 {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS;
  readonly #eeprom: MicrowireEeprom | undefined;

  constructor(parts: BoardParts) {
    super(parts);
    this.#eeprom = microwireEeprom(parts, EEPROM, 256, 2);
  }

  override powerOn(): void {
    super.powerOn();
    this.#eeprom?.powerOn();
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#eeprom?.declareState(state);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (this.#eeprom === undefined || (address & 0x8800) !== 0x8800) super.writeBoard(address, value, cycle);
    else this.#eeprom.write((value >> 2) & 1, (value >> 1) & 1, value & 1);
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xf000) !== 0x5000) return openBus;
    return (openBus & 0xfe) | (this.#eeprom?.output ?? 1);
  }

  protected override mapPrgBanks(): void {
    this.memory.mapPrg(0x8000, 16 * KIB, this.registers[PRG_1]);
    this.memory.mapPrg(0xc000, 16 * KIB, -1);
  }
}

/**
 * Mapper 298, TF1201: a VRC4 clone wired as VRC4b. Its register at $F003 only acknowledges the IRQ; the
 * counter continues. https://www.nesdev.org/wiki/NES_2.0_Mapper_298
 */
export class Tf1201 extends Vrc2And4 {
  protected override acknowledgeIrq(cycle: number): void {
    this.clearIrq(cycle);
  }
}

const COUNTING = VRC4_FREE; // 1: counting, 2: counting, and IRQ is asserted
const COUNTER_WORD = 59;

const COUNTING_TO_IRQ = 1;
const COUNTING_AFTER_IRQ = 2;

/** IRQ is asserted while the sum of the counters is in the 2,048 counts from here on. */
const IRQ_AT = 0x800;
const WRAP = 0x10000;

/**
 * Mapper 308, TH2131-1: a VRC2 clone wired as VRC2b, with two counters. The low counter, of 12 bits, counts
 * cycles up; the high one, of 4 bits, counts down when the low one reaches 2,048. IRQ is asserted if the
 * high counter is 0 and the low one is below 2,048. No source says what follows the high counter's 0: here
 * it is 15.
 *
 * Both are one sum of 16 bits that counts up: bits 12–15 are minus the high counter, the others are the low
 * counter plus 2,048. https://www.nesdev.org/wiki/NES_2.0_Mapper_308
 */
class Th2131 extends Vrc2And4 {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS;

  override powerOn(): void {
    super.powerOn();
    this.words[COUNTER_WORD] = IRQ_AT;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqCounting", this.registers, range(0, COUNTING_AFTER_IRQ), COUNTING, 1);
    state.slots("board.irqCounter", this.words, range(0, WRAP - 1), COUNTER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0xf000) {
      super.writeBoard(address, value, cycle);
      return;
    }
    const { registers, words } = this;
    const select = this.select(address);
    if (select === 0) {
      registers[COUNTING] = 0;
      words[COUNTER_WORD] = (words[COUNTER_WORD] & 0xf000) | IRQ_AT;
      this.clearIrq(cycle);
    } else if (select === 1) {
      registers[COUNTING] ||= COUNTING_TO_IRQ;
    } else if (select === 3) {
      words[COUNTER_WORD] = ((WRAP - ((value >> 4) << 12)) & 0xf000) | (words[COUNTER_WORD] & 0x0fff);
    }
  }

  protected override count(cycles: number, first: number): void {
    const { registers, words } = this;
    if (registers[COUNTING] === 0) return;
    const toIrq = this.cyclesToIrq();
    if (toIrq <= cycles) {
      this.assertIrq(first + toIrq - 1);
      registers[COUNTING] = COUNTING_AFTER_IRQ;
    }
    words[COUNTER_WORD] = (words[COUNTER_WORD] + cycles) % WRAP;
  }

  protected override cyclesToIrq(): number {
    if (this.registers[COUNTING] !== COUNTING_TO_IRQ) return NEVER;
    const next = (this.words[COUNTER_WORD] + 1) % WRAP;
    const isInside = next >= IRQ_AT && next < 2 * IRQ_AT;
    return isInside ? 1 : 1 + ((WRAP + IRQ_AT - next) % WRAP);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 266,
    name: "City Fighter IV (VRC4 clone)",
    board: CityFighter,
    wiki: ["NES_2.0_Mapper_266"],
    unif: [{ names: "CITYFIGHT" }],
  },
  {
    mapper: 298,
    name: "TF1201 (VRC4 clone)",
    board: Tf1201,
    wiki: ["NES_2.0_Mapper_298"],
    unif: [{ names: "TF1201" }],
  },
  {
    mapper: 308,
    name: "TH2131-1 (VRC2 clone)",
    board: Th2131,
    wiki: ["NES_2.0_Mapper_308"],
    unif: [{ names: "TH2131-1" }],
  },
  {
    mapper: 529,
    name: "YY0807, T-230 (VRC4 clone)",
    board: Yy0807,
    wiki: ["NES_2.0_Mapper_529"],
    unif: [{ names: "T-230" }],
  },
];
