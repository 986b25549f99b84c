/**
 * Boards of single games whose IRQ line falls with PPU A12. What has no page in the wiki follows
 * NintendulatorNRS and FCEUmm.
 */
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { Board, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { VRC4_FREE, Vrc2And4 } from "../konami/vrc2-vrc4.ts";

const WAS_HIGH = VRC4_FREE;
const FALLS = VRC4_FREE + 1;
const IRQ_ENABLED = VRC4_FREE + 2;

/**
 * Mapper 563, J-2020: a VRC2 whose IRQ line falls at every sixteenth fall of PPU A12. $F008 enables it, $F00C
 * disables it and $F01C clears the count; all release the line.
 */
class J2020 extends Vrc2And4 {
  override readonly hooks: number = HOOK_PPU_FETCH;

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.wasHigh", this.registers, FLAG, WAS_HIGH, 1);
    state.slots("board.falls", this.registers, range(0, 15), FALLS, 1);
    state.slots("board.irqEnabled", this.registers, FLAG, IRQ_ENABLED, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0xf000) {
      super.writeBoard(address, value, cycle);
      return;
    }
    const { registers } = this;
    this.clearIrq(cycle);
    const register = address & 0x1c;
    if (register === 0x1c) registers[FALLS] = 0;
    else if ((register & 0x18) === 8) registers[IRQ_ENABLED] = register === 8 ? 1 : 0;
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    const { registers } = this;
    const isHigh = (address >> 12) & 1;
    if (isHigh < registers[WAS_HIGH]) {
      registers[FALLS] = (registers[FALLS] + 1) & 15;
      if (registers[FALLS] === 0 && registers[IRQ_ENABLED] !== 0) this.assertIrq(cycle);
    }
    registers[WAS_HIGH] = isHigh;
    return value;
  }

  override readsUntilIrq(): number {
    const { registers } = this;
    if (registers[IRQ_ENABLED] === 0) return NEVER;
    return 2 * (16 - registers[FALLS]) - registers[WAS_HIGH];
  }
}

/**
 * Mapper 471, Impact Soft IM1: the address of a write to $8000–$8FFF is the bank of PRG and of CHR, and
 * releases the IRQ line, which falls at every fall of PPU A12. https://www.nesdev.org/wiki/NES_2.0_Mapper_471
 */
class ImpactSoftIm1 extends Board {
  override readonly hooks: number = HOOK_PPU_FETCH;

  override declareState(state: StateCheck): void {
    state.slots("board.wasHigh", this.registers, FLAG, 1, 1);
  }

  override writeRegister(address: number, _value: number, cycle: number): void {
    if (address < 0x8000) return;
    if (address < 0x9000) this.clearIrq(cycle);
    this.registers[0] = address;
    this.updateBanks();
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    const isHigh = (address >> 12) & 1;
    if (isHigh < this.registers[1]) this.assertIrq(cycle);
    this.registers[1] = isHigh;
    return value;
  }

  override readsUntilIrq(): number {
    return 2 - this.registers[1];
  }

  override updateBanks(): void {
    this.memory.mapPrg(0x8000, 32 * KIB, this.registers[0]);
    this.memory.mapChr(0x0000, 8 * KIB, this.registers[0]);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 471, name: "Impact Soft IM1", board: ImpactSoftIm1, wiki: ["NES_2.0_Mapper_471"] },
  { mapper: 563, name: "J-2020 (VRC2)", board: J2020 },
];
