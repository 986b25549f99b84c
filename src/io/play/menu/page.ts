import type { Thumbnail } from "../thumbnail.ts";

/** A line of a page that can be chosen. What the functions return may be a promise: the page is drawn anew after it. */
export interface MenuEntry {
  readonly label: string;
  readonly value?: string;
  /** Enter. */
  readonly enter?: () => unknown;
  /** Left and right. */
  readonly change?: (direction: -1 | 1) => unknown;
  /** Delete and Backspace. */
  readonly remove?: () => unknown;
}

/** A line of a page that is only read: keys in front, and what they do. */
export interface MenuNote {
  readonly keys: readonly string[];
  readonly text: string;
}

export interface MenuPage {
  readonly title: string;
  /** What can be done here, for the last line. */
  readonly hint?: string;
  /** Asked for whenever the page is drawn. */
  entries(): readonly MenuEntry[];
  /** Shown instead of entries. */
  notes?(): readonly MenuNote[];
  /** There may be many entries: `/` asks for a part of a label and goes to the next one that has it. */
  readonly isSearchable?: true;
  /** Shown beside the entries. */
  picture?(index: number): Thumbnail | undefined;
}
