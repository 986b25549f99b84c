import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { conflictsBySubmapper, latchBoard } from "../parts/latch.ts";
import { mirrorOne } from "../parts/register-board.ts";

/** Mapper 7, AxROM: 32 KiB PRG banks, a single screen selected by bit 4. https://www.nesdev.org/wiki/AxROM */
const Axrom = latchBoard({
  conflicts: conflictsBySubmapper,
  banks(memory, data) {
    memory.mapPrg(0x8000, 32 * KIB, data & 0x0f);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorOne(memory, data & 0x10);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 7,
    name: "AxROM",
    board: Axrom,
    wiki: ["AxROM"],
    unif: [{ names: "AMROM ANROM AN1ROM AOROM AXROM" }],
    knownSubmappers: [1, 2],
  },
];
