import { KIB } from "../../../../units.ts";
import { IRQ_BOARD } from "../../../interrupts.ts";
import { Board, HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { CycleCounter } from "../parts/cycle-counter.ts";
import { map16, mirrorBy, registerBoard } from "../parts/register-board.ts";

/**
 * Mapper 171, KS-7058, and 122, its copy JY043 with other addresses: two 4 KiB CHR banks.
 * https://www.nesdev.org/wiki/INES_Mapper_171 and https://www.nesdev.org/wiki/INES_Mapper_122
 */
const Ks7058 = registerBoard({
  write(registers, address, value, _memory, { mapper }) {
    if (address < (mapper === 122 ? 0x8000 : 0xf000)) return false;
    registers[(mapper === 122 ? address : address >> 7) & 1] = value;
    return true;
  },
  banks(memory, [left, right]) {
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.mapChr(0x0000, 4 * KIB, left);
    memory.mapChr(0x1000, 4 * KIB, right);
  },
});

const PENDING = 0;
const CURRENT = 1;
const MIRRORING = 2;

/**
 * Mapper 175, KS-7022: a multicart whose bank changes when the CPU reads its reset vector.
 * https://www.nesdev.org/wiki/INES_Mapper_175
 */
class Ks7022 extends Board {
  override readonly hooks: number = HOOK_CPU_READS;

  override reset(): void {
    this.registers.fill(0);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    if (address === 0x8000) this.registers[MIRRORING] = value & 4;
    else if (address === 0xa000) this.registers[PENDING] = value & 0x0f;
    else return;
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    if (address === 0xfffc && this.registers[CURRENT] !== this.registers[PENDING]) {
      this.registers[CURRENT] = this.registers[PENDING];
      this.updateBanks();
    }
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if (address < 0xf800) return openBus;
    const { bytes, prgRom } = this.memory;
    const offset = (this.registers[CURRENT] * 16 * KIB + (address & 0x3fff)) % prgRom.bytes;
    return bytes[prgRom.offset + offset];
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    map16(memory, registers[CURRENT], registers[CURRENT]);
    memory.unmapCpu(0xf800, 2 * KIB);
    memory.mapChr(0x0000, 8 * KIB, registers[CURRENT]);
    mirrorBy(memory, registers[MIRRORING]);
  }
}

/**
 * Mapper 302, KS-7057: eight 2 KiB windows from $6000 on; bank numbers are written in nibbles.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_302
 */
const Ks7057 = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000) return false;
    if (address < 0xa000) registers[8] = value & 1;
    else if (address >= 0xb000 && address < 0xf000) {
      const register = (((address >> 12) - 0xb) << 1) | ((address >> 1) & 1);
      const isHigh = (address & 1) !== 0;
      registers[register] = isHigh
        ? (registers[register] & 0x0f) | ((value & 0x0f) << 4)
        : (registers[register] & 0xf0) | (value & 0x0f);
    }
    return true;
  },
  banks(memory, registers) {
    for (let window = 0; window < 4; window++) {
      memory.mapPrg(0x6000 + window * 2 * KIB, 2 * KIB, registers[4 + window]);
      memory.mapPrg(0x8000 + window * 2 * KIB, 2 * KIB, registers[window]);
    }
    for (let slot = 1; slot < 4; slot++) memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, 0x0c + slot);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, registers[8] === 0 ? 1 : 0);
  },
});

const NEXT_BANK = 0;
const BANK = 1;
const IS_HORIZONTAL = 2;

/**
 * Mapper 303, KS-7017: Almana no Kiseki from disk, with the disk system's counter at $4020 and status at
 * $4030. https://www.nesdev.org/wiki/NES_2.0_Mapper_303
 */
class Ks7017 extends CycleCounter {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS;

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if ((address & 0xff00) === 0x4a00) registers[NEXT_BANK] = ((address >> 2) & 3) | ((address >> 4) & 4);
    else if ((address & 0xff00) === 0x5100) registers[BANK] = registers[NEXT_BANK];
    else if (address === 0x4020 || address === 0x4021) {
      this.setCounterByte(address === 0x4021, value);
      if (address === 0x4021) this.isCounting = this.counter !== 0;
      this.clearIrq(cycle);
    } else if (address === 0x4025) registers[IS_HORIZONTAL] = value & 8;
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    const value = this.peekRegister(address, openBus);
    if (address === 0x4030) this.clearIrq(cycle);
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    if (address !== 0x4030) return openBus;
    return (this.lines.irqSources & IRQ_BOARD) !== 0 ? 1 : 0;
  }

  protected override get countsDown(): boolean {
    return true;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    map16(memory, registers[BANK], 2);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, registers[IS_HORIZONTAL]);
  }
}

/**
 * Mapper 305, KS-7031: 2 KiB windows at $6000; the other banks are fixed, in reverse order.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_305
 */
const Ks7031 = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[(address >> 11) & 3] = value;
    return true;
  },
  banks(memory, registers) {
    for (let window = 0; window < 4; window++) {
      memory.mapPrg(0x6000 + window * 2 * KIB, 2 * KIB, registers[window]);
    }
    for (let window = 0; window < 16; window++)
      memory.mapPrg(0x8000 + window * 2 * KIB, 2 * KIB, 15 - window);
    memory.mapChr(0x0000, 8 * KIB, 0);
    memory.mirror("vertical");
  },
});

/**
 * Mapper 306, KS-7016: the address of a write selects the bank at $6000.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_306
 */
const Ks7016 = registerBoard({
  initial: [8],
  write(registers, address) {
    const isUpper = (address & 0x30) === 0x30;
    const area = address & 0xd943;
    if (area === 0xd943) registers[0] = isUpper ? 0x0b : (address >> 2) & 0x0f;
    else if (area === 0xd903) registers[0] = isUpper ? 0x08 | ((address >> 2) & 3) : 0x0b;
    else return false;
    return true;
  },
  banks(memory, [bank]) {
    memory.mapPrg(0x6000, 8 * KIB, bank);
    memory.mapPrg(0x8000, 32 * KIB, 3);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

const INDEX = 8;

/**
 * Mapper 307, KS-7037: registers behind an index; RAM at $6000 and $B000, and a register for each nametable.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_307
 */
const Ks7037 = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000 || address >= 0xa000) return false;
    if ((address & 1) === 0) registers[INDEX] = value & 7;
    else registers[registers[INDEX] & 7] = value;
    return true;
  },
  banks(memory, registers) {
    memory.mapPrgRam(0x6000, 4 * KIB, 0);
    memory.mapPrg(0x7000, 4 * KIB, 15);
    memory.mapPrg(0x8000, 8 * KIB, registers[6]);
    memory.mapPrg(0xa000, 4 * KIB, -4);
    memory.mapPrgRam(0xb000, 4 * KIB, 1);
    memory.mapPrg(0xc000, 8 * KIB, registers[7]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    memory.mapChr(0x0000, 8 * KIB, 0);
    for (const [table, register] of [2, 4, 3, 5].entries()) {
      memory.mapPpu(0x2000 + table * KIB, KIB, memory.ciram, registers[register] & 1);
    }
  },
});

/**
 * Mapper 312, KS-7013B: the bank register is at $6000, mirroring at $8000.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_312
 */
const Ks7013b = registerBoard({
  write(registers, address, value) {
    if (address < 0x6000) return false;
    registers[address < 0x8000 ? 0 : 1] = value;
    return true;
  },
  banks(memory, [bank, mirroring]) {
    memory.unmapCpu(0x6000, 8 * KIB);
    map16(memory, bank, -1);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, mirroring & 1);
  },
});

/**
 * Mapper 346, KS-7012: writes to two addresses select one of two banks.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_346
 */
const Ks7012 = registerBoard({
  initial: [1],
  onReset: "restores",
  write(registers, address) {
    if (address === 0xe0a0) registers[0] = 0;
    else if (address === 0xee36) registers[0] = 1;
    else return false;
    return true;
  },
  banks(memory, [bank]) {
    memory.mapPrg(0x8000, 32 * KIB, bank);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 122, name: "JY043", board: Ks7058, wiki: ["INES_Mapper_122"] },
  {
    mapper: 171,
    name: "Kaiser KS-7058",
    board: Ks7058,
    wiki: ["INES_Mapper_171"],
    unif: [{ names: "KS7058" }],
  },
  { mapper: 175, name: "Kaiser KS-7022", board: Ks7022, wiki: ["INES_Mapper_175"] },
  {
    mapper: 302,
    name: "Kaiser KS-7057",
    board: Ks7057,
    wiki: ["NES_2.0_Mapper_302"],
    unif: [{ names: "KS7057" }],
  },
  {
    mapper: 303,
    name: "Kaiser KS-7017",
    board: Ks7017,
    wiki: ["NES_2.0_Mapper_303"],
    unif: [{ names: "KS7017" }],
  },
  {
    mapper: 305,
    name: "Kaiser KS-7031",
    board: Ks7031,
    wiki: ["NES_2.0_Mapper_305"],
    unif: [{ names: "KS7031" }],
  },
  {
    mapper: 306,
    name: "Kaiser KS-7016",
    board: Ks7016,
    wiki: ["NES_2.0_Mapper_306"],
    unif: [{ names: "KS7016" }],
  },
  {
    mapper: 307,
    name: "Kaiser KS-7037",
    board: Ks7037,
    wiki: ["NES_2.0_Mapper_307"],
    unif: [{ names: "KS7037" }],
  },
  {
    mapper: 312,
    name: "Kaiser KS-7013B",
    board: Ks7013b,
    wiki: ["NES_2.0_Mapper_312"],
    unif: [{ names: "KS7013B" }],
  },
  {
    mapper: 346,
    name: "Kaiser KS-7012",
    board: Ks7012,
    wiki: ["NES_2.0_Mapper_346"],
    unif: [{ names: "KS7012" }],
  },
];
