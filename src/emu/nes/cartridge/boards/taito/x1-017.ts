import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "../parts/timed-board.ts";

// $7EF0–$7EFF are registers 0–15.
const MODE = 6; // ......CM: CHR swap, mirroring
const RAM_KEYS = 7; // to 9: each part of the RAM is enabled by its own value
const PRG = 10; // to 12
const IRQ_LATCH = 13;
const IRQ_CONTROL = 14; // .....HEC: hold, IRQ enabled, counting
const IRQ_ACKNOWLEDGE = 15;
const COUNTER_WORD = 8;

const KEYS = [0xca, 0x69, 0x84];
const COUNTING = 1;
const IRQ_ENABLED = 2;
const HOLD = 4;

/** The counter counts every sixteenth cycle of its latch. */
const CYCLES_PER_COUNT = 16;
const MAX_COUNT = 257 * CYCLES_PER_COUNT;

/**
 * Mappers 82 and 552, Taito X1-017: 5 KiB of RAM in three parts at $6000, $6800 and $7000, the last of 1 KiB,
 * and a counter of cycles that no game uses. Reads where nothing answers return 0, because the chip pulls the
 * bus down. In 552, the six bits of a PRG bank are in the order in which the mask ROM is connected. In 82
 * they are bits 2–7, in the opposite order.
 * https://www.nesdev.org/wiki/Taito_X1-017
 */
class TaitoX1017 extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_READS | HOOK_CPU_TIME;

  override powerOn(): void {
    this.words[COUNTER_WORD] = this.#reload(1);
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqCounter", this.words, range(0, MAX_COUNT), COUNTER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address >= 0x7ef0 && address <= 0x7eff) {
      this.registers[address & 0x0f] = value;
      this.#writeIrq(address & 0x0f, cycle);
    } else if (this.#isLastRam(address)) {
      this.memory.bytes[this.#ramOffset(address)] = value;
    }
  }

  override readRegister(address: number): number {
    return this.peekRegister(address);
  }

  override peekRegister(address: number): number {
    return this.#isLastRam(address) ? this.memory.bytes[this.#ramOffset(address)] : 0;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    for (let part = 0; part < 2; part++) {
      const on = registers[RAM_KEYS + part] === KEYS[part];
      memory.mapPrgRam(0x6000 + part * 2 * KIB, 2 * KIB, part, on, on);
    }
    memory.unmapCpu(0x7000, 4 * KIB);
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, this.#prgBank(registers[PRG + slot]));
    memory.mapPrg(0xe000, 8 * KIB, -1);
    const swap = (registers[MODE] & 2) !== 0 ? 0x1000 : 0;
    memory.mapChr(swap, 2 * KIB, registers[0] >> 1);
    memory.mapChr(swap | 0x0800, 2 * KIB, registers[1] >> 1);
    for (let page = 0; page < 4; page++)
      memory.mapChr((0x1000 ^ swap) + page * KIB, KIB, registers[2 + page]);
    memory.mirror((registers[MODE] & 1) === 0 ? "horizontal" : "vertical");
  }

  protected override count(cycles: number, first: number): void {
    const { words } = this;
    if (!this.#isCounting) return;
    const before = words[COUNTER_WORD];
    words[COUNTER_WORD] = Math.max(0, before - cycles);
    const ends = before > 0 && before <= cycles;
    if (ends && (this.registers[IRQ_CONTROL] & IRQ_ENABLED) !== 0) this.assertIrq(first + before - 1);
  }

  protected override cyclesToIrq(): number {
    const count = this.words[COUNTER_WORD];
    const ends = this.#isCounting && (this.registers[IRQ_CONTROL] & IRQ_ENABLED) !== 0 && count > 0;
    return ends ? count : NEVER;
  }

  get #isCounting(): boolean {
    return (this.registers[IRQ_CONTROL] & (COUNTING | HOLD)) === COUNTING;
  }

  /** The count after a reload: `early` is 1 while counting is off, 0 after an acknowledgement. */
  #reload(early: 0 | 1): number {
    const latch = this.registers[IRQ_LATCH];
    const counts = latch === 0 ? early : latch + 1 + early;
    return counts * CYCLES_PER_COUNT + (latch === 0 ? 1 : 0);
  }

  /** The IRQ line is low while the counter is 0 and the IRQ is enabled. */
  #writeIrq(register: number, cycle: number): void {
    if (register < IRQ_LATCH) return;
    const { words } = this;
    if (!this.#isCounting) words[COUNTER_WORD] = this.#reload(1);
    else if (register === IRQ_ACKNOWLEDGE) words[COUNTER_WORD] = this.#reload(0);
    const isLow = words[COUNTER_WORD] === 0 && (this.registers[IRQ_CONTROL] & IRQ_ENABLED) !== 0;
    if (isLow) this.assertIrq(cycle);
    else this.clearIrq(cycle);
  }

  #prgBank(value: number): number {
    if (this.image.mapper === 82) return value >> 2;
    let bank = 0;
    for (let bit = 0; bit < 6; bit++) bank |= ((value >> bit) & 1) << (5 - bit);
    return bank;
  }

  #isLastRam(address: number): boolean {
    const on = this.registers[RAM_KEYS + 2] === KEYS[2] && this.memory.prgRam.bytes >= 5 * KIB;
    return on && address >= 0x7000 && address < 0x7400;
  }

  #ramOffset(address: number): number {
    return this.memory.prgRam.offset + (address - 0x6000);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 82,
    name: "Taito X1-017",
    board: TaitoX1017,
    wiki: ["INES_Mapper_082"],
    ram: { prgBytes: 5 * KIB },
  },
  {
    mapper: 552,
    name: "Taito X1-017, PRG bank bits as wired",
    board: TaitoX1017,
    wiki: ["Taito_X1-017"],
    ram: { prgBytes: 5 * KIB },
  },
];

/** Names of its registers. */
export const X1_017_REGISTERS: RegisterNames = {
  board: TaitoX1017,
  places: {
    chr: [0, 8, 6],
    mode: [MODE, 2],
    ramKey: [RAM_KEYS, 8, 3],
    prg: [PRG, 8, 3],
    irqLatch: IRQ_LATCH,
    irqControl: IRQ_CONTROL,
  },
};
