import { InputError } from "../../emu/input-error.ts";
import type { Cheat } from "../../emu/machine.ts";
import { fceuxCheat, parseCheat, splitCheats } from "../../emu/nes/cheat-codes.ts";
import { KIB } from "../../emu/units.ts";
import { printable } from "../files/text.ts";
import { changeSharedFile, readTextIfAny } from "../saves/shared-file.ts";

/** A cheat as the player entered it. */
export interface CheatEntry {
  readonly code: string;
  readonly cheat: Cheat;
  readonly isOn: boolean;
  /** What it does, from a file of cheats; empty if unknown. Safe to print. */
  readonly name: string;
}

/** A cheat to add. */
interface AddedCheat {
  readonly code: string;
  readonly isOn: boolean;
  readonly name?: string;
}

const MAX_BYTES = 256 * KIB;
const MAX_NAME_CHARACTERS = 100;

type Edit = (entries: readonly CheatEntry[]) => readonly CheatEntry[];

/**
 * A game's cheats, stored in a text file: one code per line, with a `-` before those that are off and a name
 * after `#`.
 */
export class CheatList {
  readonly path: string;
  #entries: readonly CheatEntry[] = [];
  /**
   * Changes that are not stored yet. They are applied again to the file's contents, which another emu may
   * have changed.
   */
  readonly #edits: Edit[] = [];
  /** Calls of `store` run one after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  get entries(): readonly CheatEntry[] {
    return this.#entries;
  }

  /** The cheats that are on. */
  get active(): readonly Cheat[] {
    return this.entries.filter(({ isOn }) => isOn).map(({ cheat }) => cheat);
  }

  /**
   * Reads the file if there is one. Throws `InputError`: "io", or an error with the line that is not a cheat.
   */
  async load(): Promise<void> {
    this.#entries = this.#parse(await readTextIfAny(this.path, MAX_BYTES));
  }

  /**
   * Adds cheats that are on; each text can be several codes (`SXIOPO+0075:09`), or a line of FCEUX's files
   * with a name. If one of the codes is invalid, throws `InputError` ("data") and adds none.
   */
  add(...codes: readonly string[]): void {
    const cheats = codes.flatMap((text) => {
      const name = fceuxCheat(text)?.name ?? "";
      return splitCheats(text).map((code) => ({ code, isOn: true, ...(name === "" ? {} : { name }) }));
    });
    this.addEach(cheats);
  }

  /** Like `add`, for cheats that are on or off. */
  addEach(cheats: readonly AddedCheat[]): void {
    const all = cheats.map(({ code, isOn, name }) => entryOf(code, isOn, name ?? this.#nameOf(code)));
    const added = new Map(all.map((entry) => [identityOf(entry), entry]));
    this.#change((entries) => [
      ...entries.filter((entry) => !added.has(identityOf(entry))),
      ...added.values(),
    ]);
  }

  /** Turns a cheat on or off. */
  toggle(index: number): void {
    const toggled = this.entries[index];
    if (toggled === undefined) return;
    const { isOn } = toggled;
    this.#changeOne(toggled, (entry) => ({ ...entry, isOn: !isOn }));
  }

  /** Gives a cheat a name; an empty one removes the name. */
  rename(index: number, name: string): void {
    const renamed = this.entries[index];
    if (renamed === undefined) return;
    this.#changeOne(renamed, (entry) => ({ ...entry, name: shownName(name) }));
  }

  remove(index: number): void {
    const removed = this.entries[index];
    if (removed === undefined) return;
    const identity = identityOf(removed);
    this.#change((entries) => entries.filter((entry) => identityOf(entry) !== identity));
  }

  /** Stores the changes, and reads those of other emus. Throws `InputError` as `changeSharedFile` does. */
  store(): Promise<void> {
    const store = this.#last.then(() => this.#store());
    this.#last = store.catch(() => {});
    return store;
  }

  async #store(): Promise<void> {
    let stored = 0;
    await changeSharedFile(this.path, MAX_BYTES, (text) => {
      this.#entries = this.#edits.reduce((entries, edit) => edit(entries), this.#parse(text));
      stored = this.#edits.length;
      return this.#entries.map(lineOf).join("");
    });
    this.#edits.splice(0, stored);
  }

  /** The name of a cheat that is there already. */
  #nameOf(code: string): string {
    const identity = identityOf({ cheat: parseCheat(code) });
    return this.#entries.find((entry) => identityOf(entry) === identity)?.name ?? "";
  }

  #changeOne(changed: CheatEntry, change: (entry: CheatEntry) => CheatEntry): void {
    const identity = identityOf(changed);
    this.#change((entries) =>
      entries.map((entry) => (identityOf(entry) === identity ? change(entry) : entry)),
    );
  }

  #change(edit: Edit): void {
    this.#entries = edit(this.#entries);
    this.#edits.push(edit);
  }

  #parse(text: string): readonly CheatEntry[] {
    return text.split("\n").flatMap((line, index) => {
      const [, off, code = "", name = ""] = /^\s*(-)?\s*([^#]*)#?(.*)/.exec(line)!;
      if (code.trim() === "") return [];
      try {
        return [entryOf(code.trim(), off === undefined, name)];
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        throw new InputError("data", error.message, `${this.path}, line ${index + 1}`, error.remedy);
      }
    });
  }
}

function entryOf(code: string, isOn: boolean, name: string): CheatEntry {
  return { code: code.trim().toUpperCase(), cheat: parseCheat(code), isOn, name: shownName(name) };
}

function shownName(name: string): string {
  return printable(name.trim(), MAX_NAME_CHARACTERS);
}

/** Equal for cheats that do the same. Their codes may differ: `SXIOPO`, `sxi opo`, `91D9:AD`. */
function identityOf({ cheat }: Pick<CheatEntry, "cheat">): string {
  const { address, value, compare = "" } = cheat;
  return `${address}:${value}:${compare}`;
}

function lineOf({ code, isOn, name }: CheatEntry): string {
  return `${isOn ? "" : "- "}${code}${name === "" ? "" : ` # ${name}`}\n`;
}
