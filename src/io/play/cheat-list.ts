import { InputError } from "../../emu/input-error.ts";
import type { Cheat } from "../../emu/machine.ts";
import { parseCheat } from "../../emu/nes/cheat-codes.ts";
import { KIB } from "../../emu/units.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import { readFileCapped } from "../files/read-file.ts";

/** A cheat as the player entered it. */
export interface CheatEntry {
  readonly code: string;
  readonly cheat: Cheat;
  readonly isOn: boolean;
}

const MAX_BYTES = 64 * KIB;

/** A game's cheats, stored in a text file: one code per line, with a `-` before those that are off. */
export class CheatList {
  readonly path: string;
  entries: readonly CheatEntry[] = [];

  constructor(path: string) {
    this.path = path;
  }

  /** The cheats in force. */
  get active(): readonly Cheat[] {
    return this.entries.filter(({ isOn }) => isOn).map(({ cheat }) => cheat);
  }

  /**
   * Reads the file if there is one. Throws `InputError`: "io", or an error with the line that is not a cheat.
   */
  async load(): Promise<void> {
    const text = await readFileCapped(this.path, MAX_BYTES).then(
      (bytes) => new TextDecoder().decode(bytes),
      (error) => {
        if (error instanceof InputError && error.kind === "missing") return "";
        throw error;
      },
    );
    this.entries = text.split("\n").flatMap((line, index) => {
      const [, off, code = ""] = /^\s*(-)?\s*([^#]*)/.exec(line)!;
      if (code.trim() === "") return [];
      try {
        return [entryOf(code.trim(), off === undefined)];
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        throw new InputError("data", error.message, `${this.path}, line ${index + 1}`, error.remedy);
      }
    });
  }

  /** Adds cheats that are on. If one of the codes is invalid, throws `InputError` ("data") and adds none. */
  add(...codes: readonly string[]): void {
    const added = codes.map((code) => entryOf(code, true));
    const others = this.entries.filter(({ code }) => !added.some((entry) => entry.code === code));
    this.entries = [...others, ...added];
  }

  /** Turns a cheat on or off. */
  toggle(index: number): void {
    this.entries = this.entries.map((entry, at) => (at === index ? { ...entry, isOn: !entry.isOn } : entry));
  }

  remove(index: number): void {
    this.entries = this.entries.filter((_, at) => at !== index);
  }

  /** Writes the file. Throws `InputError` ("io"). */
  store(): Promise<void> {
    const lines = this.entries.map(({ code, isOn }) => `${isOn ? "" : "- "}${code}\n`);
    return writeFileWhole(this.path, lines.join(""));
  }
}

function entryOf(code: string, isOn: boolean): CheatEntry {
  return { code: code.trim().toUpperCase(), cheat: parseCheat(code), isOn };
}
