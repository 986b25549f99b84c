import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { FREE, MMC3_MIRRORING, Mmc3, RAM_PROTECT } from "../nintendo/mmc3.ts";
import { map16, mirrorBy, mirrorOne } from "../parts/register-board.ts";

const PRG_BLOCK = FREE + 1; // and FREE + 2: 16 KiB, and 512 KiB
const MODE = FREE + 3; // RR..MMLP: RAM bank, 0 MMC3 1 AxROM 2 UNROM, lock, CHR RAM is protected
const CHR_SIZE = FREE + 4; // PSCCCCCC: 32 KiB of PRG, one-screen mirroring, 8 KiB banks of CHR
const PRG_SIZE = FREE + 5; // 16 KiB banks

/**
 * Mapper 479, CoolX Lite: an MMC3 whose sizes of PRG and CHR are set at $4FF0–$4FF5, and which also works
 * like UNROM and AxROM. Then a write to ROM sets R6. Submappers 1 to 3 are single games; their number is the
 * two highest bits of $4FF4. This follows NintendulatorNRS.
 */
class CoolXLite extends Mmc3 {
  override writeRegister(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address >= 0x8000) {
      if ((registers[MODE] & 0x0c) === 0) this.writeMmc3(address, value, cycle);
      else registers[6] = value;
    } else if (address >= 0x4ff0 && address < 0x4ff6 && (registers[MODE] & 2) === 0)
      registers[FREE + (address & 7)] = value;
    this.updateBanks();
  }

  protected override mapPrgBanks(): void {
    const { memory, registers } = this;
    const mode = registers[MODE] & 0x0c;
    if (mode === 4 || (registers[CHR_SIZE] & 0x80) !== 0)
      memory.mapPrg(0x8000, 32 * KIB, this.#prg(registers[6], 2));
    else if (mode !== 0) map16(memory, this.#prg(registers[6], 1), this.#prg(-1, 1));
    else super.mapPrgBanks();
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    super.mapPrgBank(slot, this.#prg(bank, 0));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    const { memory, registers } = this;
    const mask = ((registers[CHR_SIZE] << 3) & 0xf8) | 7;
    memory.mapPpu(slot * KIB, KIB, memory.chr, bank & mask, (registers[MODE] & 1) === 0);
  }

  protected override mapNametables(): void {
    const { memory, registers } = this;
    const mirroring = registers[MMC3_MIRRORING];
    if ((registers[MODE] & 0x0c) === 4) mirrorOne(memory, registers[6] & 0x10);
    else if ((registers[CHR_SIZE] & 0x40) !== 0 && (mirroring & 2) === 0) mirrorOne(memory, mirroring & 1);
    else mirrorBy(memory, mirroring & 1);
  }

  /** The AX5202P, a clone of the MMC3, has no bit that enables RAM. */
  protected override mapRam(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, registers[MODE] >> 6, true, (registers[RAM_PROTECT] & 0x40) === 0);
  }

  /** A PRG bank of 8 KiB << `shift` in the block that the registers select. */
  #prg(bank: number, shift: number): number {
    const { registers } = this;
    const mask = ((registers[PRG_SIZE] << 1) & 0x3e) | 1;
    const block = ((registers[PRG_BLOCK] << 1) & 0x3e) | (registers[PRG_BLOCK + 1] << 6);
    return (bank & (mask >> shift)) | (block >> shift);
  }

  protected override initialize(): void {
    const { registers } = this;
    const { submapper } = this.image;
    const isMulticart = submapper === 0;
    registers.fill(0, FREE, PRG_SIZE);
    registers[CHR_SIZE] = isMulticart ? 0 : (submapper << 6) | 0x1f;
    registers[PRG_SIZE] = isMulticart ? 3 : 0x1f;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 479, name: "CoolX Lite (MMC3)", board: CoolXLite, knownSubmappers: [1, 2, 3] },
];
