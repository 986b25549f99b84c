import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { conflictsAlways, conflictsBySubmapper, latchBoard } from "../parts/latch.ts";

/** $4100–$5FFF where A8 is 1: the addresses that NINA and Sachen boards decode. */
const A8_OF_4000 = { mask: 0xe100, match: 0x4100 };

function map32And8(memory: CartridgeMemory, prg: number, chr: number): void {
  memory.mapPrg(0x8000, 32 * KIB, prg);
  memory.mapChr(0x0000, 8 * KIB, chr);
}

/** Mapper 11, Color Dreams. https://www.nesdev.org/wiki/Color_Dreams */
const ColorDreams = latchBoard({
  conflicts: conflictsAlways,
  banks: (memory, data) => map32And8(memory, data & 3, data >> 4),
});

/**
 * Mapper 144, Death Race: a resistor makes ROM win conflicts of bit 0.
 * https://www.nesdev.org/wiki/INES_Mapper_144
 */
const DeathRace = latchBoard({
  conflicts: conflictsAlways,
  romWins: 1,
  banks: (memory, data) => map32And8(memory, data & 3, data >> 4),
});

/** Mapper 29, Sealie Computing RET-CUFROM. https://www.nesdev.org/wiki/INES_Mapper_029 */
const RetCufrom = latchBoard({
  banks(memory, data) {
    memory.mapPrg(0x8000, 16 * KIB, (data >> 2) & 7);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    memory.mapChr(0x0000, 8 * KIB, data & 3);
  },
});

/** Mapper 38, Bit Corp. PCI556. https://www.nesdev.org/wiki/INES_Mapper_038 */
const BitCorp38 = latchBoard({
  decode: { mask: 0xf000, match: 0x7000 },
  banks: (memory, data) => map32And8(memory, data & 3, (data >> 2) & 3),
});

/** Mapper 39, Subor Study & Game 32-in-1. https://www.nesdev.org/wiki/INES_Mapper_039 */
const Subor39 = latchBoard({ banks: (memory, data) => map32And8(memory, data, 0) });

/** Mappers 79 and 146, NINA-03, NINA-06 and Sachen's copy. https://www.nesdev.org/wiki/NINA-003-006 */
const Nina03 = latchBoard({
  decode: A8_OF_4000,
  banks: (memory, data) => map32And8(memory, (data >> 3) & 1, data & 7),
});

/** Mapper 113, a larger NINA-03 for multicarts. https://www.nesdev.org/wiki/INES_Mapper_113 */
const Hes113 = latchBoard({
  decode: A8_OF_4000,
  banks(memory, data) {
    map32And8(memory, (data >> 3) & 7, (data & 7) | ((data >> 3) & 8));
    memory.mirror(data < 0x80 ? "horizontal" : "vertical");
  },
});

/** Mapper 107, Magicseries. https://www.nesdev.org/wiki/INES_Mapper_107 */
const Magicseries107 = latchBoard({
  banks: (memory, data) => map32And8(memory, data >> 1, data),
});

/** Mapper 133, Sachen SA-72008. https://www.nesdev.org/wiki/INES_Mapper_133 */
const Sachen133 = latchBoard({
  decode: { mask: 0x6100, match: 0x4100 },
  banks: (memory, data) => map32And8(memory, (data >> 2) & 1, data & 3),
});

/** Mapper 145, Sachen SA-72007. https://www.nesdev.org/wiki/INES_Mapper_145 */
const Sachen145 = latchBoard({
  decode: A8_OF_4000,
  banks: (memory, data) => map32And8(memory, 0, data >> 7),
});

/** Mapper 160, Sachen SA-009. https://www.nesdev.org/wiki/INES_Mapper_160 */
const Sachen160 = latchBoard({
  decode: A8_OF_4000,
  banks: (memory, data) => map32And8(memory, 0, data & 1),
});

/** Mapper 148, Sachen SA-008-A and Tengen 800008. https://www.nesdev.org/wiki/INES_Mapper_148 */
const Sachen148 = latchBoard({
  conflicts: conflictsAlways,
  banks: (memory, data) => map32And8(memory, (data >> 3) & 1, data & 7),
});

/** Mapper 149, Sachen SA-0036. https://www.nesdev.org/wiki/INES_Mapper_149 */
const Sachen149 = latchBoard({
  conflicts: conflictsAlways,
  banks: (memory, data) => map32And8(memory, 0, data >> 7),
});

/**
 * Mapper 203, a 35-in-1: one 16 KiB bank in both halves of PRG. https://www.nesdev.org/wiki/INES_Mapper_203
 */
const Multicart203 = latchBoard({
  banks(memory, data) {
    memory.mapPrg(0x8000, 16 * KIB, data >> 2);
    memory.mapPrg(0xc000, 16 * KIB, data >> 2);
    memory.mapChr(0x0000, 8 * KIB, data & 3);
  },
});

/** Mapper 240, C&E: registers at $4020–$5FFF. https://www.nesdev.org/wiki/INES_Mapper_240 */
const CAndE240 = latchBoard({
  decode: { mask: 0xe000, match: 0x4000 },
  banks: (memory, data) => map32And8(memory, data >> 4, data & 0x0f),
});

/** Mapper 241, BNROM with PRG RAM, as on BxROM clones. https://www.nesdev.org/wiki/INES_Mapper_241 */
const Bxrom241 = latchBoard({
  conflicts: conflictsBySubmapper,
  banks: (memory, data) => map32And8(memory, data, 0),
});

/** Mapper 177, Henggedianzi: 32 KiB, and mirroring in bit 5. https://www.nesdev.org/wiki/INES_Mapper_177 */
const Henggedianzi177 = latchBoard({
  banks(memory, data) {
    map32And8(memory, data & 0x1f, 0);
    memory.mirror((data & 0x20) === 0 ? "vertical" : "horizontal");
  },
});

/** Mapper 379, 35-in-1 of NROM-256 games. https://www.nesdev.org/wiki/NES_2.0_Mapper_379 */
const Multicart379 = latchBoard({
  banks: (memory, data) => map32And8(memory, data & 3, data >> 2),
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 11,
    name: "Color Dreams",
    board: ColorDreams,
    wiki: ["Color_Dreams"],
    unif: [{ names: "COLORDREAMS-74*377" }],
  },
  {
    mapper: 29,
    name: "Sealie RET-CUFROM",
    board: RetCufrom,
    wiki: ["INES_Mapper_029"],
    unif: [{ names: "RET-CUFROM" }],
    ram: { insteadOfRomBytes: 32 * KIB },
  },
  {
    mapper: 38,
    name: "Bit Corp. UNL-PCI556",
    board: BitCorp38,
    wiki: ["INES_Mapper_038"],
  },
  {
    mapper: 39,
    name: "Subor Study & Game 32-in-1",
    board: Subor39,
    wiki: ["INES_Mapper_039"],
  },
  {
    mapper: 79,
    name: "AVE NINA-003/006",
    board: Nina03,
    wiki: ["NINA-003-006"],
    unif: [{ names: "NINA-003 NINA-006 NINA-03 NINA-06" }],
  },
  {
    mapper: 107,
    name: "Magic Dragon",
    board: Magicseries107,
    wiki: ["INES_Mapper_107"],
  },
  {
    mapper: 113,
    name: "HES NTD-8",
    board: Hes113,
    wiki: ["INES_Mapper_113"],
    unif: [{ names: "HES NTD-8" }],
  },
  {
    mapper: 133,
    name: "Sachen SA72008",
    board: Sachen133,
    wiki: ["INES_Mapper_133"],
    unif: [{ names: "SA-72008" }],
  },
  {
    mapper: 144,
    name: "Death Race (AGCI 50282)",
    board: DeathRace,
    wiki: ["INES_Mapper_144"],
    unif: [{ names: "AGCI-50282" }],
  },
  {
    mapper: 145,
    name: "Sachen SA72007",
    board: Sachen145,
    wiki: ["INES_Mapper_145"],
    unif: [{ names: "SA-72007" }],
  },
  {
    mapper: 146,
    name: "Sachen NINA-003/006 clone",
    board: Nina03,
    wiki: ["NINA-003-006"],
    unif: [{ names: "SA-016-1M" }],
  },
  {
    mapper: 148,
    name: "Sachen SA0037",
    board: Sachen148,
    wiki: ["INES_Mapper_148"],
    unif: [{ names: "SA-0037" }],
  },
  {
    mapper: 149,
    name: "Sachen SA0036",
    board: Sachen149,
    wiki: ["INES_Mapper_149"],
    unif: [{ names: "SA-0036" }],
  },
  {
    mapper: 160,
    name: "Sachen SA-009",
    board: Sachen160,
    wiki: ["INES_Mapper_160"],
    unif: [{ names: "SA-009" }],
  },
  {
    mapper: 177,
    name: "Hengge Dianzi",
    board: Henggedianzi177,
    wiki: ["INES_Mapper_177"],
  },
  {
    mapper: 203,
    name: "35-in-1 multicart",
    board: Multicart203,
    wiki: ["INES_Mapper_203"],
  },
  {
    mapper: 240,
    name: "C&E multi (Jing Ke Xin Zhuan)",
    board: CAndE240,
    wiki: ["INES_Mapper_240"],
  },
  {
    mapper: 241,
    name: "BxROM with RAM",
    board: Bxrom241,
    wiki: ["INES_Mapper_241"],
  },
  { mapper: 379, name: "35-in-1 NROM-256", board: Multicart379, wiki: ["NES_2.0_Mapper_379"] },
];
