import { isAbsolute, relative } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { type GameSymbol, NO_ADDRESS, NO_PRG_OFFSET, type Symbols } from "../symbols/symbols.ts";
import { methodsThrowAtCaller } from "./throw-at-caller.ts";

/** An address of the CPU, or a symbol's name. */
export type Place = number | string;

/** A resolved place: its address, and how to check if an instruction belongs to it. */
export interface ResolvedPlace {
  /** Its current address. Throws `InputError` ("usage") for a place in a bank that is not mapped. */
  readonly address: number;
  /**
   * All addresses at which it may be executed. A ROM byte has several, as its bank can be mapped differently.
   */
  readonly candidates: readonly number[];
  /** Returns true if the byte that is now mapped at a candidate belongs to this place. */
  isMapped(address: number): boolean;
}

const PAGE_BITS = 11;
const PAGE_BYTES = 1 << PAGE_BITS;
const FIRST_CARTRIDGE_PAGE = 0x4000 >> PAGE_BITS;
const CARTRIDGE_PAGES = Array.from(
  { length: (0x10000 >> PAGE_BITS) - FIRST_CARTRIDGE_PAGE },
  (_, index) => FIRST_CARTRIDGE_PAGE + index,
);

/** Finds addresses by name and names by address, for the current bank mapping of a machine. */
export class PlaceMap {
  readonly symbols: Symbols;
  readonly #nes: Nes;

  constructor(nes: Nes, symbols: Symbols) {
    this.#nes = nes;
    this.symbols = symbols;
  }

  /**
   * Resolves an address or the name of a symbol. Throws `InputError` ("usage") for an unknown or ambiguous
   * name.
   */
  resolve(place: Place): ResolvedPlace {
    if (typeof place === "number") {
      if (Number.isInteger(place) && place >= 0 && place <= 0xffff) {
        return { address: place, candidates: [place], isMapped: () => true };
      }
      throw new InputError("usage", `address ${place}: a whole number from 0 to $FFFF was expected`);
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
        // If a bank is mapped twice, the program runs in the fixed one: the last, which has the vectors.
        const address = candidates.findLast(isMapped);
        if (address !== undefined) return address;
        throw new InputError("usage", `${place} is in a bank that is not mapped now`);
      },
    };
  }

  /** The PRG ROM offset that the CPU sees at `address`; NO_PRG_OFFSET if it sees something else. */
  prgOffsetAt(address: number): number {
    const { cpuReadPages, prgRom } = this.#nes.memory;
    const page = cpuReadPages[address >> PAGE_BITS]!;
    const offset = page - prgRom.offset;
    return page >= 0 && offset >= 0 && offset < prgRom.bytes
      ? offset + (address & (PAGE_BYTES - 1))
      : NO_PRG_OFFSET;
  }

  /** Describes an address as `$C123 main_loop+3 (main.s:42)`. Unknown parts are omitted. */
  describe(address: number): string {
    return describeAddress(this.symbols, address, this.prgOffsetAt(address));
  }

  #one(name: string): GameSymbol {
    const found = this.symbols.find(name);
    if (found.length === 1) return found[0]!;
    if (found.length === 0) {
      const alike = this.symbols.suggest(name);
      const none = this.symbols.symbols.length === 0 ? "the game has no symbols: use addresses" : "";
      const remedy = alike.length > 0 ? `similar: ${alike.join(", ")}` : none;
      throw new InputError("usage", `unknown symbol ${name}`, "", remedy);
    }
    const names = found
      .slice(0, 6)
      .map((symbol) => `${symbol.module}:${symbol.name} ${hex(symbol.address, 4)}`);
    throw new InputError(
      "usage",
      `several symbols are called ${name}`,
      "",
      `choose one: ${names.join(", ")}`,
    );
  }
}

methodsThrowAtCaller(PlaceMap, ["prgOffsetAt", "describe"]);

/** Describes an address that shows the byte `prgOffset` of PRG ROM, or NO_PRG_OFFSET. */
export function describeAddress(symbols: Symbols, address: number, prgOffset: number): string {
  const name = symbols.nameOf(address, prgOffset);
  const line = prgOffset === NO_PRG_OFFSET ? undefined : symbols.lineOf(prgOffset);
  const source = line === undefined ? "" : ` (${shortPath(line.file)}:${line.line})`;
  return `${hex(address, 4)}${name === undefined ? "" : ` ${name}`}${source}`;
}

/** Shortens paths in the working folder to relative ones, since debug info often has full paths. */
export function shortPath(path: string): string {
  const fromHere = isAbsolute(path) ? relative(process.cwd(), path) : path;
  return fromHere.startsWith("..") ? path : fromHere;
}

/** `$0C` with two digits, `$C123` with four. */
export function hex(value: number, digits: number): string {
  return `$${value.toString(16).toUpperCase().padStart(digits, "0")}`;
}
