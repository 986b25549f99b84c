import { OPCODE_STACK } from "../../emu/nes/cpu/opcodes.ts";
import type { PpuState } from "../../emu/nes/ppu/state.ts";
import { DOTS_PER_LINE } from "../../emu/nes/region.ts";
import type { Probe } from "./probe.ts";

/** Cycles of the interrupt sequence. */
const INTERRUPT_SEQUENCE_CYCLES = 7;
/** The cycle of that sequence, from 1, that pushes the first byte. */
const INTERRUPT_FIRST_PUSH = 3;
/**
 * The cycles of an instruction that follow each of its stack accesses, in their order; 0 for opcodes that are
 * not listed. https://www.nesdev.org/wiki/CPU_unofficial_opcodes and 64doc.txt
 */
const STACK_CYCLES_AFTER: Readonly<Record<number, readonly number[]>> = {
  0: [4, 3, 2], // BRK
  32: [2, 1], // JSR
  64: [2, 1, 0], // RTI
  96: [2, 1], // RTS
};

/**
 * When the last instruction made its access, which is in its last cycle: the CPU cycles before that one,
 * and the PPU's line and dot after it. An interrupt that followed is not counted.
 */
export function accessTime(probe: Probe): {
  readonly cycle: number;
  readonly line: number;
  readonly dot: number;
} {
  const { nes } = probe;
  nes.catchUp();
  const { line, dot } = nes.ppu.state;
  const after = cyclesAfterAccess(probe);
  const dots = dotsWithin(nes.ppu.state, after);
  const frameDots = nes.region.linesPerFrame * DOTS_PER_LINE;
  const at = (line * DOTS_PER_LINE + dot - dots + frameDots) % frameDots;
  return {
    cycle: nes.totalCycles - 1 - after,
    line: Math.floor(at / DOTS_PER_LINE),
    dot: at % DOTS_PER_LINE,
  };
}

/**
 * Returns the number of dots that have begun in the last `cycles` CPU cycles. The PPU has caught up with the
 * CPU, so the current dot is the last that begins before the end of a CPU cycle. In PAL a CPU cycle is 3.2
 * dots long.
 */
function dotsWithin({ timeUnits, halfway, dotUnits, cpuUnits }: PpuState, cycles: number): number {
  const beginUnits = timeUnits - (halfway === 1 ? dotUnits >> 1 : dotUnits);
  const endUnits = (Math.floor(beginUnits / cpuUnits) + 1) * cpuUnits;
  return Math.floor((beginUnits - (endUnits - cycles * cpuUnits)) / dotUnits) + 1;
}

/** The cycles that follow the last instruction's own access: those of an interrupt. */
export function cyclesAfterAccess({ tookNmi, tookIrq }: Probe): number {
  return tookNmi || tookIrq ? INTERRUPT_SEQUENCE_CYCLES : 0;
}

/** The cycles that follow the last instruction's access of an address in the stack. */
export function cyclesAfterStackAccess(probe: Probe, address: number): number {
  const { opcode, stackBefore } = probe;
  const moves = OPCODE_STACK[opcode]!;
  const at = (moves > 0 ? address - stackBefore - 1 : stackBefore - address) & 0xff;
  if (at < Math.abs(moves)) return (STACK_CYCLES_AFTER[opcode]?.[at] ?? 0) + cyclesAfterAccess(probe);
  // The interrupt has pushed it: the return address and P, from its third cycle on.
  return Math.max(0, INTERRUPT_SEQUENCE_CYCLES - INTERRUPT_FIRST_PUSH - (at - Math.max(0, -moves)));
}
