import { InputError } from "../../emu/input-error.ts";
import { hex, type ResolvedPlace } from "../library/place-map.ts";
import { NO_PRG_OFFSET } from "../symbols/symbols.ts";
import type { CodePlace } from "./breakpoints.ts";
import type { LoadedTarget } from "./target.ts";

const PAGE_BYTES = 0x800;
const FIRST_CARTRIDGE_ADDRESS = 0x4000;
/** Banks in `bank:address` have this size, as in FCEUX's name lists. */
const BANK_BYTES = 0x4000;

/** A line at which a breakpoint can be: the requested line, or the next one with code. */
export interface LinePlace {
  readonly file: number;
  readonly line: number;
  readonly code: CodePlace;
}

/** Finds code by source line, name and address. */
export class CodeFinder {
  readonly #target: LoadedTarget;

  constructor(target: LoadedTarget) {
    this.#target = target;
  }

  /**
   * The code of the first line from `line` on that has any. Undefined if the file is unknown or has no such
   * line.
   */
  line(path: string, line: number): LinePlace | undefined {
    const { files, lines } = this.#target;
    const found = files
      .match(path)
      .map((file) => lines.codeFrom(file, line))
      .filter((code) => code !== undefined)
      .toSorted((a, b) => a.line - b.line);
    const [first] = found;
    if (first === undefined) return undefined;
    const offsets = found.filter((code) => code.line === first.line).flatMap((code) => code.offsets);
    return { file: first.file, line: first.line, code: this.atPrgOffsets(offsets) };
  }

  /**
   * A routine or label, `main.s:12` (a line), `$C123`, `prg:$1A2` (PRG ROM offset) or `3:$8123` (16 KiB
   * bank). Throws `InputError`.
   */
  named(text: string): CodePlace {
    const name = text.trim();
    const address = /^(?:\$|0x)([0-9a-f]{1,4})$/i.exec(name);
    if (address !== null) return { addresses: [Number.parseInt(address[1]!, 16)], prgOffsets: [] };
    const line = this.#namedLine(name);
    if (line !== undefined) return line;
    const { prgRom } = this.#target.rom.image;
    const offset = /^prg:(?:\$|0x)([0-9a-f]{1,7})$/i.exec(name);
    const banked = /^(\d{1,3}):(?:\$|0x)([0-9a-f]{1,4})$/i.exec(name);
    if (offset === null && banked === null) return this.#resolved(this.#target.places.resolve(name), name);
    const at =
      offset === null
        ? Number(banked![1]) * BANK_BYTES + (Number.parseInt(banked![2]!, 16) % BANK_BYTES)
        : Number.parseInt(offset[1]!, 16);
    if (at >= prgRom.length) {
      throw new InputError("usage", `${name} is after the end of PRG ROM, ${hex(prgRom.length - 1, 4)}`);
    }
    return this.atPrgOffsets([at]);
  }

  /** The code of `main.s:12`; undefined if the text does not name a line of a source file. */
  #namedLine(text: string): CodePlace | undefined {
    const [, file, line] = /^(.*\.\w+):(\d{1,7})$/.exec(text) ?? [];
    if (file === undefined) return undefined;
    const found = this.line(file, Number(line));
    if (found === undefined) throw new InputError("usage", `no code in ${text} or below`);
    return found.code;
  }

  /** The instruction at an address, in the bank that is mapped there now. */
  mapped(address: number): CodePlace {
    const offset = this.#target.places.prgOffsetAt(address & 0xffff);
    return { addresses: [address & 0xffff], prgOffsets: offset === NO_PRG_OFFSET ? [] : [offset] };
  }

  /** Instructions in PRG ROM, at any address at which the CPU sees them. */
  atPrgOffsets(prgOffsets: readonly number[]): CodePlace {
    const addresses = new Set<number>();
    for (const offset of prgOffsets) {
      for (let at = FIRST_CARTRIDGE_ADDRESS; at < 0x10000; at += PAGE_BYTES) {
        addresses.add(at + (offset % PAGE_BYTES));
      }
    }
    return { addresses: [...addresses], prgOffsets };
  }

  /** The address at which a PRG ROM byte is mapped now; undefined if it is not. */
  addressOf(prgOffset: number): number | undefined {
    const { places } = this.#target;
    return this.atPrgOffsets([prgOffset]).addresses.findLast((at) => places.prgOffsetAt(at) === prgOffset);
  }

  #resolved({ candidates }: ResolvedPlace, name: string): CodePlace {
    const [symbol] = this.#target.symbols.find(name);
    const offset = symbol?.prgOffset ?? NO_PRG_OFFSET;
    return { addresses: candidates, prgOffsets: offset === NO_PRG_OFFSET ? [] : [offset] };
  }
}
