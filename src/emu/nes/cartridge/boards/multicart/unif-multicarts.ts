import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import { map16, mapNrom, mirrorBy, type RegisterBoard, registerBoard } from "../parts/register-board.ts";

const ADDRESS_LOW = 0;
const ADDRESS_HIGH = 1;
const DATA = 2;

interface LatchBoard extends Pick<RegisterBoard, "banks" | "initial" | "onReset"> {
  /** True for addresses whose writes do not count. Default: none. */
  readonly ignores?: (address: number, image: CartridgeImage) => boolean;
}

/**
 * A board of one latch at $8000–$FFFF that takes a write's address and, with or without conflicts, its data.
 */
function latchBoard(conflicts: boolean, spec: LatchBoard) {
  return registerBoard({
    onReset: "restores",
    ...spec,
    write(registers, address, value, memory, image) {
      if (address < 0x8000 || spec.ignores?.(address, image) === true) return false;
      registers[ADDRESS_LOW] = address & 0xff;
      registers[ADDRESS_HIGH] = (address >> 8) & 0x7f;
      registers[DATA] = conflicts ? value & memory.cpuByte(address, value) : value;
      return true;
    },
  });
}

/**
 * Mapper 283, GS-2004 and GS-2013: 32 KiB of PRG, and an 8 KiB bank at $6000 that follows the others if the
 * ROM is larger than 256 KiB. https://www.nesdev.org/wiki/NES_2.0_Mapper_283
 */
const Gs2004 = latchBoard(false, {
  banks(memory, registers) {
    memory.mapPrg(0x6000, 8 * KIB, (memory.prgRom.bytes & 0x6000) !== 0 ? 0x20 : 0x1f);
    memory.mapPrg(0x8000, 32 * KIB, registers[DATA]);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

const BS5_MIRRORING = 8;

/**
 * Mapper 286, BS-5: four PRG and four CHR banks, selected by addresses. A PRG bank changes only if the
 * address has the bit of the solder pad that is set, here bit 4.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_286
 */
const Bs5 = registerBoard({
  initial: [0x0c, 0x0d, 0x0e, 0x0f],
  write(registers, address) {
    const slot = (address >> 10) & 3;
    switch (address & 0xf000) {
      case 0x8000:
      case 0x9000:
        registers[4 + slot] = address & 0x1f;
        return true;
      case 0xa000:
      case 0xb000:
        if ((address & 0x10) !== 0) registers[slot] = address & 0x0f;
        return true;
      case 0xc000:
        registers[BS5_MIRRORING] = address & 1;
        return true;
      default:
        return false;
    }
  },
  banks(memory, registers) {
    for (let slot = 0; slot < 4; slot++) {
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[slot]);
      memory.mapChr(slot * 2 * KIB, 2 * KIB, registers[4 + slot]);
    }
    mirrorBy(memory, registers[BS5_MIRRORING]);
  },
});

/**
 * Mapper 335, CTC-09: CHR at $8000, PRG and mirroring at $C000.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_335
 */
const Ctc09 = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[(address >> 14) & 1] = value;
    return true;
  },
  banks(memory, registers) {
    const bank = ((registers[1] & 7) << 1) | ((registers[1] >> 3) & 1);
    mapNrom(memory, bank, (registers[1] & 0x10) === 0);
    memory.mapChr(0x0000, 8 * KIB, registers[0]);
    mirrorBy(memory, registers[1] & 0x20);
  },
});

/**
 * Mapper 337, CTC-12IN1: a register whose low three bits are at $C000 and whose others are at $8000. CHR RAM
 * can be written in UNROM mode only. https://www.nesdev.org/wiki/NES_2.0_Mapper_337
 */
const Ctc12in1 = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000) return false;
    const mask = address >= 0xc000 ? 7 : 0xf8;
    registers[0] = (registers[0] & ~mask) | (value & mask);
    return true;
  },
  banks(memory, registers) {
    const bank = registers[0] & 0x3f;
    memory.mapPrg(0x6000, 8 * KIB, 1);
    if ((registers[0] & 0x80) !== 0) map16(memory, bank, bank | 7);
    else mapNrom(memory, bank, (registers[0] & 0x40) !== 0);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, (registers[0] & 0x80) !== 0);
    mirrorBy(memory, registers[0] & 0x20);
  },
});

/**
 * Mapper 340, K-3036: A0–A4 and A7 the bank, A5 NROM instead of UNROM. NROM protects CHR RAM, and has A0 for
 * NROM-128 and A2 for mirroring. In UNROM mode mirroring is A6, in submapper 1 (K-3055) A4 without A3. The
 * wiki's page is of 2019; this follows FCEUmm of 2026. https://www.nesdev.org/wiki/NES_2.0_Mapper_340
 */
const K3036 = latchBoard(false, {
  banks(memory, registers, { submapper }) {
    const low = registers[ADDRESS_LOW];
    const bank = (low & 0x1f) | ((low >> 2) & 0x20);
    const isNrom = (low & 0x20) !== 0;
    if (isNrom) mapNrom(memory, bank, (low & 1) === 0);
    else map16(memory, bank, bank | 7);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, !isNrom);
    const unromBit = submapper === 1 ? Number((low & 0x18) === 0x10) : low & 0x40;
    mirrorBy(memory, isNrom ? low & 4 : unromBit);
  },
});

/**
 * Mapper 341, TJ-03: A8 and up select all banks, A9 is mirroring. In submapper 1 mirroring is A11, and writes
 * count only if A4–A7 are $A, as in FCEUmm. https://www.nesdev.org/wiki/NES_2.0_Mapper_341
 */
const Tj03 = latchBoard(false, {
  ignores: (address, { submapper }) => submapper === 1 && (address & 0xf0) !== 0xa0,
  banks(memory, registers, { submapper }) {
    const bank = registers[ADDRESS_HIGH];
    memory.mapPrg(0x8000, 32 * KIB, bank);
    memory.mapChr(0x0000, 8 * KIB, bank);
    mirrorBy(memory, bank & (submapper === 1 ? 8 : 2));
  },
});

/**
 * Mapper 343, RESETNROM-XIN1: each press of the reset button selects the next game, of 16 KiB or, in
 * submapper 1, 32 KiB. https://www.nesdev.org/wiki/NES_2.0_Mapper_343
 */
const ResetNrom = registerBoard({
  onReset(registers) {
    registers[0] = (registers[0] + 1) & 0xff;
  },
  write: () => false,
  banks(memory, registers, { submapper }) {
    if (submapper === 1) memory.mapPrg(0x8000, 32 * KIB, registers[0]);
    else map16(memory, registers[0], registers[0]);
    memory.mapChr(0x0000, 8 * KIB, registers[0]);
  },
});

const LATCH_428 = 4;

/**
 * Mapper 428, TF2740 and others: registers at $6000–$6003, and a latch for the CHR bits that $6002 leaves to
 * it. Reads at $6000 give the solder pads, here 0. https://www.nesdev.org/wiki/NES_2.0_Mapper_428
 */
const Tf2740 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x6000) return false;
    registers[address < 0x8000 ? address & 3 : LATCH_428] = value;
    return true;
  },
  read: (_registers, address, openBus) => ((address & 0xe000) === 0x6000 ? openBus & 0xfc : openBus),
  banks(memory, registers) {
    memory.unmapCpu(0x6000, 8 * KIB);
    mapNrom(memory, registers[1] >> 5, (registers[1] & 0x10) !== 0);
    const inner = registers[2] >> 6;
    memory.mapChr(0x0000, 8 * KIB, (registers[1] & 7 & ~inner) | (registers[LATCH_428] & inner));
    mirrorBy(memory, registers[1] & 0x08);
  },
});

/** Mapper 434, S-2009: UNROM in blocks of 128 KiB. https://www.nesdev.org/wiki/NES_2.0_Mapper_434 */
const S2009 = registerBoard({
  onReset: "restores",
  write(registers, address, value, memory) {
    if (address < 0x6000) return false;
    if (address < 0x8000) registers[1] = value;
    else registers[0] = value & memory.cpuByte(address, value);
    return true;
  },
  banks(memory, registers) {
    memory.unmapCpu(0x6000, 8 * KIB);
    const block = registers[1] << 3;
    map16(memory, block | (registers[0] & 7), block | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, (registers[1] & 0x20) === 0 ? 1 : 0);
  },
});

/**
 * Mapper 438, K-3010 and K-3071: PRG by address, CHR by data. https://www.nesdev.org/wiki/NES_2.0_Mapper_438
 */
const K3071 = latchBoard(false, {
  banks(memory, registers) {
    mapNrom(memory, registers[ADDRESS_LOW] >> 1, (registers[ADDRESS_LOW] & 1) !== 0);
    memory.mapChr(0x0000, 8 * KIB, registers[DATA] >> 1);
    mirrorBy(memory, registers[DATA] & 1);
  },
});

/** Mapper 271, TXC's MGC-026: GNROM with more CHR ROM. https://www.nesdev.org/wiki/NES_2.0_Mapper_271 */
const Txc22026 = latchBoard(false, {
  banks(memory, registers) {
    memory.mapPrg(0x8000, 32 * KIB, (registers[DATA] >> 4) & 3);
    memory.mapChr(0x0000, 8 * KIB, registers[DATA] & 0x0f);
    mirrorBy(memory, ~registers[DATA] & 0x20);
  },
});

function entry(
  mapper: number,
  name: string,
  board: BoardDescriptor["board"],
  names: string,
  more: Partial<BoardDescriptor> = {},
): BoardDescriptor {
  return { mapper, name, board, wiki: [`NES_2.0_Mapper_${mapper}`], unif: [{ names }], ...more };
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  entry(271, "TXC 01-22026", Txc22026, "22026"),
  entry(283, "GS-2004, GS-2013", Gs2004, "GS-2004 GS-2013"),
  entry(286, "BS-5", Bs5, "BS-5"),
  entry(335, "CTC-09", Ctc09, "CTC-09"),
  entry(337, "CTC-12IN1", Ctc12in1, "CTC-12IN1"),
  entry(340, "K-3036, K-3055", K3036, "K-3036", { knownSubmappers: [1] }),
  entry(341, "TJ-03", Tj03, "TJ-03", { knownSubmappers: [1] }),
  entry(343, "RESETNROM-XIN1", ResetNrom, "RESETNROM-XIN1", { knownSubmappers: [1] }),
  entry(428, "TF2740, AB-G1L, WELL-NO-DG450", Tf2740, "TF2740 AB-G1L WELL-NO-DG450"),
  entry(434, "S-2009", S2009, "S-2009"),
  entry(438, "K-3010, K-3071", K3071, "K-3010 K-3071"),
];
