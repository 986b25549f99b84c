import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { MAX_CYCLES } from "../../../region.ts";
import { Board, type BoardParts, HOOK_CPU_ADDRESS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { PIC_ROM_BYTES, PIC_STATE_BYTES, Pic16c54 } from "../parts/pic16c54.ts";

const MAPPER = 355;
/** The word of the registers that holds the cycle before the PIC's next instruction cycle. */
const NEXT_WORD = 63;
/** CPU cycles in an instruction cycle: M2 is the PIC's clock. */
const CYCLES = 4;
/** RA0 is the IRQ line of the cartridge, which a resistor of the console pulls up. */
const IRQ_PIN = 0;

/** The board without the PIC's program: NROM. */
class Block3d extends Board {
  override writeRegister(): void {}

  override updateBanks(): void {
    this.memory.mapPrg(0x8000, 32 * KIB, 0);
    this.memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

/**
 * Mapper 355, 3D-BLOCK: a PIC16C54 watches A4–A14 of the CPU's bus and asserts IRQ. Its program is the
 * miscellaneous ROM of the file. When it starts relative to the CPU, and whether the reset button restarts
 * it, are not known; here both start together. https://www.nesdev.org/wiki/NES_2.0_Mapper_355
 */
class Block3dWithPic extends Block3d {
  override readonly hooks: number = HOOK_CPU_ADDRESS;
  readonly #pic: Pic16c54;
  readonly #words = new Int32Array(this.registers.buffer, this.registers.byteOffset, NEXT_WORD + 1);

  constructor(parts: BoardParts) {
    super(parts);
    this.#pic = new Pic16c54(this.registers.subarray(0, PIC_STATE_BYTES), parts.image.miscRom!);
  }

  override powerOn(): void {
    this.#pic.reset();
    this.#words[NEXT_WORD] = CYCLES - 1;
  }

  override reset(): void {
    this.#pic.reset();
    this.clearIrq(0);
  }

  override declareState(state: StateCheck): void {
    state.slots("board.picCycle", this.#words, range(-MAX_CYCLES, MAX_CYCLES), NEXT_WORD, 1);
  }

  override updateBanks(): void {
    super.updateBanks();
    this.nextEventCycle = this.#words[NEXT_WORD];
  }

  override seeAddress(address: number, cycle: number): void {
    this.#pic.runCycle(pinsA(address), pinsB(address));
    if (this.#pic.drivesLow(IRQ_PIN)) this.assertIrq(cycle);
    else this.clearIrq(cycle);
    this.#words[NEXT_WORD] = cycle + CYCLES - 1;
    this.nextEventCycle = this.#words[NEXT_WORD];
  }

  override rebase(cycles: number): void {
    this.#words[NEXT_WORD] = Math.max(this.#words[NEXT_WORD] - cycles, -MAX_CYCLES);
    this.nextEventCycle = this.#words[NEXT_WORD];
  }
}

/** The level of each pin of port A: the IRQ line, A6, A5 and A4. */
function pinsA(address: number): number {
  return 1 | ((address >> 5) & 2) | ((address >> 3) & 4) | ((address >> 1) & 8);
}

/** The level of each pin of port B: A12, A7, A10, A11, A9, A8, A13 and A14. */
function pinsB(address: number): number {
  return (
    ((address >> 12) & 1) |
    ((address >> 6) & 2) |
    ((address >> 8) & 0x0c) |
    ((address >> 5) & 0x10) |
    ((address >> 3) & 0x20) |
    ((address >> 7) & 0xc0)
  );
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: MAPPER,
    name: "3D-BLOCK (PIC16C54)",
    board: Block3dWithPic,
    submappers: [],
    claims: ({ mapper, miscRom }) => mapper === MAPPER && miscRom?.length === PIC_ROM_BYTES,
    wiki: ["NES_2.0_Mapper_355"],
  },
  {
    mapper: MAPPER,
    name: "3D-BLOCK (PIC16C54)",
    board: Block3d,
    wiki: ["NES_2.0_Mapper_355"],
    unif: [{ names: "3D-BLOCK" }],
    lacks: ["the file lacks the program of the board's PIC16C54, 1 KiB after CHR ROM (NES 2.0 byte 14)"],
  },
];
