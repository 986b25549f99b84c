import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { conflictsBySubmapper, latchBoard } from "../parts/latch.ts";

/** Mapper 3, CNROM: 8 KiB of CHR switched, PRG fixed. https://www.nesdev.org/wiki/CNROM */
const Cnrom = latchBoard({
  conflicts: conflictsBySubmapper,
  banks(memory, data) {
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.mapChr(0x0000, 8 * KIB, data);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 3,
    name: "CNROM",
    board: Cnrom,
    wiki: ["CNROM"],
    unif: [{ names: "CNROM CXROM" }],
    knownSubmappers: [1, 2],
  },
];
