import { KIB } from "../../../../units.ts";
import { type BoardParts, HOOK_A12, HOOK_CPU_READS, HOOK_PPU_FETCH } from "../../board.ts";
import type { CartridgeImage, Mirroring } from "../../image.ts";
import { type BoardChips, type CartridgeMemory, FIRST_ROM_PAGE, UNMAPPED } from "../../memory.ts";
import { BANK_SELECT, FREE, Mmc3, RAM_PROTECT } from "../nintendo/mmc3.ts";
import { AddressPads } from "./address-pads.ts";
import { takeRamWrites, writeUnder } from "./register-board.ts";

const OUTER_REGISTERS = 16;
/** The page of $6000. */
const FIRST_RAM_PAGE = 12;

/** A write that the MMC3 does not see: the result of `OuterMmc3.translate`. */
export const SWALLOWED = -1;

/**
 * What a board adds to an MMC3 or a clone of it. `outer` is the board's own 16 registers. `mmc3` is the
 * chip's: 0–7 are R0–R7, 8 is the bank select register, 9 mirroring.
 */
export interface OuterMmc3 {
  /** The outer registers at power-on and after a reset. Default: all 0. */
  readonly initial?: readonly number[];
  /** What the reset button does to the outer registers instead of restoring `initial`. */
  readonly onReset?: (outer: Uint8Array, image: CartridgeImage) => void;
  /** A write below $8000. Returns true if it changed an outer register. */
  readonly write?: (outer: Uint8Array, address: number, value: number, image: CartridgeImage) => boolean;
  /**
   * The registers at $6000–$7FFF can be written only while the MMC3 enables PRG RAM and writes to it. On the
   * clone AX5202P the enable bit has no effect: "unprotected".
   */
  readonly needsRam?: true | "unprotected";
  /**
   * PRG RAM at $6000–$7FFF: "under" the board's registers, which also take its writes, or "none" even if the
   * header names some. Default: RAM, with no registers at its addresses.
   */
  readonly ram?: "under" | "none";
  /** The 4 KiB bank of PRG RAM at $5000–$5FFF, on boards with more than 8 KiB. */
  readonly ramAt5000?: number;
  /** True while `read` answers at $6000–$7FFF instead of PRG RAM, which still takes writes. */
  readonly hidesRam?: (outer: Uint8Array) => boolean;
  /**
   * Translates a write at $8000 or above to the write that the chip sees: `address | value << 16`, or
   * SWALLOWED. May change `outer` too. Default: the chip sees the write unchanged.
   */
  readonly translate?: (
    address: number,
    value: number,
    outer: Uint8Array,
    mmc3: Uint8Array,
    image: CartridgeImage,
  ) => number;
  /** A read where no memory is mapped. It must not change anything. */
  readonly read?: (outer: Uint8Array, address: number, openBus: number, memory: CartridgeMemory) => number;
  /** True while reads at $8000–$FFFF go to `read` instead of PRG ROM. */
  readonly hidesRom?: (outer: Uint8Array) => boolean;
  /** The lowest address lines of ROM that solder pads replace now, as a mask. Default: none. */
  readonly padLines?: (outer: Uint8Array) => number;
  /** The 8 KiB PRG bank at $8000 + slot × $2000. The MMC3's fixed banks are −2 and −1. */
  readonly prg?: (
    bank: number,
    slot: number,
    outer: Uint8Array,
    mmc3: Uint8Array,
    image: CartridgeImage,
  ) => number;
  /** The 1 KiB CHR bank at slot × $400. */
  readonly chr?: (
    bank: number,
    slot: number,
    outer: Uint8Array,
    mmc3: Uint8Array,
    image: CartridgeImage,
  ) => number;
  /** True if this CHR bank is in CHR RAM although the board has CHR ROM. */
  readonly isChrRam?: (bank: number, outer: Uint8Array, image: CartridgeImage) => boolean;
  /** The mirroring, if the board selects it; undefined leaves it to the MMC3. */
  readonly mirroring?: (outer: Uint8Array, mmc3: Uint8Array, image: CartridgeImage) => Mirroring | undefined;
  /** True while bit 7 of the first four CHR banks selects the page of each nametable, as on TxSROM. */
  readonly chrSelectsNametables?: (outer: Uint8Array) => boolean;
  /** Patterns are in PRG ROM: the byte that the PPU sees for each stored byte. */
  readonly patterns?: Uint8Array;
  readonly chips?: (image: CartridgeImage) => BoardChips;
}

/** The MMC3's CHR bank, in 1 KiB, at `slot` × $400. */
export function mmc3ChrBank(slot: number, mmc3: Uint8Array): number {
  const place = (mmc3[BANK_SELECT] & 0x80) !== 0 ? slot ^ 4 : slot;
  return place < 4 ? (mmc3[place >> 1] & 0xfe) | (place & 1) : mmc3[place - 2];
}

/** The MMC3's bank for one of its four windows, when the board selects the window instead of the CPU. */
export function windowBank(window: number, mmc3: Uint8Array): number {
  const place = (window & 1) === 0 && (mmc3[BANK_SELECT] & 0x40) !== 0 ? window ^ 2 : window;
  return (place & 2) !== 0 ? 0xfe | (place & 1) : mmc3[6 | (place & 1)];
}

/** PRG bank numbers of NROM modes: the low bits are the CPU's address lines. */
export function nromBank(bank16: number, slot: number, is32: boolean): number {
  return is32 ? ((bank16 & ~1) << 1) | slot : (bank16 << 1) | (slot & 1);
}

/** A bank number whose bits under `mask` are the MMC3's and all others the board's. */
export function within(bank: number, mask: number, outer: number): number {
  return (bank & mask) | (outer & ~mask);
}

/** Mirroring of MMC1-like clones, which have two bits instead of the MMC3's one. */
export const FOUR_MIRRORINGS: readonly Mirroring[] = ["vertical", "horizontal", "single-0", "single-1"];

/** A class of boards that have an MMC3. */
interface Mmc3Class {
  new (parts: BoardParts): Mmc3;
  readonly prototype: Mmc3;
  chips(image: CartridgeImage): BoardChips;
}

/** The board that a specification describes. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: it is a class of short methods
export function outerMmc3(spec: OuterMmc3): Mmc3Class {
  return class OuterBoard extends Mmc3 {
    override readonly hooks: number =
      HOOK_A12 |
      (spec.read === undefined && spec.padLines === undefined ? 0 : HOOK_CPU_READS) |
      (spec.patterns === undefined ? 0 : HOOK_PPU_FETCH);
    readonly #outer: Uint8Array;
    readonly #pads = new AddressPads();

    static override chips(image: CartridgeImage): BoardChips {
      return spec.chips?.(image) ?? {};
    }

    constructor(parts: BoardParts) {
      super(parts);
      if (spec.patterns !== undefined) this.memory.chr = this.memory.prgRom;
      this.#outer = this.registers.subarray(FREE, FREE + OUTER_REGISTERS);
    }

    override reset(): void {
      if (spec.onReset === undefined) super.reset();
      else {
        spec.onReset(this.#outer, this.image);
        this.updateBanks();
      }
    }

    override writeRegister(address: number, value: number, cycle: number): void {
      if (address >= 0x8000) this.#writeHigh(address, value, cycle);
      else this.#writeLow(address, value);
    }

    override ppuFetch(address: number, value: number): number {
      return address < 0x2000 ? (spec.patterns?.[value] ?? value) : value;
    }

    override readRegister(address: number, openBus: number): number {
      return this.peekRegister(address, openBus);
    }

    override peekRegister(address: number, openBus: number): number {
      const lines = spec.padLines?.(this.#outer) ?? 0;
      if (lines !== 0 && address >= 0x8000) return this.#pads.read(this.memory, address, lines, openBus);
      return spec.read?.(this.#outer, address, openBus, this.memory) ?? openBus;
    }

    protected override mapRam(): void {
      if (spec.ram === "none") {
        this.memory.unmapCpu(0x6000, 8 * KIB);
        return;
      }
      super.mapRam();
      if (spec.ramAt5000 !== undefined) this.memory.mapPrgRam(0x5000, 4 * KIB, spec.ramAt5000);
      if (spec.ram === "under") takeRamWrites(this.memory);
      if (spec.hidesRam?.(this.#outer) === true) {
        this.memory.cpuReadPages.fill(UNMAPPED, FIRST_RAM_PAGE, FIRST_ROM_PAGE);
      }
    }

    protected override mapPrgBanks(): void {
      super.mapPrgBanks();
      if (spec.hidesRom?.(this.#outer) === true) this.memory.unmapCpu(0x8000, 32 * KIB);
      else if ((spec.padLines?.(this.#outer) ?? 0) !== 0) this.#pads.take(this.memory);
    }

    protected override mapPrgBank(slot: number, bank: number): void {
      super.mapPrgBank(slot, spec.prg?.(bank, slot, this.#outer, this.registers, this.image) ?? bank);
    }

    protected override mapChrBank(slot: number, bank: number): void {
      const { memory } = this;
      const mapped = spec.chr?.(bank, slot, this.#outer, this.registers, this.image) ?? bank;
      const isRam = spec.isChrRam?.(mapped, this.#outer, this.image) === true && memory.chrRam.bytes > 0;
      memory.mapPpu(slot * KIB, KIB, isRam ? memory.chrRam : memory.chr, mapped);
    }

    protected override mapNametables(): void {
      const { memory } = this;
      if (spec.chrSelectsNametables?.(this.#outer) === true) {
        for (let slot = 0; slot < 4; slot++)
          memory.mapPpu(0x2000 + slot * KIB, KIB, memory.ciram, mmc3ChrBank(slot, this.registers) >> 7);
        return;
      }
      const mirroring = spec.mirroring?.(this.#outer, this.registers, this.image);
      if (mirroring === undefined) super.mapNametables();
      else if (memory.mirroring !== "four-screen") memory.mirror(mirroring);
    }

    #writeHigh(address: number, value: number, cycle: number): void {
      const seen =
        spec.translate?.(address, value, this.#outer, this.registers, this.image) ?? address | (value << 16);
      if (seen === SWALLOWED) this.updateBanks();
      else this.writeMmc3(seen & 0xffff, (seen >> 16) & 0xff, cycle);
    }

    #writeLow(address: number, value: number): void {
      const isRamSpace = address >= 0x6000;
      const protect = this.registers[RAM_PROTECT];
      const isRamOpen = (protect & 0xc0) === 0x80;
      const isOpen =
        !isRamSpace ||
        (spec.needsRam === "unprotected" ? (protect & 0x40) === 0 : isRamOpen || !spec.needsRam);
      if (isRamSpace && isRamOpen && spec.ram === "under") writeUnder(this.memory, address, value);
      if (isOpen && spec.write?.(this.#outer, address, value, this.image) === true) this.updateBanks();
    }

    protected override initialize(): void {
      this.#outer.fill(0);
      this.#outer.set(spec.initial ?? []);
    }
  };
}
