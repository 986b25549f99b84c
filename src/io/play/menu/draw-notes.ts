import { type TextScreen, widthOf } from "../../terminal/text-screen.ts";
import { wrapParts, wrapText } from "../fit-text.ts";
import type { MenuNote } from "./page.ts";
import type { Panel } from "./panel.ts";

/** The title and the hint: pages of notes have no empty line, so that most keys fit into 24 rows. */
export const NOTES_PADDING_ROWS = 2;
/** From this width on notes are shown in two columns. */
const TWO_COLUMNS = 64;
/** Columns reserved for a note's keys, if there is room. */
const KEY_COLUMNS = 15;
const NARROW_KEY_COLUMNS = 7;
/** Below this width, the texts need the room more than the keys. */
const NARROW = 34;

/** A row of a column: a part of a note's keys and of its text. */
interface NoteRow {
  readonly keys: string;
  readonly text: string;
}

/** The widths of a column and of its keys, and its rows. */
interface NoteColumns {
  readonly width: number;
  readonly keyColumns: number;
  readonly columns: readonly (readonly NoteRow[])[];
}

/** Number of lines that notes take; the page scrolls if there is not enough room. */
export function linesOfNotes(notes: readonly MenuNote[], panel: Panel): number {
  const longest = Math.max(...layOut(notes, panel).columns.map((rows) => rows.length));
  return Math.max(panel.rows - NOTES_PADDING_ROWS, longest);
}

/** The furthest scroll position of a page of notes. */
export function scrollLimit(notes: readonly MenuNote[], panel: Panel): number {
  return linesOfNotes(notes, panel) - (panel.rows - NOTES_PADDING_ROWS);
}

/** Draws notes in one column or two. Keys and texts that are too wide continue in the next row. */
export function drawNotes(
  screen: TextScreen,
  panel: Panel,
  notes: readonly MenuNote[],
  scroll: number,
): void {
  const { row, column, rows } = panel;
  const { width, keyColumns, columns } = layOut(notes, panel);
  for (const [index, noteRows] of columns.entries()) {
    const left = column + 1 + index * width;
    for (const [i, { keys, text }] of noteRows.slice(scroll, scroll + rows - NOTES_PADDING_ROWS).entries()) {
      screen.write(row + 1 + i, left, keys, "key", keyColumns);
      screen.write(row + 1 + i, left + keyColumns, text, "plain");
    }
  }
}

/** Notes as lines of text, at most `columns` wide, in columns of equal length. */
export function notesAsText(notes: readonly MenuNote[], columns: number): string[] {
  const { width, keyColumns, columns: parts } = layOut(notes, { columns, rows: 0 });
  return Array.from({ length: Math.max(...parts.map((rows) => rows.length)) }, (_, row) =>
    parts
      .map((rows) => padded(padded(rows[row]?.keys ?? "", keyColumns) + (rows[row]?.text ?? ""), width))
      .join("")
      .trimEnd(),
  );
}

function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}

function layOut(notes: readonly MenuNote[], { columns, rows }: Pick<Panel, "columns" | "rows">): NoteColumns {
  const count = columns >= TWO_COLUMNS ? 2 : 1;
  const width = Math.floor((columns - 1) / count);
  const keyColumns = width < NARROW ? NARROW_KEY_COLUMNS : KEY_COLUMNS;
  const blocks = notes.map((note) => rowsOf(note, keyColumns - 1, width - keyColumns - 1));
  const total = blocks.reduce((sum, block) => sum + block.length, 0);
  // The first column is filled before the second one begins, and both are as long as they must be.
  const most = Math.max(rows - NOTES_PADDING_ROWS, Math.ceil(total / count));
  const filled: NoteRow[][] = [[]];
  for (const block of blocks) {
    const last = filled.at(-1)!;
    if (last.length + block.length <= most || filled.length === count) last.push(...block);
    else filled.push([...block]);
  }
  return { width, keyColumns, columns: filled };
}

function rowsOf({ keys, text }: MenuNote, keyColumns: number, textColumns: number): NoteRow[] {
  const parts = keys.flatMap((key) => wrapText(key, keyColumns));
  const left = wrapParts(parts, " ", keyColumns);
  const right = wrapText(text, textColumns);
  const count = Math.max(left.length, right.length);
  return Array.from({ length: count }, (_, i) => ({ keys: left[i] ?? "", text: right[i] ?? "" }));
}
