import type { CartridgeMemory } from "../memory.ts";
import { conflictsBySubmapper, latchBoard } from "./latch.ts";

const KIB = 1024;

const always = (): boolean => true;

/** $4100–$5FFF where A8 is set: what NINA and Sachen boards decode. */
const A8_OF_4000 = { mask: 0xe100, match: 0x4100 };

function map32And8(memory: CartridgeMemory, prg: number, chr: number): void {
  memory.mapPrg(0x8000, 32 * KIB, prg);
  memory.mapChr(0x0000, 8 * KIB, chr);
}

/** Mapper 11, Color Dreams. https://www.nesdev.org/wiki/Color_Dreams */
export const ColorDreams = latchBoard({
  conflicts: always,
  banks: (memory, data) => map32And8(memory, data & 3, data >> 4),
});

/** Mapper 144, Death Race: a resistor lets ROM win bit 0. https://www.nesdev.org/wiki/INES_Mapper_144 */
export const DeathRace = latchBoard({
  conflicts: always,
  romWins: 1,
  banks: (memory, data) => map32And8(memory, data & 3, data >> 4),
});

/** Mapper 29, Sealie Computing RET-CUFROM. https://www.nesdev.org/wiki/INES_Mapper_029 */
export const RetCufrom = latchBoard({
  banks(memory, data) {
    memory.mapPrg(0x8000, 16 * KIB, (data >> 2) & 7);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    memory.mapChr(0x0000, 8 * KIB, data & 3);
  },
});

/** Mapper 38, Bit Corp. PCI556. https://www.nesdev.org/wiki/INES_Mapper_038 */
export const BitCorp38 = latchBoard({
  decode: { mask: 0xf000, match: 0x7000 },
  banks: (memory, data) => map32And8(memory, data & 3, (data >> 2) & 3),
});

/** Mapper 39, Subor Study & Game 32-in-1. https://www.nesdev.org/wiki/INES_Mapper_039 */
export const Subor39 = latchBoard({ banks: (memory, data) => map32And8(memory, data, 0) });

/** Mappers 79 and 146, NINA-03, NINA-06 and Sachen's copy. https://www.nesdev.org/wiki/NINA-003-006 */
export const Nina03 = latchBoard({
  decode: A8_OF_4000,
  banks: (memory, data) => map32And8(memory, (data >> 3) & 1, data & 7),
});

/** Mapper 113, a NINA-03 with more of everything, for multicarts. https://www.nesdev.org/wiki/INES_Mapper_113 */
export const Hes113 = latchBoard({
  decode: A8_OF_4000,
  banks(memory, data) {
    map32And8(memory, (data >> 3) & 7, (data & 7) | ((data >> 3) & 8));
    memory.mirror(data < 0x80 ? "horizontal" : "vertical");
  },
});

/** Mapper 107, Magicseries. https://www.nesdev.org/wiki/INES_Mapper_107 */
export const Magicseries107 = latchBoard({
  banks: (memory, data) => map32And8(memory, data >> 1, data),
});

/** Mapper 133, Sachen SA-72008. https://www.nesdev.org/wiki/INES_Mapper_133 */
export const Sachen133 = latchBoard({
  decode: { mask: 0x6100, match: 0x4100 },
  banks: (memory, data) => map32And8(memory, (data >> 2) & 1, data & 3),
});

/** Mapper 145, Sachen SA-72007. https://www.nesdev.org/wiki/INES_Mapper_145 */
export const Sachen145 = latchBoard({
  decode: A8_OF_4000,
  banks: (memory, data) => map32And8(memory, 0, data >> 7),
});

/** Mapper 148, Sachen SA-008-A and Tengen 800008. https://www.nesdev.org/wiki/INES_Mapper_148 */
export const Sachen148 = latchBoard({
  conflicts: always,
  banks: (memory, data) => map32And8(memory, (data >> 3) & 1, data & 7),
});

/** Mapper 149, Sachen SA-0036. https://www.nesdev.org/wiki/INES_Mapper_149 */
export const Sachen149 = latchBoard({
  conflicts: always,
  banks: (memory, data) => map32And8(memory, 0, data >> 7),
});

/** Mapper 203, a 35-in-1: one bank for all of PRG. https://www.nesdev.org/wiki/INES_Mapper_203 */
export const Multicart203 = latchBoard({
  banks(memory, data) {
    memory.mapPrg(0x8000, 16 * KIB, data >> 2);
    memory.mapPrg(0xc000, 16 * KIB, data >> 2);
    memory.mapChr(0x0000, 8 * KIB, data & 3);
  },
});

/** Mapper 240, C&E: registers at $4020–$5FFF. https://www.nesdev.org/wiki/INES_Mapper_240 */
export const CAndE240 = latchBoard({
  decode: { mask: 0xe000, match: 0x4000 },
  banks: (memory, data) => map32And8(memory, data >> 4, data & 0x0f),
});

/** Mapper 241, BNROM with PRG RAM, as on BxROM clones. https://www.nesdev.org/wiki/INES_Mapper_241 */
export const Bxrom241 = latchBoard({
  conflicts: conflictsBySubmapper,
  banks: (memory, data) => map32And8(memory, data, 0),
});

/** Mapper 177, Henggedianzi: 32 KiB, and mirroring in bit 5. https://www.nesdev.org/wiki/INES_Mapper_177 */
export const Henggedianzi177 = latchBoard({
  banks(memory, data) {
    map32And8(memory, data & 0x1f, 0);
    memory.mirror((data & 0x20) === 0 ? "vertical" : "horizontal");
  },
});
