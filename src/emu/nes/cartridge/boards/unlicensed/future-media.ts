import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { Board, HOOK_A12 } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { mirrorBy } from "../parts/register-board.ts";

const PRG = 0; // to 2
const CHR = 4; // to 11
const MIRRORING = 12;
const IRQ_LATCH = 13;
const IRQ_COUNTER = 14;
const IRQ_ENABLED = 15;
const IRQ_STARTED = 16;

/**
 * Mapper 117, Future Media. The sources differ on the interrupt: the wiki's page has one register and marks
 * itself as uncertain. FCEUX, Mesen and puNES agree with each other and with the games: $C001 is a latch,
 * $C002 acknowledges, $C003 starts the counter, which A12 clocks once until it ends, and $E000 enables it.
 * This is what is implemented.
 * https://www.nesdev.org/wiki/INES_Mapper_117
 */
class FutureMedia extends Board {
  override readonly hooks: number = HOOK_A12;

  override powerOn(): void {
    this.registers.set([0, 1, 0xfe], PRG);
  }

  override declareState(state: StateCheck): void {
    state.slots("board.irqEnabled", this.registers, FLAG, IRQ_ENABLED, 2);
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address >= 0x8000 && address < 0x8003) registers[PRG + (address & 3)] = value;
    else if (address >= 0xa000 && address < 0xa008) registers[CHR + (address & 7)] = value;
    else if (address === 0xc001) registers[IRQ_LATCH] = value;
    else if (address === 0xc002) this.clearIrq(cycle);
    else if (address === 0xc003) {
      registers[IRQ_COUNTER] = registers[IRQ_LATCH];
      registers[IRQ_STARTED] = 1;
    } else if (address === 0xd000) registers[MIRRORING] = value & 1;
    else if (address === 0xe000) {
      registers[IRQ_ENABLED] = value & 1;
      this.clearIrq(cycle);
    } else return;
    this.updateBanks();
  }

  override ppuA12Rise(cycle: number): void {
    if (!this.#isCounting) return;
    if (--this.registers[IRQ_COUNTER] === 0) {
      this.registers[IRQ_STARTED] = 0;
      this.assertIrq(cycle);
    }
    this.irqImminent = this.risesUntilIrq === 1;
  }

  override get risesUntilIrq(): number {
    return this.#isCounting ? this.registers[IRQ_COUNTER] : NEVER;
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[PRG + slot]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[CHR + page]);
    mirrorBy(memory, registers[MIRRORING]);
    this.irqImminent = this.risesUntilIrq === 1;
  }

  get #isCounting(): boolean {
    const { registers } = this;
    return registers[IRQ_ENABLED] !== 0 && registers[IRQ_STARTED] !== 0 && registers[IRQ_COUNTER] > 0;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 117, name: "Future Media", board: FutureMedia, wiki: ["INES_Mapper_117"] },
];
