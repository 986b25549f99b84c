import type { TextScreen } from "../../terminal/text-screen.ts";
import type { MenuNote } from "./page.ts";
import type { Panel } from "./panel.ts";

/** The title and the hint: pages of notes have no empty line, so that all keys fit into 24 rows. */
export const NOTES_PADDING_ROWS = 2;
/** From this width on notes are shown in two columns. */
const TWO_COLUMNS = 64;
/** Columns reserved for a note's keys, if there is room. */
const KEY_COLUMNS = 15;
const NARROW_KEY_COLUMNS = 7;
/** Below this width, the texts need the room more than the keys. */
const NARROW = 34;

function columnsOfNotes({ columns }: Panel): number {
  return columns >= TWO_COLUMNS ? 2 : 1;
}

/** Number of lines that notes take; the page scrolls if there is not enough room. */
export function linesOfNotes(notes: readonly MenuNote[], panel: Panel): number {
  return Math.max(panel.rows - NOTES_PADDING_ROWS, Math.ceil(notes.length / columnsOfNotes(panel)));
}

/** The furthest scroll position of a page of notes. */
export function scrollLimit(notes: readonly MenuNote[], panel: Panel): number {
  return linesOfNotes(notes, panel) - (panel.rows - NOTES_PADDING_ROWS);
}

export function drawNotes(
  screen: TextScreen,
  panel: Panel,
  notes: readonly MenuNote[],
  scroll: number,
): void {
  const { row, column, rows, columns } = panel;
  const room = rows - NOTES_PADDING_ROWS;
  const width = Math.floor((columns - 1) / columnsOfNotes(panel));
  const keyColumns = width < NARROW ? NARROW_KEY_COLUMNS : KEY_COLUMNS;
  const perColumn = linesOfNotes(notes, panel);
  notes.forEach(({ keys, text }, i) => {
    const line = (i % perColumn) - scroll;
    if (line < 0 || line >= room) return;
    const left = column + 1 + Math.floor(i / perColumn) * width;
    screen.write(row + 1 + line, left, shortened(keys, keyColumns - 1), "key", keyColumns);
    const end = [...text].slice(0, width - keyColumns - 1).join("");
    screen.write(row + 1 + line, left + keyColumns, end, "plain");
  });
}

/** As many of the keys as fit; a mark at the end shows that there are more. */
function shortened(keys: readonly string[], columns: number): string {
  let text = keys[0]!;
  for (const key of keys.slice(1)) {
    if (text.length + 1 + key.length > columns - 1) return `${text}…`;
    text += ` ${key}`;
  }
  return text;
}
