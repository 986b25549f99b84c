import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import { ChosenBoard, LACKS_LARGE_FLASH } from "../multicart/chosen-board.ts";

const ALLOWS_FLASH_WRITES = 4; // of register 7

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
 * Mapper 342, COOLGIRL: a menu selects a part of the flash chip for a game, and the board that the game sees.
 * Without a board, the eight registers select the banks.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_342
 */
class Coolgirl extends ChosenBoard {
  protected override readonly initial = INITIAL;

  protected override get isLocked(): boolean {
    return this.own[7] >= 0x80;
  }

  protected override get allowsFlashWrites(): boolean {
    return (this.own[7] & ALLOWS_FLASH_WRITES) !== 0;
  }

  /** Without a board, $5000–$5FFF tells clones from a Famicom by bit 0. */
  override peekRegister(address: number, openBus: number): number {
    if (!this.hasInner && address >= 0x5000 && address < 0x6000) return 0;
    return super.peekRegister(address, openBus);
  }

  protected override nameOf(own: Uint8Array): number | undefined {
    return innerOf(own);
  }

  protected override showParts(): void {
    const { memory } = this;
    const native = this.own;
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

  protected override mapOver(): void {
    const { memory } = this;
    if ((this.own[7] & 0x20) !== 0) memory.mapPpu(0x2000, 4 * KIB, memory.chrRam, FOUR_SCREENS_BANK);
  }

  /** Banks without a board: registers A are in the native registers, the others have their first values. */
  protected override mapOwn(): void {
    const { memory } = this;
    const native = this.own;
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
    lacks: [LACKS_LARGE_FLASH],
  },
];
