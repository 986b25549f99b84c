/** Bootlegs on VRC2 and VRC4 clones that differ in a few lines. */
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { CHR_HIGH, VRC4_FREE, Vrc2And4 } from "../konami/vrc2-vrc4.ts";

const IRQ_ENABLED = VRC4_FREE;
const COUNTER_WORD = 8;
/** The count at which the line falls: bit 10 of the counter. */
const IRQ_COUNT = 1024;

/**
 * Mapper 524, BTL-900218, Lord of King: a VRC2 whose $F008 starts a counter of cycles and whose $F00C stops
 * it, clears it and acknowledges. https://www.nesdev.org/wiki/NES_2.0_Mapper_524
 */
class Btl900218 extends Vrc2And4 {
  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqEnabled", this.registers, FLAG, IRQ_ENABLED, 1);
    state.slots("board.irqCounter", this.words, range(0, IRQ_COUNT), COUNTER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0xf000) {
      // The register at $9000 has only the mirroring of a VRC2.
      super.writeBoard((address & 0xf000) === 0x9000 ? 0x9000 : address, value & 0x1f, cycle);
    } else if ((address & 8) !== 0) {
      this.registers[IRQ_ENABLED] = (address & 4) === 0 ? 1 : 0;
      if ((address & 4) === 0) return;
      this.words[COUNTER_WORD] = 0;
      this.clearIrq(cycle);
    }
  }

  protected override count(cycles: number, first: number): void {
    const toIrq = this.cyclesToIrq();
    if (toIrq === NEVER) return;
    this.words[COUNTER_WORD] += Math.min(cycles, toIrq);
    if (toIrq <= cycles) this.assertIrq(first + toIrq - 1);
  }

  protected override cyclesToIrq(): number {
    const left = IRQ_COUNT - this.words[COUNTER_WORD];
    return this.registers[IRQ_ENABLED] === 0 || left === 0 ? NEVER : left;
  }
}

/**
 * Mapper 527, AX-40G, Fudou Myouou Den: a VRC2 in which bit 7 of the first CHR bank selects the upper two
 * nametables and that of the second the lower two. https://www.nesdev.org/wiki/NES_2.0_Mapper_527
 */
class Ax40g extends Vrc2And4 {
  protected override mapBanks(): void {
    super.mapBanks();
    const { memory, registers } = this;
    for (let nametable = 0; nametable < 4; nametable++) {
      const page = (registers[CHR_HIGH + (nametable >> 1)] >> 3) & 1;
      memory.mapPpu(0x2000 + nametable * KIB, KIB, memory.ciram, page);
    }
  }
}

/** Exchanges two bits, given as masks. */
function exchange(value: number, a: number, b: number): number {
  return (value & ~(a | b)) | ((value & a) !== 0 ? b : 0) | ((value & b) !== 0 ? a : 0);
}

/**
 * Mapper 530, AX5705, Super Mario Bros. Pocker Mali: a VRC4 clone with A3 in the place of A12, and with two
 * bits of its PRG and of its CHR banks exchanged. https://www.nesdev.org/wiki/NES_2.0_Mapper_530
 */
class Ax5705 extends Vrc2And4 {
  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    const seen = (address & 0xefff) | ((address << 9) & 0x1000);
    const isPrg = (seen & 0xd000) === 0x8000;
    const isHighChr = seen >= 0xb000 && seen < 0xf000 && (seen & 1) !== 0;
    const written = isPrg ? exchange(value, 2, 8) : isHighChr ? exchange(value, 2, 4) : value;
    super.writeBoard(seen, written, cycle);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 524,
    name: "BTL-900218, Lord of King bootleg",
    board: Btl900218,
    wiki: ["NES_2.0_Mapper_524"],
    unif: [{ names: "900218" }],
  },
  {
    mapper: 527,
    name: "AX-40G, Fudou Myouou Den bootleg",
    board: Ax40g,
    wiki: ["NES_2.0_Mapper_527"],
    unif: [{ names: "AX-40G" }],
  },
  {
    mapper: 530,
    name: "AX5705, Pocker Mali",
    board: Ax5705,
    wiki: ["NES_2.0_Mapper_530"],
    unif: [{ names: "AX5705" }],
  },
];
