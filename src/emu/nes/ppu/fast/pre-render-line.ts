/**
 * The pre-render line at once. It fetches as a visible line does, but shows nothing and searches no sprites.
 * Of its first tiles nothing is left at its end, because v becomes t and the shifters are loaded again.
 */
import { CTRL_SPRITE_8X16, CTRL_SPRITE_TABLE, type PpuState, SPRITES_PER_LINE } from "../state.ts";
import { settleColours } from "./cell-pixels.ts";
import { prefetchCell } from "./cells.ts";
import type { FastPath } from "./fast-path.ts";
import { fetchLineSprites, noteLineA12 } from "./line-sprites.ts";
import { CELL_DOTS, CELLS_END, FIRST_PREFETCH_CELL } from "./timing.ts";
import { isUndisturbed } from "./undisturbed.ts";

/** The last dot with an event of the line: its flags have been cleared. */
const EVENTS_END = 2;
/** Up to here secondary OAM is read, and its address returns to 0 afterwards. */
const READING_END = 56;

/** Returns true if the rest of the pre-render line, up to dot 336, can be run at once. */
export function canRunPreRenderLine(ppu: PpuState): boolean {
  const { dot } = ppu;
  const isAtCell = (dot & (CELL_DOTS - 1)) === 0 && dot !== 0 && dot <= READING_END;
  return (
    ppu.line === ppu.preRenderLine &&
    (dot === EVENTS_END || isAtCell) &&
    !ppu.watchesFetches &&
    isUndisturbed(ppu)
  );
}

/** Runs the line up to dot 336. */
export function runPreRenderLine(fast: FastPath): void {
  const { ppu } = fast;
  const { dot, dotUnits } = ppu;
  const startUnits = ppu.timeUnits - dot * dotUnits;
  settleColours(ppu);
  searchNothing(ppu);
  ppu.v = ppu.t;
  fetchLineSprites(fast, SPRITES_PER_LINE);
  if (ppu.watchesA12) noteLineA12(ppu, startUnits, tablesInSecondaryOam(ppu), dot & ~(CELL_DOTS - 1));
  ppu.timeUnits = startUnits + FIRST_PREFETCH_CELL * dotUnits;
  prefetchCell(ppu);
  prefetchCell(ppu);
  ppu.dot = CELLS_END;
}

/** Sprite evaluation reads OAM but does not step through it. */
function searchNothing(ppu: PpuState): void {
  ppu.ninthSpriteFound = 0;
  ppu.oddDotCorrupted = 0;
  ppu.oamWrapped = 0;
  if (ppu.evaluationByte === 0) ppu.sprite0OnNextLine = 0;
  ppu.evaluationByte = 0;
}

/** Pattern tables of the sprites in secondary OAM, one bit per unit. */
export function tablesInSecondaryOam(ppu: PpuState): number {
  if ((ppu.control & CTRL_SPRITE_8X16) === 0) return (ppu.control & CTRL_SPRITE_TABLE) === 0 ? 0 : 0xff;
  let tables = 0;
  for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
    tables |= (ppu.secondaryOam[unit * 4 + 1] & 1) << unit;
  }
  return tables;
}
