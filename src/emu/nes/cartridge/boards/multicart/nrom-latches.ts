import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { latchBoard } from "../parts/latch.ts";
import { map16, mapNrom, mirrorBy } from "../parts/register-board.ts";

/**
 * Mapper 261, 810544-C-A1: A7–A9 and A5 PRG, A6 NROM-256, A4 mirroring, A0–A3 CHR.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_261
 */
const Multicart810544 = latchBoard({
  banks(memory, _data, address) {
    mapNrom(memory, ((address >> 6) & 0x0e) | ((address >> 5) & 1), (address & 0x40) !== 0);
    memory.mapChr(0x0000, 8 * KIB, address & 0x0f);
    mirrorBy(memory, address & 0x10);
  },
});

/** Mapper 288, GKCX1: A3–A4 32 KiB of PRG, A0–A2 CHR. https://www.nesdev.org/wiki/NES_2.0_Mapper_288 */
const Gkcx1 = latchBoard({
  banks(memory, _data, address) {
    memory.mapPrg(0x8000, 32 * KIB, (address >> 3) & 3);
    memory.mapChr(0x0000, 8 * KIB, address & 7);
  },
});

/**
 * Mapper 290, NTD-03: A11–A14 and A6 PRG, A7 NROM-128, A10 mirroring; A8–A9 and A0–A2 CHR.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_290
 */
const Ntd03 = latchBoard({
  clearedByReset: true,
  banks(memory, _data, address) {
    mapNrom(memory, ((address >> 10) & 0x1e) | ((address >> 6) & 1), (address & 0x80) === 0);
    memory.mapChr(0x0000, 8 * KIB, ((address >> 5) & 0x18) | (address & 7));
    mirrorBy(memory, address & 0x400);
  },
});

/**
 * Mapper 299, TXC 11160: D4–D6 32 KiB of PRG and CHR, D0–D1 the CHR bank in it, D7 mirroring.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_299
 */
const Txc11160 = latchBoard({
  banks(memory, data) {
    const bank = (data >> 4) & 7;
    memory.mapPrg(0x8000, 32 * KIB, bank);
    memory.mapChr(0x0000, 8 * KIB, (bank << 2) | (data & 3));
    mirrorBy(memory, ~data & 0x80);
  },
});

/** Mapper 300, 190-in-1: A2–A4 PRG and CHR, A0 mirroring. https://www.nesdev.org/wiki/NES_2.0_Mapper_300 */
const Multicart190 = latchBoard({
  banks(memory, _data, address) {
    const bank = (address >> 2) & 7;
    map16(memory, bank, bank);
    memory.mapChr(0x0000, 8 * KIB, bank);
    mirrorBy(memory, address & 1);
  },
});

/**
 * Mapper 301, GG1: A2–A4 the bank, A5–A6 and A8 the block of 128 KiB; A7 and A9 select NROM-128, UNROM or a
 * fixed first bank. https://www.nesdev.org/wiki/NES_2.0_Mapper_301
 */
const Gg1 = latchBoard({
  banks(memory, _data, address) {
    const inner = (address >> 2) & 7;
    const block = ((address >> 2) & 0x18) | ((address >> 3) & 0x20);
    const upper = (address & 0x200) !== 0 ? 7 : (address & 0x80) !== 0 ? inner : 0;
    map16(memory, block | inner, block | upper);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, address & 2);
  },
});

/**
 * Mapper 338, SA005-A: mapper 200 with the other mirroring. https://www.nesdev.org/wiki/NES_2.0_Mapper_338
 */
const Sa005A = latchBoard({
  banks(memory, _data, address) {
    const bank = address & 0x0f;
    map16(memory, bank, bank);
    memory.mapChr(0x0000, 8 * KIB, bank);
    mirrorBy(memory, ~address & 8);
  },
});

/**
 * Mapper 349, G-146: A0–A4 PRG, A6 NROM-128, A7 mirroring; A11 makes it UNROM.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_349
 */
const G146 = latchBoard({
  clearedByReset: true,
  banks(memory, _data, address) {
    const bank = address & 0x1f;
    if ((address & 0x800) !== 0) map16(memory, bank, bank | 7);
    else mapNrom(memory, bank, (address & 0x40) === 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, address & 0x80);
  },
});

/** Mapper 409, retroUSB DPCMcart: A0–A11 select the bank. https://www.nesdev.org/wiki/NES_2.0_Mapper_409 */
const DpcmCart = latchBoard({
  banks(memory, _data, address) {
    map16(memory, address & 0xfff, -1);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 261,
    name: "810544-C-A1 200-in-1",
    board: Multicart810544,
    wiki: ["NES_2.0_Mapper_261"],
    unif: [{ names: "810544-C-A1" }],
  },
  {
    mapper: 288,
    name: "GKCX1 21-in-1",
    board: Gkcx1,
    wiki: ["NES_2.0_Mapper_288"],
    unif: [{ names: "GKCXIN1" }],
  },
  {
    mapper: 290,
    name: "NTD-03",
    board: Ntd03,
    wiki: ["NES_2.0_Mapper_290"],
    unif: [{ names: "NTD-03" }],
  },
  {
    mapper: 299,
    name: "TXC 11160 6-in-1",
    board: Txc11160,
    wiki: ["NES_2.0_Mapper_299"],
    unif: [{ names: "11160" }],
  },
  {
    mapper: 300,
    name: "190-in-1",
    board: Multicart190,
    wiki: ["NES_2.0_Mapper_300"],
    unif: [{ names: "190IN1" }],
  },
  { mapper: 301, name: "GG1", board: Gg1, wiki: ["NES_2.0_Mapper_301"], unif: [{ names: "8157" }] },
  { mapper: 338, name: "SA005-A", board: Sa005A, wiki: ["NES_2.0_Mapper_338"], unif: [{ names: "SA005-A" }] },
  { mapper: 349, name: "G-146", board: G146, wiki: ["NES_2.0_Mapper_349"], unif: [{ names: "G-146" }] },
  { mapper: 409, name: "retroUSB DPCMcart", board: DpcmCart, wiki: ["NES_2.0_Mapper_409"] },
];
