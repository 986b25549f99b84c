import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import { FREE, Mmc3 } from "../nintendo/mmc3.ts";

const MODE = FREE;
// VRC2: two PRG banks, mirroring, eight CHR banks.
const VRC_PRG = FREE + 1;
const VRC_MIRRORING = FREE + 3;
const VRC_CHR = FREE + 4;
// MMC1: control, two CHR banks, PRG bank; the shift register and the number of bits in it.
const MMC1 = FREE + 12;
const SHIFT = FREE + 16;
const SHIFTED = FREE + 17;
/** Number of the multicart's selected game. */
const GAME = FREE + 18;

const MMC1_MIRRORINGS: readonly Mirroring[] = ["single-0", "single-1", "vertical", "horizontal"];

/**
 * Boards whose chip behaves like an MMC3 or a VRC2, on some also like an MMC1, as selected by a mode
 * register.
 */
abstract class ThreeInOne extends Mmc3 {
  protected abstract get chip(): "mmc1" | "mmc3" | "vrc2";

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.shifted", this.registers, range(0, 4), SHIFTED, 1);
  }

  /** In other modes the MMC3's counter stands still. */
  override ppuA12Rise(cycle: number): void {
    if (this.chip === "mmc3") super.ppuA12Rise(cycle);
  }

  override get risesUntilIrq(): number {
    return this.chip === "mmc3" ? super.risesUntilIrq : NEVER;
  }

  /** Adds the lines that the mode register drives. */
  protected prgBank(bank: number): number {
    return bank;
  }

  protected chrBank(_slot: number, bank: number): number {
    return bank;
  }

  protected writeChip(address: number, value: number, cycle: number): void {
    if (this.chip === "mmc3") {
      this.writeMmc3(address, value, cycle);
      return;
    }
    if (this.chip === "mmc1") this.#writeMmc1(address, value);
    else this.#writeVrc2(address, value);
    this.updateBanks();
  }

  protected override mapBanks(): void {
    if (this.chip === "mmc3") super.mapBanks();
    else if (this.chip === "vrc2") this.#mapVrc2();
    else this.#mapMmc1();
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    super.mapPrgBank(slot, this.prgBank(bank & 0x3f));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    super.mapChrBank(slot, this.chrBank(slot, bank));
  }

  protected override mapNametables(): void {
    const { memory, registers } = this;
    if (this.chip === "mmc3") super.mapNametables();
    else if (this.chip === "mmc1") memory.mirror(MMC1_MIRRORINGS[registers[MMC1] & 3]);
    else memory.mirror((registers[VRC_MIRRORING] & 1) === 0 ? "vertical" : "horizontal");
  }

  protected resetMmc1(): void {
    this.registers[SHIFT] = 0;
    this.registers[SHIFTED] = 0;
    this.registers[MMC1] |= 0x0c;
  }

  #writeVrc2(address: number, value: number): void {
    const { registers } = this;
    const bank = address >> 12;
    if (bank === 8) registers[VRC_PRG] = value;
    else if (bank === 9) registers[VRC_MIRRORING] = value;
    else if (bank === 0xa) registers[VRC_PRG + 1] = value;
    else if (bank < 0xf) {
      const register = VRC_CHR + ((bank - 0xb) << 1) + ((address >> 1) & 1);
      const isHigh = (address & 1) !== 0;
      registers[register] = isHigh
        ? (registers[register] & 0x0f) | ((value & 0x0f) << 4)
        : (registers[register] & 0xf0) | (value & 0x0f);
    }
  }

  #writeMmc1(address: number, value: number): void {
    const { registers } = this;
    if (value >= 0x80) {
      this.resetMmc1();
      return;
    }
    registers[SHIFT] |= (value & 1) << registers[SHIFTED];
    if (registers[SHIFTED] < 4) {
      registers[SHIFTED]++;
      return;
    }
    registers[MMC1 + ((address >> 13) & 3)] = registers[SHIFT];
    registers[SHIFT] = 0;
    registers[SHIFTED] = 0;
  }

  #mapVrc2(): void {
    const { registers } = this;
    this.mapPrgBank(0, registers[VRC_PRG]);
    this.mapPrgBank(1, registers[VRC_PRG + 1]);
    this.mapPrgBank(2, -2);
    this.mapPrgBank(3, -1);
    for (let slot = 0; slot < 8; slot++) this.mapChrBank(slot, registers[VRC_CHR + slot]);
  }

  #mapMmc1(): void {
    const { registers } = this;
    const control = registers[MMC1];
    const bank = this.mmc1PrgBank(registers[MMC1 + 3] & 0x0f);
    const last = this.mmc1PrgBank(0x0f);
    const mode = (control >> 2) & 3;
    const lower = mode < 2 ? bank & ~1 : mode === 2 ? 0 : bank;
    const upper = mode < 2 ? bank | 1 : mode === 2 ? bank : last;
    for (let slot = 0; slot < 4; slot++)
      this.mapPrgBank(slot, ((slot < 2 ? lower : upper) << 1) | (slot & 1));
    const is4 = (control & 0x10) !== 0;
    for (let slot = 0; slot < 8; slot++) {
      const half = is4 ? registers[MMC1 + 1 + (slot >> 2)] : (registers[MMC1 + 1] & ~1) | (slot >> 2);
      this.mapChrBank(slot, (half << 2) | (slot & 3));
    }
  }

  protected mmc1PrgBank(bank: number): number {
    return bank;
  }
}

/**
 * Mapper 116, SOMARI-P and the Huang boards: an MMC3, MMC1 or VRC2, as selected at $4100. Submapper 1 keeps
 * the MMC1's registers when the mode changes. Submapper 2 does not connect the lowest bit of the MMC1's PRG
 * banks. Submapper 3 has several games; each reset selects the next one.
 * https://www.nesdev.org/wiki/INES_Mapper_116
 */
class SomariP extends ThreeInOne {
  override powerOn(): void {
    super.powerOn();
    this.registers[MODE] = 1;
    this.registers.fill(0xff, VRC_CHR, VRC_CHR + 8);
    this.resetMmc1();
  }

  override reset(): void {
    const { registers } = this;
    registers[MODE] = 1;
    // The first game is twice as large as the others, so it takes two numbers.
    const next = registers[GAME] === 0 ? 2 : registers[GAME] + 1;
    registers[GAME] = next >= this.memory.prgRom.bytes / (128 * KIB) ? 0 : next;
    this.updateBanks();
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) {
      this.writeChip(address, value, cycle);
    } else if ((address & 0x4100) === 0x4100 && address < 0x6000) {
      const becomesMmc1 = (value & ~this.registers[MODE] & 2) !== 0;
      this.registers[MODE] = value;
      if (becomesMmc1 && this.image.submapper !== 1) this.resetMmc1();
      this.updateBanks();
    }
  }

  protected override get chip(): "mmc1" | "mmc3" | "vrc2" {
    const mode = this.registers[MODE];
    return (mode & 2) !== 0 ? "mmc1" : (mode & 1) !== 0 ? "mmc3" : "vrc2";
  }

  protected override prgBank(bank: number): number {
    if (this.image.submapper !== 3) return bank;
    const game = this.registers[GAME];
    return game === 0 ? bank & 0x1f : (game << 4) | (bank & 0x0f);
  }

  protected override chrBank(_slot: number, bank: number): number {
    if (this.image.submapper !== 3) return (bank & 0xff) | ((this.registers[MODE] << 6) & 0x100);
    const game = this.registers[GAME];
    return game === 0 ? bank & 0xff : (game << 7) | (bank & 0x7f);
  }

  protected override mmc1PrgBank(bank: number): number {
    return this.image.submapper === 2 ? bank >> 1 : bank;
  }
}

/** Bits of the mode register that give CHR A18, by 2 KiB of the pattern tables. */
const SL1632_CHR_BITS = [3, 3, 5, 7];

/**
 * Mapper 14, SL-1632: an MMC3 or VRC2, as selected by bit 1 of $A131. Bits 3, 5 and 7 are CHR A18 of three
 * areas. https://www.nesdev.org/wiki/INES_Mapper_014
 */
class Sl1632 extends ThreeInOne {
  override writeRegister(address: number, value: number, cycle: number): void {
    if (address === 0xa131) {
      this.registers[MODE] = value;
      this.updateBanks();
    } else if (address >= 0x8000) this.writeChip(address, value, cycle);
  }

  protected override get chip(): "mmc1" | "mmc3" | "vrc2" {
    return (this.registers[MODE] & 2) !== 0 ? "mmc3" : "vrc2";
  }

  protected override chrBank(slot: number, bank: number): number {
    const a18 = (this.registers[MODE] >> SL1632_CHR_BITS[slot >> 1]) & 1;
    return (bank & 0xff) | (a18 << 8);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 14,
    name: "SL-1632 (MMC3, VRC2)",
    board: Sl1632,
    wiki: ["INES_Mapper_014"],
    unif: [{ names: "SL1632" }],
  },
  {
    mapper: 116,
    name: "SOMARI-P (MMC3, MMC1, VRC2)",
    board: SomariP,
    wiki: ["INES_Mapper_116"],
    unif: [{ names: "SL12" }],
    knownSubmappers: [1, 2, 3],
  },
];
