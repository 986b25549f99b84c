/** How many sprites each line has, and in which tables they are, counted once per change of OAM. */
import { inRange, spriteHeight } from "../definition/sprite-evaluation.ts";
import {
  CTRL_SPRITE_8X16,
  CTRL_SPRITE_TABLE,
  SCREEN_HEIGHT,
  SECONDARY_OAM_BYTES,
  SPRITES_PER_LINE,
} from "../state.ts";
import type { FastPath } from "./fast-path.ts";

/** Units without a sprite fetch tile $FF, which is in table 1. */
const EMPTY_UNITS = 0xff;

/** Number of sprites in range on a visible line. It can exceed eight. */
export function spriteCount(fast: FastPath, line: number): number {
  const { ppu } = fast;
  const height = spriteHeight(ppu);
  if (fast.countedHeight !== height) countSprites(fast, height);
  return fast.spritesOnLine[line];
}

/** The first line from `line` on with eight sprites or more; 240 if there is none. */
export function crowdedLine(fast: FastPath, line: number): number {
  const height = spriteHeight(fast.ppu);
  if (fast.countedHeight !== height) countSprites(fast, height);
  return fast.crowdedFrom[line];
}

/** Pattern tables of the sprites that a visible line fetches, one bit per unit. */
export function tablesOf(fast: FastPath, line: number): number {
  const { ppu } = fast;
  if ((ppu.control & CTRL_SPRITE_8X16) === 0) return (ppu.control & CTRL_SPRITE_TABLE) === 0 ? 0 : 0xff;
  return spriteCount(fast, line) === 0 ? EMPTY_UNITS : fast.tablesOnLine[line];
}

function countSprites(fast: FastPath, height: number): void {
  const { ppu } = fast;
  const { oam } = ppu;
  const { spritesOnLine, tablesOnLine, crowdedFrom } = fast;
  fast.countedHeight = height;
  spritesOnLine.fill(0);
  tablesOnLine.fill(EMPTY_UNITS);
  for (let at = 0; at < oam.length; at += 4) {
    const end = oam[at] + height < SCREEN_HEIGHT ? oam[at] + height : SCREEN_HEIGHT;
    const isInTable0 = (oam[at + 1] & 1) ^ 1;
    for (let line = oam[at]; line < end; line++) {
      const unit = spritesOnLine[line];
      spritesOnLine[line] = unit + 1;
      if (unit < SPRITES_PER_LINE) tablesOnLine[line] &= ~(isInTable0 << unit);
    }
  }
  let crowded = SCREEN_HEIGHT;
  for (let line = SCREEN_HEIGHT; line >= 0; line--) {
    if (spritesOnLine[line] >= SPRITES_PER_LINE) crowded = line;
    crowdedFrom[line] = crowded;
  }
}

/**
 * The least number of dots until the evaluation under way finds a ninth sprite, or `never` if it will find
 * none. It need not have begun at the start of the line, but a byte of secondary OAM always takes two dots.
 */
export function dotsToNinthSprite(fast: FastPath, never: number): number {
  const { ppu } = fast;
  if (ppu.oamWrapped === 1) return never;
  if (ppu.secondaryFull === 1) return 0;
  const dots = Math.max(0, 2 * (SECONDARY_OAM_BYTES - ppu.secondaryAddress) - 2);
  if ((ppu.oamAddress & 3) !== ppu.evaluationByte) return dots;
  const found = (ppu.secondaryAddress + 3) >> 2;
  if (found + spriteCount(fast, ppu.line) < SPRITES_PER_LINE) return never;
  let left = 0;
  for (let at = (ppu.oamAddress + 3) & ~3; at < ppu.oam.length; at += 4) {
    if (inRange(ppu, ppu.oam[at])) left++;
  }
  return found + left < SPRITES_PER_LINE ? never : dots;
}
