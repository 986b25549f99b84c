import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { HOOK_A12, HOOK_CPU_READS, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { FREE, Mmc3 } from "../nintendo/mmc3.ts";

const LATCHES = FREE; // left and right pattern table: 0 after tile $FD, 1 after tile $FE

/**
 * Mapper 165, Fire Emblem on an MMC3 clone: 4 KiB CHR banks that switch after certain tiles, as on the MMC4:
 * R0 and R1 on the left, R2 and R4 on the right. Bank 0 is CHR RAM.
 * https://www.nesdev.org/wiki/INES_Mapper_165
 */
class Mmc3WithTileLatches extends Mmc3 {
  override readonly hooks: number = HOOK_A12 | HOOK_PPU_FETCH;

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.latches", this.registers, FLAG, LATCHES, 2);
  }

  override ppuFetch(address: number, value: number): number {
    const tile = address & 0x2ff8;
    if (tile === 0x0fd0 || tile === 0x0fe8) {
      const side = (address >> 12) & 1;
      const latch = tile === 0x0fe8 ? 1 : 0;
      if (this.registers[LATCHES + side] !== latch) {
        this.registers[LATCHES + side] = latch;
        this.mapBanks();
      }
    }
    return value;
  }

  protected override mapChrBank(slot: number): void {
    const { memory, registers } = this;
    if ((slot & 3) !== 0) return;
    const side = slot >> 2;
    const register = side === 0 ? registers[LATCHES] : 2 + 2 * registers[LATCHES + 1];
    const bank = registers[register];
    memory.mapPpu(slot * KIB, 4 * KIB, bank === 0 ? memory.chrRam : memory.chrRom, bank >> 2);
  }
}

// Registers of mapper 208.
const PRG = FREE;
const KEY = FREE + 1;
const ANSWERS = FREE + 2; // four bytes

/**
 * The scrambling of mapper 208's protection. Bits 0, 3, 4 and 6 of the answer are bits 7, 4, 0 and 1 of the
 * key. Bits 3 and 6 of the key set or invert all of them.
 */
function scramble208(key: number): number {
  const lines = (key >> 7) | ((key >> 1) & 0x08) | ((key << 4) & 0x10) | ((key << 5) & 0x40);
  const isOn = (key & 0x08) === 0;
  if ((key & 0x40) !== 0) return isOn ? lines : 0;
  return isOn ? 0x59 : lines ^ 0x59;
}

/**
 * Mapper 208, Gouder 37017: the MMC3 does not select PRG banks; a register at $4800 selects 32 KiB. A
 * protection scrambles values written at $5800. https://www.nesdev.org/wiki/INES_Mapper_208
 */
class Gouder37017 extends Mmc3 {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_READS;

  override powerOn(): void {
    super.powerOn();
    this.registers[PRG] = 3;
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address >= 0x8000) {
      this.writeMmc3(address, value, cycle);
    } else if ((address & 0xd800) === 0x4800) {
      registers[PRG] = (value & 1) | ((value >> 3) & 2);
      this.updateBanks();
    } else if ((address & 0xf800) === 0x5000) registers[KEY] = value;
    else if ((address & 0xf800) === 0x5800) {
      registers[ANSWERS + (address & 3)] = value ^ scramble208(registers[KEY]);
    }
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    return (address & 0xf800) === 0x5800 ? this.registers[ANSWERS + (address & 3)] : openBus;
  }

  protected override mapRam(): void {
    this.memory.unmapCpu(0x6000, 8 * KIB);
  }

  protected override mapPrgBank(slot: number): void {
    super.mapPrgBank(slot, (this.registers[PRG] << 2) | slot);
  }
}

// Registers of mapper 292.
const MODE = FREE;
const CHR_XOR = FREE + 1;
const CHR_RIGHT = FREE + 2;

/**
 * Mapper 292, Dragon Fighter: a read at $6000 sets CHR banks from the console's RAM at $6A or $FF, whose
 * value the program has just put on the bus. https://www.nesdev.org/wiki/NES_2.0_Mapper_292
 */
class DragonFighter extends Mmc3 {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_READS;

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) this.writeMmc3(address, value, cycle);
    else if ((address & 0xf001) === 0x6000) {
      this.registers[MODE] = value;
      this.updateBanks();
    }
  }

  override readRegister(address: number, openBus: number): number {
    if ((address & 0xf001) === 0x6000) {
      const { bytes, workRam } = this.memory;
      if ((this.registers[MODE] & 0xe0) === 0xc0) this.registers[CHR_XOR] = bytes[workRam.offset + 0x6a];
      else this.registers[CHR_RIGHT] = bytes[workRam.offset + 0xff];
      this.updateBanks();
    }
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    return (address & 0xf000) === 0x6000 ? 0 : openBus;
  }

  protected override mapRam(): void {
    this.memory.unmapCpu(0x6000, 8 * KIB);
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    super.mapPrgBank(slot, slot === 0 ? this.registers[MODE] & 0x1f : bank);
  }

  protected override mapChrBank(slot: number, bank: number): void {
    const { memory, registers } = this;
    if (slot === 0) memory.mapChr(0x0000, 2 * KIB, (bank >> 1) ^ registers[CHR_XOR]);
    else if (slot === 2) memory.mapChr(0x0800, 2 * KIB, (bank >> 1) | ((registers[CHR_RIGHT] & 0x40) << 1));
    else if (slot === 4) memory.mapChr(0x1000, 4 * KIB, registers[CHR_RIGHT] & 0x3f);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 165,
    name: "Fire Emblem on an MMC3 clone",
    board: Mmc3WithTileLatches,
    wiki: ["INES_Mapper_165"],
    ram: { besideRomBytes: 4 * KIB },
  },
  { mapper: 208, name: "Gouder 37017", board: Gouder37017, wiki: ["INES_Mapper_208"] },
  {
    mapper: 292,
    name: "Dragon Fighter (BMW8544)",
    board: DragonFighter,
    wiki: ["NES_2.0_Mapper_292"],
    unif: [{ names: "DRAGONFIGHTER" }],
  },
];
