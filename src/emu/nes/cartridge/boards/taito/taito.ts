import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { Board, HOOK_A12, HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeMemory } from "../../memory.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "../parts/timed-board.ts";

/** Maps the banks in registers 0–7, as both chips do. */
function mapTc0190(memory: CartridgeMemory, registers: Uint8Array): void {
  memory.mapPrgRam(0x6000, 8 * KIB, 0);
  memory.mapPrg(0x8000, 8 * KIB, registers[0] & 0x3f);
  memory.mapPrg(0xa000, 8 * KIB, registers[1] & 0x3f);
  memory.mapPrg(0xc000, 16 * KIB, -1);
  memory.mapChr(0x0000, 2 * KIB, registers[2]);
  memory.mapChr(0x0800, 2 * KIB, registers[3]);
  for (let page = 0; page < 4; page++) memory.mapChr(0x1000 + page * KIB, KIB, registers[4 + page]);
}

/** Mapper 33, Taito TC0190. https://www.nesdev.org/wiki/INES_Mapper_033 */
class TaitoTc0190 extends Board {
  /** $8000–$8003 are registers 0–3, $A000–$A003 4–7. */
  override writeRegister(address: number, value: number): void {
    if ((address & 0xc000) !== 0x8000) return;
    this.registers[((address >> 11) & 4) | (address & 3)] = value;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    mapTc0190(memory, registers);
    memory.mirror((registers[0] & 0x40) === 0 ? "vertical" : "horizontal");
  }
}

const MIRRORING = 8;
const IRQ_LATCH = 9;
const IRQ_COUNTER = 10;
const IRQ_RELOAD = 11;
const IRQ_ENABLED = 12;
const IRQ_DELAY = 13;

/** Cycles from the clock that fires to the fall of the IRQ line: 6 stops the shaking of The Jetsons. */
const TC0690_DELAY_CYCLES = 6;

/**
 * Mapper 48, Taito TC0690: a TC0190 with the MMC3's counter. The latch inverts its value, and the IRQ line
 * falls a little later. https://www.nesdev.org/wiki/INES_Mapper_048
 */
class TaitoTc0690 extends TimedBoard {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_TIME;

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqEnabled", this.registers, FLAG, IRQ_ENABLED, 1);
    state.slots("board.irqReload", this.registers, FLAG, IRQ_RELOAD, 1);
    state.slots("board.irqDelay", this.registers, range(0, TC0690_DELAY_CYCLES), IRQ_DELAY, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    switch (address & 0xe003) {
      case 0xc000:
        registers[IRQ_LATCH] = (value ^ 0xff) + 1;
        this.clearIrq(cycle);
        break;
      case 0xc001:
        registers[IRQ_COUNTER] = 0;
        registers[IRQ_RELOAD] = 1;
        this.clearIrq(cycle);
        break;
      case 0xc002:
        registers[IRQ_ENABLED] = 1;
        break;
      case 0xc003:
        registers[IRQ_ENABLED] = 0;
        this.clearIrq(cycle);
        break;
      case 0xe000:
        registers[MIRRORING] = value & 0x40;
        break;
      default:
        if ((address & 0xc000) === 0x8000) registers[((address >> 11) & 4) | (address & 3)] = value;
    }
  }

  override ppuA12Rise(cycle: number): void {
    this.runTo(cycle);
    const { registers } = this;
    registers[IRQ_COUNTER] = this.#nextCount();
    registers[IRQ_RELOAD] = 0;
    if (registers[IRQ_COUNTER] === 0 && registers[IRQ_ENABLED] !== 0)
      registers[IRQ_DELAY] = TC0690_DELAY_CYCLES;
    this.schedule();
  }

  protected override schedule(): void {
    super.schedule();
    this.irqImminent = this.registers[IRQ_ENABLED] !== 0 && this.#nextCount() === 0;
  }

  #nextCount(): number {
    const { registers } = this;
    const reload = registers[IRQ_COUNTER] === 0 || registers[IRQ_RELOAD] !== 0;
    return reload ? registers[IRQ_LATCH] : registers[IRQ_COUNTER] - 1;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    mapTc0190(memory, registers);
    memory.mirror(registers[MIRRORING] === 0 ? "vertical" : "horizontal");
  }

  protected override count(cycles: number, first: number): void {
    const delay = this.registers[IRQ_DELAY];
    if (delay === 0) return;
    this.registers[IRQ_DELAY] = Math.max(0, delay - cycles);
    if (delay <= cycles) this.assertIrq(first + delay - 1);
  }

  protected override cyclesToIrq(): number {
    return this.registers[IRQ_DELAY] === 0 ? NEVER : this.registers[IRQ_DELAY];
  }
}

/** X1-005: registers $7EF0–$7EFF as registers 0–15. */
const X1_005_MIRRORING = 6;
const X1_005_RAM = 8;
const X1_005_KEY = 0xa3;

/**
 * Mappers 80 and 207, Taito X1-005: 128 bytes of RAM at $7F00. In 207, bit 7 of each 2 KiB CHR bank selects a
 * pair of nametables. https://www.nesdev.org/wiki/INES_Mapper_080
 */
class TaitoX1005 extends Board {
  override readonly hooks: number = HOOK_CPU_READS;

  override writeRegister(address: number, value: number): void {
    const { memory, registers } = this;
    if (address >= 0x7ef0 && address <= 0x7eff) {
      // From $7EF6 on each register has two addresses.
      const register = address & 0x0f;
      registers[register < 6 ? register : register & 0x0e] = value;
      this.updateBanks();
    } else if (address >= 0x7f00 && address < 0x8000 && this.#ramOn) {
      memory.bytes[this.#ramOffset(address)] = value;
    }
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    const isRam = address >= 0x7f00 && address < 0x8000 && this.#ramOn;
    return isRam ? this.memory.bytes[this.#ramOffset(address)] : openBus;
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[10 + slot * 2]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    const nametablesInChr = this.image.mapper === 207;
    const mask = nametablesInChr ? 0x7e : 0xfe;
    memory.mapChr(0x0000, 2 * KIB, (registers[0] & mask) >> 1);
    memory.mapChr(0x0800, 2 * KIB, (registers[1] & mask) >> 1);
    for (let page = 0; page < 4; page++) memory.mapChr(0x1000 + page * KIB, KIB, registers[2 + page]);
    if (nametablesInChr) {
      for (let nametable = 0; nametable < 4; nametable++)
        memory.mapPpu(0x2000 + nametable * KIB, KIB, memory.ciram, registers[nametable >> 1] >> 7);
    } else {
      memory.mirror((registers[X1_005_MIRRORING] & 1) === 0 ? "horizontal" : "vertical");
    }
  }

  get #ramOn(): boolean {
    return this.registers[X1_005_RAM] === X1_005_KEY && this.memory.prgRam.bytes > 0;
  }

  #ramOffset(address: number): number {
    return this.memory.prgRam.offset + ((address & 0x7f) % this.memory.prgRam.bytes);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 33,
    name: "Taito TC0190",
    board: TaitoTc0190,
    wiki: ["INES_Mapper_033"],
  },
  {
    mapper: 48,
    name: "Taito TC0690",
    board: TaitoTc0690,
    wiki: ["INES_Mapper_048"],
  },
  {
    mapper: 80,
    name: "Taito X1-005",
    board: TaitoX1005,
    wiki: ["INES_Mapper_080"],
    ram: { prgBytes: 128 },
  },
  {
    mapper: 207,
    name: "Taito X1-005 with CHR-driven nametables",
    board: TaitoX1005,
    wiki: ["INES_Mapper_080"],
    ram: { prgBytes: 128 },
  },
];

/** Names of its registers. */
export const TC0190_REGISTERS: RegisterNames = {
  board: TaitoTc0190,
  places: {
    prg: [0, 8, 2],
    chr: [2, 8, 6],
  },
};

/** Names of its registers. */
export const TC0690_REGISTERS: RegisterNames = {
  board: TaitoTc0690,
  places: {
    prg: [0, 8, 2],
    chr: [2, 8, 6],
    mirroring: MIRRORING,
    irqLatch: IRQ_LATCH,
    irqCounter: IRQ_COUNTER,
  },
};

/** Names of its registers. */
export const X1_005_REGISTERS: RegisterNames = {
  board: TaitoX1005,
  places: {
    chr: [0, 8, 6],
    mirroring: [X1_005_MIRRORING, 1],
    ramKey: X1_005_RAM,
    prg8000: 10,
    prgA000: 12,
    prgC000: 14,
  },
};
