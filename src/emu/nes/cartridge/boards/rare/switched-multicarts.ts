/** Multicarts that work like several chips. */
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { type BoardParts, HOOK_A12, HOOK_CPU_READS, HOOK_CPU_TIME, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Chip } from "../../memory.ts";
import { Vrc2And4 } from "../konami/vrc2-vrc4.ts";
import { Mmc1 } from "../nintendo/mmc1.ts";
import { Mmc3 } from "../nintendo/mmc3.ts";
import { map16, mapNrom64, partOf, wholeChr } from "../parts/register-board.ts";
import { SwitchedBoard } from "../parts/switched-board.ts";
import { Ntdec2722 } from "../unlicensed/disk-conversions.ts";
import { JyAsic } from "../unlicensed/jy-asic.ts";

export const MMC3 = { board: Mmc3, mapper: 4, registersAt: 64 };

const CHR_BASE = 0; // BBBBBBMM: 8 KiB, chip
const PRG_BASE = 1; // BBBBBB..: 16 KiB
const SIZES = 2; // .CCpPP.R: CHR size, NROM, PRG size, CHR RAM
/** The address of the VRC4's control of its counter. */
export const VRC4_IRQ_CONTROL = 0xf008;

/** An address whose A2 and A3 have changed places if A11 is 1. */
export function exchangedByA11(address: number): number {
  return (address & 0x800) === 0 ? address : (address & ~0x0c) | ((address << 1) & 8) | ((address >> 1) & 4);
}

/**
 * Mapper 351, Techline XB: an MMC3, MMC1 or VRC4, or NROM, in blocks of several sizes. With CHR RAM, CHR ROM
 * is the end of the PRG space. The VRC4's select lines are A2 and A3, which A11 exchanges; FCEUmm has other
 * lines too. As there, a write to $5002 restarts the chips, and the DIP switch is 0.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_351
 */
class TechlineXb extends SwitchedBoard {
  constructor(parts: BoardParts) {
    super(parts, [
      MMC3,
      { board: Mmc1, mapper: 1, registersAt: 96 },
      { board: Vrc2And4, mapper: 351, registersAt: 0 },
    ]);
  }

  override reset(): void {
    this.own.fill(0);
    this.restartChips(0);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    const isVrc4 = this.selected === 2;
    if (address >= 0x8000) {
      this.writeChip(isVrc4 ? exchangedByA11(address) : address, value, cycle);
      return;
    }
    if (address === 0x4025) this.chips[0]!.writeRegister(0xa000, value >> 3, cycle);
    else if ((address & 0xf000) === 0x5000) {
      this.own[address & 3] = value;
      if (isVrc4 && this.selected !== 2) this.chips[2]!.writeRegister(VRC4_IRQ_CONTROL, 0, cycle);
      if ((address & 3) === SIZES) this.restartChips(cycle);
    }
    this.updateBanks();
  }

  override peekRegister(address: number, openBus: number): number {
    return (address & 0xf000) === 0x5000 ? 0 : openBus;
  }

  protected get selected(): number {
    return Math.max(0, (this.own[CHR_BASE] & 3) - 1);
  }

  /** PRG ROM, and CHR ROM while CHR RAM is in its place. */
  get #prgSpace(): Chip {
    const { prgRom, chrRom } = this.memory;
    const isWhole = this.#hasChrRam && chrRom.offset === prgRom.offset + prgRom.bytes;
    return isWhole ? { ...prgRom, bytes: prgRom.bytes + chrRom.bytes } : prgRom;
  }

  get #hasChrRam(): boolean {
    const { chrRam, chrRom } = this.memory;
    return (this.own[SIZES] & 1) !== 0 && chrRam.bytes > 0 && chrRom.bytes > 0;
  }

  protected selectWindows(): void {
    const { memory, own } = this;
    const sizes = own[SIZES];
    const prgBytes = (sizes & 4) !== 0 ? 128 * KIB : 256 * KIB;
    const chrKib = (sizes & 0x40) !== 0 ? 8 : (sizes & 0x20) !== 0 ? 128 : (sizes & 0x10) !== 0 ? 32 : 256;
    memory.prg = partOf(this.#prgSpace, Math.floor(((own[PRG_BASE] >> 2) * 16 * KIB) / prgBytes), prgBytes);
    memory.chr = partOf(wholeChr(memory), Math.floor(((own[CHR_BASE] >> 2) * 8) / chrKib), chrKib * KIB);
  }

  protected override mapOver(): void {
    const { memory, own } = this;
    const sizes = own[SIZES];
    if (this.#hasChrRam) memory.mapPpu(0x0000, 8 * KIB, memory.chrRam, 0);
    else if ((sizes & 0x40) !== 0) memory.mapChr(0x0000, 8 * KIB, 0);
    if ((sizes & 0x10) === 0) return;
    memory.prg = this.#prgSpace;
    const bank = own[PRG_BASE] >> 2;
    if ((sizes & 8) !== 0) mapNrom64(memory, bank << 1);
    else if ((sizes & 4) !== 0) map16(memory, bank, bank);
    else memory.mapPrg(0x8000, 32 * KIB, bank >> 1);
  }
}

/**
 * Mapper 369, N49C-300, Super Mario Bros. Party: NROM, an MMC3 or mapper 40, by a register at $4100. The
 * meaning of its bits is not known: these are the values that the menu writes; others are NROM.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_369
 */
class N49c300 extends SwitchedBoard {
  constructor(parts: BoardParts) {
    super(parts, [MMC3, { board: Ntdec2722, mapper: 40, registersAt: 0 }]);
  }

  override reset(): void {
    this.own.fill(0);
    this.restartChips(0);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) this.writeChip(address, value, cycle);
    else if ((address & 0xc100) === 0x4100) {
      const before = this.selected;
      this.own[0] = value;
      if (this.selected !== before) this.restartChips(cycle);
      this.updateBanks();
    }
  }

  protected get selected(): number {
    return this.own[0] === 0x13 ? 1 : 0;
  }

  protected selectWindows(): void {
    const { memory, own } = this;
    const kib = { 19: 64, 55: 128, 255: 256 }[own[0]] ?? 32;
    const isNrom = kib === 32;
    memory.prg = partOf(memory.prgRom, isNrom ? own[0] & 1 : 1, kib * KIB);
    memory.chr =
      kib < 128
        ? partOf(memory.chrRom, isNrom ? own[0] & 1 : 3, 8 * KIB)
        : partOf(memory.chrRom, 1, kib * KIB);
  }

  protected override mapOver(): void {
    const { memory } = this;
    if (memory.prg.bytes > 32 * KIB) return;
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
    memory.mirror(memory.mirroring);
  }
}

const MODE = 1; // ...MMCBP: chip, CHR A18, PRG and CHR A19, PRG A18
const OUTER = 3; // cC.pPBB.: CHR A17 and who drives it, PRG A17 and who drives it, PRG A16–A15

/**
 * Mapper 394, HSK007: an MMC3, a J.Y. Company ASIC or BNROM in blocks of 128 or 256 KiB. puNES wires A18 and
 * A19 otherwise, and has $10 in $500B at power-on; this follows the wiki.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_394
 */
class Hsk007 extends SwitchedBoard {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_PPU_FETCH;

  constructor(parts: BoardParts) {
    super(parts, [MMC3, { board: JyAsic, mapper: 394, registersAt: 0 }]);
  }

  override powerOn(): void {
    super.powerOn();
    this.own[MODE] = 0x0f;
    this.own[OUTER] = 0x90;
  }

  override reset(): void {
    this.restartChips(0);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if ((address & 0xf008) === 0x5008) {
      const before = this.selected;
      this.own[address & 3] = value;
      if (this.selected !== before) this.chips[1]!.writeRegister(0xc002, 0, cycle); // its counter is off
      this.updateBanks();
    } else this.writeChip(address, value, cycle);
  }

  override peekRegister(address: number, openBus: number): number {
    return this.selected === 1 ? this.chips[1]!.peekRegister(address, openBus) : openBus;
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    return this.selected === 1 ? this.chips[1]!.ppuFetch(address, value, cycle) : value;
  }

  override readsUntilIrq(readsOfLine: number): number {
    return this.selected === 1 ? this.chips[1]!.readsUntilIrq(readsOfLine) : NEVER;
  }

  protected get selected(): number {
    return (this.own[MODE] & 0x10) >> 4;
  }

  protected selectWindows(): void {
    const { memory, own } = this;
    const mode = own[MODE];
    const outer = own[OUTER];
    const prgBlock = mode & 3;
    const chrBlock = ((mode >> 2) & 1) | (mode & 2);
    const isJy = this.selected === 1;
    const isWide = isJy || (mode & 8) === 0;
    memory.prg =
      isWide || (outer & 0x10) !== 0
        ? partOf(memory.prgRom, prgBlock, 256 * KIB)
        : partOf(memory.prgRom, (prgBlock << 1) | ((outer >> 3) & 1), 128 * KIB);
    memory.chr =
      isJy || (outer & 0x80) !== 0
        ? partOf(memory.chrRom, chrBlock, 256 * KIB)
        : partOf(memory.chrRom, (chrBlock << 1) | ((outer >> 6) & 1), 128 * KIB);
  }

  /** BNROM, with the MMC3's CHR banks. */
  protected override mapOver(): void {
    if ((this.own[MODE] & 0x18) === 0) this.memory.mapPrg(0x8000, 32 * KIB, (this.own[OUTER] >> 1) & 7);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 351,
    name: "Techline XB (MMC3, MMC1, VRC4)",
    board: TechlineXb,
    wiki: ["NES_2.0_Mapper_351"],
  },
  {
    mapper: 369,
    name: "N49C-300, Super Mario Bros. Party",
    board: N49c300,
    wiki: ["NES_2.0_Mapper_369"],
    unif: [{ names: "N49C-300" }],
  },
  {
    mapper: 394,
    name: "HSK007 (MMC3, J.Y. Company ASIC)",
    board: Hsk007,
    wiki: ["NES_2.0_Mapper_394"],
  },
];
