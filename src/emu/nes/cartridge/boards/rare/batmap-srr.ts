import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { MAX_CYCLES } from "../../../region.ts";
import { HOOK_A12, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { FREE, Mmc3 } from "../nintendo/mmc3.ts";

const CONTROL = FREE; // ......RC: data phase, chip select
const BITS = FREE + 1; // the bits of the command that the chip has got
const SHIFTED = FREE + 2; // the byte that the next read returns
const BANKS = FREE + 4; // $6000, $8000, $A000; PPU $0000
// Words.
const COMMAND = 6;
const NEXT_ADDRESS = 7;
const LAST_READ = 8;
const WORDS = 9;

const COMMAND_BITS = 32;
const READ_COMMAND = 3;
const DATA_PHASE = 2;
/** The board clocks the serial chip once for each read of the cartridge; nearly all cycles are such reads. */
const BYTE_CYCLES = 8;

/**
 * Mapper 413, BATMAP-SRR-X, Super Russian Roulette: an MMC3's counter, four banks, and samples in a serial
 * flash chip, which is the file's ROM after CHR ROM. Writes to $C000 are the bits of a command: 3 and an
 * address of 24 bits. Each read of $C000 returns the byte that has been shifted in and starts the next one,
 * so that the first one of a command returns an old byte. This was measured on the board; other emulators
 * have a pointer instead. https://www.nesdev.org/wiki/NES_2.0_Mapper_413 (without details), and for the rest
 * batlab.cpp of MAME and 413.c of FCEUmm.
 */
class BatmapSrr extends Mmc3 {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_READS;
  readonly #words = new Int32Array(this.registers.buffer, this.registers.byteOffset, WORDS);

  override powerOn(): void {
    this.#words[LAST_READ] = -BYTE_CYCLES;
    this.registers[SHIFTED] = 0xff;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.bits", this.registers, range(0, COMMAND_BITS), BITS, 1);
    state.slots("board.nextAddress", this.#words, range(0, 0xffffff), NEXT_ADDRESS, 1);
    state.slots("board.lastRead", this.#words, range(-BYTE_CYCLES, MAX_CYCLES), LAST_READ, 1);
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    const { registers } = this;
    switch (address & 0xf000) {
      case 0x8000:
      case 0x9000:
        this.writeMmc3(0xc000 | ((address >> 12) & 1), value, cycle);
        break;
      case 0xa000:
      case 0xb000:
        this.writeMmc3(0xe000 | ((address >> 12) & 1), value, cycle);
        break;
      case 0xc000:
        this.#shiftOut(value >> 7);
        break;
      case 0xd000:
        registers[CONTROL] = value;
        if ((value & 1) !== 0) registers[BITS] = 0;
        break;
      case 0xe000:
      case 0xf000:
        registers[BANKS + (value >> 6)] = value & 0x3f;
        this.updateBanks();
        break;
      default: // no register
    }
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    const value = this.peekRegister(address, openBus);
    const words = this.#words;
    const isRead = (address & 0xf000) === 0xc000 && (this.registers[CONTROL] & DATA_PHASE) !== 0;
    if (isRead && cycle - words[LAST_READ] >= BYTE_CYCLES) {
      words[LAST_READ] = cycle;
      this.#shiftIn();
    }
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    return (address & 0xf000) === 0xc000 ? this.registers[SHIFTED] : openBus;
  }

  override rebase(cycles: number): void {
    const words = this.#words;
    words[LAST_READ] = Math.max(words[LAST_READ] - cycles, -BYTE_CYCLES);
  }

  protected override mapRam(): void {
    const { memory, registers } = this;
    memory.mapPrg(0x5000, 4 * KIB, 1);
    memory.mapPrg(0x6000, 8 * KIB, registers[BANKS]);
  }

  protected override mapPrgBanks(): void {
    const { memory, registers } = this;
    memory.mapPrg(0x8000, 8 * KIB, registers[BANKS + 1]);
    memory.mapPrg(0xa000, 8 * KIB, registers[BANKS + 2]);
    memory.unmapCpu(0xc000, 4 * KIB);
    memory.mapPrg(0xd000, 4 * KIB, 7);
    memory.mapPrg(0xe000, 8 * KIB, 4);
  }

  protected override mapChrBanks(): void {
    this.memory.mapChr(0x0000, 4 * KIB, this.registers[BANKS + 3]);
    this.memory.mapChr(0x1000, 4 * KIB, -3);
  }

  protected override mapNametables(): void {
    this.memory.mirror(this.memory.mirroring);
  }

  /** The chip gets a bit of a command. Once it has the whole command, it ignores further ones. */
  #shiftOut(bit: number): void {
    const { registers } = this;
    const words = this.#words;
    if (registers[BITS] === COMMAND_BITS) return;
    words[COMMAND] = (words[COMMAND] << 1) | bit;
    registers[BITS]++;
    if (registers[BITS] === COMMAND_BITS) words[NEXT_ADDRESS] = words[COMMAND] & 0xffffff;
  }

  /** Takes the next byte from the chip: all 1 unless it has the command to read. */
  #shiftIn(): void {
    const { registers, image } = this;
    const words = this.#words;
    const samples = image.miscRom;
    const isReading = registers[BITS] === COMMAND_BITS && words[COMMAND] >>> 24 === READ_COMMAND;
    if (!isReading || samples === undefined) registers[SHIFTED] = 0xff;
    else {
      registers[SHIFTED] = samples[words[NEXT_ADDRESS] % samples.length];
      words[NEXT_ADDRESS] = (words[NEXT_ADDRESS] + 1) & 0xffffff;
    }
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 413,
    name: "BATMAP-SRR-X, Super Russian Roulette",
    board: BatmapSrr,
    wiki: ["NES_2.0_Mapper_413"],
    ram: { prgBytes: 0 },
  },
];
