import type { Thumbnail } from "../thumbnail.ts";

/** A selectable line of a page. The functions may return a promise; the page is drawn again after it. */
export interface MenuEntry {
  readonly label: string;
  readonly value?: string;
  /** Where the value is in its range, from 0 to 1: drawn as a slider. */
  readonly slider?: number;
  /** One line about the entry, shown while it is selected. */
  readonly about?: string;
  /** The heading of this and the following entries. */
  readonly group?: string;
  /** Action of Enter. */
  readonly enter?: () => unknown;
  /** Action of Left and Right. */
  readonly change?: (direction: -1 | 1) => unknown;
  /** Action of Delete and Backspace. */
  readonly remove?: () => unknown;
}

/** A line of a page that is only read: keys, and what they do. */
export interface MenuNote {
  readonly keys: readonly string[];
  readonly text: string;
}

export interface MenuPage {
  readonly title: string;
  /** The keys that work here, for the last line. */
  readonly hint?: string;
  /** Called whenever the page is drawn. */
  entries(): readonly MenuEntry[];
  /** Shown instead of entries. */
  notes?(): readonly MenuNote[];
  /**
   * Set for pages with many entries: `/` asks for a part of a label and goes to the next entry that contains
   * it.
   */
  readonly isSearchable?: true;
  /** A picture beside the entries. */
  picture?(index: number): Thumbnail | undefined;
}
