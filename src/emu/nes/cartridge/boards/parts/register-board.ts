import { KIB } from "../../../../units.ts";
import { Board, type BoardClass, HOOK_CPU_READS } from "../../board.ts";
import type { CartridgeImage } from "../../image.ts";
import {
  type BoardChips,
  type CartridgeMemory,
  type Chip,
  CPU_PAGE_BYTES,
  FIRST_ROM_PAGE,
  UNMAPPED,
} from "../../memory.ts";
import { AddressPads } from "./address-pads.ts";

/** A board of plain registers without counters: the writes that set them, and the memory that they map. */
export interface RegisterBoard {
  /** The registers at power-on. Default: all 0. */
  readonly initial?: readonly number[];
  /** What the reset button does. Default: nothing. "restores" sets the registers as at power-on. */
  readonly onReset?: "restores" | ((registers: Uint8Array, image: CartridgeImage) => void);
  /** A write to $4020–$FFFF. Returns true if it may have changed a register. */
  readonly write: (
    registers: Uint8Array,
    address: number,
    value: number,
    memory: CartridgeMemory,
    image: CartridgeImage,
  ) => boolean;
  /** A read where no memory is mapped. It must not change anything. */
  readonly read?: (
    registers: Uint8Array,
    address: number,
    openBus: number,
    memory: CartridgeMemory,
  ) => number;
  /** The lowest address lines of ROM that solder pads replace now, as a mask. Default: none. */
  readonly padLines?: (registers: Uint8Array) => number;
  readonly chips?: (image: CartridgeImage) => BoardChips;
  /** Maps everything. PRG RAM is already mapped at $6000–$7FFF, and the header's mirroring is set. */
  readonly banks: (memory: CartridgeMemory, registers: Uint8Array, image: CartridgeImage) => void;
}

/** The board that a specification describes. */
export function registerBoard(spec: RegisterBoard): BoardClass {
  return class extends Board {
    override readonly hooks: number =
      spec.read === undefined && spec.padLines === undefined ? 0 : HOOK_CPU_READS;
    readonly #pads = new AddressPads();

    static override chips(image: CartridgeImage): BoardChips {
      return spec.chips?.(image) ?? {};
    }

    override powerOn(): void {
      this.registers.set(spec.initial ?? []);
    }

    override reset(): void {
      if (spec.onReset === undefined) return;
      if (spec.onReset === "restores") {
        this.registers.fill(0);
        this.powerOn();
      } else spec.onReset(this.registers, this.image);
      this.updateBanks();
    }

    override writeRegister(address: number, value: number): void {
      if (spec.write(this.registers, address, value, this.memory, this.image)) this.updateBanks();
    }

    override readRegister(address: number, openBus: number): number {
      return this.peekRegister(address, openBus);
    }

    override peekRegister(address: number, openBus: number): number {
      const lines = spec.padLines?.(this.registers) ?? 0;
      if (lines !== 0 && address >= 0x8000) return this.#pads.read(this.memory, address, lines, openBus);
      return spec.read?.(this.registers, address, openBus, this.memory) ?? openBus;
    }

    override updateBanks(): void {
      this.memory.mapPrgRam(0x6000, 8 * KIB, 0);
      this.memory.mirror(this.memory.mirroring);
      spec.banks(this.memory, this.registers, this.image);
      if ((spec.padLines?.(this.registers) ?? 0) !== 0) this.#pads.take(this.memory);
    }
  };
}

/** Maps the same 16 KiB in both halves (NROM-128), or an aligned pair of banks (NROM-256). */
export function mapNrom(memory: CartridgeMemory, bank: number, is32: boolean): void {
  if (is32) memory.mapPrg(0x8000, 32 * KIB, bank >> 1);
  else map16(memory, bank, bank);
}

/** Maps the same 8 KiB four times (NROM-64). */
export function mapNrom64(memory: CartridgeMemory, bank: number): void {
  for (let address = 0x8000; address < 0x10000; address += 8 * KIB) memory.mapPrg(address, 8 * KIB, bank);
}

/** Maps 16 KiB at $8000 and at $C000. */
export function map16(memory: CartridgeMemory, lower: number, upper: number): void {
  memory.mapPrg(0x8000, 16 * KIB, lower);
  memory.mapPrg(0xc000, 16 * KIB, upper);
}

/** Sets the mirroring from a bit that is set for horizontal. */
export function mirrorBy(memory: CartridgeMemory, horizontal: number): void {
  memory.mirror(horizontal !== 0 ? "horizontal" : "vertical");
}

/** Maps all nametables to one page of CIRAM: the second one if the bit is set. */
export function mirrorOne(memory: CartridgeMemory, second: number): void {
  memory.mirror(second !== 0 ? "single-1" : "single-0");
}

/** Maps the first page of CIRAM to all nametables but the last, which is the second page. */
export function mirrorAllButLast(memory: CartridgeMemory): void {
  memory.mirror("single-0");
  memory.mapPpu(0x2c00, KIB, memory.ciram, 1);
}

/** The part number `index`, of `bytes`, of a chip: what holds a game of a multicart. Numbers wrap. */
export function partOf(chip: Chip, index: number, bytes: number): Chip {
  const parts = Math.max(1, Math.floor(chip.bytes / bytes));
  return {
    ...chip,
    offset: chip.offset + (index % parts) * bytes,
    bytes: Math.min(bytes, chip.bytes),
  };
}

/** CHR ROM or, if there is none, CHR RAM, whatever part of it is selected. */
export function wholeChr({ chrRom, chrRam }: CartridgeMemory): Chip {
  return chrRom.bytes > 0 ? chrRom : chrRam;
}

/** Writes to the RAM whose reads are mapped at `address`, if the board's registers take its writes too. */
export function writeUnder(memory: CartridgeMemory, address: number, value: number): void {
  const page = memory.cpuReadPages[address >> 11];
  if (page >= 0) memory.bytes[page + (address & (CPU_PAGE_BYTES - 1))] = value;
}

/** Lets the board see the writes to $6000–$7FFF, or from `first` on, whose reads stay mapped. */
export function takeRamWrites(memory: CartridgeMemory, first = 0x6000): void {
  memory.cpuWritePages.fill(UNMAPPED, first >> 11, FIRST_ROM_PAGE);
}
