import { type TextScreen, widthOf } from "../../terminal/text-screen.ts";
import { cutToWidth, fitParts } from "../fit-text.ts";
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

/** The first line of entries, below the title and the line of the filter. */
const FIRST_ENTRY_ROW = 2;
/** Lines about the selected entry: narrow panels need two. */
const ABOUT_ROWS = 2;
/** The title and the line below it, the lines about the selected entry, and the hint. */
export const PANEL_PADDING_ROWS: number = FIRST_ENTRY_ROW + ABOUT_ROWS + 1;
/** Columns of the headings, in panels that have room for them. */
const GROUP_COLUMNS = 11;
const LEAST_COLUMNS_WITH_GROUPS = 50;
const SLIDER_COLUMNS = 16;
const LEAST_COLUMNS_WITH_SLIDERS = 44;

/** Draws a page. */
export function drawPanel(screen: TextScreen, panel: Panel, contents: PanelContents): void {
  const { row, column, rows, columns } = panel;
  const { page, entries, prompt } = contents;
  screen.fill(row, column, rows, columns, "plain");
  screen.write(row, column, ` ${page.title}`, "title", columns);
  const notes = page.notes?.() ?? [];
  const room = rows - (notes.length === 0 ? PANEL_PADDING_ROWS : NOTES_PADDING_ROWS);
  const lines = notes.length === 0 ? entries.length : linesOfNotes(notes, panel);
  const last = notes.length === 0 ? contents.index + 1 : Math.min(contents.scroll + room, lines);
  const position = lines > room ? `${last}/${lines}` : "";
  const state = [page.state?.() ?? "", position].filter((text) => text !== "").join("   ");
  screen.write(row, column + columns - state.length - 1, state, "title");
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
  const area = screen.showsPictures ? pictureArea(panel, page, FIRST_ENTRY_ROW) : undefined;
  const width = area === undefined ? columns : area.left - column - 1;
  const hasGroups =
    width >= LEAST_COLUMNS_WITH_GROUPS && entries.some(({ group }) => group !== undefined && group !== "");
  const indent = hasGroups ? GROUP_COLUMNS : 0;
  if (page.filter !== undefined) {
    const { text } = page.filter;
    const shown = text === "" ? "type to find a game" : `Find: ${text}_`;
    screen.write(row + 1, column + 2, shown, text === "" ? "dim" : "key");
  }
  if (entries.length === 0) screen.write(row + FIRST_ENTRY_ROW, column + 2, "nothing here", "dim");
  for (let line = 0; line < rows - PANEL_PADDING_ROWS; line++) {
    const entry = entries[scroll + line];
    if (entry === undefined) break;
    const style = scroll + line === index ? "selected" : "plain";
    const value = valueText(entry, columns);
    const room = width - 3 - indent - widthOf(value);
    const label = cutToWidth(entry.label, room);
    const at = row + FIRST_ENTRY_ROW + line;
    // A heading that has scrolled away is shown beside the first line.
    const group = line === 0 ? groupOf(entries, scroll) : entry.group;
    if (hasGroups && group !== undefined) screen.write(at, column + 1, group, "key", GROUP_COLUMNS - 1);
    screen.write(at, column + 1 + indent, ` ${label}`, style, width - 2 - indent);
    screen.write(at, column + width - 1 - widthOf(value), value, style);
  }
  wrapped(entries[index]?.about ?? "", columns - 3, ABOUT_ROWS).forEach((text, i, lines) => {
    screen.write(row + rows - 1 - lines.length + i, column + 2, text, "plain");
  });
  if (area === undefined) return;
  const picture = page.picture?.(index);
  if (picture !== undefined) screen.picture(picture, area);
  else if (page.noPicture !== undefined) {
    const left = area.left + Math.max(0, (area.columns - page.noPicture.length) >> 1);
    screen.write(area.top + (area.rows >> 1), left, page.noPicture, "dim");
  }
  const facts = page.facts?.(index) ?? [];
  const below = area.top + area.rows + 1;
  facts.forEach((text, i) => {
    if (below + i < row + rows - ABOUT_ROWS - 1)
      screen.write(below + i, area.left, text, i === 0 ? "key" : "plain", area.columns);
  });
}

/** Breaks a text into lines at its spaces; the last line is cut. */
function wrapped(text: string, columns: number, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || (longer.length > columns && lines.length < most)) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => [...line].slice(0, columns).join(""));
}

function groupOf(entries: readonly MenuEntry[], index: number): string | undefined {
  for (let at = index; at >= 0; at--) if (entries[at]?.group !== undefined) return entries[at]!.group;
  return undefined;
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
