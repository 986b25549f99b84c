import { isAbsolute, relative } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { type GameSymbol, NO_ADDRESS, NO_PRG_OFFSET, type Symbols } from "../symbols/symbols.ts";
import { methodsThrowAtCaller } from "./throw-at-caller.ts";

/** An address of the CPU, or a symbol's name. */
export type Place = number | string;

/** What a place means: an address, and what else tells whether an instruction there is meant. */
export interface ResolvedPlace {
  /** Where it is now. Throws `InputError` ("usage") for a place in a bank that is not mapped. */
  readonly address: number;
  /** Every address at which it may be executed: of a byte of ROM, whichever bank is where. */
  readonly candidates: readonly number[];
  /** Whether the byte that is mapped at a candidate now is the one that is meant. */
  isMapped(address: number): boolean;
}

const PAGE_BITS = 11;
const PAGE_BYTES = 1 << PAGE_BITS;
const FIRST_CARTRIDGE_PAGE = 0x4000 >> PAGE_BITS;
const CARTRIDGE_PAGES = Array.from(
  { length: (0x10000 >> PAGE_BITS) - FIRST_CARTRIDGE_PAGE },
  (_, index) => FIRST_CARTRIDGE_PAGE + index,
);

/** Finds addresses by name and names by address, as the banks of a machine lie now. */
export class PlaceMap {
  readonly symbols: Symbols;
  readonly #nes: Nes;

  constructor(nes: Nes, symbols: Symbols) {
    this.#nes = nes;
    this.symbols = symbols;
  }

  /**
   * What an address or the name of a symbol means. Throws `InputError` ("usage") for a name that no symbol
   * has, or several.
   */
  resolve(place: Place): ResolvedPlace {
    if (typeof place === "number") {
      if (Number.isInteger(place) && place >= 0 && place <= 0xffff) {
        return { address: place, candidates: [place], isMapped: () => true };
      }
      throw new InputError("usage", `${place} is no address: a whole number from 0 to $FFFF was expected`);
    }
    const symbol = this.#one(place);
    const { prgOffset } = symbol;
    const isMapped = (at: number): boolean =>
      prgOffset === NO_PRG_OFFSET || this.prgOffsetAt(at) === prgOffset;
    if (symbol.address !== NO_ADDRESS) {
      return { address: symbol.address, candidates: [symbol.address], isMapped };
    }
    const inPage = prgOffset & (PAGE_BYTES - 1);
    const candidates = CARTRIDGE_PAGES.map((page) => (page << PAGE_BITS) + inPage);
    return {
      candidates,
      isMapped,
      get address() {
        // Where a bank is mapped twice, the program runs in the fixed one: that of the vectors, the last.
        const address = candidates.findLast(isMapped);
        if (address !== undefined) return address;
        throw new InputError("usage", `${place} lies in a bank that is not mapped now`);
      },
    };
  }

  /** The PRG ROM byte that the CPU sees at `address`; NO_PRG_OFFSET where it sees something else. */
  prgOffsetAt(address: number): number {
    const { cpuReadPages, prgRom } = this.#nes.memory;
    const page = cpuReadPages[address >> PAGE_BITS]!;
    const offset = page - prgRom.offset;
    return page >= 0 && offset >= 0 && offset < prgRom.bytes
      ? offset + (address & (PAGE_BYTES - 1))
      : NO_PRG_OFFSET;
  }

  /** `$C123 main_loop+3 (main.s:42)`, as much of it as is known. */
  describe(address: number): string {
    const prgOffset = this.prgOffsetAt(address);
    const name = this.symbols.nameOf(address, prgOffset);
    const line = prgOffset === NO_PRG_OFFSET ? undefined : this.symbols.lineOf(prgOffset);
    const source = line === undefined ? "" : ` (${shortPath(line.file)}:${line.line})`;
    return `${hex(address, 4)}${name === undefined ? "" : ` ${name}`}${source}`;
  }

  #one(name: string): GameSymbol {
    const found = this.symbols.find(name);
    if (found.length === 1) return found[0]!;
    if (found.length === 0) {
      const alike = this.symbols.suggest(name);
      const none = this.symbols.symbols.length === 0 ? "no symbol file was found" : "";
      const remedy = alike.length > 0 ? `there is ${alike.join(", ")}` : none;
      throw new InputError("usage", `no symbol is called ${name}`, "", remedy);
    }
    const names = found
      .slice(0, 6)
      .map((symbol) => `${symbol.module}:${symbol.name} ${hex(symbol.address, 4)}`);
    throw new InputError("usage", `several symbols are called ${name}`, "", `say which: ${names.join(", ")}`);
  }
}

methodsThrowAtCaller(PlaceMap, ["prgOffsetAt", "describe"]);

/** Debug info often has whole paths: those below the working folder are shown from there. */
function shortPath(path: string): string {
  const fromHere = isAbsolute(path) ? relative(process.cwd(), path) : path;
  return fromHere.startsWith("..") ? path : fromHere;
}

/** `$0C` with two digits, `$C123` with four. */
export function hex(value: number, digits: number): string {
  return `$${value.toString(16).toUpperCase().padStart(digits, "0")}`;
}
