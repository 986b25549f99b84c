/** Boards of single games that save to a serial EEPROM or to flash. */
import type { StateCheck } from "../../../../state-check.ts";
import { KIB } from "../../../../units.ts";
import { Board, type BoardParts, HOOK_CPU_READS, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { BoardChips } from "../../memory.ts";
import { FLASH_STATE_BYTES, Flash } from "../parts/flash.ts";
import { type MicrowireEeprom, microwireEeprom } from "../parts/microwire-eeprom.ts";
import { map16 } from "../parts/register-board.ts";
import { NanjingChr } from "../unlicensed/nanjing.ts";

const LOW = 0; // C...PPPP: CHR switch as on mapper 163, PRG bank
const HIGH = 1; // ......PP
const PORT = 2; // .....SCD: EEPROM select, clock, data
const MODE = 3; // .....A.B: use all bits of the PRG bank, do not swap D0 and D1
const EEPROM = 16;

/**
 * Mapper 558, Yancheng YC-03-09: 32 KiB banks, and an EEPROM if the header has 512 bytes of PRG-NVRAM. D0 and
 * D1 are swapped unless bit 0 of $5300 is 1; FCEUmm always swaps those of $5200 on boards of 1 MiB. The CHR
 * switch is FCEUmm's. https://www.nesdev.org/wiki/NES_2.0_Mapper_558
 */
class Yc0309 extends NanjingChr {
  override readonly hooks: number = HOOK_CPU_READS | HOOK_PPU_FETCH;
  readonly #eeprom: MicrowireEeprom | undefined;

  constructor(parts: BoardParts) {
    super(parts);
    this.#eeprom = microwireEeprom(parts, EEPROM, 512, 1);
  }

  override powerOn(): void {
    this.#eeprom?.powerOn();
  }

  override declareState(state: StateCheck): void {
    this.#eeprom?.declareState(state);
  }

  override writeRegister(address: number, value: number): void {
    const register = (address >> 8) & 3;
    if ((address & 0xf800) !== 0x5000 || ((address & 0x400) !== 0 && register !== HIGH)) return;
    const { registers } = this;
    const isSwapped = register !== MODE && (registers[MODE] & 1) === 0;
    registers[register] = isSwapped ? (value & 0xfc) | ((value & 1) << 1) | ((value >> 1) & 1) : value;
    if (register === PORT) {
      const port = registers[PORT];
      this.#eeprom?.write((port >> 2) & 1, (port >> 1) & 1, port & 1);
    }
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xf800) !== 0x5000) return openBus;
    if (this.#eeprom === undefined) return this.registers[PORT] & 4;
    return this.#eeprom.output << 2;
  }

  protected override prgBank(): number {
    const { registers } = this;
    const low = (registers[LOW] & 0x0f) | ((registers[MODE] & 4) !== 0 ? 0 : 3);
    return ((registers[HIGH] & 3) << 4) | low;
  }
}

const SHIFTED = 0;
const FLASH = 4;

/**
 * Mapper 595, NES-4MROM-512: UNROM whose bank is five bits, shifted in one by one at $C000–$FFFF, the last as
 * the highest. PRG ROM is flash with its commands at $8000–$BFFF. 16 KiB of RAM are CHR RAM and four
 * nametables. https://www.nesdev.org/wiki/NES_2.0_Mapper_595
 */
class Nes4mrom512 extends Board {
  override readonly hooks: number = HOOK_CPU_READS;
  readonly #flash = new Flash(
    this.registers.subarray(FLASH, FLASH + FLASH_STATE_BYTES),
    this.memory.bytes,
    this.memory.prgRom,
  );

  static override chips(): BoardChips {
    return { flash: true, chrRamBytes: 16 * KIB };
  }

  override powerOn(): void {
    this.memory.eraseFlashChanges();
  }

  override reset(): void {
    this.registers[SHIFTED] = 0;
    this.updateBanks();
  }

  override declareState(state: StateCheck): void {
    this.#flash.declareState(state);
  }

  override writeRegister(address: number, value: number): void {
    const { registers } = this;
    if (address < 0x8000) return;
    if (address < 0xc000) this.#flash.write((registers[SHIFTED] << 14) | (address & 0x3fff), value);
    else registers[SHIFTED] = ((registers[SHIFTED] & 0x1f) >> 1) | ((value & 1) << 4);
    this.updateBanks();
  }

  /** ROM is unmapped only in the flash chip's ID mode. */
  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    return address >= 0x8000 ? this.#flash.id(address) : openBus;
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    if (this.#flash.isInIdMode) memory.unmapCpu(0x8000, 32 * KIB);
    else map16(memory, registers[SHIFTED] & 0x1f, -1);
    memory.mapPpu(0x0000, 8 * KIB, memory.chrRam, 0);
    memory.mapPpu(0x2000, 4 * KIB, memory.chrRam, 2);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 558, name: "Yancheng YC-03-09", board: Yc0309, wiki: ["NES_2.0_Mapper_558"] },
  {
    mapper: 595,
    fourScreens: true,
    name: "NES-4MROM-512",
    board: Nes4mrom512,
    wiki: ["NES_2.0_Mapper_595"],
    ram: { insteadOfRomBytes: 16 * KIB },
  },
];
