import type { TextScreen } from "../../terminal/text-screen.ts";
import { THUMBNAIL_WIDTH } from "../thumbnail.ts";
import type { MenuEntry, MenuNote, MenuPage } from "./page.ts";

/** The rectangle that the menu takes, in cells. */
export interface Panel {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** What is drawn. */
export interface PanelContents {
  readonly page: MenuPage;
  readonly entries: readonly MenuEntry[];
  readonly index: number;
  /** The first line that is shown. */
  readonly scroll: number;
  /** A question, and what has been typed so far where it takes text. */
  readonly prompt: { readonly text: string; readonly answer: string | undefined } | undefined;
}

const MOST_COLUMNS = 78;
const MOST_ROWS = 23;
/** Title, hint, and an empty line below the title. */
export const PANEL_PADDING_ROWS = 3;
/** From this width on notes stand in two columns. */
const TWO_COLUMNS = 64;
/** Notes begin with their keys, in so many columns. */
export const KEY_COLUMNS = 15;

/** The menu's place: in the middle, the same for every page, so that no page leaves anything behind. */
export function panelOf({ rows, columns }: TextScreen): Panel {
  const width = Math.min(MOST_COLUMNS, columns);
  // The last row is the status line's.
  const height = Math.min(MOST_ROWS, rows - 1);
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
  const position =
    entries.length > rows - PANEL_PADDING_ROWS ? `${contents.index + 1}/${entries.length} ` : "";
  screen.write(row, column + columns - position.length, position, "title");
  if (page.notes !== undefined) drawNotes(screen, panel, page.notes(), contents.scroll);
  else drawEntries(screen, panel, contents);
  const hint = page.hint ?? "Enter choose   Esc back";
  const last = prompt === undefined ? ` ${hint}` : ` ${prompt.text} ${prompt.answer ?? ""}`;
  const cursor = prompt?.answer === undefined ? "" : "_";
  // The end of a long answer is what is being typed.
  const shown = prompt === undefined ? last : `${last}${cursor}`.slice(-columns);
  screen.write(row + rows - 1, column, shown, prompt === undefined ? "dim" : "key", columns);
}

function drawEntries(
  screen: TextScreen,
  panel: Panel,
  { page, entries, index, scroll }: PanelContents,
): void {
  const { row, column, rows, columns } = panel;
  const picture = screen.showsPictures ? page.picture?.(index) : undefined;
  const hasPictures = page.picture !== undefined && columns >= THUMBNAIL_WIDTH + 30;
  const width = hasPictures ? columns - THUMBNAIL_WIDTH - 3 : columns;
  if (entries.length === 0) screen.write(row + 2, column + 2, "nothing here", "dim");
  for (let line = 0; line < rows - PANEL_PADDING_ROWS; line++) {
    const entry = entries[scroll + line];
    if (entry === undefined) break;
    const style = scroll + line === index ? "selected" : "plain";
    const value = entry.value === undefined ? "" : `${entry.value} `;
    const room = width - 3 - Bun.stringWidth(value);
    const label = Bun.stringWidth(entry.label) > room ? `${entry.label.slice(0, room - 1)}…` : entry.label;
    screen.write(row + 2 + line, column + 1, ` ${label}`, style, width - 2);
    screen.write(row + 2 + line, column + width - 1 - [...value].length, value, style);
  }
  if (hasPictures && picture !== undefined)
    screen.picture(row + 2, column + width, picture.colors, picture.width, picture.height);
}

function drawNotes(screen: TextScreen, panel: Panel, notes: readonly MenuNote[], scroll: number): void {
  const { row, column, rows, columns } = panel;
  const room = rows - PANEL_PADDING_ROWS;
  const across = columns >= TWO_COLUMNS ? 2 : 1;
  const width = Math.floor((columns - 1) / across);
  const perColumn = Math.max(room, Math.ceil(notes.length / across));
  const first = Math.min(scroll, perColumn - room);
  notes.forEach(({ keys, text }, i) => {
    const line = (i % perColumn) - first;
    if (line < 0 || line >= room) return;
    const left = column + 1 + Math.floor(i / perColumn) * width;
    screen.write(row + 2 + line, left, keys, "key", KEY_COLUMNS);
    screen.write(
      row + 2 + line,
      left + KEY_COLUMNS,
      [...text].slice(0, width - KEY_COLUMNS - 1).join(""),
      "plain",
    );
  });
}
