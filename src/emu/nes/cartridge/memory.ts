import type { MachineArena } from "../../arena.ts";
import { KIB } from "../../units.ts";
import type { CartridgeImage, Mirroring } from "./image.ts";

/** One memory chip as the pages see it: a run of bytes in the arena. */
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
/** A page table entry of a page with no memory behind it: registers, or open bus. */
export const UNMAPPED = -1;

/**
 * What a board has beyond what the header says, or instead of it; sizes are bytes. Boards give it by
 * their static `chips`, before any memory exists.
 */
export interface BoardChips {
  readonly prgRamBytes?: number;
  readonly prgNvramBytes?: number;
  readonly chrRamBytes?: number;
  readonly chrNvramBytes?: number;
  readonly ciramBytes?: number;
  /** RAM inside the board's own logic: ExRAM, sound RAM. */
  readonly extraRamBytes?: number;
  /** Whether a battery keeps `extraRam`, there being no other battery-backed chip. */
  readonly extraRamBattery?: boolean;
  /** PRG ROM is flash that the program rewrites: it gets a copy in the mutable run, and is saved. */
  readonly flash?: boolean;
}

const CIRAM_BYTES = 2 * KIB;

/**
 * The memory chips of a cartridge, with the console's own CIRAM and work RAM, and the page tables that
 * say where each page of the CPU's and the PPU's space is found. The tables are derived: boards rebuild
 * them from their registers (`Board.updateBanks`), they are never saved.
 *
 * Bank numbers wrap at the chip's size, as address lines do; negative ones count from the end, −1 being
 * the last. All `address` and `size` arguments are bytes and whole pages.
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
  /** Goes up whenever what the PPU reads from its nametables may have changed. */
  nametableVersion = 0;
  readonly ppuWritePages = new Int32Array(16).fill(UNMAPPED);

  readonly workRam: Chip;
  readonly ciram: Chip;
  readonly prgRom: Chip;
  readonly chrRom: Chip;
  /** Work RAM in the CPU's space; the volatile part first, then the battery-backed part. */
  readonly prgRam: Chip;
  readonly chrRam: Chip;
  readonly extraRam: Chip;
  /** CHR ROM, or CHR RAM where there is no ROM. */
  readonly chr: Chip;
  /** What is kept without power: a part of `prgRam` or `chrRam`, `extraRam`, or flash. */
  readonly battery: Chip;
  readonly mirroring: Mirroring;
  /** Called with a 2 KiB page of ROM at $8000 and above that has come into the CPU's space: see Cheats. */
  onRomPage: ((page: number) => void) | undefined;
  /** PRG ROM as it came, behind the flash that programs rewrite. */
  readonly #dump: Chip;

  /** Read-only chips; call it before the mutable run of the arena is begun. */
  static allocRom(arena: MachineArena, image: CartridgeImage): { prgRom: Chip; chrRom: Chip } {
    return {
      prgRom: romChip(arena, "prgRom", image.prgRom),
      chrRom: romChip(arena, "chrRom", image.chrRom),
    };
  }

  /**
   * Mutable chips are cut from `arena` here: the caller has begun the mutable run. `chips` is what
   * `boardChips(image)` says.
   */
  constructor(
    arena: MachineArena,
    image: CartridgeImage,
    rom: { prgRom: Chip; chrRom: Chip },
    workRam: Chip,
    chips: BoardChips = {},
  ) {
    const sizes = chipSizes(image, chips);
    this.bytes = arena.bytes;
    this.workRam = workRam;
    this.#dump = rom.prgRom;
    this.prgRom = chips.flash === true ? flashChip(arena, rom.prgRom) : rom.prgRom;
    this.chrRom = rom.chrRom;
    this.ciram = ramChip(arena, "ciram", sizes.ciramBytes);
    this.prgRam = ramChip(arena, "prgRam", sizes.prgRamBytes + sizes.prgNvramBytes);
    this.chrRam = ramChip(arena, "chrRam", sizes.chrRamBytes + sizes.chrNvramBytes);
    this.extraRam = ramChip(arena, "extraRam", sizes.extraRamBytes);
    this.chr = this.chrRom.bytes > 0 ? this.chrRom : this.chrRam;
    const kept = keptPart(image, chips);
    const offset = this[kept.chip].offset + kept.start;
    this.battery = { name: "battery", offset, bytes: kept.bytes, writable: true };
    this.mirroring = image.mirroring;
    this.resetPages();
  }

  /** Work RAM at $0000–$1FFF, header mirroring, nothing else. */
  resetPages(): void {
    this.cpuReadPages.fill(UNMAPPED);
    this.cpuWritePages.fill(UNMAPPED);
    this.ppuReadPages.fill(UNMAPPED);
    this.ppuWritePages.fill(UNMAPPED);
    for (let page = 0; page < 4; page++) {
      this.cpuReadPages[page] = this.workRam.offset;
      this.cpuWritePages[page] = this.workRam.offset;
    }
    this.mirror(this.mirroring);
  }

  /** Flash holds again what the image brought: boards with flash call it at power-on. */
  eraseFlashChanges(): void {
    const { offset, bytes } = this.#dump;
    this.bytes.copyWithin(this.prgRom.offset, offset, offset + bytes);
  }

  /** PRG ROM bank `bank`, in units of `size`, appears at `address`. */
  mapPrg(address: number, size: number, bank: number): void {
    this.mapCpu(address, size, this.prgRom, bank);
  }

  /** PRG RAM at `address`; `canRead` and `canWrite` follow the board's protection bits. */
  mapPrgRam(address: number, size: number, bank: number, canRead = true, canWrite = true): void {
    this.mapCpu(address, size, this.prgRam, bank, canRead, canWrite);
  }

  /** Any chip in the CPU's space. ROM stays read-only whatever `canWrite` says. */
  mapCpu(address: number, size: number, chip: Chip, bank: number, canRead = true, canWrite = true): void {
    const first = address >> 11;
    for (let page = 0; page < size / CPU_PAGE_BYTES; page++) {
      const offset = pageOffset(chip, size, bank, page * CPU_PAGE_BYTES, CPU_PAGE_BYTES);
      this.cpuReadPages[first + page] = canRead ? offset : UNMAPPED;
      this.cpuWritePages[first + page] = canWrite && chip.writable ? offset : UNMAPPED;
      if (this.onRomPage !== undefined && canRead && !chip.writable && first + page >= FIRST_ROM_PAGE)
        this.onRomPage(first + page);
    }
  }

  /** Nothing answers there: reads are open bus (or `Board.readRegister`), writes reach the board. */
  unmapCpu(address: number, size: number): void {
    this.cpuReadPages.fill(UNMAPPED, address >> 11, (address + size) >> 11);
    this.cpuWritePages.fill(UNMAPPED, address >> 11, (address + size) >> 11);
  }

  /** The byte mapped at a CPU address, `openBus` where none is. */
  cpuByte(address: number, openBus: number): number {
    const page = this.cpuReadPages[address >> 11];
    return page === UNMAPPED ? openBus : this.bytes[page + (address & (CPU_PAGE_BYTES - 1))];
  }

  /** The board's CHR (ROM, or RAM where there is no ROM) at PPU `address`, bank in units of `size`. */
  mapChr(address: number, size: number, bank: number): void {
    this.mapPpu(address, size, this.chr, bank);
  }

  /** Any chip in the PPU's space, $0000–$2FFF. A nametable page appears at $3000–$3EFF as well. */
  mapPpu(address: number, size: number, chip: Chip, bank: number, canWrite = true): void {
    const first = address >> 10;
    for (let page = 0; page < size / PPU_PAGE_BYTES; page++) {
      const offset = pageOffset(chip, size, bank, page * PPU_PAGE_BYTES, PPU_PAGE_BYTES);
      const writeOffset = canWrite && chip.writable ? offset : UNMAPPED;
      if (this.ppuReadPages[first + page] !== offset) this.nametableVersion++;
      this.ppuReadPages[first + page] = offset;
      this.ppuWritePages[first + page] = writeOffset;
      if (first + page >= 8) {
        this.ppuReadPages[first + page + 4] = offset;
        this.ppuWritePages[first + page + 4] = writeOffset;
      }
    }
  }

  /** No chip at PPU `address`: reads give the low address byte that is left on the bus. */
  unmapPpu(address: number, size: number): void {
    this.nametableVersion++;
    this.ppuReadPages.fill(UNMAPPED, address >> 10, (address + size) >> 10);
    this.ppuWritePages.fill(UNMAPPED, address >> 10, (address + size) >> 10);
  }

  /** Connects the four nametables to CIRAM. */
  mirror(mirroring: Mirroring): void {
    const pages = NAMETABLE_PAGES[mirroring];
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

/** Where page `inBank` of a bank lies, wrapped at the chip's size; UNMAPPED when there is no chip. */
function pageOffset(chip: Chip, size: number, bank: number, inBank: number, pageBytes: number): number {
  if (chip.bytes < pageBytes) return UNMAPPED;
  const start = bank * size + inBank;
  // Headers can name odd sums of RAM sizes: what is no whole page at the end of a chip is not reached.
  const bytes = chip.bytes - (chip.bytes % pageBytes);
  const wrapped = start >= 0 && start < bytes ? start : ((start % bytes) + bytes) % bytes;
  return chip.offset + wrapped;
}

function romChip(arena: MachineArena, name: string, contents: Uint8Array): Chip {
  const offset = arena.alloc(name, contents.length);
  arena.bytes.set(contents, offset);
  return { name, offset, bytes: contents.length, writable: false };
}

function ramChip(arena: MachineArena, name: string, bytes: number): Chip {
  return { name, offset: arena.alloc(name, bytes), bytes, writable: true };
}

/** Flash is not writable through the pages: writes are commands that the board sees. It is filled at power-on. */
function flashChip(arena: MachineArena, rom: Chip): Chip {
  return { name: "prgRom", offset: arena.alloc("flash", rom.bytes), bytes: rom.bytes, writable: false };
}

/** The sizes of a cartridge's RAM chips: those of the header, or of the board where it knows better. */
function chipSizes(image: CartridgeImage, chips: BoardChips) {
  const ciramBytes = image.mirroring === "four-screen" ? 2 * CIRAM_BYTES : CIRAM_BYTES;
  return { ...image, ciramBytes, extraRamBytes: 0, ...chips };
}

/** The part of a chip that is kept without power: `bytes` from `start`, none in a cartridge without a battery. */
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
