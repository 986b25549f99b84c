import type { StateCheck } from "../../../../state-check.ts";
import { KIB, MIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import {
  Board,
  HOOK_A12,
  HOOK_CPU_READS,
  HOOK_CPU_TIME,
  HOOK_CPU_WRITES,
  HOOK_PPU_FETCH,
} from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage, Mirroring } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import { COMMON_BOARDS } from "../common.ts";
import { MMC3_CLONES } from "../mmc3-clones/index.ts";
import { FLASH_STATE_BYTES, Flash, S29GL } from "../parts/flash.ts";
import { TIME_WORD } from "../parts/timed-board.ts";
import { UNLICENSED } from "../unlicensed/index.ts";
import { BOARDS as REGISTER_MULTICARTS } from "./register-multicarts.ts";

/** Extra RAM: what the boards of games use, up to MMC5's 3 KiB, and then the eight registers. */
const REGISTERS_AT = 3 * KIB;
const REGISTER_COUNT = 8;
const FLASH_AT = REGISTERS_AT + REGISTER_COUNT;
const ALLOWS_FLASH_WRITES = 4; // of register 7

/** A flash chip is a part of each state, so that larger ones are read-only. */
const MAX_FLASH_BYTES = 8 * MIB;

/** Returns true if the header has the battery bit but no battery-backed RAM: then the flash chip is saved. */
function isFlashable({ battery, prgNvramBytes, prgRom }: CartridgeImage): boolean {
  return battery && prgNvramBytes === 0 && prgRom.length <= MAX_FLASH_BYTES;
}

/** The menu is in the first 128 KiB of the flash chip: the PRG mask at power-on. */
const INITIAL: readonly number[] = [0, 0, 0x78, 0, 0, 0, 0, 0];
/** Nametables in CHR RAM, in banks of 4 KiB. */
const FOUR_SCREENS_BANK = 63;

const MIRRORINGS: readonly Mirroring[] = ["vertical", "horizontal", "single-0", "single-1"];

/**
 * The boards of games by the code of the mapper, as mapper × 16 + submapper: without flags, and with flag 0,
 * flag 1, flag 2, or flags 0 and 2. Codes without a board select the banks by the registers.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_342 and
 * https://github.com/ClusterM/coolgirl-multirom-builder
 */
const INNER: readonly (readonly number[])[] = [
  [],
  [2 * 16, 71 * 16 + 1, 30 * 16 + 1],
  [3 * 16],
  [78 * 16 + 3],
  [97 * 16],
  [93 * 16],
  [163 * 16],
  [18 * 16],
  [7 * 16, 34 * 16 + 2],
  [228 * 16],
  [11 * 16],
  [66 * 16],
  [87 * 16],
  [90 * 16],
  [65 * 16],
  [5 * 16],
  [1 * 16],
  [9 * 16, 10 * 16],
  [152 * 16],
  [73 * 16],
  [4 * 16, 118 * 16, 189 * 16, 206 * 16],
  [112 * 16],
  [33 * 16, 48 * 16],
  [42 * 16],
  [21 * 16, 22 * 16, 22 * 16, 23 * 16, 25 * 16],
  [69 * 16],
  [32 * 16],
  [113 * 16, 79 * 16],
  [133 * 16],
  [36 * 16],
  [70 * 16],
  [184 * 16],
  [38 * 16],
  [],
  [75 * 16],
  [83 * 16],
  [67 * 16],
  [89 * 16],
];
const UXROM = 1;
const UNROM_180 = 180 * 16;

/** The board that `native` registers name, as in `INNER`; undefined if they select the banks themselves. */
function innerOf(native: Uint8Array): number | undefined {
  const code = (native[6] & 0x1f) | ((native[7] >> 1) & 0x20);
  const flags = native[6] >> 5;
  if (code === UXROM && flags === 0 && (native[3] & 0x20) !== 0) return UNROM_180;
  const [plain, flag0 = plain, flag1 = plain, flag2 = plain, both = flag2] = INNER[code] ?? [];
  if ((flags & 4) !== 0) return (flags & 1) !== 0 ? both : flag2;
  return (flags & 1) !== 0 ? flag0 : (flags & 2) !== 0 ? flag1 : plain;
}

/**
 * Mapper 342, COOLGIRL: a menu selects a part of the flash chip for a game, and the board that the game sees,
 * which is one of the boards here. Without a board, eight registers select the banks. If the header has the
 * battery bit but no battery-backed RAM, programs save to the flash chip.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_342
 */
class Coolgirl extends Board {
  override readonly hooks: number =
    HOOK_A12 | HOOK_CPU_TIME | HOOK_PPU_FETCH | HOOK_CPU_READS | HOOK_CPU_WRITES;
  readonly #native = this.memory.bytes.subarray(
    this.memory.extraRam.offset + REGISTERS_AT,
    this.memory.extraRam.offset + REGISTERS_AT + REGISTER_COUNT,
  );
  readonly #flash: Flash | undefined = isFlashable(this.image)
    ? new Flash(
        this.memory.bytes.subarray(
          this.memory.extraRam.offset + FLASH_AT,
          this.memory.extraRam.offset + FLASH_AT + FLASH_STATE_BYTES,
        ),
        this.memory.bytes,
        this.memory.prgRom,
        S29GL,
      )
    : undefined;
  /** The board of the selected game, and its name in `INNER`. */
  #inner: Board | undefined;
  #name: number | undefined;

  static override chips(image: CartridgeImage): BoardChips {
    return { extraRamBytes: FLASH_AT + FLASH_STATE_BYTES, flash: isFlashable(image) };
  }

  override declareState(state: StateCheck): void {
    state.slots("board.native", this.#native, { min: 0, max: 0xff });
    this.#flash?.declareState(state);
  }

  /** What is valid in the registers of the game's board depends on the board, which the state selects. */
  override checkState(state: StateCheck): void {
    const native = Uint8Array.from({ length: REGISTER_COUNT }, (_, at) => state.value("board.native", at));
    const inner = this.#build(native);
    if (inner !== undefined) inner.checkState(state.checkAlso((check) => inner.declareState(check)));
  }

  override powerOn(): void {
    if (this.#flash !== undefined) this.memory.eraseFlashChanges();
    this.#native.set(INITIAL);
    this.#select(0);
  }

  override reset(): void {
    this.#native.set(INITIAL);
    this.clearIrq(0);
    this.#select(0);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    const isNative = address >= 0x5000 && address < 0x6000;
    if (isNative && this.#native[7] < 0x80) {
      this.#native[address & 7] = value;
      if (innerOf(this.#native) !== this.#name) this.#select(cycle);
    }
    const isFlash = address >= 0x8000 && this.#writeFlash(address, value);
    this.#inner?.writeRegister(address, value, cycle);
    if (isNative || isFlash) this.#map();
    else this.#afterInner();
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    if (this.#inner === undefined) return this.peekRegister(address, openBus);
    const value = this.#inner.readRegister(address, openBus, cycle);
    this.#afterInner();
    return address >= 0x8000 && this.#flash?.isInIdMode === true ? this.#flash.id(address) : value;
  }

  /** Without a board, $5000–$5FFF tells clones from a Famicom by bit 0. */
  override peekRegister(address: number, openBus: number): number {
    if (address >= 0x8000 && this.#flash?.isInIdMode === true) return this.#flash.id(address);
    if (this.#inner !== undefined) return this.#inner.peekRegister(address, openBus);
    return address >= 0x5000 && address < 0x6000 ? 0 : openBus;
  }

  override updateBanks(): void {
    if (innerOf(this.#native) !== this.#name) this.#change();
    this.#map();
  }

  override ppuA12Rise(cycle: number): void {
    if (this.#inner === undefined || (this.#inner.hooks & HOOK_A12) === 0) return;
    this.#inner.ppuA12Rise(cycle);
    this.#afterInner();
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    if (this.#inner === undefined || (this.#inner.hooks & HOOK_PPU_FETCH) === 0) return value;
    const answer = this.#inner.ppuFetch(address, value, cycle);
    this.#afterInner();
    return answer;
  }

  override get risesUntilIrq(): number {
    const inner = this.#inner;
    return inner === undefined || (inner.hooks & HOOK_A12) === 0 ? NEVER : inner.risesUntilIrq;
  }

  override readsUntilIrq(readsOfLine: number): number {
    return this.#inner?.readsUntilIrq(readsOfLine) ?? NEVER;
  }

  override runTo(cycle: number): void {
    if (this.#inner === undefined || (this.#inner.hooks & HOOK_CPU_TIME) === 0) return;
    this.#inner.runTo(cycle);
    this.#afterInner();
  }

  override rebase(cycles: number): void {
    this.#inner?.rebase(cycles);
    this.#afterInner();
  }

  /**
   * Returns true if the flash chip has got the write, at the address that is mapped there. It does not get
   * writes to RAM that is write-protected.
   */
  #writeFlash(address: number, value: number): boolean {
    const { cpuReadPages, prgRom } = this.memory;
    const flash = this.#flash;
    if (flash === undefined || (this.#native[7] & ALLOWS_FLASH_WRITES) === 0) return false;
    if (flash.isInIdMode) {
      // No page is mapped: commands need only the low address lines.
      flash.write(address & 0xfff, value);
      return true;
    }
    const page = cpuReadPages[address >> 11] - prgRom.offset;
    if (page < 0 || page >= prgRom.bytes) return false;
    flash.write(page + (address & 0x7ff), value);
    return true;
  }

  /** Begins with the board that the registers name, in its state at power-on. */
  #select(cycle: number): void {
    this.#change();
    this.registers.fill(0);
    new Int32Array(this.registers.buffer, this.registers.byteOffset, TIME_WORD + 1)[TIME_WORD] = cycle;
    this.clearIrq(cycle);
    this.#inner?.powerOn();
  }

  #change(): void {
    this.#showParts();
    this.memory.resetPages();
    this.#inner = this.#build(this.#native);
    this.#name = innerOf(this.#native);
  }

  #build(native: Uint8Array): Board | undefined {
    const inner = innerOf(native);
    if (inner === undefined) return undefined;
    const { memory, lines, registers } = this;
    const options = { ...this.options, hasConflicts: false };
    const mapper = inner >> 4;
    const submapper = inner & 0x0f;
    const boards = [...COMMON_BOARDS, ...MMC3_CLONES, ...UNLICENSED, ...REGISTER_MULTICARTS].filter(
      (board) => board.mapper === mapper,
    );
    const { board } =
      boards.find(({ submappers }) => submappers?.includes(submapper) === true) ??
      boards.find(({ submappers }) => submappers === undefined)!;
    const prgRom = this.image.prgRom.subarray(0, memory.prg.bytes);
    const image = { ...this.image, mapper, submapper, battery: false, prgRom };
    return new board({ image, memory, lines, registers, options });
  }

  /** Lets boards see the part of each chip that the game has. */
  #showParts(): void {
    const { memory } = this;
    const native = this.#native;
    const { prgRom, prgRam, chrRam } = memory;
    const start = (((native[0] << 22) | (native[1] << 14)) >>> 0) % prgRom.bytes;
    const bytes = ((~native[2] & 0x7f) + 1) * 16 * KIB;
    memory.prg = { ...prgRom, offset: prgRom.offset + start, bytes: Math.min(bytes, prgRom.bytes - start) };
    const chrMask = ((native[2] >> 2) & 0x20) | (native[4] & 0x1f);
    const chrBytes = Math.min(((~chrMask & 0x3f) + 1) * 8 * KIB, chrRam.bytes);
    memory.chr = { ...chrRam, bytes: chrBytes, writable: (native[7] & 2) !== 0 };
    // A game with MMC1 on SOROM has two banks.
    const isSorom = (native[6] & 0x3f) === 0x30;
    const page = isSorom ? 2 : native[5] & 3;
    const ramBytes = (native[7] & 1) === 0 ? 0 : (isSorom ? 16 : 8) * KIB;
    const at = Math.min(page * 8 * KIB, prgRam.bytes);
    memory.ram = { ...prgRam, offset: prgRam.offset + at, bytes: Math.min(ramBytes, prgRam.bytes - at) };
    memory.mirroring = (native[6] & 0x5f) === 0x41 ? "single-0" : MIRRORINGS[(native[7] >> 3) & 3];
  }

  #map(): void {
    this.#showParts();
    this.memory.mirror(this.memory.mirroring);
    this.memory.mapPrgRam(0x6000, 8 * KIB, 0);
    if (this.#inner === undefined) this.#mapNative();
    else this.#inner.updateBanks();
    this.#afterInner();
  }

  /** The board of the game has changed its banks or its times. */
  #afterInner(): void {
    const inner = this.#inner;
    const { memory } = this;
    if ((this.#native[7] & 0x20) !== 0) memory.mapPpu(0x2000, 4 * KIB, memory.chrRam, FOUR_SCREENS_BANK);
    if (this.#flash?.isInIdMode === true) memory.unmapCpu(0x8000, 32 * KIB);
    this.nextEventCycle = inner?.nextEventCycle ?? NEVER;
    this.irqImminent = inner?.irqImminent ?? false;
  }

  /** Banks without a board: registers A are in the native registers, the others have their first values. */
  #mapNative(): void {
    const { memory } = this;
    const native = this.#native;
    const prgMode = native[3] >> 5;
    const a = (native[5] >> 1) & 0x3e;
    const isOdd = (prgMode & 1) !== 0;
    for (let slot = 0; slot < 4; slot++) {
      const isSwapped = isOdd && (prgMode < 4 || (slot & 1) === 0);
      const small = [a, prgMode < 4 ? a | 1 : 1, -2, -1][isSwapped ? slot ^ 2 : slot];
      const bank = prgMode < 6 ? small : slot | (isOdd ? a & ~3 : 0);
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, bank);
    }
    const chrMode = native[4] >> 5;
    const chr = ((native[5] & 0x80) << 1) | ((native[3] & 0x1f) << 3);
    const size = [8, 0, 2, 2, 4, 4, 2, 1][chrMode];
    for (let page = 0; page < 8; page++) {
      const slot = chrMode === 1 ? page & 3 : chrMode === 3 ? page ^ 4 : page;
      memory.mapChr(page * KIB, KIB, slot < size ? (chr & -size) | slot : slot);
    }
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 342,
    name: "COOLGIRL",
    board: Coolgirl,
    wiki: ["NES_2.0_Mapper_342"],
    unif: [{ names: "COOLGIRL" }],
    ram: { prgBytes: 32 * KIB, insteadOfRomBytes: 512 * KIB },
    lacks: ["games cannot save to flash chips of more than 8 MiB"],
  },
];
