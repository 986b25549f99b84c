import { JSR } from "../../emu/nes/cpu/opcodes.ts";
import type { CodePlace } from "./breakpoints.ts";
import type { Probe } from "./probe.ts";
import type { Goal } from "./runner.ts";
import type { LoadedTarget } from "./target.ts";

/** Movements by name; each can go forwards and backwards. */
export type Movement =
  | { readonly kind: "continue" }
  | { readonly kind: "into" | "over" | "out"; readonly by: "line" | "instruction" }
  | { readonly kind: "cycles"; readonly count: number }
  | { readonly kind: "scanline" | "frame" | "nmi" }
  | { readonly kind: "to"; readonly place: CodePlace };

/** Creates the goals of movements from the current position. */
export class Movements {
  readonly #target: LoadedTarget;
  readonly #probe: Probe;

  constructor(target: LoadedTarget, probe: Probe) {
    this.#target = target;
    this.#probe = probe;
  }

  /**
   * The goal of a movement that begins in CPU cycle `now`; undefined if only breakpoints end it. That of a
   * number of cycles is the first instruction at the cycle or past it.
   */
  goal(movement: Movement, isBack: boolean, now: number): Goal | undefined {
    const { nes, calls } = this.#probe;
    switch (movement.kind) {
      case "continue":
        return undefined;
      case "into":
      case "over": {
        const isLine = movement.by === "line" && this.#hasLineHere();
        if (isBack) return isLine ? this.#lineBack(movement.kind) : this.#instructionBack(movement.kind);
        return isLine ? this.#line(movement.kind) : this.#instruction(movement.kind);
      }
      case "out": {
        const { depth } = calls;
        return () => calls.depth < depth;
      }
      case "cycles": {
        const cycle = now + (isBack ? -movement.count : movement.count);
        return isBack ? () => nes.totalCycles <= cycle : () => nes.totalCycles >= cycle;
      }
      case "scanline":
        return this.#scanline();
      case "frame":
        return () => this.#probe.endedFrame;
      case "nmi":
        return () => this.#probe.tookNmi;
      case "to":
        return () => this.isAt(movement.place);
    }
  }

  /** True if the instruction that is next is at `place`. */
  isAt({ addresses, prgOffsets }: CodePlace): boolean {
    const { pc } = this.#probe.nes.cpu;
    if (!addresses.includes(pc)) return false;
    return prgOffsets.length === 0 || prgOffsets.includes(this.#probe.prgOffsetAt(pc));
  }

  /** True if the program is at the beginning of a line. */
  get #isAtStart(): boolean {
    const { pc } = this.#probe.nes.cpu;
    const offset = this.#probe.prgOffsetAt(pc);
    return this.#target.lines.isStart(offset) && this.#target.hasLine(offset);
  }

  #hasLineHere(): boolean {
    return this.#target.hasLine(this.#probe.prgOffsetAt(this.#probe.nes.cpu.pc));
  }

  /** Moves to the next line. Interrupt handlers in between are run to their end. */
  #line(kind: "into" | "over"): Goal {
    const { calls, nes } = this.#probe;
    const { lines } = this.#target;
    const { depth, interruptDepth } = calls;
    const line = lines.lineId(this.#probe.prgOffsetAt(nes.cpu.pc));
    return () => {
      const offset = this.#probe.prgOffsetAt(nes.cpu.pc);
      if (calls.depth > depth) {
        return kind === "into" && calls.interruptDepth <= interruptDepth && this.#isAtStart;
      }
      return this.#isAtStart || (lines.lineId(offset) !== line && this.#target.hasLine(offset));
    };
  }

  /** Moves to the next instruction; a called routine is run to its end. */
  #instruction(kind: "into" | "over"): Goal {
    const { calls, nes } = this.#probe;
    if (kind === "into") return () => true;
    const { depth, interruptDepth } = calls;
    const isCall = this.#probe.operands.byte(nes.cpu.pc) === JSR;
    return () => calls.depth <= depth || (!isCall && calls.interruptDepth > interruptDepth);
  }

  #instructionBack(kind: "into" | "over"): Goal {
    const { calls } = this.#probe;
    if (kind === "into") return () => true;
    const { depth } = calls;
    return () => calls.depth <= depth;
  }

  #lineBack(kind: "into" | "over"): Goal {
    const { calls } = this.#probe;
    const { depth, interruptDepth } = calls;
    return () => {
      const isShown = kind === "over" ? calls.depth <= depth : calls.interruptDepth <= interruptDepth;
      return isShown && this.#isAtStart;
    };
  }

  /** Moves to the first instruction in another line of the picture. */
  #scanline(): Goal {
    const { nes } = this.#probe;
    nes.catchUp();
    let line = nes.ppu.state.line;
    return () => {
      nes.catchUp();
      const changed = nes.ppu.state.line !== line;
      line = nes.ppu.state.line;
      return changed;
    };
  }
}
