import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import {
  HOOK_AUDIO,
  HOOK_CPU_READS,
  HOOK_CPU_TIME,
  HOOK_CPU_WRITES,
  HOOK_NMI,
  HOOK_PPU_FETCH,
} from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { type BoardChips, CPU_PAGE_BYTES, UNMAPPED } from "../../memory.ts";
import type { RegisterNames } from "../../register-names.ts";
import { LINE_WATCHER_BYTES, WATCHED_LINE } from "../parts/line-watcher.ts";
import { TimedBoard } from "../parts/timed-board.ts";
import {
  FETCH_IRQ_COMPARE,
  FETCH_IRQ_ENABLED,
  FETCH_SPLIT,
  IRQ_CLEARED,
  IRQ_RAISED,
  Mmc5Fetches,
} from "./mmc5-fetches.ts";
import { MMC5_SOUND_BYTES, MMC5_SOUND_WORDS, Mmc5Sound } from "./mmc5-sound.ts";

// Registers $5100–$5107 are bytes 0–7, $5113–$5117 bytes 11–15.
const PRG_MODE = 0;
const CHR_MODE = 1;
const PROTECT_1 = 2;
const PROTECT_2 = 3;
const EXRAM_MODE = 4;
const NAMETABLES = 5;
const FILL_TILE = 6;
const FILL_COLOR = 7;
const PRG = 8; // + 3 to 7 for $6000, $8000, $A000, $C000, $E000
const CHR = 16; // low bytes of $5120–$512B
const CHR_UPPER = 28; // their two high bits
const UPPER = 40; // $5130
const LAST_CHR_SET = 41; // 0 for $5120–$5127, 1 for $5128–$512B
const FACTOR_1 = 42;
const FACTOR_2 = 43;
const PPU_CTRL = 44;
/** Where the state of the fetch watcher is. */
const FETCHES = 48;

const SOUND = 80;
const SOUND_WORDS = 32;

/** Pages of $8000–$BFFF. */
const SAMPLE_PAGE = 0x8000 / CPU_PAGE_BYTES;
const SAMPLE_PAGES = 0x4000 / CPU_PAGE_BYTES;

const ROM_BIT = 0x80;
const TALL_SPRITES = 0x20;
const RENDERING = 0x18;

/** Pages of extra RAM: ExRAM, the fill nametable, and a page of zeros. */
const EXRAM_PAGE = 0;
const FILL_PAGE = 1;
const ZERO_PAGE = 2;

/**
 * Mapper 5, MMC5 on ExROM boards. https://www.nesdev.org/wiki/MMC5
 *
 * An NMI ends the frame and acknowledges the interrupt, because the chip watches for reads of the vector. Not
 * modelled: the same when a program reads $FFFA or $FFFB itself, and the MMC5A's timer and switches
 * ($5207–$520A), which no game uses.
 */
class Mmc5 extends TimedBoard {
  override readonly hooks: number =
    HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_CPU_WRITES | HOOK_PPU_FETCH | HOOK_AUDIO | HOOK_NMI;
  readonly #fetches = new Mmc5Fetches(
    this.memory,
    this.registers.subarray(FETCHES, FETCHES + LINE_WATCHER_BYTES),
  );
  readonly #sound = new Mmc5Sound(
    this.registers.subarray(SOUND, SOUND + MMC5_SOUND_BYTES),
    this.words.subarray(SOUND_WORDS, SOUND_WORDS + MMC5_SOUND_WORDS),
  );

  /** The pages of $8000–$BFFF in the PCM's read mode, derived from the banks. */
  readonly #samplePages = new Int32Array(SAMPLE_PAGES);

  static override chips(): BoardChips {
    return { extraRamBytes: 3 * KIB };
  }

  override get soundChip(): SoundChip {
    return this.#sound;
  }

  override powerOn(): void {
    this.registers[PRG_MODE] = 3;
    this.registers[PRG + 7] = 0xff;
    this.#fetches.powerOn();
    this.#sound.powerOn();
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address === 0x2000) registers[PPU_CTRL] = value;
    else if (address === 0x2001 && (value & RENDERING) === 0) this.#fetches.leaveFrame();
    else if (address >= 0x5000 && address < 0x5016) this.#writeSound(address, value, cycle);
    else if (address >= 0x5c00 && address < 0x6000) this.#writeExram(address, value, cycle);
    else if (address >= 0x5100 && address < 0x5108) registers[address & 7] = value;
    else if (address >= 0x5113 && address < 0x5118) registers[PRG + (address & 7)] = value;
    else if (address >= 0x5120 && address < 0x512c) this.#writeChrBank(address - 0x5120, value);
    else if (address === 0x5130) registers[UPPER] = value & 3;
    else if (address >= 0x5200 && address < 0x5203) this.#fetches.writeSplit(address - 0x5200, value);
    else if (address === 0x5203) this.#fetches.compare = value;
    else if (address === 0x5204) this.#writeIrqEnable(value, cycle);
    else if (address === 0x5205) registers[FACTOR_1] = value;
    else if (address === 0x5206) registers[FACTOR_2] = value;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#fetches.declareState(state);
    this.#sound.declareState(state);
    state.slots("board.upper", this.registers, range(0, 3), UPPER, 1);
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    if (address === 0x5010) return this.#readPcmStatus(cycle);
    if (this.#isSample(address)) return this.#readSample(address, openBus, cycle);
    if (address === 0x5015) this.runTo(cycle);
    if (address !== 0x5204) return this.peekRegister(address, openBus);
    const status = this.#fetches.status(cycle);
    this.#fetches.pending = 0;
    this.#updateIrq(cycle);
    return (openBus & 0x3f) | status;
  }

  override peekRegister(address: number, openBus: number): number {
    const { registers, memory } = this;
    const product = registers[FACTOR_1] * registers[FACTOR_2];
    if (address >= 0x8000) return this.#isSample(address) ? this.#sampleByte(address, openBus) : openBus;
    if (address === 0x5010) return this.#sound.pcmStatus;
    if (address === 0x5015) return this.#sound.status;
    if (address === 0x5205) return product & 0xff;
    if (address === 0x5206) return product >> 8;
    const isExram = address >= 0x5c00 && address < 0x6000;
    if (!isExram || (registers[EXRAM_MODE] & 2) === 0) return openBus;
    return memory.bytes[memory.extraRam.offset + (address & 0x3ff)];
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    const fetches = this.#fetches;
    const irq = fetches.observe(address, cycle);
    if (irq === IRQ_RAISED) this.assertIrq(cycle);
    else if (irq === IRQ_CLEARED) this.#updateIrq(cycle);
    return fetches.answer(address, value);
  }

  override seeNmi(cycle: number): void {
    this.#fetches.leaveFrame();
    this.#fetches.pending = 0;
    this.#updateIrq(cycle);
  }

  override readsUntilIrq(readsOfLine: number): number {
    return this.#fetches.readsUntilIrq(readsOfLine);
  }

  override rebase(cycles: number): void {
    super.rebase(cycles);
    this.#fetches.rebase(cycles);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    this.#mapPrg();
    this.#takeSamplePages();
    this.#mapNametables();
    const tall = (registers[PPU_CTRL] & TALL_SPRITES) !== 0;
    for (let page = 0; page < 8; page++) {
      this.#fetches.spritePages[page] = this.#chrPage(page, 0);
      this.#fetches.backgroundPages[page] = this.#chrPage(page, 1);
      const set = tall ? registers[LAST_CHR_SET] : 0;
      memory.mapChr(page * KIB, KIB, set === 0 ? this.#chrPage(page, 0) : this.#chrPage(page, 1));
    }
    this.#fetches.configure(registers[EXRAM_MODE] & 3, tall, registers[UPPER]);
  }

  protected override count(cycles: number, first: number): void {
    this.#sound.run(cycles, first, this.sound);
  }

  protected override cyclesToIrq(): number {
    return NEVER;
  }

  #writeIrqEnable(value: number, cycle: number): void {
    this.#fetches.irqEnabled = value >> 7;
    this.#updateIrq(cycle);
  }

  /** The scanline counter and the PCM share the IRQ line. */
  #updateIrq(cycle: number): void {
    if (this.#fetches.irq || this.#sound.irq) this.assertIrq(cycle);
    else this.clearIrq(cycle);
  }

  #writeSound(address: number, value: number, cycle: number): void {
    this.#sound.write(address, value);
    if (address === 0x5010 || address === 0x5011) this.#updateIrq(cycle);
  }

  #readPcmStatus(cycle: number): number {
    const status = this.#sound.pcmStatus;
    this.#sound.acknowledgeIrq();
    this.#updateIrq(cycle);
    return status;
  }

  #readSample(address: number, openBus: number, cycle: number): number {
    this.runTo(cycle);
    const value = this.#sampleByte(address, openBus);
    this.#sound.readSample(value);
    this.#updateIrq(cycle);
    return value;
  }

  /** In read mode $8000–$BFFF is unmapped so that the board sees the reads; its pages are stored here. */
  #takeSamplePages(): void {
    if (!this.#sound.isInReadMode) return;
    const { cpuReadPages } = this.memory;
    this.#samplePages.set(cpuReadPages.subarray(SAMPLE_PAGE, SAMPLE_PAGE + SAMPLE_PAGES));
    cpuReadPages.fill(UNMAPPED, SAMPLE_PAGE, SAMPLE_PAGE + SAMPLE_PAGES);
  }

  /** $C000–$FFFF can be unmapped too, by a bank of RAM that the cartridge does not have, but is not heard. */
  #isSample(address: number): boolean {
    return this.#sound.isInReadMode && address >= 0x8000 && address < 0xc000;
  }

  #sampleByte(address: number, openBus: number): number {
    const page = this.#samplePages[(address >> 11) - SAMPLE_PAGE];
    return page === UNMAPPED ? openBus : this.memory.bytes[page + (address & (CPU_PAGE_BYTES - 1))];
  }

  /** In modes 0 and 1 the PPU owns ExRAM: writes while it does not render store 0. */
  #writeExram(address: number, value: number, cycle: number): void {
    const { memory, registers } = this;
    const mode = registers[EXRAM_MODE] & 3;
    if (mode === 3) return;
    const stored = mode === 2 || this.#fetches.isInFrame(cycle) ? value : 0;
    memory.bytes[memory.extraRam.offset + (address & 0x3ff)] = stored;
  }

  #writeChrBank(register: number, value: number): void {
    const { registers } = this;
    registers[CHR + register] = value;
    registers[CHR_UPPER + register] = registers[UPPER];
    registers[LAST_CHR_SET] = register < 8 ? 0 : 1;
  }

  /** The 1 KiB CHR page that set 0 (eight registers) or set 1 (four, repeated) maps at `page`. */
  #chrPage(page: number, set: number): number {
    const { registers } = this;
    const mode = registers[CHR_MODE] & 3;
    // The register of the last page of a window (8, 4, 2 or 1 pages) selects all of it.
    const window = 8 >> mode;
    const last = page | (window - 1);
    const register = set === 0 ? last : 8 | (last & 3);
    const bank = registers[CHR + register] | (registers[CHR_UPPER + register] << 8);
    return bank * window + (page & (window - 1));
  }

  #mapPrg(): void {
    const { registers } = this;
    this.#mapWindow(0x6000, 8 * KIB, registers[PRG + 3] & 0x7f);
    switch (registers[PRG_MODE] & 3) {
      case 0:
        this.#mapWindow(0x8000, 32 * KIB, registers[PRG + 7] | ROM_BIT);
        break;
      case 1:
        this.#mapWindow(0x8000, 16 * KIB, registers[PRG + 5]);
        this.#mapWindow(0xc000, 16 * KIB, registers[PRG + 7] | ROM_BIT);
        break;
      case 2:
        this.#mapWindow(0x8000, 16 * KIB, registers[PRG + 5]);
        this.#mapWindow(0xc000, 8 * KIB, registers[PRG + 6]);
        this.#mapWindow(0xe000, 8 * KIB, registers[PRG + 7] | ROM_BIT);
        break;
      default:
        for (let slot = 0; slot < 3; slot++)
          this.#mapWindow(0x8000 + slot * 8 * KIB, 8 * KIB, registers[PRG + 4 + slot]);
        this.#mapWindow(0xe000, 8 * KIB, registers[PRG + 7] | ROM_BIT);
    }
  }

  /** Bank numbers are in 8 KiB; larger windows ignore the low bits. */
  #mapWindow(address: number, size: number, bank: number): void {
    const pages = size / (8 * KIB);
    for (let page = 0; page < pages; page++) {
      const number = (bank & 0x7f & -pages) | page;
      const at = address + page * 8 * KIB;
      if ((bank & ROM_BIT) !== 0) this.memory.mapPrg(at, 8 * KIB, number);
      else this.#mapRamBank(at, number & 7);
    }
  }

  /**
   * Bit 2 of a RAM bank selects one of two chips; the RAM sizes show which exist.
   * https://www.nesdev.org/wiki/MMC5#PRG-RAM_configurations
   */
  #mapRamBank(address: number, bank: number): void {
    const { memory, registers } = this;
    const writable = (registers[PROTECT_1] & 3) === 2 && (registers[PROTECT_2] & 3) === 1;
    const total = memory.ram.bytes / (8 * KIB);
    const chip = bank >> 2;
    if (total === 2) memory.mapPrgRam(address, 8 * KIB, chip, true, writable);
    else if (total <= 4 && chip === 1) memory.unmapCpu(address, 8 * KIB);
    else memory.mapPrgRam(address, 8 * KIB, bank, true, writable);
  }

  #mapNametables(): void {
    const { memory, registers } = this;
    this.#paintFillPage();
    const exram = (registers[EXRAM_MODE] & 2) === 0 ? EXRAM_PAGE : ZERO_PAGE;
    for (let nametable = 0; nametable < 4; nametable++) {
      const source = (registers[NAMETABLES] >> (nametable * 2)) & 3;
      const address = 0x2000 + nametable * KIB;
      if (source < 2) memory.mapPpu(address, KIB, memory.ciram, source);
      else if (source === 2) memory.mapPpu(address, KIB, memory.extraRam, exram, exram === EXRAM_PAGE);
      else memory.mapPpu(address, KIB, memory.extraRam, FILL_PAGE, false);
    }
  }

  #paintFillPage(): void {
    const { memory, registers } = this;
    const start = memory.extraRam.offset + FILL_PAGE * KIB;
    const color = registers[FILL_COLOR] & 3;
    const attribute = color * 0x55;
    if (memory.bytes[start] === registers[FILL_TILE] && memory.bytes[start + 0x3c0] === attribute) return;
    memory.bytes.fill(registers[FILL_TILE], start, start + 0x3c0);
    memory.bytes.fill(attribute, start + 0x3c0, start + KIB);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 5,
    name: "MMC5 (ExROM)",
    board: Mmc5,
    wiki: ["MMC5"],
    unif: [{ names: "EKROM ELROM ETROM EWROM EXROM" }],
    // ExROM boards have 8 to 32 KiB in two chips; with 64 KiB every configuration finds its banks.
    ram: { prgBytes: 64 * KIB },
  },
];

/** Names of its registers. */
export const MMC5_REGISTERS: RegisterNames = {
  board: Mmc5,
  places: {
    prgMode: [PRG_MODE, 2],
    chrMode: [CHR_MODE, 2],
    protect: [PROTECT_1, 2, 2, 1],
    exramMode: [EXRAM_MODE, 2],
    nametables: NAMETABLES,
    fillTile: FILL_TILE,
    fillColor: [FILL_COLOR, 2],
    prg: [PRG + 3, 8, 5, 3],
    chrLow: [CHR, 8, 12],
    chrHigh: [CHR_UPPER, 2, 12],
    factor: [FACTOR_1, 8, 2, 1],
    scanline: FETCHES + WATCHED_LINE,
    irqEnabled: [FETCHES + FETCH_IRQ_ENABLED, 1],
    irqCompare: FETCHES + FETCH_IRQ_COMPARE,
    split: [FETCHES + FETCH_SPLIT, 8, 3],
  },
};
