import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { MAX_CYCLES } from "../../../region.ts";
import { HOOK_A12, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { FREE, Mmc3 } from "../nintendo/mmc3.ts";
import { TIMER_END } from "../nintendo/nes-event.ts";

const GAME = FREE; // ....TOPP: the timer runs, second chip of ROMs, PRG size
const UNUSED = FREE + 1;
const IS_OVER = FREE + 2;
const START_WORD = 12;

const RUNS = 8;
/** $5800 without its highest bit. */
const STATUS = 0x5c;

/**
 * Mapper 555, Nintendo Campus Challenge 1991: an MMC3 in blocks of 256 KiB of PRG and 128 KiB of CHR, with
 * RAM at $5000 too, and a timer as on mapper 105, whose end bit 7 of $5800 shows. Its switches have the
 * setting of mapper 105. This follows puNES.
 */
class CampusChallenge extends Mmc3 {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_READS;
  readonly #words = new Int32Array(this.registers.buffer, this.registers.byteOffset, START_WORD + 1);

  protected override initialize(): void {
    this.registers.fill(0, GAME, IS_OVER + 1);
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.isOver", this.registers, FLAG, IS_OVER, 1);
    state.slots("board.timerStart", this.#words, range(-TIMER_END, MAX_CYCLES), START_WORD, 1);
  }

  override rebase(cycles: number): void {
    if ((this.registers[GAME] & RUNS) === 0) return;
    this.#look(cycles);
    this.#words[START_WORD] = Math.max(-TIMER_END, this.#words[START_WORD] - cycles);
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address >= 0x8000) this.writeMmc3(address, value, cycle);
    else if ((address & 0xf800) === 0x5800) {
      const before = registers[GAME];
      registers[(address & 0x400) !== 0 ? UNUSED : GAME] = value;
      if ((registers[GAME] & RUNS) === 0) registers[IS_OVER] = 0;
      else if ((before & RUNS) === 0) this.#words[START_WORD] = cycle;
      this.updateBanks();
    }
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    if ((this.registers[GAME] & RUNS) !== 0) this.#look(cycle);
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    return (address & 0xf800) === 0x5800 ? (this.registers[IS_OVER] << 7) | STATUS : openBus;
  }

  protected override mapRam(): void {
    super.mapRam();
    this.memory.mapPrgRam(0x5000, 2 * KIB, 4);
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    const game = this.registers[GAME];
    super.mapPrgBank(slot, (bank & (((game & 3) << 3) | 7)) | ((game & 4) << 3));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    const { memory } = this;
    const game = this.registers[GAME];
    const isMixed = (game & 6) === 2;
    if (isMixed && (bank & 0x40) !== 0 && memory.chrRam.bytes > 0)
      memory.mapPpu(slot * KIB, KIB, memory.chrRam, bank & 7);
    else super.mapChrBank(slot, (isMixed ? bank : bank & 0x7f) | ((game & 4) << 5));
  }

  #look(cycle: number): void {
    if (cycle - this.#words[START_WORD] >= TIMER_END) this.registers[IS_OVER] = 1;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 555,
    name: "Nintendo Campus Challenge 1991 (MMC3)",
    board: CampusChallenge,
    ram: { prgBytes: 16 * KIB, besideRomBytes: 8 * KIB },
  },
];
