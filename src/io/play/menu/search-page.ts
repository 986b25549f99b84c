import { InputError } from "../../../emu/input-error.ts";
import { type Comparison, MemorySearch, type ValueKind } from "../../symbols/memory-search.ts";
import type { Symbols } from "../../symbols/symbols.ts";
import type { PlaySession } from "../play-session.ts";
import type { MenuContext } from "./context.ts";
import type { MenuEntry, MenuPage } from "./page.ts";

const WORK_RAM_BYTES = 0x800;
const SAVE_RAM = 0x6000;
const SAVE_RAM_BYTES = 0x2000;
/** Maximum number of places in the list. A player cannot compare more. */
const MAX_SHOWN = 200;

/** Searches by what the values have done since the last one. */
const SINCE: readonly (readonly [label: string, comparison: Comparison, about: string])[] = [
  ["Changed", "changed", "the value is another one than at the last search"],
  ["Not changed", "unchanged", "the value is the same as at the last search"],
  ["More than before", "increased", "the value has grown since the last search"],
  ["Less than before", "decreased", "the value has shrunk since the last search"],
];

/** Searches with a number. */
const WITH_NUMBER: readonly (readonly [label: string, comparison: Comparison, about: string])[] = [
  ["Equal to …", "equal", "the value is this number"],
  ["Not equal to …", "not_equal", "the value is another number"],
  ["Greater than …", "greater", "the value is above this number"],
  ["Less than …", "less", "the value is below this number"],
  ["Grown by …", "increased_by", "the value has grown by this number since the last search"],
  ["Shrunk by …", "decreased_by", "the value has shrunk by this number since the last search"],
];

/** The kinds of values that can be searched for. */
const FORMS: readonly { readonly label: string; readonly kind: ValueKind; readonly about: string }[] = [
  { label: "bytes", kind: "u8", about: "numbers from 0 to 255, such as lives, health and levels" },
  { label: "signed bytes", kind: "s8", about: "numbers from -128 to 127, such as speeds" },
  { label: "two bytes", kind: "u16", about: "numbers from 0 to 65535, the low byte first" },
  { label: "6 digits", kind: "digits", about: "a digit in each byte, as scores often are: 000150" },
];
const DIGITS = 6;

/** A search of a game's RAM, which goes on when the menu is opened again. */
class GameSearch {
  readonly search = new MemorySearch();
  form = 0;
  #bytes = new Map<number, number>();
  #usesSaveRam = false;
  readonly #session: PlaySession;

  constructor(session: PlaySession) {
    this.#session = session;
  }

  readonly peek = (address: number): number => this.#bytes.get(address) ?? 0;

  /** Reads the memory as it is now. */
  async read(): Promise<void> {
    const { client } = this.#session;
    this.#bytes.clear();
    for (const [start, length] of [
      [0, WORK_RAM_BYTES],
      [SAVE_RAM, SAVE_RAM_BYTES],
    ] as const) {
      const bytes = await client.peek("cpu", start, length);
      for (const [at, byte] of bytes.entries()) this.#bytes.set(start + at, byte);
    }
    const usedSaveRam = this.#usesSaveRam;
    this.#usesSaveRam = this.#hasSaveRam();
    const isNewRam = this.#usesSaveRam && !usedSaveRam && !this.search.canUndo;
    if (!this.search.isActive || isNewRam) this.begin();
  }

  /** Begins with all of RAM that the game uses. */
  begin(): void {
    const places = [...this.#bytes.keys()].filter((at) => at < SAVE_RAM || this.#usesSaveRam);
    this.search.start(places, FORMS[this.form]!.kind, DIGITS, this.peek);
  }

  /**
   * Returns false if all bytes from $6000 are equal: there is no RAM, or the game has not written to it. An
   * iNES header cannot say that there is none.
   */
  #hasSaveRam(): boolean {
    const first = this.peek(SAVE_RAM);
    for (let at = 1; at < SAVE_RAM_BYTES; at++) if (this.peek(SAVE_RAM + at) !== first) return true;
    return false;
  }

  /** Begins with values of the next or previous form. */
  changeForm(by: number): void {
    this.form = (this.form + by + FORMS.length) % FORMS.length;
    this.begin();
  }

  /** The addresses of a value's bytes. */
  bytesOf(address: number): number[] {
    return Array.from({ length: this.search.bytesPerValue }, (_, at) => address + at);
  }
}

const searches = new WeakMap<PlaySession, GameSearch>();

/**
 * The page that searches the game's RAM for a value, such as the number of lives, and makes a cheat of it:
 * the player searches by what the value is or how it has changed, plays on, and searches again until few
 * places are left. Places have the names of the symbol files beside the ROM. Rejects with `InputError` if the
 * memory cannot be read.
 */
export async function searchPage(context: MenuContext): Promise<MenuPage> {
  const found = searches.get(context.session) ?? new GameSearch(context.session);
  searches.set(context.session, found);
  const names = await context.symbols();
  await found.read();
  return new SearchPage(context, found, names);
}

/** Draws a search, and changes it by what the player chooses. */
class SearchPage implements MenuPage {
  readonly title = "Search memory";
  readonly hint = "Enter choose   Esc back";
  readonly #context: MenuContext;
  readonly #found: GameSearch;
  readonly #names: Symbols;
  readonly #cheats: KeptValues;

  constructor(context: MenuContext, found: GameSearch, names: Symbols) {
    this.#context = context;
    this.#found = found;
    this.#names = names;
    this.#cheats = new KeptValues(context.session, found, names);
  }

  state(): string {
    return `${this.#found.search.places.length} left`;
  }

  entries(): readonly MenuEntry[] {
    return [
      ...SINCE.map(([label, comparison, about], index) => ({
        label,
        about,
        ...(index === 0 ? { group: "Since then" } : {}),
        enter: () => this.#narrow(comparison),
      })),
      ...WITH_NUMBER.map(([label, comparison, about], index) => ({
        label,
        about,
        ...(index === 0 ? { group: "Number" } : {}),
        enter: () => this.#askNumber(label, comparison),
      })),
      ...this.#searchEntries(),
      ...this.#found.search.places
        .slice(0, MAX_SHOWN)
        .map((address, index) => this.#placeEntry(address, index === 0)),
    ];
  }

  #searchEntries(): MenuEntry[] {
    const found = this.#found;
    const { label, about } = FORMS[found.form]!;
    const undo: MenuEntry = {
      label: "Undo the last step",
      about: "show the places that were left before it",
      enter: () => {
        found.search.undo();
        this.#tellCount();
      },
    };
    return [
      {
        label: "Search for",
        value: label,
        about: `${about}; a change starts a new search`,
        group: "Search",
        change: (by) => found.changeForm(by),
      },
      ...(found.search.canUndo ? [undo] : []),
      {
        label: "Start again",
        value: this.state(),
        about: "search all of RAM that the game uses",
        enter: () => found.begin(),
      },
    ];
  }

  #placeEntry(address: number, isFirst: boolean): MenuEntry {
    const { search, peek } = this.#found;
    const now = search.valueAt(address, peek);
    const before = search.valueBefore(address) ?? now;
    const isKept = this.#cheats.indexesOf(address).length > 0;
    const name = this.#names.nameOf(address);
    return {
      label: `$${hex(address, 4)}${name === undefined ? "" : `  ${name}`}${isKept ? "  (cheat)" : ""}`,
      value: now === before ? String(now) : `${before} → ${now}`,
      about: isKept ? "Enter removes the cheat" : "Enter makes a cheat that keeps this value",
      ...(isFirst ? { group: "Places" } : {}),
      enter: () => this.#cheats.toggle(address),
    };
  }

  #askNumber(label: string, comparison: Comparison): void {
    const question = `${label.replace(" …", "")} (12, $0C):`;
    this.#context.menu.askText(question, "", (text) => this.#narrow(comparison, numberOf(text)));
  }

  #narrow(comparison: Comparison, value?: number): void {
    this.#found.search.filter(comparison, value, this.#found.peek);
    this.#tellCount();
  }

  #tellCount(): void {
    const isEmpty = this.#found.search.places.length === 0;
    this.#context.session.notify(
      isEmpty ? "nothing is left: undo the last step, or start again" : this.state(),
    );
  }
}

/** The cheats that keep values of the search as they are. */
class KeptValues {
  readonly #session: PlaySession;
  readonly #found: GameSearch;
  readonly #names: Symbols;

  constructor(session: PlaySession, found: GameSearch, names: Symbols) {
    this.#session = session;
    this.#found = found;
    this.#names = names;
  }

  /** The active cheats that keep a byte of the value at an address, as indexes of the list of cheats. */
  indexesOf(address: number): number[] {
    const bytes = this.#found.bytesOf(address);
    return this.#session.cheats.entries.flatMap(({ cheat, isOn }, index) =>
      isOn && cheat.compare === undefined && bytes.includes(cheat.address) ? [index] : [],
    );
  }

  /** Adds a cheat that keeps the value as it is now, or removes that cheat. */
  async toggle(address: number): Promise<void> {
    const session = this.#session;
    const found = this.#found;
    const before = this.indexesOf(address);
    for (const index of before.reverse()) session.cheats.remove(index);
    const codes = found.bytesOf(address).map((at) => `${hex(at, 4)}:${hex(found.peek(at), 2)}`);
    const name = this.#names.nameOf(address);
    const named = name === undefined ? {} : { name };
    if (before.length === 0) session.cheats.addEach(codes.map((code) => ({ code, isOn: true, ...named })));
    await session.applyCheats();
    const isOff = "the cheat is removed: the value changes again";
    session.notify(before.length === 0 ? `cheat ${codes.join(" ")}: the value stays as it is now` : isOff);
  }
}

/** Reads a number: decimal, negative too, or hexadecimal after $ or 0x. Throws `InputError` ("usage"). */
function numberOf(text: string): number {
  const [, digits, plain] = /^\s*(?:(?:\$|0x)([0-9a-f]{1,4})|(-?\d{1,8}))\s*$/i.exec(text) ?? [];
  if (digits !== undefined) return Number.parseInt(digits, 16);
  if (plain !== undefined) return Number(plain);
  throw new InputError("usage", `${JSON.stringify(text)} is not a number`, "", "12, or $0C");
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
