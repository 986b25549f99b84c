import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { RegisterNames } from "../../register-names.ts";
import { mirrorBy, mirrorOne } from "../parts/register-board.ts";

const SELECT = 0; // O......I
const CHR = 1;
const INNER = 2;
const MODE = 3; // ..SSPPMM: outer bank size, PRG mode, mirroring
const OUTER = 4;

/** The register that a value at $5000 selects. */
const REGISTERS: Readonly<Record<number, number>> = { 0: CHR, 1: INNER, 128: MODE, 129: OUTER };

/**
 * Mapper 28, Action 53: one pair of registers that can emulate most discrete boards.
 * https://www.nesdev.org/wiki/Action_53_mapper
 */
class Action53 extends Board {
  override powerOn(): void {
    this.registers[INNER] = 0x0f;
    this.registers[OUTER] = 0xff;
  }

  override declareState(state: StateCheck): void {
    state.slots("board.select", this.registers, range(0, 0x81), SELECT, 1);
  }

  override checkState(state: StateCheck): void {
    const select = state.value("board.select");
    state.require(select in REGISTERS, `board.select is ${select}, which selects no register`);
  }

  override writeRegister(address: number, value: number): void {
    const { registers } = this;
    if ((address & 0xf000) === 0x5000) {
      registers[SELECT] = value & 0x81;
    } else if (address >= 0x8000) {
      const register = REGISTERS[registers[SELECT]];
      registers[register] = value;
      // In single-screen modes, bit 4 of the inner registers selects the screen.
      if (register <= INNER && (registers[MODE] & 2) === 0)
        registers[MODE] = (registers[MODE] & ~1) | ((value >> 4) & 1);
    } else {
      return;
    }
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    const [lower, upper] = this.#prgBanks();
    memory.mapPrg(0x8000, 16 * KIB, lower);
    memory.mapPrg(0xc000, 16 * KIB, upper);
    memory.mapChr(0x0000, 8 * KIB, registers[CHR] & 3);
    const mirroring = registers[MODE] & 3;
    if (mirroring < 2) mirrorOne(memory, mirroring);
    else mirrorBy(memory, mirroring & 1);
  }

  /**
   * Both 16 KiB banks: the inner bank replaces the outer bank's low bits; the outer size gives their number.
   */
  #prgBanks(): [number, number] {
    const { registers } = this;
    const mode = registers[MODE];
    const innerMask = (2 << ((mode >> 4) & 3)) - 1;
    const outer = (registers[OUTER] << 1) & ~innerMask;
    const fixed = (registers[OUTER] << 1) & 0x1fe;
    const inner = registers[INNER];
    const prgMode = (mode >> 2) & 3;
    if (prgMode < 2) {
      const pair = outer | ((inner << 1) & innerMask);
      return [pair & ~1, pair | 1];
    }
    const switched = outer | (inner & innerMask);
    return prgMode === 2 ? [fixed, switched] : [switched, fixed | 1];
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 28,
    name: "Action 53",
    board: Action53,
    wiki: ["Action_53_mapper"],
    ram: { insteadOfRomBytes: 32 * KIB },
  },
];

/** Names of its registers. */
export const ACTION53_REGISTERS: RegisterNames = {
  board: Action53,
  places: {
    chr: [CHR, 8],
    inner: INNER,
    mode: [MODE, 6],
    outer: OUTER,
  },
};
