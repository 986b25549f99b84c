/** Homebrew games on an MMC3 with other connections, which save their scores to the flash chip of PRG ROM. */
import type { StateCheck } from "../../../../state-check.ts";
import { KIB } from "../../../../units.ts";
import { type BoardParts, HOOK_A12, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import { FREE, Mmc3 } from "../nintendo/mmc3.ts";
import { A29040B, AM29F040, FLASH_STATE_BYTES, Flash, type FlashKind, MX29F040 } from "../parts/flash.ts";
import { windowBank } from "../parts/outer-mmc3.ts";

const FLASH = FREE;
const BANK = FREE + FLASH_STATE_BYTES;

/**
 * An MMC3 whose PRG ROM is a flash chip: every write at $8000–$FFFF reaches both. There is no RAM at
 * $6000–$7FFF, which the games check.
 */
abstract class FlashMmc3 extends Mmc3 {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_READS;
  readonly #flash: Flash;

  static override chips(_image: CartridgeImage): BoardChips {
    return { flash: true, prgRamBytes: 0, prgNvramBytes: 0 };
  }

  constructor(parts: BoardParts, kind: FlashKind) {
    super(parts);
    const state = this.registers.subarray(FLASH, FLASH + FLASH_STATE_BYTES);
    this.#flash = new Flash(state, this.memory.bytes, this.memory.prgRom, kind);
  }

  override powerOn(): void {
    super.powerOn();
    this.memory.eraseFlashChanges();
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#flash.declareState(state);
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    const bank = this.prgBankOf((address >> 13) & 3);
    this.#flash.write((bank << 13) | (address & 0x1fff), value);
    this.writeChip(address, value, cycle);
    this.updateBanks();
  }

  /** ROM is unmapped only in the flash chip's ID mode. */
  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    return address >= 0x8000 ? this.#flash.id(address) : openBus;
  }

  protected override mapPrgBanks(): void {
    if (this.#flash.isInIdMode) this.memory.unmapCpu(0x8000, 32 * KIB);
    else for (let slot = 0; slot < 4; slot++) this.mapPrgBank(slot, this.prgBankOf(slot));
  }

  /** A write to the board's own decoder. Banks are mapped afterwards. */
  protected abstract writeChip(address: number, value: number, cycle: number): void;

  /** The 8 KiB bank at $8000 + slot × $2000. */
  protected abstract prgBankOf(slot: number): number;
}

/**
 * Mapper 406, Haradius Zero. Submapper 0, for the Famicom: the MMC3's A0 is CPU A1. Submapper 1, for the NES:
 * the registers at $8000 and at $E000 have changed places. https://www.nesdev.org/wiki/NES_2.0_Mapper_406
 */
class HaradiusZero extends FlashMmc3 {
  constructor(parts: BoardParts) {
    super(parts, parts.image.submapper === 1 ? AM29F040 : MX29F040);
  }

  protected override writeChip(address: number, value: number, cycle: number): void {
    const isOuter = address < 0xa000 || address >= 0xe000;
    if (this.image.submapper !== 1) this.writeMmc3((address & 0xe000) | ((address >> 1) & 1), value, cycle);
    else this.writeMmc3(isOuter ? address ^ 0x6000 : address, value, cycle);
  }

  protected override prgBankOf(slot: number): number {
    return windowBank(slot, this.registers);
  }
}

/**
 * Mapper 451, Haratyler: addresses select banks and nametables and set the MMC3's counter. The banks are 0,
 * $10, $20 and $30, and bits 3 and 0 of the middle ones. https://www.nesdev.org/wiki/NES_2.0_Mapper_451
 */
class Haratyler extends FlashMmc3 {
  static override chips(image: CartridgeImage): BoardChips {
    return { ...FlashMmc3.chips(image), chrRamBytes: 16 * KIB };
  }

  constructor(parts: BoardParts) {
    super(parts, A29040B);
  }

  protected override writeChip(address: number, _value: number, cycle: number): void {
    const low = address & 0xff;
    switch (address & 0xe000) {
      case 0xa000:
        this.writeMmc3(0xa000, address & 1, cycle);
        break;
      case 0xc000:
        this.writeMmc3(0xc000, (low - 1) & 0xff, cycle);
        this.writeMmc3(0xc001, 0, cycle);
        this.writeMmc3(low === 0xff ? 0xe000 : 0xe001, 0, cycle);
        break;
      case 0xe000:
        this.registers[BANK] = address & 3;
        break;
      default: // $8000–$9FFF: only the flash chip
    }
  }

  protected override prgBankOf(slot: number): number {
    const bank = this.registers[BANK];
    const isFixed = slot === 0 || slot === 3;
    return (slot << 4) | (isFixed ? 0 : ((bank << 2) & 8) | (bank & 1));
  }

  protected override mapChrBanks(): void {
    this.memory.mapChr(0x0000, 8 * KIB, this.registers[BANK] & 1);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 406,
    name: "Haradius Zero (MMC3, flash)",
    board: HaradiusZero,
    wiki: ["NES_2.0_Mapper_406"],
    knownSubmappers: [1],
    ram: { prgBytes: 0 },
  },
  {
    mapper: 451,
    name: "Haratyler HP/MP (flash)",
    board: Haratyler,
    wiki: ["NES_2.0_Mapper_451"],
    ram: { prgBytes: 0, insteadOfRomBytes: 16 * KIB },
    lacks: ["the MP3 player of Haratyler MP is missing"],
  },
];
