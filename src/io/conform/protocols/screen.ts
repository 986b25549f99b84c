import type { Machine } from "../../../emu/machine.ts";

const NAMETABLE = 0x2000;
const COLUMNS = 32;
const ROWS = 30;

/** Nametable 0 with its tile numbers read as ASCII, a line a row; what is no printable character is a space. */
export function screenText(machine: Machine): string {
  const rows: string[] = [];
  for (let row = 0; row < ROWS; row++) {
    let line = "";
    for (let column = 0; column < COLUMNS; column++) {
      const tile = machine.peek("ppu", NAMETABLE + row * COLUMNS + column);
      line += tile > 0x20 && tile < 0x7f ? String.fromCharCode(tile) : " ";
    }
    rows.push(line.trimEnd());
  }
  return rows.join("\n");
}

const DETAIL_CHARACTERS_MAX = 200;

/** Text of several lines as one short line for a report. */
export function condense(text: string): string {
  const line = text
    .split("\n")
    .map((row) => row.replace(/\s+/g, " ").trim())
    .filter((row) => row !== "")
    .join("; ");
  return line.length <= DETAIL_CHARACTERS_MAX ? line : `${line.slice(0, DETAIL_CHARACTERS_MAX - 1)}…`;
}
