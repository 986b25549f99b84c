import type { MachineArena } from "../../arena.ts";
import { KIB } from "../../units.ts";
import type { CartridgeImage, Mirroring } from "./image.ts";
import { vsHardware } from "./vs-hardware.ts";

/** One memory chip: a run of bytes in the arena. */
export interface Chip {
  readonly name: string;
  /** From the start of the arena's buffer. */
  readonly offset: number;
  readonly bytes: number;
  readonly writable: boolean;
}

/** The CPU's space is mapped in pages of 2 KiB, the PPU's in pages of 1 KiB. */
export const CPU_PAGE_BYTES = 0x800;
export const PPU_PAGE_BYTES = 0x400;
/** The page of $8000. */
export const FIRST_ROM_PAGE = 16;
/** A page table entry of a page without memory: registers, or open bus. */
export const UNMAPPED = -1;

/**
 * Chips that a board adds to those in the header, or that override them. Sizes are bytes. The static
 * method `chips` of the board's class returns them before any memory is allocated.
 */
export interface BoardChips {
  readonly prgRamBytes?: number;
  readonly prgNvramBytes?: number;
  readonly chrRamBytes?: number;
  readonly chrNvramBytes?: number;
  readonly ciramBytes?: number;
  /** RAM inside the board's own logic: ExRAM, sound RAM. */
  readonly extraRamBytes?: number;
  /** True if `extraRam` has a battery. Only used when no other chip is battery-backed. */
  readonly extraRamBattery?: boolean;
  /** PRG ROM is flash that the program rewrites: it gets a copy in the mutable run, and is saved. */
  readonly flash?: boolean;
}

/** What precedes the mutable run of the arena. */
export interface CartridgeRom {
  readonly prgRom: Chip;
  readonly chrRom: Chip;
  /** See `CartridgeMemory`. */
  readonly spareByte: number;
}

const CIRAM_BYTES = 2 * KIB;

/**
 * The memory chips of a cartridge, with the console's own CIRAM and work RAM, and the page tables that
 * map each page of the CPU's and the PPU's address space to an offset. The tables are never saved: boards
 * rebuild them from their registers (`Board.updateBanks`).
 *
 * Bank numbers wrap at the chip's size, as address lines do. Negative ones count from the end: −1 is the
 * last bank. All `address` and `size` arguments are in bytes and multiples of the page size.
 */
export class CartridgeMemory {
  /** The arena's bytes. Every table entry below is an offset into it. */
  readonly bytes: Uint8Array;
  /** Offset of the 2 KiB page at address >> 11 when reading, or UNMAPPED. */
  readonly cpuReadPages = new Int32Array(32).fill(UNMAPPED);
  /** The same when writing. */
  readonly cpuWritePages = new Int32Array(32).fill(UNMAPPED);
  /** Offset of the 1 KiB page at address >> 10, $0000–$3FFF, or UNMAPPED. */
  readonly ppuReadPages = new Int32Array(16).fill(UNMAPPED);
  /** Incremented, modulo 2³², whenever the mapping or the contents of the nametables may have changed. */
  nametableVersion = 0;
  /** Incremented whenever the contents of CHR RAM may have changed, wherever it is mapped. */
  patternVersion = 0;
  readonly ppuWritePages = new Int32Array(16).fill(UNMAPPED);

  /** Offset of a byte of no chip and no state, for a value that code looks up like one in memory. */
  readonly spareByte: number;
  readonly workRam: Chip;
  readonly ciram: Chip;
  readonly prgRom: Chip;
  readonly chrRom: Chip;
  /** Work RAM in the CPU's space; the volatile part first, then the battery-backed part. */
  readonly prgRam: Chip;
  readonly chrRam: Chip;
  readonly extraRam: Chip;
  /**
   * What `mapPrg`, `mapPrgRam` and `mapChr` map: PRG ROM, PRG RAM, and CHR ROM or, if there is none, CHR RAM.
   * On a multicart that has boards for its games, the parts of the selected game.
   */
  prg: Chip;
  ram: Chip;
  chr: Chip;
  /** The non-volatile memory: a part of `prgRam` or `chrRam`, `extraRam`, or flash. */
  readonly battery: Chip;
  /** The memory of a device in the expansion port, which follows `battery` and is saved with it. */
  readonly deviceMemory: Chip;
  mirroring: Mirroring;
  /** Called with the number of each 2 KiB ROM page that is mapped at $8000 or above: see Cheats. */
  onRomPage: ((page: number) => void) | undefined;
  /** Called for a PPU write where no RAM is mapped: for boards whose logic watches such writes. */
  onUnmappedPpuWrite: ((address: number, value: number) => void) | undefined;
  /** PRG ROM as in the image. On boards with flash, `prgRom` is a copy that the program can rewrite. */
  readonly #dump: Chip;
  /** True on VS. boards, which have RAM for four nametables whatever the game's mapper does. */
  readonly #alwaysFourScreens: boolean;

  /** Allocates the read-only chips. Call it before the mutable run of the arena begins. */
  static allocRom(arena: MachineArena, image: CartridgeImage): CartridgeRom {
    return {
      prgRom: romChip(arena, "prgRom", image.prgRom),
      chrRom: romChip(arena, "chrRom", image.chrRom),
      spareByte: arena.alloc("spareByte", 1),
    };
  }

  /**
   * Allocates the mutable chips in `arena`, whose mutable run the caller has begun. `chips` is the result
   * of `boardChips(image)`; `deviceBytes` are allocated for a device (`storageOf`).
   */
  constructor(
    arena: MachineArena,
    image: CartridgeImage,
    rom: CartridgeRom,
    workRam: Chip,
    chips: BoardChips = {},
    deviceBytes = 0,
  ) {
    const sizes = chipSizes(image, chips);
    const kept = keptPart(image, chips);
    const after = (chip: typeof kept.chip): number => (chip === kept.chip ? deviceBytes : 0);
    this.bytes = arena.bytes;
    this.spareByte = rom.spareByte;
    this.workRam = workRam;
    this.#dump = rom.prgRom;
    this.prgRom = chips.flash === true ? flashChip(arena, rom.prgRom, after("prgRom")) : rom.prgRom;
    this.chrRom = rom.chrRom;
    this.ciram = ramChip(arena, "ciram", sizes.ciramBytes);
    this.prgRam = ramChip(arena, "prgRam", sizes.prgRamBytes + sizes.prgNvramBytes, after("prgRam"));
    this.chrRam = ramChip(arena, "chrRam", sizes.chrRamBytes + sizes.chrNvramBytes, after("chrRam"));
    this.extraRam = ramChip(arena, "extraRam", sizes.extraRamBytes, after("extraRam"));
    this.prg = this.prgRom;
    this.ram = this.prgRam;
    this.chr = this.chrRom.bytes > 0 ? this.chrRom : this.chrRam;
    const offset = this[kept.chip].offset + kept.start;
    this.battery = { name: "battery", offset, bytes: kept.bytes, writable: true };
    const deviceAt = offset + kept.bytes;
    this.deviceMemory = { name: "device", offset: deviceAt, bytes: deviceBytes, writable: true };
    this.mirroring = image.mirroring;
    this.#alwaysFourScreens = vsHardware(image) !== undefined;
    this.resetPages();
  }

  /** Maps work RAM at $0000–$1FFF, sets the header's mirroring and unmaps everything else. */
  resetPages(): void {
    this.cpuReadPages.fill(UNMAPPED);
    this.cpuWritePages.fill(UNMAPPED);
    this.ppuReadPages.fill(UNMAPPED);
    this.ppuWritePages.fill(UNMAPPED);
    this.#allChanged();
    for (let page = 0; page < 4; page++) {
      this.cpuReadPages[page] = this.workRam.offset;
      this.cpuWritePages[page] = this.workRam.offset;
    }
    this.mirror(this.mirroring);
  }

  /** Restores the flash contents from the image. Boards with flash call it at power-on. */
  eraseFlashChanges(): void {
    const { offset, bytes } = this.#dump;
    this.bytes.copyWithin(this.prgRom.offset, offset, offset + bytes);
  }

  /** Maps PRG ROM bank `bank`, in units of `size`, at `address`. */
  mapPrg(address: number, size: number, bank: number): void {
    this.mapCpu(address, size, this.prg, bank);
  }

  /** Maps PRG RAM at `address`; `canRead` and `canWrite` follow the board's protection bits. */
  mapPrgRam(address: number, size: number, bank: number, canRead = true, canWrite = true): void {
    this.mapCpu(address, size, this.ram, bank, canRead, canWrite);
  }

  /** Maps any chip in the CPU's space. ROM stays read-only even if `canWrite` is true. */
  mapCpu(address: number, size: number, chip: Chip, bank: number, canRead = true, canWrite = true): void {
    const first = address >> 11;
    const start = bankOffset(chip, size, bank);
    for (let page = 0; page < size / CPU_PAGE_BYTES; page++) {
      const inBank = page * CPU_PAGE_BYTES;
      const offset = start < 0 ? pageOffset(chip, size, bank, inBank, CPU_PAGE_BYTES) : start + inBank;
      this.cpuReadPages[first + page] = canRead ? offset : UNMAPPED;
      this.cpuWritePages[first + page] = canWrite && chip.writable ? offset : UNMAPPED;
      if (this.onRomPage !== undefined && canRead && !chip.writable && first + page >= FIRST_ROM_PAGE)
        this.onRomPage(first + page);
    }
  }

  /** Unmaps pages: reads return open bus (or `Board.readRegister`), writes go to the board. */
  unmapCpu(address: number, size: number): void {
    this.cpuReadPages.fill(UNMAPPED, address >> 11, (address + size) >> 11);
    this.cpuWritePages.fill(UNMAPPED, address >> 11, (address + size) >> 11);
  }

  /** Returns the byte mapped at a CPU address, or `openBus` if no memory is mapped there. */
  cpuByte(address: number, openBus: number): number {
    const page = this.cpuReadPages[address >> 11];
    return page === UNMAPPED ? openBus : this.bytes[page + (address & (CPU_PAGE_BYTES - 1))];
  }

  /** Maps a bank of `chr`, in units of `size`, at PPU `address`. */
  mapChr(address: number, size: number, bank: number): void {
    this.mapPpu(address, size, this.chr, bank);
  }

  /** Maps any chip in the PPU's space, $0000–$2FFF. A nametable page is also mirrored at $3000–$3EFF. */
  mapPpu(address: number, size: number, chip: Chip, bank: number, canWrite = true): void {
    const first = address >> 10;
    for (let page = 0; page < size / PPU_PAGE_BYTES; page++) {
      const offset = pageOffset(chip, size, bank, page * PPU_PAGE_BYTES, PPU_PAGE_BYTES);
      const writeOffset = canWrite && chip.writable ? offset : UNMAPPED;
      if (this.ppuReadPages[first + page] !== offset) this.nametableVersion = (this.nametableVersion + 1) | 0;
      this.ppuReadPages[first + page] = offset;
      this.ppuWritePages[first + page] = writeOffset;
      if (first + page >= 8) {
        this.ppuReadPages[first + page + 4] = offset;
        this.ppuWritePages[first + page + 4] = writeOffset;
      }
    }
  }

  /** Unmaps PPU pages: reads return the low address byte, which is still on the bus. */
  unmapPpu(address: number, size: number): void {
    this.nametableVersion = (this.nametableVersion + 1) | 0;
    this.ppuReadPages.fill(UNMAPPED, address >> 10, (address + size) >> 10);
    this.ppuWritePages.fill(UNMAPPED, address >> 10, (address + size) >> 10);
  }

  /** Writes a byte at a PPU address, $0000–$3EFF, if RAM is mapped there; else the board may see it. */
  writePpu(address: number, value: number): void {
    const page = this.ppuWritePages[address >> 10];
    if (page < 0) {
      this.onUnmappedPpuWrite?.(address, value);
      return;
    }
    this.bytes[page + (address & (PPU_PAGE_BYTES - 1))] = value;
    this.nametableVersion = (this.nametableVersion + 1) | 0;
    if (isIn(this.chrRam, page)) this.patternVersion = (this.patternVersion + 1) | 0;
  }

  /**
   * Returns true if `page`, an entry of `ppuReadPages`, is in a chip whose changes `patternVersion` counts.
   * It does not count those of memory with a battery, because saves are loaded from outside.
   */
  hasPatternVersion(page: number): boolean {
    return isIn(this.chrRom, page) || (isIn(this.chrRam, page) && !isIn(this.battery, page));
  }

  #allChanged(): void {
    this.nametableVersion = (this.nametableVersion + 1) | 0;
    if (this.chrRam.bytes !== 0) this.patternVersion = (this.patternVersion + 1) | 0;
  }

  /** Connects the four nametables to CIRAM. */
  mirror(mirroring: Mirroring): void {
    const pages = NAMETABLE_PAGES[this.#alwaysFourScreens ? "four-screen" : mirroring];
    for (let nametable = 0; nametable < 4; nametable++) {
      this.mapPpu(0x2000 + nametable * PPU_PAGE_BYTES, PPU_PAGE_BYTES, this.ciram, pages[nametable]);
    }
  }
}

const NAMETABLE_PAGES: Readonly<Record<Mirroring, readonly [number, number, number, number]>> = {
  horizontal: [0, 0, 1, 1],
  vertical: [0, 1, 0, 1],
  "single-0": [0, 0, 0, 0],
  "single-1": [1, 1, 1, 1],
  "four-screen": [0, 1, 2, 3],
};

function isIn({ offset, bytes }: Chip, page: number): boolean {
  return page >= offset && page < offset + bytes;
}

/** Returns the arena offset of a bank that is whole, counted from either end of the chip, or −1. */
function bankOffset(chip: Chip, size: number, bank: number): number {
  if (chip.bytes % size !== 0) return -1;
  const start = bank < 0 ? chip.bytes + bank * size : bank * size;
  return start >= 0 && start < chip.bytes ? chip.offset + start : -1;
}

/** Returns the arena offset of byte `inBank` of a bank, wrapped at the chip's size, or UNMAPPED. */
function pageOffset(chip: Chip, size: number, bank: number, inBank: number, pageBytes: number): number {
  if (chip.bytes < pageBytes) return UNMAPPED;
  const start = bank * size + inBank;
  // Headers can name RAM sizes that are not whole pages. A partial page at the end of a chip is not mapped.
  const bytes = chip.bytes - (chip.bytes % pageBytes);
  const wrapped = start >= 0 && start < bytes ? start : ((start % bytes) + bytes) % bytes;
  return chip.offset + wrapped;
}

function romChip(arena: MachineArena, name: string, contents: Uint8Array): Chip {
  const offset = arena.alloc(name, contents.length);
  arena.bytes.set(contents, offset);
  return { name, offset, bytes: contents.length, writable: false };
}

/** Allocates RAM, and `bytesAfter` it that do not belong to it. */
function ramChip(arena: MachineArena, name: string, bytes: number, bytesAfter = 0): Chip {
  return { name, offset: arena.alloc(name, bytes + bytesAfter), bytes, writable: true };
}

/** Allocates flash. The pages are read-only because writes are commands to the board. Power-on fills it. */
function flashChip(arena: MachineArena, { bytes }: Chip, bytesAfter: number): Chip {
  return { name: "prgRom", offset: arena.alloc("flash", bytes + bytesAfter), bytes, writable: false };
}

/** Returns the sizes of a cartridge's RAM chips: those of the header, overridden by those of the board. */
function chipSizes(image: CartridgeImage, chips: BoardChips) {
  const isFourScreen = image.mirroring === "four-screen" || vsHardware(image) !== undefined;
  const ciramBytes = isFourScreen ? 2 * CIRAM_BYTES : CIRAM_BYTES;
  return { ...image, ciramBytes, extraRamBytes: 0, ...chips };
}

/** Returns the non-volatile part of a chip: `bytes` from `start`. `bytes` is 0 without a battery. */
export function keptPart(
  image: CartridgeImage,
  chips: BoardChips,
): {
  readonly chip: "prgRom" | "prgRam" | "extraRam" | "chrRam";
  readonly start: number;
  readonly bytes: number;
} {
  const sizes = chipSizes(image, chips);
  if (chips.flash === true) return { chip: "prgRom", start: 0, bytes: image.prgRom.length };
  if (sizes.prgNvramBytes > 0) {
    return { chip: "prgRam", start: sizes.prgRamBytes, bytes: sizes.prgNvramBytes };
  }
  if (chips.extraRamBattery === true) return { chip: "extraRam", start: 0, bytes: sizes.extraRamBytes };
  return { chip: "chrRam", start: sizes.chrRamBytes, bytes: sizes.chrNvramBytes };
}
