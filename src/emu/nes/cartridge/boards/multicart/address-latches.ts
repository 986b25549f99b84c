import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { latchBoard } from "../parts/latch.ts";
import { map16, mapNrom, mapNrom64, mirrorBy } from "../parts/register-board.ts";

/** Mapper 58: A0–A2 PRG, A3–A5 CHR, A6 NROM-128, A7 mirroring. https://www.nesdev.org/wiki/INES_Mapper_058 */
const Multicart58 = latchBoard({
  banks(memory, _data, address) {
    mapNrom(memory, address & 7, (address & 0x40) === 0);
    memory.mapChr(0x0000, 8 * KIB, (address >> 3) & 7);
    mirrorBy(memory, address & 0x80);
  },
});

/**
 * Mapper 61: A0–A3 and A5 PRG, A4 NROM-128, A7 mirroring, A8–A11 CHR.
 * https://www.nesdev.org/wiki/INES_Mapper_061
 */
const Multicart61 = latchBoard({
  banks(memory, _data, address) {
    mapNrom(memory, ((address & 0x0f) << 1) | ((address >> 5) & 1), (address & 0x10) === 0);
    memory.mapChr(0x0000, 8 * KIB, (address >> 8) & 0x0f);
    mirrorBy(memory, address & 0x80);
  },
});

/**
 * Mapper 62: A8–A13 and A6 PRG, A5 NROM-128, A7 mirroring; A0–A4 and D0–D1 CHR.
 * https://www.nesdev.org/wiki/INES_Mapper_062
 */
const Multicart62 = latchBoard({
  clearedByReset: true,
  banks(memory, data, address) {
    mapNrom(memory, ((address >> 8) & 0x3f) | (address & 0x40), (address & 0x20) === 0);
    memory.mapChr(0x0000, 8 * KIB, ((address & 0x1f) << 2) | (data & 3));
    mirrorBy(memory, address & 0x80);
  },
});

/**
 * Mapper 200: A0–A3 select PRG and CHR. Mirroring is A3, in submapper 1 A2.
 * https://www.nesdev.org/wiki/INES_Mapper_200
 */
const Multicart200 = latchBoard({
  banks(memory, _data, address, image) {
    const highest = image.submapper === 1 ? 4 : 8;
    const bank = address & (2 * highest - 1);
    mapNrom(memory, bank, false);
    memory.mapChr(0x0000, 8 * KIB, bank);
    mirrorBy(memory, address & highest);
  },
});

/** Mapper 201: A0–A7 select 32 KiB of PRG and 8 KiB of CHR. https://www.nesdev.org/wiki/INES_Mapper_201 */
const Multicart201 = latchBoard({
  banks(memory, _data, address) {
    memory.mapPrg(0x8000, 32 * KIB, address & 0xff);
    memory.mapChr(0x0000, 8 * KIB, address & 0xff);
  },
});

/**
 * Mapper 202: A1–A3 select PRG and CHR, A0 mirroring; if A0 and A3 are 1, PRG is 32 KiB.
 * https://www.nesdev.org/wiki/INES_Mapper_202
 */
const Multicart202 = latchBoard({
  banks(memory, _data, address) {
    mapNrom(memory, (address >> 1) & 7, (address & 9) === 9);
    memory.mapChr(0x0000, 8 * KIB, (address >> 1) & 7);
    mirrorBy(memory, address & 1);
  },
});

/**
 * Mapper 229: A0–A4 PRG and CHR, A5 mirroring. Bank 0 is followed by bank 1 as NROM-256.
 * https://www.nesdev.org/wiki/INES_Mapper_229
 */
const Multicart229 = latchBoard({
  banks(memory, _data, address) {
    mapNrom(memory, address & 0x1f, (address & 0x1f) === 0);
    memory.mapChr(0x0000, 8 * KIB, address & 0x1f);
    mirrorBy(memory, address & 0x20);
  },
});

/**
 * Mapper 231: A1–A4 PRG; A5 is its lowest bit, only at $C000; A7 mirroring.
 * https://www.nesdev.org/wiki/INES_Mapper_231
 */
const Multicart231 = latchBoard({
  banks(memory, _data, address) {
    memory.mapPrg(0x8000, 16 * KIB, address & 0x1e);
    memory.mapPrg(0xc000, 16 * KIB, (address & 0x1e) | ((address >> 5) & 1));
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, address & 0x80);
  },
});

/**
 * Maps the latch that mappers 227 and 242 share. A0 selects pairs of banks. In NROM mode, CHR RAM can be
 * protected. Else the upper half is the first bank of a 128 KiB block, or with `hasLast` the last, as in
 * UNROM.
 */
function mapBlocks(
  memory: CartridgeMemory,
  address: number,
  bank: number,
  mode: {
    readonly isNrom: boolean;
    readonly protects: boolean;
    readonly first: number;
    readonly hasLast: boolean;
  },
): void {
  const pairs = (address & 1) !== 0;
  if (mode.isNrom) mapNrom(memory, bank, pairs);
  else map16(memory, pairs ? bank & ~1 : bank, mode.hasLast ? bank | 7 : mode.first);
  memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, !(mode.isNrom && mode.protects));
  mirrorBy(memory, address & 2);
}

/**
 * Mapper 227: A2–A6 and A8 PRG, A7 NROM, A9 the last bank. Boards with a battery are always in NROM mode and
 * can write CHR RAM; those without one, which submapper 1 names, protect CHR RAM in that mode. In submappers
 * 2 and 3 all blocks share the first bank; 3 has no A9. A10 puts four solder pads, which are 0, in the place
 * of the lowest address lines. https://www.nesdev.org/wiki/INES_Mapper_227
 */
const Multicart227 = latchBoard({
  clearedByReset: true,
  padLines: (address, { battery }) => ((address & 0x400) !== 0 && !battery ? 0x0f : 0),
  banks(memory, _data, address, { submapper }) {
    const bank = ((address >> 2) & 0x1f) | ((address >> 3) & 0x20);
    const hasBattery = memory.battery.bytes > 0;
    mapBlocks(memory, address, bank, {
      isNrom: (address & 0x80) !== 0 || hasBattery,
      protects: !hasBattery,
      first: submapper >= 2 ? 0 : bank & 0x38,
      hasLast: (address & 0x200) !== 0 && submapper !== 3,
    });
  },
});

/**
 * Mapper 242: A2–A6 PRG. Waixing's games with a battery always use 32 KiB banks.
 * https://www.nesdev.org/wiki/INES_Mapper_242
 */
const Waixing242 = latchBoard({
  clearedByReset: true,
  banks(memory, _data, address) {
    const bank = (address >> 2) & 0x1f;
    const hasBattery = memory.battery.bytes > 0;
    mapBlocks(memory, address, bank, {
      isNrom: (address & 0x80) !== 0 || hasBattery,
      protects: !hasBattery,
      first: bank & 0x18,
      hasLast: (address & 0x200) !== 0,
    });
    if (hasBattery) memory.mapPrg(0x8000, 32 * KIB, bank >> 1);
  },
});

/**
 * Mapper 15, K-1029: A0–A1 select how the bank in the data is mapped.
 * https://www.nesdev.org/wiki/INES_Mapper_015
 */
const Contra100In1 = latchBoard({
  clearedByReset: true,
  banks(memory, data, address) {
    const bank = data & 0x3f;
    const mode = address & 3;
    if (mode === 2) mapNrom64(memory, (bank << 1) | (data >> 7));
    else {
      memory.mapPrg(0x8000, 16 * KIB, bank);
      const upper = [bank | 1, bank | 7, bank, bank];
      memory.mapPrg(0xc000, 16 * KIB, upper[mode]);
    }
    // Games that were hacked to use this mapper have batteries and write CHR RAM in all modes.
    const writable = mode === 1 || mode === 2 || memory.battery.bytes > 0;
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, writable);
    mirrorBy(memory, data & 0x40);
  },
});

/** Mapper 385, NTDEC 2779: A1–A3 PRG, A0 mirroring. https://www.nesdev.org/wiki/NES_2.0_Mapper_385 */
const Ntdec2779 = latchBoard({
  banks(memory, _data, address) {
    mapNrom(memory, (address >> 1) & 7, false);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, address & 1);
  },
});

/**
 * Mapper 402, J-2282: A0–A4 PRG, A6 NROM-128, A7 mirroring. A10 lets the program write CHR RAM, and A11 maps
 * the last 8 KiB also at $6000. https://www.nesdev.org/wiki/NES_2.0_Mapper_402
 */
const J2282 = latchBoard({
  banks(memory, _data, address) {
    const is128 = (address & 0x40) !== 0;
    const bank = address & 0x1f;
    mapNrom(memory, bank, !is128);
    if ((address & 0x800) !== 0) memory.mapPrg(0x6000, 8 * KIB, ((is128 ? bank : bank | 1) << 1) | 1);
    else memory.unmapCpu(0x6000, 8 * KIB);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, (address & 0x400) !== 0);
    mirrorBy(memory, address & 0x80);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 15,
    name: "K-1029 100-in-1",
    board: Contra100In1,
    wiki: ["INES_Mapper_015"],
  },
  {
    mapper: 58,
    name: "Study & Game multicart",
    board: Multicart58,
    wiki: ["INES_Mapper_058"],
    unif: [{ names: "GK-192" }],
  },
  {
    mapper: 61,
    name: "20-in-1 multicart",
    board: Multicart61,
    wiki: ["INES_Mapper_061"],
  },
  {
    mapper: 62,
    name: "Super 700-in-1",
    board: Multicart62,
    wiki: ["INES_Mapper_062"],
  },
  {
    mapper: 200,
    name: "36-in-1 multicart",
    board: Multicart200,
    wiki: ["INES_Mapper_200"],
    knownSubmappers: [1],
  },
  {
    mapper: 201,
    name: "21-in-1 multicart",
    board: Multicart201,
    wiki: ["INES_Mapper_201"],
    unif: [{ names: "NOVELDIAMOND9999999IN1 21IN1" }],
  },
  {
    mapper: 202,
    name: "150-in-1 multicart",
    board: Multicart202,
    wiki: ["INES_Mapper_202"],
  },
  {
    mapper: 227,
    name: "1200-in-1 multicart",
    board: Multicart227,
    wiki: ["INES_Mapper_227"],
    unif: [{ names: "WAIXING-FW01" }],
    knownSubmappers: [1, 2, 3],
  },
  {
    mapper: 229,
    name: "31-in-1 multicart",
    board: Multicart229,
    wiki: ["INES_Mapper_229"],
  },
  {
    mapper: 231,
    name: "20-in-1 multicart",
    board: Multicart231,
    wiki: ["INES_Mapper_231"],
  },
  {
    mapper: 242,
    name: "Waixing 43-in-1",
    board: Waixing242,
    wiki: ["INES_Mapper_242"],
    unif: [{ names: "43272" }],
  },
  { mapper: 385, name: "NTDEC 2779", board: Ntdec2779, wiki: ["NES_2.0_Mapper_385"] },
  { mapper: 402, name: "J-2282 22-in-1", board: J2282, wiki: ["NES_2.0_Mapper_402"] },
];
