import { InputError } from "../../../emu/input-error.ts";
import type { Token } from "../../input/escape-buffer.ts";
import { type KeyEvent, keysOfPaste, typedText } from "../../input/keys.ts";
import type { MouseEvent } from "../../input/mouse.ts";
import type { TextScreen } from "../../terminal/text-screen.ts";
import { drawPanel, entryAt, PANEL_PADDING_ROWS, type Panel, panelOf, scrollLimit } from "./draw.ts";
import type { MenuEntry, MenuPage } from "./page.ts";

/** Receives the menu's events. */
export interface MenuHost {
  /** The menu must be drawn again. */
  changed(): void;
  /** The last page was closed. */
  closed(): void;
  /** An entry's action failed. */
  failed(error: unknown): void;
}

interface OpenPage {
  readonly page: MenuPage;
  index: number;
  scroll: number;
}

/** A question that receives the keys until it is answered. */
interface Question {
  readonly prompt: string;
  /** The text typed so far; undefined if any key is an answer. */
  text: string | undefined;
  readonly done: (answer: KeyEvent | string) => unknown;
}

const MAX_TEXT = 200;

/** Pages over the game, controlled by keys. */
export class Menu {
  readonly #host: MenuHost;
  readonly #pages: OpenPage[] = [];
  #question: Question | undefined;
  /** The last search text. */
  #sought = "";
  /** Number of lines that the page could show when it was last drawn. */
  #roomRows = 10;
  /** The menu's place when it was last drawn. */
  #panel: Panel | undefined;

  constructor(host: MenuHost) {
    this.#host = host;
  }

  get isOpen(): boolean {
    return this.#pages.length > 0;
  }

  /** Opens a page; Escape returns from it. */
  open(page: MenuPage, index = 0): void {
    this.#pages.push({ page, index, scroll: 0 });
    this.#host.changed();
  }

  /** Returns to the previous page. */
  back(): void {
    this.#pages.pop();
    if (this.isOpen) this.#host.changed();
    else this.#host.closed();
  }

  /** Closes all pages. */
  close(): void {
    if (!this.isOpen) return;
    this.#pages.length = 0;
    this.#question = undefined;
    this.#host.closed();
  }

  /** Call when something that the page shows has changed. */
  refresh(): void {
    if (this.isOpen) this.#host.changed();
  }

  /** Asks for a line of text; Escape cancels. */
  askText(prompt: string, initial: string, done: (text: string) => unknown): void {
    this.#question = { prompt, text: initial, done: (answer) => done(answer as string) };
    this.#host.changed();
  }

  /** Asks for a key, Escape included. */
  askKey(prompt: string, done: (key: KeyEvent) => unknown): void {
    this.#question = { prompt, text: undefined, done: (answer) => done(answer as KeyEvent) };
    this.#host.changed();
  }

  /** Handles a key. */
  handle(event: KeyEvent): void {
    const open = this.#pages.at(-1);
    if (open === undefined || event.kind === "release") return;
    if (this.#question !== undefined) this.#answer(this.#question, event);
    else this.#navigate(open, event);
  }

  /**
   * Handles the mouse: the wheel moves the selection, the left button chooses an entry, and changes a value
   * by the side on which it is clicked. The right button goes back.
   */
  handleMouse({ row, column, button, isDown, wheel }: MouseEvent): void {
    const open = this.#pages.at(-1);
    const panel = this.#panel;
    if (open === undefined || panel === undefined || this.#question !== undefined) return;
    const entries = open.page.entries();
    if (wheel !== undefined) this.#move(open, entries, wheel, false);
    if (!isDown || button === undefined) return;
    if (button === 2) this.back();
    const hit = button === 0 ? entryAt(panel, { entries, scroll: open.scroll }, { row, column }) : undefined;
    if (hit === undefined || open.page.notes !== undefined) return;
    open.index = hit.index;
    const { change, enter } = entries[hit.index]!;
    if (change !== undefined && (hit.isLow || enter === undefined))
      this.#run(() => change(hit.isLow ? -1 : 1));
    else this.#run(() => enter?.());
  }

  /** Handles pasted text: it goes into a line that is being typed, and nowhere else. */
  paste(token: Token): void {
    if (this.#question?.text === undefined) return;
    for (const key of keysOfPaste(token).slice(0, MAX_TEXT)) this.handle(key);
  }

  /** Draws the open page. */
  draw(screen: TextScreen): void {
    const open = this.#pages.at(-1);
    if (open === undefined) return;
    const panel = panelOf(screen);
    this.#panel = panel;
    this.#roomRows = panel.rows - PANEL_PADDING_ROWS;
    const { page, index } = open;
    const entries = page.entries();
    open.index = Math.max(0, Math.min(index, entries.length - 1));
    open.scroll =
      page.notes === undefined
        ? scrolled(open.scroll, open.index, this.#roomRows)
        : Math.min(open.scroll, scrollLimit(page.notes(), panel));
    const question = this.#question;
    const prompt = question === undefined ? undefined : { text: question.prompt, answer: question.text };
    drawPanel(screen, panel, { page, entries, index: open.index, scroll: open.scroll, prompt });
  }

  #answer(question: Question, event: KeyEvent): void {
    if (question.text === undefined) {
      if (isModifier(event.key)) return;
      this.#question = undefined;
      this.#run(() => question.done(event));
    } else if (event.key === "enter") {
      this.#question = undefined;
      this.#run(() => question.done(question.text!));
    } else if (event.key === "escape") {
      this.#question = undefined;
      this.#host.changed();
    } else {
      if (event.key === "backspace") question.text = question.text.slice(0, -1);
      else question.text = (question.text + (typedText(event) ?? "")).slice(0, MAX_TEXT);
      this.#host.changed();
    }
  }

  #navigate(open: OpenPage, event: KeyEvent): void {
    const entries = open.page.entries();
    const entry = entries[open.index];
    switch (event.key) {
      case "up":
      case "k":
        this.#move(open, entries, -1);
        break;
      case "down":
      case "j":
        this.#move(open, entries, 1);
        break;
      case "page_up":
        this.#move(open, entries, -this.#roomRows, false);
        break;
      case "page_down":
        this.#move(open, entries, this.#roomRows, false);
        break;
      case "home":
        this.#move(open, entries, -entries.length, false);
        break;
      case "end":
        this.#move(open, entries, entries.length, false);
        break;
      case "left":
        this.#run(() => entry?.change?.(-1));
        break;
      case "right":
        this.#run(() => (entry?.change === undefined ? entry?.enter?.() : entry.change(1)));
        break;
      case "enter":
      case "space":
        this.#run(() => (entry?.enter === undefined ? entry?.change?.(1) : entry.enter()));
        break;
      case "delete":
      case "backspace":
        this.#run(() => entry?.remove?.());
        break;
      case "/":
        if (open.page.isSearchable === true)
          this.askText("Find:", this.#sought, (text) => this.#find(open, entries, text));
        break;
      case "escape":
        this.back();
        break;
      case "f1":
        this.close();
    }
  }

  #move(open: OpenPage, entries: readonly MenuEntry[], by: number, wraps = true): void {
    if (open.page.notes !== undefined) {
      open.scroll = Math.max(0, open.scroll + by);
    } else if (entries.length > 0) {
      const next = open.index + by;
      const last = entries.length - 1;
      open.index = wraps ? (next + entries.length) % entries.length : Math.max(0, Math.min(last, next));
    }
    this.#host.changed();
  }

  /** Goes to the next entry that contains `text`; after the last entry it starts again at the top. */
  #find(open: OpenPage, entries: readonly MenuEntry[], text: string): void {
    this.#sought = text;
    const wanted = text.trim().toLowerCase();
    for (let by = 1; by <= entries.length; by++) {
      const index = (open.index + by) % entries.length;
      if (!entries[index]!.label.toLowerCase().includes(wanted)) continue;
      open.index = index;
      return;
    }
    throw new InputError("missing", `no entry contains ${text}`);
  }

  /** Performs an entry's action, synchronous or not, and shows the result. */
  #run(action: () => unknown): void {
    Promise.try(action)
      .catch((error) => this.#host.failed(error))
      .finally(() => this.refresh());
  }
}

function scrolled(scroll: number, index: number, room: number): number {
  return Math.max(0, index - room + 1, Math.min(scroll, index));
}

function isModifier(key: string): boolean {
  return /_(shift|control|alt|super)$/.test(key) || key === "caps_lock";
}
