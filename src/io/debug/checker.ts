import { ACCESS_READ, ACCESS_WRITE } from "../../emu/nes/cpu/opcodes.ts";
import { hex } from "../library/place-map.ts";
import { accessTime, cyclesAfterAccess, cyclesAfterStackAccess } from "./access-time.ts";
import {
  accessText,
  type Breakpoint,
  type Breakpoints,
  WANTS_EXECUTE,
  type WatchedSpace,
} from "./breakpoints.ts";
import { DEBUG_EVENTS, type EventDetector } from "./events.ts";
import type { Probe } from "./probe.ts";
import type { Span } from "./span.ts";

export type StopReason =
  | "entry"
  | "breakpoint"
  | "access"
  | "event"
  | "step"
  | "pause"
  | "goto"
  | "start"
  | "reloaded";

/** Why the program stopped. */
export interface StopCause {
  readonly reason: StopReason;
  /** For the user. */
  readonly text: string;
  readonly breakpoints: readonly number[];
  /** For "access": the cycles of the instruction, and of the interrupt after it, that follow the access. */
  readonly cyclesAfter?: number;
}

/** The current access, for expressions. */
export interface AccessFacts {
  value: number;
  address: number;
  opcode: number;
}

const ALL_OAM = 256;
const FIRST_REGISTER = 0x2000;
const LAST_REGISTER = 0x401f;

/** Checks the breakpoints at the current position. */
export class StopChecker {
  readonly #probe: Probe;
  readonly #breakpoints: Breakpoints;
  readonly #events: EventDetector;
  readonly #access: AccessFacts;
  /** Receives the messages of log points. */
  readonly #onLog: (text: string, breakpoint: Breakpoint) => void;

  constructor(
    probe: Probe,
    breakpoints: Breakpoints,
    events: EventDetector,
    access: AccessFacts,
    onLog: (text: string, breakpoint: Breakpoint) => void,
  ) {
    this.#probe = probe;
    this.#breakpoints = breakpoints;
    this.#events = events;
    this.#access = access;
    this.#onLog = onLog;
  }

  /**
   * Returns the reason to stop here, after the probe has run an instruction: its effects, or the next
   * instruction. `isForward` counts hits and prints logs; backwards, only places and conditions matter.
   */
  check(isForward: boolean): StopCause | undefined {
    const breakpoints = this.#breakpoints;
    if (breakpoints.size === 0) return undefined;
    const probe = this.#probe;
    let found: StopCause | undefined;
    if (breakpoints.events.size > 0) found = this.#checkEvents(isForward);
    if (probe.kinds !== 0 && (breakpoints.wanted[probe.address]! & probe.kinds) !== 0) {
      found = this.#accessed("cpu", probe.address, 1, probe.kinds, isForward) ?? found;
    }
    if (breakpoints.watchesStack && probe.stackKinds !== 0) {
      const bytes = Math.max(1, probe.stackTo - probe.stackFrom + 1);
      found = this.#accessed("cpu", probe.stackFrom, bytes, probe.stackKinds, isForward) ?? found;
    }
    if (probe.ppuKinds !== 0 && (breakpoints.wantedPpu[probe.ppuAddress]! & probe.ppuKinds) !== 0) {
      found = this.#accessed("ppu", probe.ppuAddress, 1, probe.ppuKinds, isForward) ?? found;
    }
    if (probe.oamKinds !== 0) {
      const from = probe.oamBytes === ALL_OAM ? 0 : probe.oamAddress;
      found = this.#accessed("oam", from, probe.oamBytes, probe.oamKinds, isForward) ?? found;
    }
    return this.#checkExecution(isForward) ?? found;
  }

  /** Like `check`, forward, but only for the next instruction: the accesses have stopped before. */
  checkNext(): StopCause | undefined {
    return this.#breakpoints.size === 0 ? undefined : this.#checkExecution(true);
  }

  #checkExecution(isForward: boolean): StopCause | undefined {
    const { cpu } = this.#probe.nes;
    const isWanted = (this.#breakpoints.wanted[cpu.pc]! & WANTS_EXECUTE) !== 0 && cpu.jammed === 0;
    return isWanted ? this.#executes(cpu.pc, isForward) : undefined;
  }

  /** True if running a span again may stop somewhere. False only if it certainly does not. */
  mayStop(span: Span): boolean {
    if (this.#breakpoints.events.size > 0) return true;
    return this.#breakpoints.all.some(({ code, access, log }) => {
      if (log !== undefined) return false;
      if (code !== undefined) return code.addresses.some((address) => hasBit(span.executed, address));
      if (access === undefined) return true;
      if (access.space === "oam") return span.oam;
      return hasAccess(span, access.space, access.from, access.to, access.kinds);
    });
  }

  #executes(pc: number, isForward: boolean): StopCause | undefined {
    const { opcode, access } = { opcode: this.#probe.operands.byte(pc), access: this.#access };
    access.address = pc;
    access.value = opcode;
    access.opcode = opcode;
    const offset = this.#probe.prgOffsetAt(pc);
    const hits = this.#breakpoints.all.filter(
      ({ code }) =>
        code?.addresses.includes(pc) === true &&
        (code.prgOffsets.length === 0 || code.prgOffsets.includes(offset)),
    );
    return this.#stop("breakpoint", hits, isForward, (breakpoint) => breakpoint.text);
  }

  #accessed(
    space: WatchedSpace,
    from: number,
    bytes: number,
    kinds: number,
    isForward: boolean,
  ): StopCause | undefined {
    const probe = this.#probe;
    const hits = this.#breakpoints.all.filter(
      ({ access }) =>
        access?.space === space &&
        (access.kinds & kinds) !== 0 &&
        access.from < from + bytes &&
        access.to >= from,
    );
    const first = hits[0]?.access;
    if (first === undefined) return undefined;
    const address = Math.max(from, first.from);
    const isOwn = space === "cpu" && bytes === 1 && from === probe.address && (kinds & probe.kinds) !== 0;
    const value = isOwn || space === "ppu" ? probe.value : this.#valueAt(space, address);
    Object.assign(this.#access, { address, value, opcode: probe.opcode });
    const what = accessText(kinds & first.kinds);
    const change =
      isOwn && (kinds & first.kinds & ACCESS_WRITE) !== 0
        ? `${hex(probe.before, 2)} → ${hex(value, 2)}`
        : hex(value, 2);
    const place = `${space === "cpu" ? "" : `${space.toUpperCase()} `}${hex(address, space === "oam" ? 2 : 4)}`;
    const stop = this.#stop(
      "access",
      hits,
      isForward,
      () => `${what} of ${place}: ${change}, by ${hex(probe.pc, 4)}${isOwn ? this.#timeText() : ""}`,
    );
    const isStack = space === "cpu" && !isOwn;
    return (
      stop && {
        ...stop,
        cyclesAfter: isStack ? cyclesAfterStackAccess(probe, address) : cyclesAfterAccess(probe),
      }
    );
  }

  /** When the instruction accessed a register: games are timed by these. Empty for memory. */
  #timeText(): string {
    const { address, wroteRom } = this.#probe;
    if (!wroteRom && (address < FIRST_REGISTER || address > LAST_REGISTER)) return "";
    const { line, dot, cycle } = accessTime(this.#probe);
    return `, at line ${line}, dot ${dot}, cycle ${cycle}`;
  }

  /**
   * The byte of a stack or OAM access. OAM DMA runs with the next instruction, so its bytes are still in RAM.
   */
  #valueAt(space: WatchedSpace, address: number): number {
    const { nes, oamBytes, oamAddress, value: page } = this.#probe;
    if (space !== "oam" || oamBytes !== ALL_OAM) return nes.peek(space, address);
    return nes.peek("cpu", (page << 8) | ((address - oamAddress) & 0xff));
  }

  #checkEvents(isForward: boolean): StopCause | undefined {
    const event = this.#events.check(this.#breakpoints.events);
    if (event === undefined) return undefined;
    const { address, value, opcode } = this.#probe;
    Object.assign(this.#access, { address, value, opcode });
    const hits = this.#breakpoints.all.filter((breakpoint) => breakpoint.event === event);
    return this.#stop("event", hits, isForward, () => DEBUG_EVENTS[event]);
  }

  #stop(
    reason: StopReason,
    candidates: readonly Breakpoint[],
    isForward: boolean,
    describe: (breakpoint: Breakpoint) => string,
  ): StopCause | undefined {
    const stops = candidates.filter((breakpoint) => this.#isHit(breakpoint, isForward));
    const [first] = stops;
    return first && { reason, text: describe(first), breakpoints: stops.map(({ id }) => id) };
  }

  #isHit(breakpoint: Breakpoint, isForward: boolean): boolean {
    const { condition, isHitWanted, log } = breakpoint;
    if (condition !== undefined && condition() === 0) return false;
    if (!isForward) return log === undefined;
    breakpoint.hits++;
    if (isHitWanted !== undefined && !isHitWanted(breakpoint.hits)) return false;
    if (log === undefined) return true;
    this.#onLog(log(), breakpoint);
    return false;
  }
}

function hasBit(bits: Uint8Array, at: number): boolean {
  return (bits[at >> 3]! & (1 << (at & 7))) !== 0;
}

/** True if a span has an access of these kinds to a range. */
export function hasAccess(
  span: Span,
  space: "cpu" | "ppu",
  from: number,
  to: number,
  kinds: number,
): boolean {
  for (let address = from; address <= to; address++) {
    if (space === "ppu") {
      if (hasBit(span.ppu, address)) return true;
      continue;
    }
    if ((kinds & ACCESS_READ) !== 0 && hasBit(span.read, address)) return true;
    if ((kinds & ACCESS_WRITE) !== 0 && hasBit(span.wrote, address)) return true;
  }
  return false;
}
