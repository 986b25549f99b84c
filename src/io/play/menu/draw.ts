import type { TextScreen } from "../../terminal/text-screen.ts";
import { fitParts } from "../fit-text.ts";
import { THUMBNAIL_WIDTH } from "../thumbnail.ts";
import type { MenuEntry, MenuNote, MenuPage } from "./page.ts";

/** The menu's rectangle, in cells. */
export interface Panel {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** What to draw. */
export interface PanelContents {
  readonly page: MenuPage;
  readonly entries: readonly MenuEntry[];
  readonly index: number;
  /** The first visible line. */
  readonly scroll: number;
  /** A question, and the text typed so far if it asks for text. */
  readonly prompt: { readonly text: string; readonly answer: string | undefined } | undefined;
}

const MAX_COLUMNS = 78;
const MAX_ROWS = 23;
/** The first line of entries, below the title and an empty line. */
const FIRST_ENTRY_ROW = 2;
/** The title and the empty line below it, the line about the selected entry, and the hint. */
export const PANEL_PADDING_ROWS = FIRST_ENTRY_ROW + 2;
/** Pages of notes have no empty line, so that all keys fit into 24 rows. */
const NOTES_PADDING_ROWS = 2;
/** From this width on notes are shown in two columns. */
const TWO_COLUMNS = 64;
/** Columns reserved for a note's keys, if there is room. */
const KEY_COLUMNS = 15;
const NARROW_KEY_COLUMNS = 7;
/** Columns of the headings, in panels that have room for them. */
const GROUP_COLUMNS = 11;
const LEAST_COLUMNS_WITH_GROUPS = 50;
const SLIDER_COLUMNS = 16;
const LEAST_COLUMNS_WITH_SLIDERS = 60;
/** Below this width, the texts need the room more than the keys. */
const NARROW = 34;

/** The menu's place: centred, and the same for every page, so that no page leaves traces of another. */
export function panelOf({ rows, columns }: TextScreen): Panel {
  const width = Math.min(MAX_COLUMNS, columns);
  // The last row belongs to the status line.
  const height = Math.min(MAX_ROWS, rows - 1);
  return {
    row: (rows - 1 - height) >> 1,
    column: (columns - width) >> 1,
    rows: height,
    columns: width,
  };
}

/** Draws a page. */
export function drawPanel(screen: TextScreen, panel: Panel, contents: PanelContents): void {
  const { row, column, rows, columns } = panel;
  const { page, entries, prompt } = contents;
  screen.fill(row, column, rows, columns, "plain");
  screen.write(row, column, ` ${page.title}`, "title", columns);
  const notes = page.notes?.() ?? [];
  const room = rows - (notes.length === 0 ? PANEL_PADDING_ROWS : NOTES_PADDING_ROWS);
  const lines = notes.length === 0 ? entries.length : linesOf(notes, panel);
  const last = notes.length === 0 ? contents.index + 1 : Math.min(contents.scroll + room, lines);
  const position = lines > room ? `${last}/${lines} ` : "";
  screen.write(row, column + columns - position.length, position, "title");
  if (page.notes !== undefined) drawNotes(screen, panel, notes, contents.scroll);
  else drawEntries(screen, panel, contents);
  const hint = fitParts((page.hint ?? "Enter choose   Esc back").split("   "), "   ", columns - 1);
  const cursor = prompt?.answer === undefined ? "" : "_";
  // Show the end of a long answer, where the player types.
  const shown =
    prompt === undefined ? ` ${hint}` : ` ${prompt.text} ${prompt.answer ?? ""}${cursor}`.slice(-columns);
  screen.write(row + rows - 1, column, shown, prompt === undefined ? "dim" : "key", columns);
}

function drawEntries(screen: TextScreen, panel: Panel, contents: PanelContents): void {
  const { page, entries, index, scroll } = contents;
  const { row, column, rows, columns } = panel;
  const picture = screen.showsPictures ? page.picture?.(index) : undefined;
  const hasPictures = page.picture !== undefined && columns >= THUMBNAIL_WIDTH + 30;
  const width = hasPictures ? columns - THUMBNAIL_WIDTH - 3 : columns;
  const hasGroups =
    width >= LEAST_COLUMNS_WITH_GROUPS && entries.some(({ group }) => group !== undefined && group !== "");
  const indent = hasGroups ? GROUP_COLUMNS : 0;
  if (entries.length === 0) screen.write(row + FIRST_ENTRY_ROW, column + 2, "nothing here", "dim");
  for (let line = 0; line < rows - PANEL_PADDING_ROWS; line++) {
    const entry = entries[scroll + line];
    if (entry === undefined) break;
    const style = scroll + line === index ? "selected" : "plain";
    const value = valueText(entry, columns);
    const room = width - 3 - indent - Bun.stringWidth(value);
    const label = Bun.stringWidth(entry.label) > room ? `${entry.label.slice(0, room - 1)}…` : entry.label;
    const at = row + FIRST_ENTRY_ROW + line;
    // A heading that has scrolled away is shown beside the first line.
    const group = line === 0 ? groupOf(entries, scroll) : entry.group;
    if (hasGroups && group !== undefined) screen.write(at, column + 1, group, "key", GROUP_COLUMNS - 1);
    screen.write(at, column + 1 + indent, ` ${label}`, style, width - 2 - indent);
    screen.write(at, column + width - 1 - [...value].length, value, style);
  }
  const about = entries[index]?.about ?? "";
  screen.write(row + rows - 2, column + 1, ` ${about}`, "plain", columns - 2);
  if (hasPictures && picture !== undefined)
    screen.picture(row + FIRST_ENTRY_ROW, column + width, picture.colors, picture.width, picture.height);
}

function groupOf(entries: readonly MenuEntry[], index: number): string | undefined {
  return entries.slice(0, index + 1).findLast(({ group }) => group !== undefined)?.group;
}

function valueText({ value, slider }: MenuEntry, columns: number): string {
  if (value === undefined) return "";
  if (slider === undefined || columns < LEAST_COLUMNS_WITH_SLIDERS) return `${value} `;
  const at = Math.round(slider * (SLIDER_COLUMNS - 1));
  return `${"━".repeat(at)}●${"─".repeat(SLIDER_COLUMNS - 1 - at)}${value.padStart(6)} `;
}

/** The entry at a cell of the window, if there is one. `isLow` is true on the left half of its value. */
export function entryAt(
  panel: Panel,
  { entries, scroll }: Pick<PanelContents, "entries" | "scroll">,
  at: { readonly row: number; readonly column: number },
): { readonly index: number; readonly isLow: boolean } | undefined {
  const line = at.row - panel.row - FIRST_ENTRY_ROW;
  const right = panel.column + panel.columns;
  const index = scroll + line;
  const entry = entries[index];
  if (line < 0 || line >= panel.rows - PANEL_PADDING_ROWS || entry === undefined) return undefined;
  if (at.column < panel.column || at.column >= right) return undefined;
  const width = [...valueText(entry, panel.columns)].length;
  return { index, isLow: at.column >= right - 1 - width && at.column < right - 1 - (width >> 1) };
}

function columnsOfNotes({ columns }: Panel): number {
  return columns >= TWO_COLUMNS ? 2 : 1;
}

/** Number of lines that notes take; the page scrolls if there is not enough room. */
function linesOf(notes: readonly MenuNote[], panel: Panel): number {
  return Math.max(panel.rows - NOTES_PADDING_ROWS, Math.ceil(notes.length / columnsOfNotes(panel)));
}

/** The furthest scroll position of a page of notes. */
export function scrollLimit(notes: readonly MenuNote[], panel: Panel): number {
  return linesOf(notes, panel) - (panel.rows - NOTES_PADDING_ROWS);
}

function drawNotes(screen: TextScreen, panel: Panel, notes: readonly MenuNote[], scroll: number): void {
  const { row, column, rows, columns } = panel;
  const room = rows - NOTES_PADDING_ROWS;
  const width = Math.floor((columns - 1) / columnsOfNotes(panel));
  const keyColumns = width < NARROW ? NARROW_KEY_COLUMNS : KEY_COLUMNS;
  const perColumn = linesOf(notes, panel);
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
