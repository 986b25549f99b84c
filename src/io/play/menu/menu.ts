import { InputError } from "../../../emu/input-error.ts";
import type { Token } from "../../input/escape-buffer.ts";
import { type KeyEvent, keyName, keysOfPaste, typedText } from "../../input/keys.ts";
import type { MouseEvent } from "../../input/mouse.ts";
import type { TextScreen } from "../../terminal/text-screen.ts";
import { drawPanel, entryAt, hintAt, roomForEntries } from "./draw.ts";
import { NOTES_PADDING_ROWS, scrollLimit } from "./draw-notes.ts";
import type { MenuEntry, MenuFilter, MenuPage, PageShape } from "./page.ts";
import { type Panel, panelOf } from "./panel.ts";

/** Receives the menu's events. */
export interface MenuHost {
  /** The menu must be drawn again. */
  changed(): void;
  /** The last page was closed. */
  closed(): void;
  /** An entry's action failed. */
  failed(error: unknown): void;
}

/** What is behind the first page: a game, to which F1 returns, or nothing. */
export type MenuGround = "game" | "nothing";

interface OpenPage {
  readonly page: MenuPage;
  index: number;
  /** The selected entry's id, to find it again when entries come and go. */
  id: string | undefined;
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
/** The keys that work on a line that is being typed. */
const LINE_KEYS: ReadonlySet<string> = new Set(["enter", "escape", "backspace"]);

/** Keys as the last line of a page writes them, for clicks on them. */
const HINT_KEYS: Readonly<Record<string, string>> = {
  Esc: "escape",
  Enter: "enter",
  Del: "delete",
  Tab: "tab",
  F1: "f1",
  "/": "/",
};

/** Pages over the game, or before one is chosen, controlled by keys. */
export class Menu {
  readonly #host: MenuHost;
  readonly #ground: MenuGround;
  readonly #pages: OpenPage[] = [];
  #question: Question | undefined;
  /** The last search text. */
  #sought = "";
  /** Number of lines that the page could show when it was last drawn. */
  #roomRows = 10;
  /** The menu's place when it was last drawn. */
  #panel: Panel | undefined;

  constructor(host: MenuHost, ground: MenuGround = "game") {
    this.#host = host;
    this.#ground = ground;
  }

  get isOpen(): boolean {
    return this.#pages.length > 0;
  }

  /** The shape of the open page; undefined if none is open. */
  get shape(): PageShape | undefined {
    const open = this.#pages.at(-1);
    return open === undefined ? undefined : (open.page.shape ?? "middle");
  }

  /** What Escape does on the first page, as its last line says it. */
  get leaving(): "back" | "quit" {
    return this.#ground === "game" ? "back" : "quit";
  }

  /** The title of the open page; empty if none is open. */
  get title(): string {
    return this.#pages.at(-1)?.page.title ?? "";
  }

  /** Opens a page; Escape returns from it. */
  open(page: MenuPage, index = 0): void {
    this.#pages.push({ page, index, id: page.entries()[index]?.id, scroll: 0 });
    this.#host.changed();
  }

  /**
   * Opens a page that takes time to prepare, unless the player has left the open page in the meantime.
   * Rejects if the preparation fails.
   */
  async openPrepared(preparing: Promise<MenuPage>, index = 0): Promise<void> {
    const isHere = this.placeHere();
    const page = await preparing;
    if (isHere()) this.open(page, index);
    else page.closed?.();
  }

  /** Closes all pages when the work is done, unless the player has left this page meanwhile. */
  async closeAfter(work: Promise<unknown>): Promise<void> {
    const isHere = this.placeHere();
    await work;
    if (isHere()) this.close();
  }

  /** Returns a function that returns true until the player leaves the page that is open now. */
  placeHere(): () => boolean {
    const here = this.#pages.at(-1);
    return () => here !== undefined && this.#pages.at(-1) === here;
  }

  /** Returns to the previous page. */
  back(): void {
    this.#pages.pop()?.page.closed?.();
    if (this.isOpen) this.#host.changed();
    else this.#host.closed();
  }

  /** Returns to the page with this title, or else to the first one. */
  backTo(title?: string): void {
    while (this.#pages.length > 1 && this.#pages.at(-1)?.page.title !== title)
      this.#pages.pop()?.page.closed?.();
    this.#host.changed();
  }

  /** Closes all pages. */
  close(): void {
    if (!this.isOpen) return;
    for (const { page } of this.#pages.splice(0)) page.closed?.();
    this.#question = undefined;
    this.#host.closed();
  }

  /** Call when something that the page shows has changed. */
  refresh(): void {
    if (this.isOpen) this.#host.changed();
  }

  /** Reports that something the page does in the background has failed. */
  fail(error: unknown): void {
    this.#host.failed(error);
    this.refresh();
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

  /** True if a text that is being typed, or a question that waits for a key, takes this key. */
  wants(event: KeyEvent): boolean {
    if (event.kind === "release" || event.control || event.alt) return false;
    const question = this.#question;
    if (question !== undefined)
      return question.text === undefined || typedText(event) !== undefined || LINE_KEYS.has(event.key);
    const filter = this.#pages.at(-1)?.page.filter;
    return filter !== undefined && filterAfter(filter.text, event) !== undefined;
  }

  /** Handles a button of a game pad by the key that it stands for. A question for a key ignores it. */
  press(key: string): void {
    if (this.#question === undefined || this.#question.text !== undefined) this.handle(keyPress(key));
  }

  /** Handles a key. */
  handle(event: KeyEvent): void {
    const open = this.#pages.at(-1);
    if (open === undefined || event.kind === "release") return;
    if (this.#question !== undefined) this.#answer(this.#question, event);
    else this.#navigate(open, event);
  }

  /**
   * Handles the mouse: the wheel moves the selection, the left button chooses an entry or a key of the last
   * line, and changes a value by the side on which it is clicked. The right button goes back.
   */
  handleMouse({ row, column, button, isDown, wheel }: MouseEvent): void {
    const open = this.#pages.at(-1);
    const panel = this.#panel;
    if (open === undefined || panel === undefined) return;
    if (this.#question !== undefined) {
      if (isDown && button === 2 && this.#question.text !== undefined) this.handle(keyPress("escape"));
      return;
    }
    const entries = open.page.entries();
    if (wheel !== undefined) this.#move(open, entries, wheel, false);
    if (!isDown || button === undefined) return;
    if (button === 2) this.back();
    const { page, scroll, index } = open;
    const hint = button === 0 ? hintAt(panel, { page, entries, index }, { row, column }) : undefined;
    const key = HINT_KEYS[hint?.split(" ")[0] ?? ""];
    if (key !== undefined) {
      this.handle(keyPress(key));
      return;
    }
    const hit = button === 0 ? entryAt(panel, { page, entries, scroll }, { row, column }) : undefined;
    if (hit === undefined || page.notes !== undefined) return;
    select(open, entries, hit.index);
    const { change, enter } = entries[hit.index]!;
    if (change !== undefined && (hit.isLow || enter === undefined))
      this.#run(() => change(hit.isLow ? -1 : 1));
    else this.#run(() => enter?.());
  }

  /** Handles pasted text: it goes into a line that is being typed, and nowhere else. */
  paste(token: Token): void {
    const isFiltered = this.#question === undefined && this.#pages.at(-1)?.page.filter !== undefined;
    if (this.#question?.text === undefined && !isFiltered) return;
    for (const key of keysOfPaste(token).slice(0, MAX_TEXT)) this.handle(key);
  }

  /** Draws the open page. */
  draw(screen: TextScreen): void {
    const open = this.#pages.at(-1);
    if (open === undefined) return;
    const { page } = open;
    const panel = panelOf(screen, page.shape);
    this.#panel = panel;
    const entries = page.entries();
    this.#roomRows =
      page.notes === undefined ? roomForEntries(panel, page, entries) : panel.rows - NOTES_PADDING_ROWS;
    follow(open, entries);
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
    const { filter } = open.page;
    if (filter !== undefined && this.#type(open, filter, event)) return;
    const entries = open.page.entries();
    follow(open, entries);
    const byKey = entries.findIndex(({ keys = [] }) => keys.some((key) => isKey(event, key)));
    if (byKey >= 0) {
      select(open, entries, byKey);
      if (event.kind === "press") this.#run(() => entries[byKey]!.enter?.());
      return;
    }
    const isChosen = open.page.chooseKeys?.some((key) => isKey(event, key)) === true;
    this.#act(open, entries, isChosen ? "enter" : event.key);
  }

  /** Does what a key of the menu does on every page. */
  #act(open: OpenPage, entries: readonly MenuEntry[], key: string): void {
    const entry = entries[open.index];
    switch (key) {
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
      case "tab":
        this.#run(() => entry?.mark?.());
        break;
      case "/":
        if (open.page.isSearchable === true)
          this.askText("Find:", this.#sought, (text) => this.#find(open, entries, text));
        break;
      case "escape":
        this.back();
        break;
      case "f1":
        if (this.#ground === "game") this.close();
        else this.backTo();
    }
  }

  /** Changes the filter of a page. Returns false for keys that do something else. */
  #type(open: OpenPage, filter: MenuFilter, event: KeyEvent): boolean {
    const text = filterAfter(filter.text, event);
    if (text === undefined) return false;
    filter.set(text);
    select(open, open.page.entries(), 0);
    this.#host.changed();
    return true;
  }

  #move(open: OpenPage, entries: readonly MenuEntry[], by: number, wraps = true): void {
    if (open.page.notes !== undefined) {
      open.scroll = Math.max(0, open.scroll + by);
    } else if (entries.length > 0) {
      const next = open.index + by;
      const last = entries.length - 1;
      const index = wraps ? (next + entries.length) % entries.length : Math.max(0, Math.min(last, next));
      select(open, entries, index);
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
      select(open, entries, index);
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

/** The text of a filter after a key; undefined if the key does something else. */
function filterAfter(text: string, event: KeyEvent): string | undefined {
  if (event.key === "escape" && text !== "") return "";
  if (event.key === "backspace") return [...text].slice(0, -1).join("");
  const typed = event.key === "space" && text === "" ? undefined : typedText(event);
  return typed === undefined ? undefined : (text + typed).slice(0, MAX_TEXT);
}

function select(open: OpenPage, entries: readonly MenuEntry[], index: number): void {
  open.index = index;
  open.id = entries[index]?.id;
}

/** Finds the selected entry again if entries have come or gone since. */
function follow(open: OpenPage, entries: readonly MenuEntry[]): void {
  const { id, index } = open;
  const isMoved = id !== undefined && entries[index]?.id !== id;
  const found = isMoved ? entries.findIndex((entry) => entry.id === id) : index;
  select(open, entries, Math.max(0, Math.min(found < 0 ? index : found, entries.length - 1)));
}

function scrolled(scroll: number, index: number, room: number): number {
  return Math.max(0, index - room + 1, Math.min(scroll, index));
}

function keyPress(key: string): KeyEvent {
  return { key, kind: "press", shift: false, alt: false, control: false };
}

/** Returns true if the event is this key of the bindings. */
function isKey(event: KeyEvent, key: string): boolean {
  return keyName(event) === key || (!event.control && !event.alt && event.typed === key);
}

function isModifier(key: string): boolean {
  return /_(shift|control|alt|super)$/.test(key) || key === "caps_lock";
}
