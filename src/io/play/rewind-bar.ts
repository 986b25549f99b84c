import { minutesText } from "../shared/minutes.ts";

const BAR_COLUMNS = 16;

/**
 * Where rewinding is, as text for the status line: the time gone back, a bar, and the length of the history.
 * The bar shows the history; its right end is the moment at which rewinding began. `left` of `all` frames can
 * still be taken back. Without a bar, if a strip of pictures has one.
 */
export function rewindBar(left: number, all: number, frameRateHz: number, hasBar = true): string {
  if (all === 0) return "◀◀ rewind";
  const at = Math.min(BAR_COLUMNS - 1, Math.floor((Math.min(left, all) / all) * BAR_COLUMNS));
  const bar = hasBar ? `${"━".repeat(at)}●${"─".repeat(BAR_COLUMNS - 1 - at)} ` : "";
  const back = minutesText(Math.max(0, all - left) / frameRateHz);
  return `◀◀ -${back} ${bar}of ${minutesText(all / frameRateHz)}${left === 0 ? ", the oldest" : ""}`;
}
