import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";

// R0–R3 CHR, R4 CHR high bits, R5 PRG, R6 CHR high bit, R7 mode.
const SELECT = 8;

/**
 * How a variant connects the chip's 2 KiB CHR banks: shifted left, with the window's number in the low bits.
 */
interface ChrWiring {
  readonly shift: number;
  readonly low: readonly number[];
}

const CHR_WIRINGS: Readonly<Record<number, ChrWiring>> = {
  138: { shift: 0, low: [0, 0, 0, 0] },
  139: { shift: 2, low: [0, 1, 2, 3] },
  141: { shift: 1, low: [0, 1, 0, 1] },
};

/** CIRAM pages of the mirroring in which only the first nametable is the first page. */
const L_SHAPED = [0, 1, 1, 1];

/**
 * Mappers 137, 138, 139 and 141, Sachen 8259D, B, C and A: eight 3-bit registers, accessed through an index
 * at $4100. https://www.nesdev.org/wiki/Sachen_8259
 */
class Sachen8259 extends Board {
  readonly #isVariantD = this.image.mapper === 137;

  override declareState(state: StateCheck): void {
    state.slots("board.registers", this.registers, range(0, 7), 0, SELECT + 1);
  }

  override writeRegister(address: number, value: number): void {
    const register = address & 0xc101;
    if (register === 0x4100) this.registers[SELECT] = value & 7;
    else if (register === 0x4101) {
      this.registers[this.registers[SELECT]] = value & 7;
      this.updateBanks();
    }
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrg(0x8000, 32 * KIB, registers[5]);
    if (this.#isVariantD) this.#mapChrOfVariantD();
    else this.#mapChr();
    this.#mapNametables();
  }

  #mapChr(): void {
    const { memory, registers } = this;
    if (memory.chrRom.bytes === 0) {
      memory.mapChr(0x0000, 8 * KIB, 0);
      return;
    }
    const { shift, low } = CHR_WIRINGS[this.image.mapper];
    for (let window = 0; window < 4; window++) {
      const bank = (registers[4] << 3) | registers[this.#isSimple ? 0 : window];
      memory.mapChr(window * 2 * KIB, 2 * KIB, (bank << shift) | low[window]);
    }
  }

  /** Variant D has banks of 1 KiB in the left pattern table; the right one is the end of the ROM. */
  #mapChrOfVariantD(): void {
    const { memory, registers } = this;
    const high = registers[4];
    const bank = (window: number): number => registers[this.#isSimple ? 0 : window];
    memory.mapChr(0x0000, KIB, registers[0]);
    memory.mapChr(0x0400, KIB, bank(1) | ((high & 1) << 4));
    memory.mapChr(0x0800, KIB, bank(2) | ((high & 2) << 3));
    memory.mapChr(0x0c00, KIB, bank(3) | ((high & 4) << 2) | ((registers[6] & 1) << 3));
    memory.mapChr(0x1000, 4 * KIB, -1);
  }

  #mapNametables(): void {
    const { memory } = this;
    const first: Mirroring = this.#isVariantD ? "horizontal" : "vertical";
    const mode = this.#isSimple ? 0 : (this.registers[7] >> 1) & 3;
    if (mode === 0) memory.mirror(first);
    else if (mode === 1) memory.mirror(this.#isVariantD ? "vertical" : "horizontal");
    else if (mode === 3) memory.mirror("single-0");
    else
      for (let table = 0; table < 4; table++)
        memory.mapPpu(0x2000 + table * KIB, KIB, memory.ciram, L_SHAPED[table]);
  }

  /** True if one register selects all of CHR, with fixed mirroring. */
  get #isSimple(): boolean {
    return (this.registers[7] & 1) !== 0;
  }
}

/** CIRAM pages of the mirroring in which only the last nametable is the second page. */
const FLIPPED_L = [0, 0, 0, 1];

/**
 * Mappers 150 and 243, Sachen SA-015 and SA-020A: eight readable 3-bit registers in a chip marked 74LS374N.
 * The jumper of mapper 150 is in its first position. https://www.nesdev.org/wiki/INES_Mapper_150
 */
class Sachen74ls374n extends Board {
  override readonly hooks: number = HOOK_CPU_READS;

  override declareState(state: StateCheck): void {
    state.slots("board.registers", this.registers, range(0, 7), 0, SELECT + 1);
  }

  override writeRegister(address: number, value: number): void {
    const register = address & 0xc101;
    if (register === 0x4100) this.registers[SELECT] = value & 7;
    else if (register === 0x4101) {
      this.registers[this.registers[SELECT]] = value & 7;
      this.updateBanks();
    }
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xc101) !== 0x4101) return openBus;
    return (openBus & 0xf8) | this.registers[this.registers[SELECT]];
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrg(0x8000, 32 * KIB, registers[5] & 3);
    const high = registers[4] & 1;
    const chr =
      this.image.mapper === 150
        ? (high << 2) | (registers[6] & 3)
        : (registers[2] & 1) | (high << 1) | ((registers[6] & 3) << 2);
    memory.mapChr(0x0000, 8 * KIB, chr);
    const mode = (registers[7] >> 1) & 3;
    if (mode === 0) {
      for (let table = 0; table < 4; table++)
        memory.mapPpu(0x2000 + table * KIB, KIB, memory.ciram, FLIPPED_L[table]);
    } else memory.mirror(mode === 1 ? "horizontal" : mode === 2 ? "vertical" : "single-0");
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 137,
    name: "Sachen 8259D",
    board: Sachen8259,
    wiki: ["INES_Mapper_137", "Sachen_8259"],
    unif: [{ names: "SACHEN-8259D" }],
  },
  {
    mapper: 138,
    name: "Sachen 8259B",
    board: Sachen8259,
    wiki: ["INES_Mapper_138", "Sachen_8259"],
    unif: [{ names: "SACHEN-8259B" }],
  },
  {
    mapper: 139,
    name: "Sachen 8259C",
    board: Sachen8259,
    wiki: ["INES_Mapper_139", "Sachen_8259"],
    unif: [{ names: "SACHEN-8259C" }],
  },
  {
    mapper: 141,
    name: "Sachen 8259A",
    board: Sachen8259,
    wiki: ["INES_Mapper_141", "Sachen_8259"],
    unif: [{ names: "SACHEN-8259A" }],
  },
  {
    mapper: 150,
    name: "Sachen SA-015, SA-630",
    board: Sachen74ls374n,
    wiki: ["INES_Mapper_150"],
    unif: [{ names: "SACHEN-74LS374N SACHEN-74LS374NA" }],
  },
  { mapper: 243, name: "Sachen SA-020A", board: Sachen74ls374n, wiki: ["INES_Mapper_243"] },
];
