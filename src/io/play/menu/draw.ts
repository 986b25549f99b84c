import { type TextScreen, widthOf } from "../../terminal/text-screen.ts";
import { cutToWidth, wrapParts, wrapText } from "../fit-text.ts";
import { drawNotes, linesOfNotes, NOTES_PADDING_ROWS } from "./draw-notes.ts";
import type { MenuEntry, MenuPage } from "./page.ts";
import { type Panel, pictureArea } from "./panel.ts";

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

/** The title and an empty line, which low panels leave out. */
const TITLE_ROWS = 2;
const MIN_ROWS_WITH_EMPTY_LINE = 8;
/** The entries that a low panel shows before it shows keys and texts. */
const MIN_ENTRIES = 2;
/**
 * Lines about the selected entry, so that most pages look the same; at most a third of the panel has them.
 */
const ABOUT_ROWS = { least: 2, share: 1 / 3 };
/** Longer lists have texts of few kinds. */
const MAX_MEASURED_ENTRIES = 100;
/** Columns of the headings, in panels that have room for them. */
const GROUP_COLUMNS = 11;
const MIN_COLUMNS_WITH_GROUPS = 50;
const SLIDER_COLUMNS = 16;
const VALUE_COLUMNS = 7;
const MIN_COLUMNS_WITH_SLIDERS = 44;
/** Between the keys of the last line. */
const HINT_GAP = "   ";

/** Draws a page. */
export function drawPanel(screen: TextScreen, panel: Panel, contents: PanelContents): void {
  const { row, column, rows, columns } = panel;
  const { page, entries, prompt } = contents;
  screen.fill(row, column, rows, columns, "plain");
  const notes = page.notes?.() ?? [];
  const { room: entryRoom, hintRows } = rowsOf(panel, page, entries);
  const room = notes.length === 0 ? entryRoom : rows - NOTES_PADDING_ROWS;
  const lines = notes.length === 0 ? entries.length : linesOfNotes(notes, panel);
  const last = notes.length === 0 ? contents.index + 1 : Math.min(contents.scroll + room, lines);
  const position = lines > room ? `${last}/${lines}` : "";
  const state = [page.state?.() ?? "", position].filter((text) => text !== "").join("   ");
  screen.write(row, column, ` ${cutToWidth(page.title, columns - state.length - 3)}`, "title", columns);
  screen.write(row, column + columns - state.length - 1, state, "title");
  if (page.notes !== undefined) drawNotes(screen, panel, notes, contents.scroll);
  else drawEntries(screen, panel, contents);
  if (prompt !== undefined) {
    const cursor = prompt.answer === undefined ? "" : "_";
    // Show the end of a long answer, where the player types.
    const shown = ` ${prompt.text} ${prompt.answer ?? ""}${cursor}`.slice(-columns);
    screen.write(row + rows - 1, column, shown, "key", columns);
    return;
  }
  for (const [i, line] of hintLines(panel, page, entries[contents.index]).slice(0, hintRows).entries())
    screen.write(row + rows - hintRows + i, column, ` ${line}`, "dim", columns);
}

/** The part of the keys' lines at a cell of the window, such as `Esc back`; undefined if there is none. */
export function hintAt(
  panel: Panel,
  { page, entries, index }: Pick<PanelContents, "page" | "entries" | "index">,
  at: { readonly row: number; readonly column: number },
): string | undefined {
  const top = panel.row + panel.rows - rowsOf(panel, page, entries).hintRows;
  const line = hintLines(panel, page, entries[index])[at.row - top] ?? "";
  let left = panel.column + 1;
  for (const part of line.split(HINT_GAP)) {
    if (at.column >= left && at.column < left + part.length) return part;
    left += part.length + HINT_GAP.length;
  }
  return undefined;
}

/** The keys of an entry, or else of the page, in lines. */
function hintLines({ columns }: Panel, page: MenuPage, entry: MenuEntry | undefined): string[] {
  const hint = entry?.hint ?? page.hint ?? "Enter choose   Esc back";
  return wrapParts(hint.split(HINT_GAP), HINT_GAP, columns - 2);
}

/** The rows of a page: of its entries, of the text about the selected one, and of the keys. */
function rowsOf(
  panel: Panel,
  page: MenuPage,
  entries: readonly MenuEntry[],
): { readonly room: number; readonly aboutRows: number; readonly hintRows: number } {
  const { rows, columns } = panel;
  const measured = entries.slice(0, MAX_MEASURED_ENTRIES);
  const wantedHints =
    page.notes === undefined
      ? Math.max(
          hintLines(panel, page, undefined).length,
          ...measured.map((entry) => hintLines(panel, page, entry).length),
        )
      : 1;
  const abouts = measured.map(({ about }) => (about === undefined ? 0 : wrapText(about, columns - 2).length));
  const most = Math.max(ABOUT_ROWS.least, Math.floor(rows * ABOUT_ROWS.share));
  const wanted = Math.min(most, Math.max(ABOUT_ROWS.least, ...abouts));
  const free = rows - firstEntryRow(panel, page);
  const hintRows = Math.max(0, Math.min(wantedHints, free - MIN_ENTRIES));
  const aboutRows = Math.max(0, Math.min(wanted, free - MIN_ENTRIES - hintRows));
  return { room: free - aboutRows - hintRows, aboutRows, hintRows };
}

function titleRows({ rows }: Panel): number {
  return rows < MIN_ROWS_WITH_EMPTY_LINE ? 1 : TITLE_ROWS;
}

/** The first line of entries, below the title, an empty line, and the filter if the page has one. */
function firstEntryRow(panel: Panel, { filter }: Pick<MenuPage, "filter">): number {
  return titleRows(panel) + (filter === undefined ? 0 : 1);
}

/** Number of entries that a page can show. */
export function roomForEntries(panel: Panel, page: MenuPage, entries: readonly MenuEntry[]): number {
  return rowsOf(panel, page, entries).room;
}

function drawEntries(screen: TextScreen, panel: Panel, contents: PanelContents): void {
  const { page, entries, index, scroll } = contents;
  const { row, column, rows, columns } = panel;
  const firstRow = firstEntryRow(panel, page);
  const area = screen.showsPictures ? pictureArea(panel, page, firstRow) : undefined;
  const width = area === undefined ? columns : area.left - column - 1;
  const isGrouped = entries.some(({ group }) => group !== undefined && group !== "");
  const hasGroups = width >= MIN_COLUMNS_WITH_GROUPS && isGrouped;
  const indent = hasGroups ? GROUP_COLUMNS : 0;
  const filterEnd = drawFilter(screen, panel, page.filter?.text);
  if (isGrouped && !hasGroups && firstRow > 1) {
    // Without room for a column of headings, that of the selected entry stands above the list.
    const heading = groupOf(entries, index) ?? "";
    const left = column + width - 2 - widthOf(heading);
    if (left > filterEnd) screen.write(row + firstRow - 1, left, heading, "key");
  }
  if (entries.length === 0) {
    const isFiltered = (page.filter?.text ?? "") !== "";
    screen.write(row + firstRow, column + 2, isFiltered ? "nothing found" : "nothing here", "dim");
  }
  const { room: entryRoom, aboutRows, hintRows } = rowsOf(panel, page, entries);
  let about = entries[index]?.about ?? "";
  for (let line = 0; line < entryRoom; line++) {
    const entry = entries[scroll + line];
    if (entry === undefined) break;
    const style = scroll + line === index ? "selected" : "plain";
    const value = valueText(entry, columns);
    const room = width - 3 - indent - widthOf(value);
    const label = cutToWidth(entry.label, room);
    // The selected entry can always be read.
    if (scroll + line === index && label !== entry.label)
      about = [entry.label, about].filter(Boolean).join(": ");
    const at = row + firstRow + line;
    // A heading that has scrolled away is shown beside the first line.
    const group = line === 0 ? groupOf(entries, scroll) : entry.group;
    if (hasGroups && group !== undefined) screen.write(at, column + 1, group, "key", GROUP_COLUMNS - 1);
    screen.write(at, column + 1 + indent, ` ${label}`, style, width - 2 - indent);
    screen.write(at, column + width - 1 - widthOf(value), value, style);
  }
  const aboutTop = row + rows - hintRows - aboutRows;
  const lines = wrapText(about, columns - 2);
  const left = lines.slice(0, aboutRows);
  if (aboutRows > 0 && lines.length > aboutRows)
    left[aboutRows - 1] = cutToWidth(lines.slice(aboutRows - 1).join(" "), columns - 2);
  for (const [i, text] of left.entries())
    screen.write(aboutTop + aboutRows - left.length + i, column + 1, text, "plain");
  if (area === undefined) return;
  const picture = page.picture?.(index);
  if (picture !== undefined) screen.picture(picture, area);
  else if (page.noPicture !== undefined && entries.length > 0) {
    const left = area.left + Math.max(0, (area.columns - page.noPicture.length) >> 1);
    screen.write(area.top + (area.rows >> 1), left, page.noPicture, "dim");
  }
  const facts = (page.facts?.(index) ?? []).flatMap((fact, i) =>
    wrapText(fact, area.columns).map((text) => ({ text, isFirst: i === 0 })),
  );
  const below = area.top + area.rows + 1;
  facts.forEach(({ text, isFirst }, i) => {
    if (below + i < aboutTop)
      screen.write(below + i, area.left, text, isFirst ? "key" : "plain", area.columns);
  });
}

/** Returns the column after the filter. */
function drawFilter(screen: TextScreen, panel: Panel, text: string | undefined): number {
  const { row, column } = panel;
  if (text === undefined) return column;
  const shown = text === "" ? "type to find a game" : `Find: ${text}_`;
  screen.write(row + titleRows(panel), column + 2, shown, text === "" ? "dim" : "key");
  return column + 2 + widthOf(shown);
}

function groupOf(entries: readonly MenuEntry[], index: number): string | undefined {
  for (let at = index; at >= 0; at--) if (entries[at]?.group !== undefined) return entries[at]!.group;
  return undefined;
}

function valueText({ value, slider }: MenuEntry, columns: number): string {
  if (value === undefined) return "";
  if (slider === undefined || columns < MIN_COLUMNS_WITH_SLIDERS) return `${value} `;
  const at = Math.round(slider * (SLIDER_COLUMNS - 1));
  return `${"━".repeat(at)}●${"─".repeat(SLIDER_COLUMNS - 1 - at)}${value.padStart(VALUE_COLUMNS)} `;
}

/** The entry at a cell of the window, if there is one. `isLow` is true on the left half of its value. */
export function entryAt(
  panel: Panel,
  { page, entries, scroll }: Pick<PanelContents, "page" | "entries" | "scroll">,
  at: { readonly row: number; readonly column: number },
): { readonly index: number; readonly isLow: boolean } | undefined {
  const line = at.row - panel.row - firstEntryRow(panel, page);
  const right = panel.column + panel.columns;
  const index = scroll + line;
  const entry = entries[index];
  if (line < 0 || line >= rowsOf(panel, page, entries).room || entry === undefined) return undefined;
  if (at.column < panel.column || at.column >= right) return undefined;
  const width = [...valueText(entry, panel.columns)].length;
  return { index, isLow: at.column >= right - 1 - width && at.column < right - 1 - (width >> 1) };
}
