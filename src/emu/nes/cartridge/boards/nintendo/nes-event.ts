import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { MAX_CYCLES } from "../../../region.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "../parts/timed-board.ts";

// The MMC1's registers, as in mapper 1; the CHR register is the event's register.
const CONTROL = 0;
const EVENT = 1; // ...IOBBB: timer held at 0, second chip, 32 KiB bank
const PRG = 3;
const SHIFT = 4;
const SHIFT_COUNT = 5;
const UNLOCK = 6; // 0 until I was 0, then 1 until it was 1 again, then 2
const LAST_WRITE_WORD = 2;
const TIMER_WORD = 3;

const HOLD = 0x10;
const MIRRORINGS: readonly Mirroring[] = ["single-0", "single-1", "vertical", "horizontal"];

/** Four switches set the length of the timer; this is the contest's setting, 6 minutes and 15 seconds. */
const DIP_SWITCHES = 4;
export const TIMER_END = (0x10 | DIP_SWITCHES) << 25;

/**
 * Mapper 105, the Nintendo World Championships cartridge: an MMC1 with two chips of 128 KiB and a timer. The
 * first 32 KiB are mapped at $8000 until the game has started and stopped the timer once.
 * https://www.nesdev.org/wiki/INES_Mapper_105
 */
class NesEvent extends TimedBoard {
  override powerOn(): void {
    this.registers[CONTROL] = 0x0c;
    this.registers[EVENT] = HOLD;
    this.words[LAST_WRITE_WORD] = -2;
  }

  override reset(): void {
    this.registers[EVENT] = HOLD;
    this.registers[UNLOCK] = 0;
    this.updateBanks();
  }

  override rebase(cycles: number): void {
    super.rebase(cycles);
    this.words[LAST_WRITE_WORD] = Math.max(this.words[LAST_WRITE_WORD] - cycles, -2);
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.shift", this.registers, range(0, 0x1f), SHIFT, 1);
    state.slots("board.shiftCount", this.registers, range(0, 4), SHIFT_COUNT, 1);
    state.slots("board.unlock", this.registers, range(0, 2), UNLOCK, 1);
    state.slots("board.lastWrite", this.words, range(-2, MAX_CYCLES), LAST_WRITE_WORD, 1);
    state.slots("board.timer", this.words, range(0, TIMER_END - 1), TIMER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    const { registers, words } = this;
    const follows = cycle - words[LAST_WRITE_WORD] < 2;
    words[LAST_WRITE_WORD] = cycle;
    if ((value & 0x80) !== 0) {
      registers.fill(0, SHIFT, SHIFT_COUNT + 1);
      registers[CONTROL] |= 0x0c;
      return;
    }
    if (follows) return;
    registers[SHIFT] |= (value & 1) << registers[SHIFT_COUNT];
    if (++registers[SHIFT_COUNT] < 5) return;
    const register = (address >> 13) & 3;
    registers[register] = registers[SHIFT];
    registers.fill(0, SHIFT, SHIFT_COUNT + 1);
    if (register === EVENT) this.#eventWritten(cycle);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const ramOn = (registers[PRG] & 0x10) === 0;
    memory.mapPrgRam(0x6000, 8 * KIB, 0, ramOn, ramOn);
    memory.mapChr(0x0000, 8 * KIB, 0);
    memory.mirror(MIRRORINGS[registers[CONTROL] & 3]);
    const event = registers[EVENT];
    if (registers[UNLOCK] < 2) {
      memory.mapPrg(0x8000, 32 * KIB, 0);
    } else if ((event & 8) === 0) {
      memory.mapPrg(0x8000, 32 * KIB, (event >> 1) & 3);
    } else {
      this.#mapSecondChip();
    }
  }

  protected override count(cycles: number, first: number): void {
    if ((this.registers[EVENT] & HOLD) !== 0) return;
    const toIrq = this.cyclesToIrq();
    this.words[TIMER_WORD] += cycles;
    if (toIrq > cycles) return;
    this.words[TIMER_WORD] -= TIMER_END;
    this.assertIrq(first + toIrq - 1);
  }

  protected override cyclesToIrq(): number {
    return (this.registers[EVENT] & HOLD) !== 0 ? NEVER : TIMER_END - this.words[TIMER_WORD];
  }

  #eventWritten(cycle: number): void {
    const { registers } = this;
    const held = (registers[EVENT] & HOLD) !== 0;
    if (held) {
      this.words[TIMER_WORD] = 0;
      this.clearIrq(cycle);
    }
    if (registers[UNLOCK] === (held ? 1 : 0)) registers[UNLOCK]++;
  }

  /** Maps the second 128 KiB chip as an MMC1 does. */
  #mapSecondChip(): void {
    const { memory, registers } = this;
    const mode = (registers[CONTROL] >> 2) & 3;
    const bank = 8 | (registers[PRG] & 7);
    if (mode < 2) {
      memory.mapPrg(0x8000, 32 * KIB, bank >> 1);
    } else {
      memory.mapPrg(0x8000, 16 * KIB, mode === 2 ? 8 : bank);
      memory.mapPrg(0xc000, 16 * KIB, mode === 2 ? bank : 0x0f);
    }
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 105,
    name: "NES-EVENT (NWC 1990)",
    board: NesEvent,
    wiki: ["INES_Mapper_105"],
    unif: [{ names: "EVENT" }],
  },
];

/** Names of its registers. */
export const NES_EVENT_REGISTERS: RegisterNames = {
  board: NesEvent,
  places: {
    control: [CONTROL, 5],
    event: [EVENT, 5],
    prg: [PRG, 5],
  },
};
