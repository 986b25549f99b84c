import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { Board, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { RegisterNames } from "../../register-names.ts";

const PRG = 0;
export const MMC2_CHR = 1; // left $FD, left $FE, right $FD, right $FE
const MIRRORING = 5;
export const MMC2_LATCH = 6; // left, right: 0 after tile $FD, 1 after tile $FE

/**
 * Mapper 9, MMC2: fetching tile $FD or $FE switches the bank of its pattern table, from the next fetch on.
 * https://www.nesdev.org/wiki/MMC2
 */
export class Mmc2 extends Board {
  override readonly hooks: number = HOOK_PPU_FETCH;
  /** In the left table, MMC2 compares only one row of the tiles. */
  protected readonly leftRows: number = 0;

  override powerOn(): void {
    this.registers.set([1, 1], MMC2_LATCH);
  }

  override declareState(state: StateCheck): void {
    state.slots("board.latches", this.registers, FLAG, MMC2_LATCH, 2);
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0xa000) return;
    const register = (address >> 12) - 0xa;
    this.registers[register] = register === MIRRORING ? value & 1 : value & 0x1f;
    this.updateBanks();
  }

  override ppuFetch(address: number, value: number): number {
    const tile = address & 0x3ff8;
    if (tile === 0x0fd8 || tile === 0x0fe8) {
      if ((address & 7 & ~this.leftRows) === 0) this.#latch(0, tile === 0x0fe8 ? 1 : 0);
    } else if (tile === 0x1fd8 || tile === 0x1fe8) {
      this.#latch(1, tile === 0x1fe8 ? 1 : 0);
    }
    return value;
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    this.mapPrg(registers[PRG] & 0x0f);
    this.mapChr();
    memory.mirror(registers[MIRRORING] === 0 ? "vertical" : "horizontal");
  }

  protected mapPrg(bank: number): void {
    this.memory.mapPrg(0x8000, 8 * KIB, bank);
    for (let slot = 1; slot < 4; slot++) this.memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, slot - 4);
  }

  #latch(side: number, state: number): void {
    if (this.registers[MMC2_LATCH + side] === state) return;
    this.registers[MMC2_LATCH + side] = state;
    this.mapChr();
  }

  protected mapChr(): void {
    const { memory, registers } = this;
    memory.mapChr(0x0000, 4 * KIB, registers[MMC2_CHR + registers[MMC2_LATCH]]);
    memory.mapChr(0x1000, 4 * KIB, registers[MMC2_CHR + 2 + registers[MMC2_LATCH + 1]]);
  }
}

/** Mapper 10, MMC4: PRG banks of 16 KiB; both tables behave alike. https://www.nesdev.org/wiki/MMC4 */
class Mmc4 extends Mmc2 {
  protected override readonly leftRows = 7;

  protected override mapPrg(bank: number): void {
    this.memory.mapPrg(0x8000, 16 * KIB, bank);
    this.memory.mapPrg(0xc000, 16 * KIB, -1);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 9,
    name: "MMC2 (PxROM)",
    board: Mmc2,
    wiki: ["MMC2"],
    unif: [{ names: "PNROM PEEOROM" }],
  },
  {
    mapper: 10,
    name: "MMC4 (FxROM)",
    board: Mmc4,
    wiki: ["MMC4"],
    unif: [{ names: "FJROM FKROM" }],
  },
];

/** Names of its registers. */
export const MMC2_REGISTERS: RegisterNames = {
  board: Mmc2,
  places: {
    prg: [PRG, 4],
    chr: [MMC2_CHR, 5, 4],
    mirroring: [MIRRORING, 1],
  },
};
