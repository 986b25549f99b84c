import { InputError } from "../../emu/input-error.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { hex, type PlaceMap } from "../library/place-map.ts";
import type { CType } from "../symbols/c-type.ts";
import type { IndexedSpace } from "../symbols/expressions/parse.ts";
import type { Scope, ValuePlace } from "../symbols/expressions/scope.ts";
import { type CVariable, type GameSymbol, NO_ADDRESS, NO_PRG_OFFSET } from "../symbols/symbols.ts";
import { rawRegister, registerGroups } from "./registers.ts";

const ROM_START = 0x8000;
const MAX_NUMBER_BYTES = 4;
const PPU_BYTES = 0x4000;
const OAM_BYTES = 0x100;

/** Facts about the access that a breakpoint has found. */
const ACCESS_NAMES = ["value", "address", "opcode"] as const;

/** What expressions can read in addition to the machine. */
export interface ScopeParts {
  readonly nes: Nes;
  readonly places: PlaceMap;
  /** The byte and the address of the current access. Undefined outside breakpoints. */
  readonly access?: { readonly value: number; readonly address: number; readonly opcode: number } | undefined;
  /** The variables of the C function of a stack frame, with their addresses. */
  locals(): readonly LocalVariable[];
  /** The type of a global C variable. */
  typeOf(name: string): CType | undefined;
  /** Number of calls that have not returned. */
  depth(): number;
  /** Changes ROM; undefined if that is not possible. */
  patch?(offset: number, value: number): void;
}

/** A C variable that can be reached now. */
export interface LocalVariable {
  readonly variable: CVariable;
  readonly address: number;
  readonly type: CType | undefined;
}

/** Names in expressions: registers first, then C locals, then the symbols of the game. */
export class GameScope implements Scope {
  readonly #parts: ScopeParts;
  readonly #registers = new Map<string, ValuePlace>();

  constructor(parts: ScopeParts) {
    this.#parts = parts;
    const { nes, access } = parts;
    for (const { registers } of registerGroups(nes)) {
      for (const { name, place } of registers) this.#registers.set(name, place);
    }
    const readOnly = (name: string, get: () => number): void => {
      this.#registers.set(name, { get, type: "number" });
    };
    this.#registers.set("s", this.#registers.get("sp")!);
    readOnly("cycle", () => nes.totalCycles);
    readOnly("frame", () => nes.frame);
    if (access !== undefined) {
      for (const name of ACCESS_NAMES) readOnly(name, () => access[name]);
    }
    readOnly("depth", () => parts.depth());
  }

  /** Names of all registers. */
  get registerNames(): readonly string[] {
    return [...this.#registers.keys()];
  }

  lookup(name: string): ValuePlace | undefined {
    const register = this.#registers.get(name) ?? this.#registers.get(name.toLowerCase());
    if (register !== undefined) return register;
    const byte = rawRegister(this.#parts.nes, name.toLowerCase());
    if (byte !== undefined) return byte;
    const local = this.#parts.locals().find(({ variable }) => variable.name === name);
    if (local !== undefined) return this.local(local);
    const symbol = this.#symbol(name.startsWith("::") ? name.slice(2) : name);
    if (symbol === undefined && ACCESS_NAMES.some((each) => each === name.toLowerCase())) {
      throw new InputError("usage", `${name} is known only in and at breakpoints`);
    }
    return symbol;
  }

  /** The place of a C variable. */
  local({ address, type }: LocalVariable): ValuePlace {
    return type === undefined ? this.#number(address, 1) : this.#typed(address, type);
  }

  suggest(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    const registers = this.registerNames.filter((each) => wanted.length > 1 && each.includes(wanted));
    return [...registers.slice(0, 3), ...this.#parts.places.symbols.suggest(name)].slice(0, 5);
  }

  memory(space: IndexedSpace, address: number): ValuePlace {
    const { nes, patch } = this.#parts;
    const { memory } = nes;
    switch (space) {
      case "cpu":
      case "word":
        return this.#number(inRange(address, 0x10000), space === "word" ? 2 : 1);
      case "ppu":
      case "oam": {
        const at = inRange(address, space === "ppu" ? PPU_BYTES : OAM_BYTES);
        const set = (value: number): void => nes.poke(space, at, value & 0xff);
        return { get: () => nes.peek(space, at), set, bytes: 1 };
      }
      default: {
        const chip = space === "prg" ? memory.prgRom : memory.chr;
        const at = inRange(address, chip.bytes);
        const set =
          space === "prg" && patch !== undefined ? (value: number) => patch(at, value & 0xff) : undefined;
        return { get: () => memory.bytes[chip.offset + at]!, set, bytes: 1 };
      }
    }
  }

  element(array: ValuePlace, index: number): ValuePlace {
    const { pointsTo, count = 0 } = array;
    if (pointsTo !== undefined && count === 0)
      return this.#typed((array.get() + index * pointsTo.bytes) & 0xffff, pointsTo);
    const bytes = array.bytes ?? 1;
    const { isSigned = false, members, type = "" } = array;
    const text = type.replace(/\[[^\]]*\]/, "");
    const element: CType = {
      text,
      bytes,
      isSigned,
      count: 0,
      ...(members && { members }),
      ...(pointsTo && { pointsTo }),
    };
    return this.#typed(((array.address ?? 0) + index * bytes) & 0xffff, element);
  }

  member({ members, address = 0, type }: ValuePlace, name: string): ValuePlace {
    if (members === undefined) throw new InputError("usage", `${type ?? "this"} is not a struct`);
    const found = members.find((member) => member.name === name);
    if (found === undefined) {
      const names = members.map((member) => member.name).join(", ");
      throw new InputError("usage", `${type} has no member ${name}`, "", `it has ${names}`);
    }
    return this.#typed((address + found.offset) & 0xffff, found.type);
  }

  #symbol(name: string): ValuePlace | undefined {
    const { places } = this.#parts;
    const found = places.symbols.find(name);
    if (found.length > 1) {
      const names = found.slice(0, 6).map((symbol) => `${symbol.module}:${symbol.name}`);
      throw new InputError(
        "usage",
        `several symbols are called ${name}`,
        "",
        `choose one: ${names.join(", ")}`,
      );
    }
    const [symbol] = found;
    if (symbol === undefined) return undefined;
    if (!symbol.isLabel) return { get: () => symbol.address, type: "constant" };
    const inRom = symbol.prgOffset !== NO_PRG_OFFSET || symbol.address >= ROM_START;
    return inRom ? this.#code(name, symbol) : this.#variable(symbol);
  }

  /** The value of a label in ROM is its address; its elements can be read with an index. */
  #code(name: string, symbol: GameSymbol): ValuePlace {
    const { places } = this.#parts;
    const address = (): number =>
      symbol.address === NO_ADDRESS ? places.resolve(name).address : symbol.address;
    return {
      get: address,
      get address() {
        return address();
      },
      bytes: 1,
      type: "code",
    };
  }

  #variable(symbol: GameSymbol): ValuePlace {
    const isC = symbol.name.startsWith("_");
    const type = isC ? this.#parts.typeOf(symbol.name.slice(1)) : undefined;
    const { address, bytes } = symbol;
    if (type !== undefined) return this.#typed(address, type);
    if (bytes === 2 || bytes === MAX_NUMBER_BYTES) return this.#number(address, bytes);
    return this.#number(address, 1, false, bytes > 1 ? bytes : 0);
  }

  #typed(address: number, { bytes, isSigned, count, text, members, pointsTo }: CType): ValuePlace {
    const place = this.#number(address, bytes, isSigned, count, text);
    if (members === undefined) return pointsTo === undefined ? place : { ...place, pointsTo };
    const noNumber = (): never => {
      const [first] = members;
      const example = first === undefined ? "" : `such as .${first.name}`;
      throw new InputError("usage", `${text} is a struct: choose a member`, "", example);
    };
    return { ...place, get: noNumber, set: undefined, members };
  }

  /** A number of up to four bytes, low byte first. */
  #number(address: number, bytes: number, isSigned = false, count = 0, type = ""): ValuePlace {
    const { nes } = this.#parts;
    const bits = bytes * 8;
    return {
      get: () => {
        let value = 0;
        for (let at = bytes - 1; at >= 0; at--)
          value = value * 256 + nes.peek("cpu", (address + at) & 0xffff);
        return isSigned && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
      },
      set: (value) => {
        for (let at = 0; at < bytes; at++) this.#poke((address + at) & 0xffff, (value >> (8 * at)) & 0xff);
      },
      address,
      bytes,
      count,
      isSigned,
      type: type === "" ? `${bytes} byte${bytes === 1 ? "" : "s"}` : type,
    };
  }

  #poke(address: number, value: number): void {
    const { nes, places, patch } = this.#parts;
    const offset = places.prgOffsetAt(address);
    if (offset === NO_PRG_OFFSET) nes.poke("cpu", address, value);
    else if (patch !== undefined) patch(offset, value);
  }
}

function inRange(address: number, bytes: number): number {
  if (Number.isInteger(address) && address >= 0 && address < bytes) return address;
  throw new InputError("usage", `address ${address}: ${hex(0, 2)} to ${hex(bytes - 1, 4)} was expected`);
}
