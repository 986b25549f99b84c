/** Boards of UNIF files that no mapper number stands for. */
import { KIB } from "../../../../units.ts";
import { type BoardDescriptor, FIRST_UNNUMBERED } from "../../descriptor.ts";
import { latchBoard } from "../parts/latch.ts";
import { outerMmc3 } from "../parts/outer-mmc3.ts";
import { mapNrom, mirrorBy, mirrorOne, registerBoard } from "../parts/register-board.ts";
import { T2271 } from "./mmc3-address-registers.ts";

const HORIZONTAL = 0x10; // of register 0
const NROM_128 = 0x10; // of register 1
const UPPER_HALF = 0x20; // of register 1

/**
 * KG256: four registers at $6000–$7FFF. A write to $8000–$FFFF sets register 2, which is the CHR bank in the
 * NROM-256 mode. This follows FCEUmm, the only source.
 */
const Kg256 = registerBoard({
  onReset: (registers) => registers.fill(0, 0, 3),
  write(registers, address, value) {
    if (address < 0x6000) return false;
    registers[address < 0x8000 ? address & 3 : 2] = value;
    return true;
  },
  banks(memory, registers) {
    const half = (registers[1] & UPPER_HALF) >> 2;
    const is32 = (registers[1] & NROM_128) === 0;
    memory.unmapCpu(0x6000, 8 * KIB);
    mapNrom(memory, half | (registers[1] & 7), is32);
    memory.mapChr(0x0000, 8 * KIB, half | (is32 ? registers[2] & 1 : registers[0] & 7));
    mirrorBy(memory, registers[0] & HORIZONTAL);
  },
});

const CHR_RAM = 0x10;
const CHR_256 = 0x28; // both bits: 256 KiB of CHR
const PRG_256 = 8;

/**
 * 81-01-31-C: the address of a write to $6000–$7FFF selects one of eight blocks. A0–A2 are the block, which
 * locks the register unless it is 0; A3 256 KiB of PRG instead of 128 and nametables by CHR A17; A4 CHR RAM;
 * A5 with A3 256 KiB of CHR instead of 128. This follows FCEUmm, by the owner of the cartridge.
 */
const Multicart810131C = outerMmc3({
  ram: "under",
  needsRam: true,
  write(outer, address) {
    if (address < 0x6000 || (outer[0] & 7) !== 0) return false;
    outer[0] = address & 0x3f;
    return true;
  },
  prg: (bank, _slot, { 0: outer }) => (bank & ((outer & PRG_256) !== 0 ? 0x1f : 0x0f)) | ((outer & 7) << 4),
  chr(bank, _slot, { 0: outer }) {
    if ((outer & CHR_RAM) !== 0) return bank & 7;
    return (bank & ((outer & CHR_256) === CHR_256 ? 0xff : 0x7f)) | ((outer & 7) << 7);
  },
  isChrRam: (_bank, { 0: outer }) => (outer & CHR_RAM) !== 0,
  chrSelectsNametables: ({ 0: outer }) => (outer & PRG_256) !== 0,
});

/**
 * CC-21, Mi Hun Che: A0 of a write selects the page of all nametables, and the 4 KiB of CHR in both halves,
 * as in MAME and BizHawk. Headers give this board the number 27, which is another one.
 */
const Cc21 = latchBoard({
  banks(memory, _data, address) {
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.mapChr(0x0000, 4 * KIB, address & 1);
    memory.mapChr(0x1000, 4 * KIB, address & 1);
    mirrorOne(memory, address & 1);
  },
});

/** Boards without mapper numbers. */
export const BOARDS: readonly BoardDescriptor[] = [
  { name: "KG256", board: Kg256, names: "KG256" },
  { name: "T-227-1 (MMC3)", board: T2271, names: "T-227-1" },
  {
    name: "81-01-31-C (MMC3)",
    board: Multicart810131C,
    names: "81-01-31-C",
    ram: { besideRomBytes: 8 * KIB },
  },
  { name: "CC-21", board: Cc21, names: "CC-21" },
].map(({ names, ...facts }, at) => ({ ...facts, mapper: FIRST_UNNUMBERED + at, unif: [{ names }] }));
