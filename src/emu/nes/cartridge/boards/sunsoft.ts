import { NEVER } from "../../interrupts.ts";
import { Board } from "../board.ts";
import type { Mirroring } from "../image.ts";
import { TimedBoard } from "./timed-board.ts";

const KIB = 1024;

const CHR = 0; // four windows of 2 KiB
const PRG = 4;
const MIRRORING = 5;
const IRQ_ENABLED = 6;
const IRQ_TOGGLE = 7;
const NAMETABLES = 8; // two
const IRQ_COUNTER_WORD = 4;

const MIRRORINGS: readonly Mirroring[] = ["vertical", "horizontal", "single-0", "single-1"];

/**
 * Mapper 67, Sunsoft-3: a 16-bit counter counts cycles down, fires when it wraps, and stops.
 * https://www.nesdev.org/wiki/INES_Mapper_067
 */
export class Sunsoft3 extends TimedBoard {
  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers, words } = this;
    switch (address & 0xf800) {
      case 0x8000:
        this.clearIrq(cycle);
        break;
      case 0x8800:
      case 0x9800:
      case 0xa800:
      case 0xb800:
        registers[CHR + ((address >> 12) & 3)] = value;
        break;
      case 0xc800: {
        const low = registers[IRQ_TOGGLE] !== 0;
        const counter = words[IRQ_COUNTER_WORD];
        words[IRQ_COUNTER_WORD] = low ? (counter & 0xff00) | value : (counter & 0x00ff) | (value << 8);
        registers[IRQ_TOGGLE] ^= 1;
        break;
      }
      case 0xd800:
        registers[IRQ_ENABLED] = (value >> 4) & 1;
        registers[IRQ_TOGGLE] = 0;
        this.clearIrq(cycle);
        break;
      case 0xe800:
        registers[MIRRORING] = value & 3;
        break;
      case 0xf800:
        registers[PRG] = value & 0x0f;
        break;
      default:
    }
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrg(0x8000, 16 * KIB, registers[PRG]);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    for (let window = 0; window < 4; window++)
      memory.mapChr(window * 2 * KIB, 2 * KIB, registers[CHR + window]);
    memory.mirror(MIRRORINGS[registers[MIRRORING]]);
  }

  protected override count(cycles: number, first: number): void {
    const { registers, words } = this;
    const toIrq = this.cyclesToIrq();
    if (toIrq === NEVER) return;
    if (toIrq > cycles) {
      words[IRQ_COUNTER_WORD] -= cycles;
      return;
    }
    words[IRQ_COUNTER_WORD] = 0xffff;
    registers[IRQ_ENABLED] = 0;
    this.assertIrq(first + toIrq - 1);
  }

  protected override cyclesToIrq(): number {
    return this.registers[IRQ_ENABLED] === 0 ? NEVER : this.words[IRQ_COUNTER_WORD] + 1;
  }
}

/**
 * Mapper 68, Sunsoft-4: nametables can come from the last 128 KiB of CHR ROM. The licence chip of Nantettatte!!
 * Baseball's outer cartridge is not modelled: its ROM is there for good.
 * https://www.nesdev.org/wiki/INES_Mapper_068
 */
export class Sunsoft4 extends Board {
  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    const { registers } = this;
    const register = (address >> 12) & 7;
    if (register < 4) registers[CHR + register] = value;
    else if (register < 6) registers[NAMETABLES + register - 4] = value | 0x80;
    else if (register === 6) registers[MIRRORING] = value;
    else registers[PRG] = value;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    const ramOn = (registers[PRG] & 0x10) !== 0;
    memory.mapPrgRam(0x6000, 8 * KIB, 0, ramOn, ramOn);
    // Bit 3 low chooses the outer cartridge's ROM, behind the first 128 KiB.
    const outer = memory.prgRom.bytes > 128 * KIB && (registers[PRG] & 8) === 0;
    memory.mapPrg(0x8000, 16 * KIB, outer ? 8 | (registers[PRG] & 7) : registers[PRG] & 7);
    memory.mapPrg(0xc000, 16 * KIB, 7);
    for (let window = 0; window < 4; window++)
      memory.mapChr(window * 2 * KIB, 2 * KIB, registers[CHR + window]);
    const mirroring = MIRRORINGS[registers[MIRRORING] & 3];
    memory.mirror(mirroring);
    if ((registers[MIRRORING] & 0x10) === 0) return;
    for (let nametable = 0; nametable < 4; nametable++) {
      const low = mirroring === "vertical" ? nametable & 1 : nametable >> 1;
      const register = mirroring === "single-0" ? 0 : mirroring === "single-1" ? 1 : low;
      memory.mapPpu(0x2000 + nametable * KIB, KIB, memory.chr, registers[NAMETABLES + register]);
    }
  }
}
