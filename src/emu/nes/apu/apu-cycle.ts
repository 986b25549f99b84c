/**
 * Parity of "get" cycles, CPU cycles whose first half is the APU's ACLK1 and in which DMA may read. The
 * others are "put" cycles (ACLK2): frame clocks, channel timers and DMC bits happen at their start. Register
 * accesses happen in the second half of a cycle, after everything that the APU does at its start.
 * https://www.nesdev.org/wiki/DMA#Cadence
 */
const GET_PARITY = 0;

/** Returns true if `cycle` is a get cycle. */
export function isGet(cycle: number): boolean {
  return (cycle & 1) === GET_PARITY;
}

/** The first get cycle after `cycle`. */
export function nextGet(cycle: number): number {
  return ((cycle + 2 - GET_PARITY) & ~1) + GET_PARITY;
}
