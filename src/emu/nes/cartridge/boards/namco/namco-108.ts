import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { RegisterNames } from "../../register-names.ts";
import { vsHardware } from "../../vs-hardware.ts";
import { mirrorOne } from "../parts/register-board.ts";
import { VsProtectionChip } from "../parts/vs-protection.ts";

// Registers 0–7 are the banks R0–R7.
const SELECT = 8;
const SCREEN = 9;
const ANSWERS_READ = 10;

/**
 * Mapper 206, Namcot 108 and Tengen's MIMIC-1: the predecessor of the MMC3, without modes, mirroring, RAM or
 * IRQ. Submapper 1 has no PRG banks. https://www.nesdev.org/wiki/INES_Mapper_206
 */
export class Namco108 extends Board {
  override powerOn(): void {
    this.registers.set([0, 2, 4, 5, 6, 7, 0, 1]);
  }

  override declareState(state: StateCheck): void {
    state.slots("board.select", this.registers, range(0, 7), SELECT, 1);
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    this.writeChip(address, value);
    this.updateBanks();
  }

  protected writeChip(address: number, value: number): void {
    if (address >= 0xa000) return;
    if ((address & 1) === 0) this.registers[SELECT] = value & 7;
    else this.registers[this.registers[SELECT]] = value & 0x3f;
  }

  override updateBanks(): void {
    this.mapPrg();
    this.mapChr();
    this.mapNametables();
  }

  protected mapPrg(): void {
    const { memory, registers } = this;
    if (this.image.mapper === 206 && this.image.submapper === 1) {
      memory.mapPrg(0x8000, 32 * KIB, 0);
      return;
    }
    memory.mapPrg(0x8000, 8 * KIB, registers[6]);
    memory.mapPrg(0xa000, 8 * KIB, registers[7]);
    memory.mapPrg(0xc000, 16 * KIB, -1);
  }

  protected mapChr(): void {
    const { memory, registers } = this;
    memory.mapChr(0x0000, 2 * KIB, registers[0] >> 1);
    memory.mapChr(0x0800, 2 * KIB, registers[1] >> 1);
    for (let page = 0; page < 4; page++) memory.mapChr(0x1000 + page * KIB, KIB, registers[2 + page]);
  }

  protected mapNametables(): void {
    this.memory.mirror(this.memory.mirroring);
  }
}

/** Mapper 76, Namcot 3446: R2–R5 are four windows of 2 KiB. https://www.nesdev.org/wiki/INES_Mapper_076 */
class Namcot3446 extends Namco108 {
  protected override mapChr(): void {
    for (let window = 0; window < 4; window++)
      this.memory.mapChr(window * 2 * KIB, 2 * KIB, this.registers[2 + window]);
  }
}

/**
 * Mapper 88, Namcot 3433: PPU A12 is CHR A16, so each pattern table has its own 64 KiB.
 * https://www.nesdev.org/wiki/INES_Mapper_088
 */
class Namcot3433 extends Namco108 {
  protected override mapChr(): void {
    const { memory, registers } = this;
    memory.mapChr(0x0000, 2 * KIB, (registers[0] & 0x3f) >> 1);
    memory.mapChr(0x0800, 2 * KIB, (registers[1] & 0x3f) >> 1);
    for (let page = 0; page < 4; page++) memory.mapChr(0x1000 + page * KIB, KIB, 0x40 | registers[2 + page]);
  }
}

/**
 * Mapper 154, Namcot 3453: as 88, and bit 6 of any write selects a single screen.
 * https://www.nesdev.org/wiki/INES_Mapper_154
 */
class Namcot3453 extends Namcot3433 {
  protected override writeChip(address: number, value: number): void {
    this.registers[SCREEN] = (value >> 6) & 1;
    super.writeChip(address, value);
  }

  protected override mapNametables(): void {
    mirrorOne(this.memory, this.registers[SCREEN]);
  }
}

/**
 * Mapper 95, Namcot 3425: CHR A15 of R0 and R1 selects each pair of nametables.
 * https://www.nesdev.org/wiki/INES_Mapper_095
 */
class Namcot3425 extends Namco108 {
  protected override mapNametables(): void {
    const { memory, registers } = this;
    for (let nametable = 0; nametable < 4; nametable++)
      memory.mapPpu(0x2000 + nametable * KIB, KIB, memory.ciram, (registers[nametable >> 1] >> 5) & 1);
  }
}

/** Namco's games for the VS. System have a protection chip beside the 108. */
class VsNamco108 extends Namco108 {
  override readonly hooks: number = HOOK_CPU_READS;
  readonly #chip = new VsProtectionChip(
    vsHardware(this.image)?.protection ?? "none",
    this.registers,
    ANSWERS_READ,
  );

  override readRegister(address: number, openBus: number): number {
    return this.#chip.read(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    return this.#chip.peek(address, openBus);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 76,
    name: "Namco 3446",
    board: Namcot3446,
    wiki: ["INES_Mapper_076"],
  },
  {
    mapper: 88,
    name: "Namco 118 with split CHR",
    board: Namcot3433,
    wiki: ["INES_Mapper_088"],
  },
  {
    mapper: 95,
    name: "NAMCOT-3425",
    board: Namcot3425,
    wiki: ["INES_Mapper_095"],
  },
  {
    mapper: 154,
    name: "NAMCOT-3453",
    board: Namcot3453,
    wiki: ["INES_Mapper_154"],
  },
  {
    mapper: 206,
    name: "DxROM, Namco 108, MIMIC-1",
    board: Namco108,
    wiki: ["INES_Mapper_206"],
    unif: [{ names: "DE1ROM DEROM DEIROM" }, { names: "DRROM", mirroring: "four-screen" }],
    knownSubmappers: [1],
  },
  {
    mapper: 206,
    name: "Namco 108 with VS. protection",
    board: VsNamco108,
    wiki: ["Vs._System"],
    submappers: [],
    claims: (image) => VsProtectionChip.isFor(vsHardware(image)?.protection),
  },
];

/** Names of its registers. */
export const NAMCO108_REGISTERS: RegisterNames = {
  board: Namco108,
  places: {
    r: [0, 8, 8],
  },
};
