import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { conflictsBySubmapper, latchBoard } from "../parts/latch.ts";

/** Mapper 2, UxROM: 16 KiB switched at $8000, the last fixed. https://www.nesdev.org/wiki/UxROM */
const Uxrom = latchBoard({
  conflicts: conflictsBySubmapper,
  isPrgOnly: true,
  banks(memory, data) {
    memory.mapPrg(0x8000, 16 * KIB, data);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 2,
    name: "UxROM",
    board: Uxrom,
    wiki: ["UxROM"],
    unif: [{ names: "UNROM UOROM UXROM" }],
    knownSubmappers: [1, 2],
  },
];
