import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import { TimedBoard } from "../parts/timed-board.ts";

const BANKS = 0; // PP..CCCC
const HELD = 1; // the timer is held at 0, and the IRQ line is high
const OPEN = 2; // the battery RAM is accessible
const TIMER_WORD = 8;

/** The bit of writes to $C000–$FFFF that known boards connect. */
const HOLD_BIT = 4;
/** The IRQ line is low in the second half of the timer's period. */
const HALF_PERIOD_CYCLES = 1024;

const CHR_RAM_BYTES = 64 * KIB;
/** CHR banks of 4 KiB in the RAM chip without a battery. */
const PLAIN_BANKS = 8;

/**
 * Mapper 168, RacerMate Challenge II: 64 KiB of CHR RAM, of which the second half has a battery, and a timer
 * that pulls IRQ low for half of its period. Writes of a 1 and then a 0 restart it and unlock the battery
 * RAM.
 * https://www.nesdev.org/wiki/INES_Mapper_168
 */
class Racermate extends TimedBoard {
  static override chips(image: CartridgeImage): BoardChips {
    const isNamed = image.chrRamBytes + image.chrNvramBytes >= CHR_RAM_BYTES;
    return isNamed ? {} : { chrRamBytes: CHR_RAM_BYTES / 2, chrNvramBytes: CHR_RAM_BYTES / 2 };
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.timerHeld", this.registers, FLAG, HELD, 1);
    state.slots("board.ramOpen", this.registers, FLAG, OPEN, 1);
    state.slots("board.timer", this.words, range(0, 2 * HALF_PERIOD_CYCLES - 1), TIMER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address < 0x8000) return;
    if (address < 0xc000) {
      registers[BANKS] = value;
      return;
    }
    const held = (value & HOLD_BIT) !== 0 ? 1 : 0;
    if (registers[HELD] > held) registers[OPEN] = 1;
    registers[HELD] = held;
    if (held === 0) return;
    this.words[TIMER_WORD] = 0;
    this.clearIrq(cycle);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrg(0x8000, 16 * KIB, registers[BANKS] >> 6);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    memory.mapPpu(0x0000, 4 * KIB, memory.chrRam, 0);
    const bank = registers[BANKS] & 0x0f;
    if (bank < PLAIN_BANKS || registers[OPEN] !== 0) memory.mapPpu(0x1000, 4 * KIB, memory.chrRam, bank);
    else memory.unmapPpu(0x1000, 4 * KIB);
    memory.mirror("vertical");
  }

  protected override count(cycles: number, first: number): void {
    if (this.registers[HELD] !== 0) return;
    let left = cycles;
    let next = first;
    while (left > 0) {
      const step = Math.min(left, this.cyclesToIrq());
      this.words[TIMER_WORD] = (this.words[TIMER_WORD] + step) % (2 * HALF_PERIOD_CYCLES);
      left -= step;
      next += step;
      if (this.words[TIMER_WORD] === HALF_PERIOD_CYCLES) this.assertIrq(next - 1);
      else if (this.words[TIMER_WORD] === 0) this.clearIrq(next - 1);
    }
  }

  protected override cyclesToIrq(): number {
    if (this.registers[HELD] !== 0) return NEVER;
    return HALF_PERIOD_CYCLES - (this.words[TIMER_WORD] % HALF_PERIOD_CYCLES);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 168,
    name: "RacerMate Challenge II",
    board: Racermate,
    wiki: ["INES_Mapper_168"],
    ram: { prgBytes: 0, insteadOfRomBytes: CHR_RAM_BYTES / 2 },
    lacks: ["made for an exercise bike, which is missing: the game starts, but cannot be ridden"],
  },
];
