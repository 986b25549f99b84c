import { type TextScreen, widthOf } from "../terminal/text-screen.ts";
import { cutNotice, cutToWidth, fitParts } from "./fit-text.ts";

/** The contents of the last row, from left to right. */
export interface StatusRow {
  /** What is on: paused, recording, … They are always shown. */
  readonly states: readonly string[];
  /** The rest of the row: a notice, a warning, the keys that play, or the game's name. */
  readonly parts: readonly string[];
  /** True for notices and warnings. */
  readonly isAlert: boolean;
  /** Shown at the right end, as many of the last ones as fit beside the first part. */
  readonly corner: readonly string[];
}

const GAP = "   ";

/** Draws the row. Parts that do not fit are left out; only the first one is cut. */
export function drawStatusRow(screen: TextScreen, row: number, content: StatusRow): void {
  const { columns } = screen;
  const { states, parts, isAlert, corner } = content;
  screen.write(row, 0, "", "bar", columns);
  const on = states.join("  ");
  screen.write(row, 1, on, "alert");
  const left = on === "" ? 1 : widthOf(on) + 1 + GAP.length;
  const corners = corner.map((_, i) => corner.slice(i).join(GAP));
  const first = widthOf(parts[0] ?? "");
  const shown = corners.find((text) => left + first + GAP.length + text.length < columns) ?? "";
  if (shown !== "") screen.write(row, columns - 1 - shown.length, shown, "bar");
  const room = columns - left - (shown === "" ? 0 : shown.length + 1 + GAP.length);
  const text = fitParts(parts, GAP, room);
  if (isAlert) screen.write(row, left, cutNotice(text, room), "alert");
  else screen.write(row, left, cutToWidth(text, room), "bar");
}
