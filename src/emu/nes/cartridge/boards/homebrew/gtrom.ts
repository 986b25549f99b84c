import type { StateCheck } from "../../../../state-check.ts";
import { KIB } from "../../../../units.ts";
import type { BoardParts } from "../../board.ts";
import { Board, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { BoardChips } from "../../memory.ts";
import type { RegisterNames } from "../../register-names.ts";
import { FLASH_STATE_BYTES, Flash } from "../parts/flash.ts";

const LATCH = 0; // GRNCPPPP: LEDs, nametable bank, CHR bank, PRG bank
const FLASH = 4;

/**
 * Mapper 111, GTROM (Cheapocabra): 32 KiB of RAM for tiles and nametables, PRG in flash. Its register is at
 * $5000–$5FFF and $7000–$7FFF; reading it also writes the value on the bus to it.
 * https://www.nesdev.org/wiki/GTROM
 */
class Gtrom extends Board {
  override readonly hooks: number = HOOK_CPU_READS;
  readonly #flash: Flash;

  static override chips(): BoardChips {
    return { flash: true, chrRamBytes: 32 * KIB, chrNvramBytes: 0, prgRamBytes: 0, prgNvramBytes: 0 };
  }

  constructor(parts: BoardParts) {
    super(parts);
    const state = this.registers.subarray(FLASH, FLASH + FLASH_STATE_BYTES);
    this.#flash = new Flash(state, this.memory.bytes, this.memory.prgRom);
  }

  override declareState(state: StateCheck): void {
    this.#flash.declareState(state);
  }

  override powerOn(): void {
    this.memory.eraseFlashChanges();
  }

  override writeRegister(address: number, value: number): void {
    if (address >= 0x8000)
      this.#flash.write(((this.registers[LATCH] & 0x0f) << 15) | (address & 0x7fff), value);
    else if (isLatch(address)) this.registers[LATCH] = value;
    else return;
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    if (isLatch(address)) {
      this.registers[LATCH] = openBus;
      this.updateBanks();
    }
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    return address >= 0x8000 && this.#flash.isInIdMode ? this.#flash.id(address) : openBus;
  }

  override updateBanks(): void {
    const { memory } = this;
    const latch = this.registers[LATCH];
    if (this.#flash.isInIdMode) memory.unmapCpu(0x8000, 32 * KIB);
    else memory.mapPrg(0x8000, 32 * KIB, latch & 0x0f);
    memory.mapPpu(0x0000, 8 * KIB, memory.chrRam, (latch >> 4) & 1);
    const nametables = (latch & 0x20) === 0 ? 4 : 6;
    memory.mapPpu(0x2000, 4 * KIB, memory.chrRam, nametables);
    memory.mapPpu(0x3000, 4 * KIB, memory.chrRam, nametables + 1);
  }
}

function isLatch(address: number): boolean {
  return (address & 0xd000) === 0x5000;
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 111,
    fourScreens: true,
    name: "GTROM (Cheapocabra)",
    board: Gtrom,
    wiki: ["GTROM"],
    unif: [{ names: "GTROM CHEAPOCABRA" }],
    // Saves go to flash.
    ram: { prgBytes: 0, insteadOfRomBytes: 32 * KIB },
  },
];

/** Names of its registers. */
export const GTROM_REGISTERS: RegisterNames = {
  board: Gtrom,
  places: {
    latch: LATCH,
  },
};
