import { InputError } from "../../emu/input-error.ts";
import { ACCESS_READ, ACCESS_WRITE } from "../../emu/nes/cpu/opcodes.ts";
import { bind, parseReadOnly } from "../symbols/expressions/evaluate.ts";
import type { Evaluate, Scope } from "../symbols/expressions/scope.ts";
import { compileTemplate } from "../symbols/expressions/template.ts";
import type { DebugEvent } from "./events.ts";
import { unmirroredRange } from "./mirrors.ts";

/** Memories that can be watched. */
export type WatchedSpace = "cpu" | "ppu" | "oam";

/** Conditions under which a breakpoint stops, in addition to its place. */
export interface BreakpointOptions {
  /** Stop only if this expression is not 0. */
  readonly condition?: string | undefined;
  /** Stop only at some hits: `5` the fifth, `>= 5` from the fifth on, `% 5` every fifth. */
  readonly hitCondition?: string | undefined;
  /** Print this instead of stopping; `{expression}` is replaced by its value. */
  readonly logMessage?: string | undefined;
}

/** Where an instruction is: addresses at which it may run, and its PRG ROM offsets if it is in ROM. */
export interface CodePlace {
  readonly addresses: readonly number[];
  readonly prgOffsets: readonly number[];
}

export interface Breakpoint {
  readonly id: number;
  /** Its owner, so that a front end can replace all breakpoints of one kind: a file, "functions", "data". */
  readonly owner: string;
  readonly text: string;
  readonly code?: CodePlace;
  readonly access?: {
    readonly space: WatchedSpace;
    readonly from: number;
    readonly to: number;
    /** ACCESS_ bits. */
    readonly kinds: number;
  };
  readonly event?: DebugEvent;
  /** The arguments of the command that has set it, to set it again in another session. */
  readonly command?: string;
  readonly condition: Evaluate | undefined;
  readonly log: (() => string) | undefined;
  readonly isHitWanted: ((hits: number) => boolean) | undefined;
  hits: number;
}

/** The place or event at which a new breakpoint stops. */
export type BreakpointPlace = Pick<Breakpoint, "code" | "access" | "event" | "command"> & {
  readonly text: string;
};

export const WANTS_EXECUTE = 4;

/**
 * All breakpoints, and tables that show in one lookup whether an address has any. Conditions are compiled
 * when they are set, so that errors appear then.
 */
export class Breakpoints {
  /** WANTS_EXECUTE, ACCESS_READ and ACCESS_WRITE of each CPU address. */
  readonly wanted = new Uint8Array(0x10000);
  /** ACCESS_ bits of PPU addresses and of OAM. */
  readonly wantedPpu = new Uint8Array(0x4000);
  readonly wantedOam = new Uint8Array(0x100);
  watchesStack = false;
  /** Events that are wanted. */
  readonly events = new Set<DebugEvent>();
  readonly #all = new Map<number, Breakpoint>();
  #nextId = 1;

  get all(): readonly Breakpoint[] {
    return [...this.#all.values()];
  }

  get size(): number {
    return this.#all.size;
  }

  /**
   * Adds a breakpoint. Throws `InputError` ("usage") if its condition, hit condition or message is invalid.
   */
  add(owner: string, place: BreakpointPlace, options: BreakpointOptions, scope: Scope): Breakpoint {
    const { condition = "", hitCondition = "", logMessage = "" } = options;
    const breakpoint: Breakpoint = {
      id: this.#nextId,
      owner,
      ...place,
      ...(place.access === undefined ? {} : { access: withoutMirrors(place.access) }),
      condition: condition.trim() === "" ? undefined : compileCondition(condition, scope),
      log: logMessage === "" ? undefined : compileTemplate(logMessage, scope),
      isHitWanted: hitCondition.trim() === "" ? undefined : parseHitCondition(hitCondition),
      hits: 0,
    };
    this.#nextId++;
    this.#all.set(breakpoint.id, breakpoint);
    this.#index();
    return breakpoint;
  }

  /** Removes all breakpoints of an owner. */
  removeOwned(owner: string): void {
    for (const breakpoint of this.all) if (breakpoint.owner === owner) this.#all.delete(breakpoint.id);
    this.#index();
  }

  remove(id: number): boolean {
    const existed = this.#all.delete(id);
    this.#index();
    return existed;
  }

  clear(): void {
    this.#all.clear();
    this.#index();
  }

  #index(): void {
    this.wanted.fill(0);
    this.wantedPpu.fill(0);
    this.wantedOam.fill(0);
    this.events.clear();
    this.watchesStack = false;
    for (const { code, access, event } of this.#all.values()) {
      for (const address of code?.addresses ?? []) this.wanted[address]! |= WANTS_EXECUTE;
      if (event !== undefined) this.events.add(event);
      if (access === undefined) continue;
      const { space, from, to, kinds } = access;
      const table = { cpu: this.wanted, ppu: this.wantedPpu, oam: this.wantedOam }[space];
      for (let address = from; address <= to; address++) table[address]! |= kinds;
      if (space === "cpu" && from < 0x200 && to >= 0x100) this.watchesStack = true;
    }
  }
}

function withoutMirrors(access: NonNullable<Breakpoint["access"]>): NonNullable<Breakpoint["access"]> {
  return { ...access, ...unmirroredRange(access.space, access.from, access.to) };
}

/** Compiles a condition. It must not change anything, because it is evaluated again when time goes back. */
function compileCondition(text: string, scope: Scope): Evaluate {
  return bind(parseReadOnly(text, "a condition"), scope);
}

function parseHitCondition(text: string): (hits: number) => boolean {
  const match = /^\s*(>=|<=|==|=|>|<|%)?\s*(\d{1,9})\s*$/.exec(text);
  const count = Number(match?.[2]);
  if (match === null || (match[1] === "%" && count === 0)) {
    throw new InputError(
      "usage",
      `${text.slice(0, 40)} is not a hit condition`,
      "",
      "such as 5, >= 5 or % 5",
    );
  }
  switch (match[1]) {
    case ">=":
      return (hits) => hits >= count;
    case ">":
      return (hits) => hits > count;
    case "<=":
      return (hits) => hits <= count;
    case "<":
      return (hits) => hits < count;
    case "%":
      return (hits) => hits % count === 0;
    default:
      return (hits) => hits === count;
  }
}

/** "read", "write" or "read or write" for ACCESS_ bits. */
export function accessText(kinds: number): string {
  const texts = [(kinds & ACCESS_READ) !== 0 ? "read" : "", (kinds & ACCESS_WRITE) !== 0 ? "write" : ""];
  return texts.filter((text) => text !== "").join(" or ");
}
