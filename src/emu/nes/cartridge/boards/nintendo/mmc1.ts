import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { MAX_CYCLES } from "../../../region.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import type { RegisterNames } from "../../register-names.ts";

const CONTROL = 0; // CPPMM: CHR mode, PRG mode, mirroring
const CHR_0 = 1;
const CHR_1 = 2;
const PRG = 3; // RPPPP: RAM disable, bank
const SHIFT = 4;
const SHIFT_COUNT = 5;
const LAST_WRITE_WORD = 2; // bytes 8–11

const POWER_ON_CONTROL = 0x0c; // the last bank is at $C000
const MIRRORING: readonly Mirroring[] = ["single-0", "single-1", "vertical", "horizontal"];

/**
 * Mapper 1, MMC1 on every SxROM board: a serial port at $8000–$FFFF. On boards with little CHR, the high bits
 * of the CHR registers select PRG: A18 of PRG ROM (SUROM, SXROM), a bank of PRG RAM (SOROM, SXROM, SZROM) or
 * its enable (SNROM). These lines follow the CHR register in use, which can change with PPU A12. Programs
 * write the same bits to both registers, so register 0 is used here. https://www.nesdev.org/wiki/MMC1
 */
export class Mmc1 extends Board {
  readonly #words = new Int32Array(this.registers.buffer, this.registers.byteOffset, 4);
  readonly #chrIsSmall = this.memory.chr.bytes <= 8 * KIB;
  readonly #prgIsFixed = this.image.mapper === 1 && this.image.submapper === 5;
  protected readonly ramCanBeDisabled: boolean = true;

  override powerOn(): void {
    this.registers[CONTROL] = POWER_ON_CONTROL;
    this.#words[LAST_WRITE_WORD] = -2;
  }

  /**
   * Of writes in consecutive cycles, such as those of read-modify-write instructions, only the first
   * counts. The reset bit always counts.
   */
  override writeRegister(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    const follows = cycle - this.#words[LAST_WRITE_WORD] < 2;
    this.#words[LAST_WRITE_WORD] = cycle;
    if ((value & 0x80) !== 0) {
      this.#clearShift();
      this.registers[CONTROL] |= POWER_ON_CONTROL;
      this.updateBanks();
    } else if (!follows) {
      this.#shiftIn(address, value & 1);
    }
  }

  /** Only the fifth write loads a register, selected by its address; the reset bit affects only PRG. */
  override isUnseenByPpu(address: number, value: number): boolean {
    if ((value & 0x80) !== 0 || this.registers[SHIFT_COUNT] < 4) return true;
    return address >= 0xe000;
  }

  override rebase(cycles: number): void {
    this.#words[LAST_WRITE_WORD] = Math.max(this.#words[LAST_WRITE_WORD] - cycles, -2);
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    this.#mapRam();
    this.#mapPrg();
    if ((registers[CONTROL] & 0x10) !== 0) {
      memory.mapChr(0x0000, 4 * KIB, registers[CHR_0]);
      memory.mapChr(0x1000, 4 * KIB, registers[CHR_1]);
    } else {
      memory.mapChr(0x0000, 8 * KIB, registers[CHR_0] >> 1);
    }
    memory.mirror(MIRRORING[registers[CONTROL] & 3]);
  }

  override declareState(state: StateCheck): void {
    state.slots("board.shift", this.registers, range(0, 0x1f), SHIFT, 1);
    state.slots("board.shiftCount", this.registers, range(0, 4), SHIFT_COUNT, 1);
    state.slots("board.lastWrite", this.#words, range(-2, MAX_CYCLES), LAST_WRITE_WORD, 1);
  }

  #clearShift(): void {
    this.registers[SHIFT] = 0;
    this.registers[SHIFT_COUNT] = 0;
  }

  #shiftIn(address: number, bit: number): void {
    const { registers } = this;
    registers[SHIFT] |= bit << registers[SHIFT_COUNT];
    registers[SHIFT_COUNT]++;
    if (registers[SHIFT_COUNT] < 5) return;
    registers[CONTROL + ((address >> 13) & 3)] = registers[SHIFT];
    this.#clearShift();
    this.updateBanks();
  }

  #mapPrg(): void {
    const { memory, registers } = this;
    if (this.#prgIsFixed) {
      memory.mapPrg(0x8000, 32 * KIB, 0);
      return;
    }
    const outer = memory.prg.bytes > 256 * KIB ? registers[CHR_0] & 0x10 : 0;
    const bank = outer | (registers[PRG] & 0x0f);
    const mode = (registers[CONTROL] >> 2) & 3;
    if (mode < 2) {
      memory.mapPrg(0x8000, 32 * KIB, bank >> 1);
    } else {
      memory.mapPrg(0x8000, 16 * KIB, mode === 2 ? outer : bank);
      memory.mapPrg(0xc000, 16 * KIB, mode === 2 ? bank : outer | 0x0f);
    }
  }

  #mapRam(): void {
    const { memory, registers } = this;
    const chr = registers[CHR_0];
    let bank = 0;
    if (memory.ram.bytes >= 32 * KIB) bank = (chr >> 2) & 3;
    else if (memory.ram.bytes >= 16 * KIB) bank = this.#chrIsSmall ? (chr >> 3) & 1 : (chr >> 4) & 1;
    const snrom = this.#chrIsSmall && memory.prg.bytes <= 256 * KIB;
    const off = (registers[PRG] & 0x10) !== 0 || (snrom && (chr & 0x10) !== 0);
    const enabled = !(off && this.ramCanBeDisabled);
    memory.mapPrgRam(0x6000, 8 * KIB, bank, enabled, enabled);
  }
}

/** Mapper 155, MMC1A: PRG RAM can't be disabled. https://www.nesdev.org/wiki/INES_Mapper_155 */
class Mmc1A extends Mmc1 {
  protected override readonly ramCanBeDisabled = false;
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 1,
    name: "MMC1 (SxROM)",
    board: Mmc1,
    wiki: ["MMC1"],
    unif: [
      {
        names:
          "SAROM SBROM SCROM SC1ROM SFROM SGROM SIROM SJROM SKROM SLROM SL1ROM SL2ROM SL3ROM SLRROM SMROM SNROM SNWEPROM SOROM SUROM SXROM SZROM",
      },
      { names: "SEROM SHROM SH1ROM", submapper: 5 },
    ],
    // 1, 2 and 4 are deprecated: SUROM, SOROM and SXROM are recognized by their sizes.
    knownSubmappers: [1, 2, 4, 5],
  },
  {
    mapper: 155,
    name: "MMC1A (SxROM without RAM disable)",
    board: Mmc1A,
    wiki: ["INES_Mapper_155"],
    unif: [{ names: "SJROM-MMC1A" }],
  },
];

/** Names of its registers. */
export const MMC1_REGISTERS: RegisterNames = {
  board: Mmc1,
  places: {
    control: [CONTROL, 5],
    chr0: [CHR_0, 5],
    chr1: [CHR_1, 5],
    prg: [PRG, 5],
  },
};
