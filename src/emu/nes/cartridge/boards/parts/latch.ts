import { KIB } from "../../../../units.ts";
import { Board, type BoardClass, type BoardParts, HOOK_CPU_READS } from "../../board.ts";
import type { CartridgeImage } from "../../image.ts";
import type { BoardChips, CartridgeMemory } from "../../memory.ts";
import type { RegisterNames } from "../../register-names.ts";
import { AddressPads } from "./address-pads.ts";

/** A board that stores the data and address of one write and derives every bank from them. */
export interface LatchSpec {
  /** A write counts if `address & mask === match`. Default: $8000–$FFFF. */
  readonly decode?: { readonly mask: number; readonly match: number };
  /** True if ROM drives the bus during writes, so that 0 bits of the ROM byte win. Default: never. */
  readonly conflicts?: (image: CartridgeImage) => boolean;
  /** Data bits that come only from ROM in a conflict. Default: none. */
  readonly romWins?: number;
  /** The latched data at power-on. Default: 0. */
  readonly powerOn?: number;
  /** True if the reset button clears the latch. Most boards are not connected to it. */
  readonly clearedByReset?: boolean;
  /**
   * Address bits that keep their values in a write of `value` to `next` after one of `data` to `address`.
   * Default: none.
   */
  readonly keepsAddress?: (address: number, next: number, data: number, value: number) => number;
  /** Data bits that keep their values in a write after one of `data`. Default: none. */
  readonly keepsData?: (data: number) => number;
  /** The lowest address lines of ROM that solder pads replace after a write to `address`. Default: none. */
  readonly padLines?: (address: number, image: CartridgeImage) => number;
  /** True if the latch selects only PRG banks and nothing that the PPU sees. */
  readonly isPrgOnly?: boolean;
  readonly chips?: (image: CartridgeImage) => BoardChips;
  /** Maps everything. PRG RAM, if there is any, is at $6000–$7FFF unless the latch is there. */
  banks(memory: CartridgeMemory, data: number, address: number, image: CartridgeImage): void;
}

const DATA = 0;
const ADDRESS_LOW = 1;
const ADDRESS_HIGH = 2;

const ANY_ROM_ADDRESS = { mask: 0x8000, match: 0x8000 };

/** For boards on which ROM and a 74-series latch share one bus, whatever the header says. */
export const conflictsAlways = (): boolean => true;

/** Returns true if the submapper (NES 2.0) declares bus conflicts. Older headers have none. */
export function conflictsBySubmapper(image: CartridgeImage): boolean {
  return image.submapper === 2;
}

/** The base of all boards that `latchBoard` makes. */
abstract class LatchBoard extends Board {}

/** The board that a specification describes. */
export function latchBoard(spec: LatchSpec): BoardClass {
  const { mask, match } = spec.decode ?? ANY_ROM_ADDRESS;
  const registerIsInRamSpace = match >= 0x6000 && match < 0x8000;

  return class Latch extends LatchBoard {
    override readonly hooks: number = spec.padLines === undefined ? 0 : HOOK_CPU_READS;
    readonly #conflicts: boolean;
    readonly #pads = new AddressPads();

    static override chips(image: CartridgeImage): BoardChips {
      return spec.chips?.(image) ?? {};
    }

    constructor(parts: BoardParts) {
      super(parts);
      this.#conflicts = spec.conflicts?.(parts.image) ?? false;
    }

    override powerOn(): void {
      this.registers[DATA] = spec.powerOn ?? 0;
      this.registers[ADDRESS_HIGH] = 0x80;
    }

    override reset(): void {
      if (spec.clearedByReset !== true) return;
      this.registers.fill(0);
      this.powerOn();
      this.updateBanks();
    }

    override writeRegister(address: number, value: number): void {
      if ((address & mask) !== match) return;
      const { registers } = this;
      const data = registers[DATA];
      const latched = this.#address;
      const kept = spec.keepsAddress?.(latched, address, data, value) ?? 0;
      const keptData = spec.keepsData?.(data) ?? 0;
      const seen = this.#conflicts ? this.#onBus(address, value) : value;
      registers[DATA] = (data & keptData) | (seen & ~keptData);
      registers[ADDRESS_LOW] = (latched & kept) | (address & ~kept);
      registers[ADDRESS_HIGH] = ((latched & kept) | (address & ~kept)) >> 8;
      this.updateBanks();
    }

    override isUnseenByPpu(): boolean {
      return spec.isPrgOnly === true;
    }

    override readRegister(address: number, openBus: number): number {
      return this.peekRegister(address, openBus);
    }

    override peekRegister(address: number, openBus: number): number {
      const lines = this.#padLines;
      return lines !== 0 && address >= 0x8000
        ? this.#pads.read(this.memory, address, lines, openBus)
        : openBus;
    }

    #onBus(address: number, value: number): number {
      return this.busConflict(address, value | (spec.romWins ?? 0));
    }

    get #address(): number {
      return this.registers[ADDRESS_LOW] | (this.registers[ADDRESS_HIGH] << 8);
    }

    get #padLines(): number {
      return spec.padLines?.(this.#address, this.image) ?? 0;
    }

    override updateBanks(): void {
      if (!registerIsInRamSpace) this.memory.mapPrgRam(0x6000, 8 * KIB, 0);
      spec.banks(this.memory, this.registers[DATA], this.#address, this.image);
      if (this.#padLines !== 0) this.#pads.take(this.memory);
    }
  };
}

/** Names of its registers. */
export const LATCH_REGISTERS: RegisterNames = {
  board: LatchBoard,
  places: {
    data: DATA,
    address: [ADDRESS_LOW, 16],
  },
};
