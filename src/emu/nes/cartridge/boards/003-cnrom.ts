import { conflictsBySubmapper, latchBoard } from "./latch.ts";

const KIB = 1024;

/** Mapper 3, CNROM: 8 KiB of CHR switched, PRG fixed. https://www.nesdev.org/wiki/CNROM */
export const Cnrom = latchBoard({
  conflicts: conflictsBySubmapper,
  banks(memory, data) {
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.mapChr(0x0000, 8 * KIB, data);
  },
});
