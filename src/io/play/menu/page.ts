import type { StillPicture } from "../../render/still-picture.ts";

/** The keys that move and choose on every page, by their names in the bindings. */
export const MENU_KEYS: ReadonlySet<string> = new Set([
  ...["up", "down", "left", "right", "j", "k", "page_up", "page_down", "home", "end"],
  ...["enter", "space", "delete", "backspace", "tab", "/", "escape", "f1"],
]);

/** A selectable line of a page. The functions may return a promise; the page is drawn again after it. */
export interface MenuEntry {
  readonly label: string;
  /** Identifies the entry on a page whose entries change while it is open: the selection follows it. */
  readonly id?: string;
  readonly value?: string;
  /** Where the value is in its range, from 0 to 1: drawn as a slider. */
  readonly slider?: number;
  /** A sentence about the entry, shown while it is selected. */
  readonly about?: string;
  /** The keys that work on this entry, if they are not those of the page. */
  readonly hint?: string;
  /** The heading of this and the following entries. */
  readonly group?: string;
  /** Keys that do what Enter does, whichever entry is selected: names of the bindings, no `MENU_KEYS`. */
  readonly keys?: readonly string[];
  /** Action of Enter. */
  readonly enter?: () => unknown;
  /** Action of Left and Right. */
  readonly change?: (direction: -1 | 1) => unknown;
  /** Action of Delete and Backspace. */
  readonly remove?: () => unknown;
  /** Action of Tab. */
  readonly mark?: () => unknown;
}

/** A line of a page that is only read: keys, and what they do. */
export interface MenuNote {
  readonly keys: readonly string[];
  readonly text: string;
}

/** The text by which a page's entries are filtered. Letters that are typed on the page go into it. */
export interface MenuFilter {
  readonly text: string;
  set(text: string): void;
}

/**
 * Where a page lies: in the middle of the window over the dimmed picture, in the whole window, or to the left
 * of the picture, which then shows what the page's settings change.
 */
export type PageShape = "middle" | "window" | "beside";

export interface MenuPage {
  readonly title: string;
  /** The keys that work here, for the last line. */
  readonly hint?: string;
  /** Keys that do what Enter does, by their names in the bindings. */
  readonly chooseKeys?: readonly string[];
  /** Default: "middle". */
  readonly shape?: PageShape;
  /** Called whenever the page is drawn. */
  entries(): readonly MenuEntry[];
  /** Shown instead of entries. */
  notes?(): readonly MenuNote[];
  /** A few words at the right end of the title, such as the progress of a search. */
  state?(): string;
  /**
   * Set for pages with many entries: `/` asks for a part of a label and goes to the next entry that contains
   * it.
   */
  readonly isSearchable?: true;
  readonly filter?: MenuFilter;
  /** A picture beside the entries. */
  picture?(index: number): StillPicture | undefined;
  /** The text in the place of a missing picture. */
  readonly noPicture?: string;
  /** Lines below that picture. */
  facts?(index: number): readonly string[];
  /** Called when the page is left. */
  closed?(): void;
}
