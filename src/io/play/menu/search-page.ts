import { InputError } from "../../../emu/input-error.ts";
import { type Comparison, MemorySearch } from "../../symbols/memory-search.ts";
import type { PlaySession } from "../play-session.ts";
import type { MenuContext } from "./context.ts";
import type { MenuEntry, MenuPage } from "./page.ts";

const WORK_RAM_BYTES = 0x800;
const SAVE_RAM = 0x6000;
const SAVE_RAM_BYTES = 0x2000;
/** More places cannot be told apart by looking at them. */
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

/** A search of a game's RAM, which goes on when the menu is opened again. */
class GameSearch {
  readonly search = new MemorySearch();
  /** The values at the last search, for the list. */
  before = new Map<number, number>();
  #bytes = new Map<number, number>();
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
    if (!this.search.isActive) this.begin();
  }

  /** Begins with all of RAM. */
  begin(): void {
    this.search.start([...this.#bytes.keys()], "u8", 1, this.peek);
    this.#remember();
  }

  narrow(comparison: Comparison, value?: number): void {
    this.search.filter(comparison, value, this.peek);
    this.#remember();
  }

  #remember(): void {
    this.before = new Map(this.search.places.map((address) => [address, this.peek(address)]));
  }
}

const searches = new WeakMap<PlaySession, GameSearch>();

/**
 * The page that searches the game's RAM for a value, such as the number of lives, and makes a cheat of it:
 * the player looks for what the value is or has done, plays on, and looks again until few places are left.
 * Rejects with `InputError` if the memory cannot be read.
 */
export async function searchPage({ menu, session }: MenuContext): Promise<MenuPage> {
  const found = searches.get(session) ?? new GameSearch(session);
  searches.set(session, found);
  await found.read();
  const { search } = found;
  const left = (): string => `${search.places.length} left`;
  const narrow = (comparison: Comparison, value?: number): void => {
    found.narrow(comparison, value);
    session.notify(search.places.length === 0 ? "nothing is left: begin again" : left());
  };
  const ask = (label: string, comparison: Comparison) => () =>
    menu.askText(`${label.replace(" …", "")} (12, $0C):`, "", (text) => narrow(comparison, numberOf(text)));
  const freeze = async (address: number): Promise<void> => {
    const code = `${hex(address, 4)}:${hex(found.peek(address), 2)}`;
    session.cheats.add(code);
    await session.applyCheats();
    session.notify(`cheat ${code}: the value stays as it is now`);
  };
  const placeEntry = (address: number, index: number): MenuEntry => {
    const [now, before] = [found.peek(address), found.before.get(address) ?? 0];
    const isFrozen = session.cheats.active.some((cheat) => cheat.address === address);
    return {
      label: `$${hex(address, 4)}${isFrozen ? "  (cheat)" : ""}`,
      value: now === before ? String(now) : `${before} → ${now}`,
      about: "Enter makes a cheat that keeps this value",
      ...(index === 0 ? { group: "Places" } : {}),
      enter: () => freeze(address),
    };
  };
  return {
    title: "Search memory",
    hint: "Enter choose   Esc back",
    state: left,
    entries: () => [
      ...SINCE.map(([label, comparison, about], index) => ({
        label,
        about,
        ...(index === 0 ? { group: "Since then" } : {}),
        enter: () => narrow(comparison),
      })),
      ...WITH_NUMBER.map(([label, comparison, about], index) => ({
        label,
        about,
        ...(index === 0 ? { group: "Number" } : {}),
        enter: ask(label, comparison),
      })),
      {
        label: "Begin again",
        value: left(),
        about: "search all of RAM",
        group: "Search",
        enter: () => found.begin(),
      },
      ...search.places.slice(0, MAX_SHOWN).map(placeEntry),
    ],
  };
}

/** Reads a number: decimal, or hexadecimal after $ or 0x. Throws `InputError` ("usage"). */
function numberOf(text: string): number {
  const [, digits, plain] = /^\s*(?:(?:\$|0x)([0-9a-f]{1,4})|(\d{1,5}))\s*$/i.exec(text) ?? [];
  if (digits !== undefined) return Number.parseInt(digits, 16);
  if (plain !== undefined) return Number(plain);
  throw new InputError("usage", `${JSON.stringify(text)} is not a number`, "", "12, or $0C");
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
