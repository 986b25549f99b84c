import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { type BoardParts, HOOK_CPU_READS, HOOK_CPU_TIME, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import { type BoardChips, UNMAPPED } from "../../memory.ts";
import { CycleCounter } from "../parts/cycle-counter.ts";
import { mirrorBy } from "../parts/register-board.ts";

// The registers $D000–$DD00, by A8–A11.
const RAM_BANKS = 0; // ....C..B: internal chip, 4 KiB bank; two registers
const PRG = 2; // .EBBBBBB: external ROM, 8 KiB bank; three
const CHR = 5; // .......B
const LATCH_LOW = 6;
const LATCH_HIGH = 7;
const ACKNOWLEDGE = 8;
const IRQ_CONTROL = 9; // ......EA: enabled, enabled after acknowledge
const NAMETABLES = 10; // ......HQ: horizontal mirroring, writes go to QTRAM
const KANJI_PART = 11; // .....IQQ: inverted, quarter of the character
const KANJI_COLUMN = 12;
const KANJI_ROW = 13;
const TILE = 14; // the QTRAM byte of the last tile read
const AFTER_ATTRIBUTE = 15;

const EXTERNAL_PRG = 0x40;
const INTERNAL_PRG_BANKS = 16;
const INTERNAL_RAM = 8;
const TO_QTRAM = 1;
const HORIZONTAL = 2;
const IS_KANJI = 0x40;
const IS_INVERTED = 0x80;
const QTRAM_BYTES = 2 * KIB;
/** The page of $D800, where reads of $DC00 and $DD00 give the place of a character. */
const KANJI_PAGE = 27;

/** Which 256 characters of the kanji ROM each 256 codes are, in the order in which the chip counts codes. */
const KANJI_PAGES: readonly number[] = [
  0, 0, 2, 2, 1, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
  14, 15, 13, 13,
];

/**
 * Mapper 547, the Konami QT adapter with a VRC5: a byte of QTRAM belongs to each tile of the background, and
 * selects half of CHR RAM or a character of the kanji ROM, whose patterns have one bit per pixel. What the
 * wiki's page leaves open follows puNES. https://www.nesdev.org/wiki/NES_2.0_Mapper_547
 */
class KonamiQt extends CycleCounter {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_PPU_FETCH;

  static override chips(_image: CartridgeImage): BoardChips {
    return { extraRamBytes: QTRAM_BYTES, chrRamBytes: 8 * KIB };
  }

  constructor(parts: BoardParts) {
    super(parts);
    this.memory.onUnmappedPpuWrite = (address, value) => {
      if (address >= 0x2000) this.memory.bytes[this.#qtRam(address)] = value;
    };
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.afterAttribute", this.registers, FLAG, AFTER_ATTRIBUTE, 1);
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if (address < 0xd800 || address >= 0xe000) return openBus;
    const register = (address >> 8) & 0x0f;
    if (register === KANJI_COLUMN || register === KANJI_ROW) return this.#kanjiPlace(register === KANJI_ROW);
    const { bytes, prgRom } = this.memory;
    const at = this.#prgBank(this.registers[PRG + 2]) * 8 * KIB + (address & 0x1fff);
    return bytes[prgRom.offset + (at % prgRom.bytes)];
  }

  override ppuFetch(address: number, value: number): number {
    const { registers, memory } = this;
    if (address >= 0x2000) {
      // The background reads an attribute before its patterns, sprites read another tile.
      registers[AFTER_ATTRIBUTE] = (address & 0x3ff) >= 0x3c0 ? 1 : 0;
      if (registers[AFTER_ATTRIBUTE] === 0) registers[TILE] = memory.bytes[this.#qtRam(address)];
      return value;
    }
    if (registers[AFTER_ATTRIBUTE] === 0) return value;
    const tile = registers[TILE];
    if ((tile & IS_KANJI) === 0)
      return memory.bytes[memory.chrRam.offset + ((tile & 1) << 12) + (address & 0xfff)];
    if ((address & 8) !== 0) return (tile & IS_INVERTED) !== 0 ? 0xff : 0;
    return this.#kanjiByte(((tile & 0x3f) << 12) | (address & 0xfff), value);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if ((address & 0xf000) !== 0xd000) return;
    const { registers } = this;
    const register = (address >> 8) & 0x0f;
    if (register <= KANJI_ROW) registers[register] = value;
    if (register === ACKNOWLEDGE) {
      this.isCounting = (registers[IRQ_CONTROL] & 1) !== 0;
      this.clearIrq(cycle);
    } else if (register === IRQ_CONTROL) {
      this.isCounting = (value & 2) !== 0;
      if (this.isCounting) this.afterIrq();
      this.clearIrq(cycle);
    }
  }

  protected override afterIrq(): void {
    this.counter = this.registers[LATCH_LOW] | (this.registers[LATCH_HIGH] << 8);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    for (const half of [0, 1]) {
      const bank = registers[RAM_BANKS + half];
      // The volatile RAM, which comes first, is inside the adapter.
      memory.mapPrgRam(0x6000 + half * 4 * KIB, 4 * KIB, (bank & 1) | ((bank & INTERNAL_RAM) !== 0 ? 0 : 2));
    }
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, this.#prgBank(registers[PRG + slot]));
    memory.mapPrg(0xe000, 8 * KIB, -1);
    memory.cpuReadPages[KANJI_PAGE] = UNMAPPED;
    memory.mapPpu(0x0000, 4 * KIB, memory.chrRam, registers[CHR] & 1);
    memory.mapPpu(0x1000, 4 * KIB, memory.chrRam, 1);
    mirrorBy(memory, registers[NAMETABLES] & HORIZONTAL);
    if ((registers[NAMETABLES] & TO_QTRAM) !== 0) memory.ppuWritePages.fill(UNMAPPED, 8, 16);
  }

  #prgBank(value: number): number {
    return (value & EXTERNAL_PRG) !== 0 ? INTERNAL_PRG_BANKS + (value & 0x3f) : value & 0x0f;
  }

  /** Where the byte of QTRAM for a place in a nametable is. */
  #qtRam(address: number): number {
    const isSecond = (address & ((this.registers[NAMETABLES] & HORIZONTAL) !== 0 ? 0x800 : 0x400)) !== 0;
    return this.memory.extraRam.offset + (isSecond ? KIB : 0) + (address & 0x3ff);
  }

  /** A byte of the kanji ROM. `at` counts two bit planes, as UNIF files store them; NES 2.0 files one. */
  #kanjiByte(at: number, value: number): number {
    const { bytes, chrRom } = this.memory;
    if (chrRom.bytes === 0) return value;
    const isPadded = chrRom.bytes >= 256 * KIB;
    const place = isPadded ? at : ((at & 7) << 1) | ((at >> 4) & 1) | ((at & 0x3ffe0) >> 1);
    return bytes[chrRom.offset + (place % chrRom.bytes)];
  }

  /** The tile number of a character given in JIS X 0208, or its byte for QTRAM. */
  #kanjiPlace(isBank: boolean): number {
    const { registers } = this;
    const row = registers[KANJI_ROW] - 0x20;
    const column = registers[KANJI_COLUMN] - 0x20;
    if (row < 0 || row >= 0x60 || column < 0 || column >= 0x60) return 0;
    const code = (row >> 4) * 1536 + (column >> 5) * 512 + (row & 15) * 32 + (column & 31);
    const tile = ((code & 0xff) | (KANJI_PAGES[code >> 8] << 8)) * 4;
    const part = registers[KANJI_PART];
    if (!isBank) return (tile & 0xff) | (part & 3);
    return (tile >> 8) | ((part & 4) !== 0 ? IS_INVERTED : 0) | IS_KANJI;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 547,
    name: "Konami QT adapter (VRC5)",
    board: KonamiQt,
    wiki: ["NES_2.0_Mapper_547"],
    unif: [{ names: "KONAMI-QTAI" }],
    ram: { prgBytes: 16 * KIB, besideRomBytes: 8 * KIB },
  },
];
