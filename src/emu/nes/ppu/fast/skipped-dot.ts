/** The dot that odd frames skip, between the pre-render line and line 0. */
import type { FastPath } from "./fast-path.ts";
import { runLines } from "./line-runs.ts";
import { canBatchLineFrom } from "./lines.ts";
import { lastReads, skipsDot } from "./tails.ts";
import { CELLS_END, LINE_DOTS } from "./timing.ts";
import { isUndisturbed } from "./undisturbed.ts";

/**
 * Returns true if the PPU is just before dots 337–340 of the pre-render line, dot 0 of line 0 will be
 * skipped, and line 0 can be run at once. In the skipped dot's place, dot 1 shows sprites early, so there
 * must be none.
 */
export function canSkipDot(fast: FastPath): boolean {
  const { ppu, lowWords, highWords } = fast;
  return (
    ppu.dot === CELLS_END &&
    skipsDot(ppu) &&
    !ppu.watchesFetches &&
    ppu.oamAddress === 0 &&
    (lowWords[0] | lowWords[1] | highWords[0] | highWords[1]) === 0 &&
    isUndisturbed(ppu) &&
    canBatchLineFrom(fast)
  );
}

/** Number of dots that `runToLine0` runs before line 0. */
export const DOTS_BEFORE_SKIP = LINE_DOTS - CELLS_END;

/** Runs dots 337–340, and then line 0, and the lines after it that end within `dots` dots. */
export function runToLine0(fast: FastPath, dots: number): void {
  const { ppu } = fast;
  const startUnits = ppu.timeUnits;
  lastReads(ppu);
  ppu.timeUnits = startUnits + DOTS_BEFORE_SKIP * ppu.dotUnits;
  ppu.line = 0;
  ppu.dot = 0;
  runLines(fast, dots - DOTS_BEFORE_SKIP);
}
