import type { StateCheck } from "../../../../state-check.ts";
import { KIB } from "../../../../units.ts";
import type { BoardParts } from "../../board.ts";
import { Board, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import type { RegisterNames } from "../../register-names.ts";
import { FLASH_STATE_BYTES, Flash } from "../parts/flash.ts";
import { mirrorOne } from "../parts/register-board.ts";

const LATCH = 0; // NCCPPPPP: screen or mirroring, CHR RAM bank, PRG bank
const FLASH = 4;

/**
 * Returns true if the program can rewrite the flash: the header has the battery bit, and the board has no
 * LEDs. On boards with LEDs, these receive the writes that would be flash commands.
 */
function isFlashable(image: CartridgeImage): boolean {
  return image.battery && image.submapper !== 4;
}

/**
 * Mapper 30, UNROM 512: up to 32 KiB of CHR RAM, single-screen or header mirroring, and PRG ROM in flash that
 * the program can save to. With flash, the latch is only at $C000–$FFFF, without bus conflicts; $8000–$BFFF
 * are the chip's commands. Submapper 3 selects mirroring with the latch (bit 7: vertical). Submapper 4 has
 * LEDs at $8000–$BFFF and the latch at $C000–$FFFF. https://www.nesdev.org/wiki/UNROM_512
 */
class Unrom512 extends Board {
  override readonly hooks: number;
  readonly #flash: Flash | undefined;
  readonly #conflicts: boolean;
  readonly #hasLeds = this.image.submapper === 4;

  static override chips(image: CartridgeImage): BoardChips {
    return { flash: isFlashable(image), prgRamBytes: 0, prgNvramBytes: 0 };
  }

  constructor(parts: BoardParts) {
    super(parts);
    const { submapper } = parts.image;
    const flashable = isFlashable(parts.image);
    if (flashable) {
      const state = this.registers.subarray(FLASH, FLASH + FLASH_STATE_BYTES);
      this.#flash = new Flash(state, this.memory.bytes, this.memory.prgRom);
    }
    this.hooks = flashable ? HOOK_CPU_READS : 0;
    this.#conflicts = submapper === 2 || (submapper === 0 && !flashable);
  }

  override declareState(state: StateCheck): void {
    this.#flash?.declareState(state);
  }

  override powerOn(): void {
    if (this.#flash !== undefined) this.memory.eraseFlashChanges();
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    const isLow = address < 0xc000;
    if (this.#flash !== undefined && isLow)
      this.#flash.write(((this.registers[LATCH] & 0x1f) << 14) | (address & 0x3fff), value);
    else if (!this.#hasLeds || !isLow)
      this.registers[LATCH] = this.#conflicts ? this.busConflict(address, value) : value;
    this.updateBanks();
  }

  /** ROM is unmapped only in the flash chip's ID mode. */
  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    return address >= 0x8000 && this.#flash !== undefined ? this.#flash.id(address) : openBus;
  }

  override updateBanks(): void {
    const { memory } = this;
    const latch = this.registers[LATCH];
    if (this.#flash?.isInIdMode === true) {
      memory.unmapCpu(0x8000, 32 * KIB);
    } else {
      memory.mapPrg(0x8000, 16 * KIB, latch & 0x1f);
      memory.mapPrg(0xc000, 16 * KIB, -1);
    }
    memory.mapChr(0x0000, 8 * KIB, (latch >> 5) & 3);
    this.#mapNametables(latch >= 0x80);
  }

  #mapNametables(bit: boolean): void {
    const { memory } = this;
    const { mirroring } = memory;
    if (this.image.submapper === 3) {
      memory.mirror(bit ? "vertical" : "horizontal");
    } else if (mirroring === "single-0" || mirroring === "single-1") {
      mirrorOne(memory, bit ? 1 : 0);
    } else if (mirroring === "four-screen" && memory.chr.bytes >= 32 * KIB) {
      // Four screens are the last 8 KiB of CHR RAM, up to $3EFF.
      memory.mapPpu(0x2000, 4 * KIB, memory.chr, 6);
      memory.mapPpu(0x3000, 4 * KIB, memory.chr, 7);
    } else {
      memory.mirror(mirroring);
    }
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 30,
    name: "UNROM 512",
    board: Unrom512,
    wiki: ["UNROM_512"],
    unif: [{ names: "UNROM-512-8 UNROM-512-16 UNROM-512-32" }],
    knownSubmappers: [1, 2, 3, 4],
    // Saves go to flash.
    ram: { prgBytes: 0, insteadOfRomBytes: 32 * KIB },
  },
];

/** Names of its registers. */
export const UNROM512_REGISTERS: RegisterNames = {
  board: Unrom512,
  places: {
    latch: LATCH,
  },
};
