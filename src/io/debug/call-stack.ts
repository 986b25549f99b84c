import type { Nes } from "../../emu/nes/nes.ts";

/** How a routine was entered. */
export type CallKind = "call" | "nmi" | "irq" | "brk";

const KINDS: readonly CallKind[] = ["call", "nmi", "irq", "brk"];
/** The stack page holds at most this many return addresses. */
const MAX_CALLS = 128;
const FIELDS = 6;

/** A routine that has been entered and has not returned. */
export interface Call {
  readonly kind: CallKind;
  /** Address of the JSR or BRK, or of the instruction before which an interrupt was taken. */
  readonly site: number;
  /** PRG ROM offset of `site` at that time, or −1. */
  readonly sitePrgOffset: number;
  /** Address of the routine. */
  readonly target: number;
  /** S before the return address was pushed. */
  readonly stack: number;
  /** Value of cc65's C stack pointer at the entry; −1 if the program has none. */
  readonly cStack: number;
}

/**
 * The calls and interrupts that have not returned, recorded as they happen. An entry ends as soon as S has
 * the value from before the entry, however the program removes the return address.
 */
export class CallStack {
  readonly #nes: Nes;
  /** FIELDS numbers per call, the outermost first. */
  readonly #calls = new Int32Array(MAX_CALLS * FIELDS);
  #depth = 0;

  constructor(nes: Nes) {
    this.#nes = nes;
  }

  get depth(): number {
    return this.#depth;
  }

  /** Number of interrupt handlers among the calls. */
  get interruptDepth(): number {
    let count = 0;
    for (let at = 0; at < this.#depth; at++) if (this.#calls[at * FIELDS] !== 0) count++;
    return count;
  }

  /** Address of the innermost call's routine, and of its JSR; −1 if there is no call. */
  get topTarget(): number {
    return this.#depth === 0 ? -1 : this.#calls[(this.#depth - 1) * FIELDS + 3]!;
  }

  get topSite(): number {
    return this.#depth === 0 ? -1 : this.#calls[(this.#depth - 1) * FIELDS + 1]!;
  }

  /** A call by its distance from the innermost, which is 0. */
  call(fromTop: number): Call | undefined {
    const at = (this.#depth - 1 - fromTop) * FIELDS;
    if (at < 0) return undefined;
    const calls = this.#calls;
    return {
      kind: KINDS[calls[at]!]!,
      site: calls[at + 1]!,
      sitePrgOffset: calls[at + 2]!,
      target: calls[at + 3]!,
      stack: calls[at + 4]!,
      cStack: calls[at + 5]!,
    };
  }

  /** Adds a call whose return address was pushed when S was `stack`. */
  push(kind: number, site: number, sitePrgOffset: number, stack: number, cStack: number): void {
    // A program that never returns (for example, one that jumps out of its handlers) loses the outermost
    // calls.
    if (this.#depth === MAX_CALLS) {
      this.#calls.copyWithin(0, FIELDS);
      this.#depth--;
    }
    const at = this.#depth++ * FIELDS;
    const calls = this.#calls;
    calls[at] = kind;
    calls[at + 1] = site;
    calls[at + 2] = sitePrgOffset;
    calls[at + 3] = this.#nes.cpu.pc;
    calls[at + 4] = stack;
    calls[at + 5] = cStack;
  }

  /** The innermost call has reached the beginning of a C function, perhaps by a jump from another one. */
  enter(target: number, cStack: number): void {
    if (this.#depth === 0) return;
    const at = (this.#depth - 1) * FIELDS;
    this.#calls[at + 3] = target;
    this.#calls[at + 5] = cStack;
  }

  /** Corrects the target of the innermost call. */
  retarget(target: number): void {
    if (this.#depth > 0) this.#calls[(this.#depth - 1) * FIELDS + 3] = target;
  }

  /** Removes the calls whose return addresses are no longer on the stack. */
  unwind(stack: number): void {
    while (this.#depth > 0 && this.#calls[(this.#depth - 1) * FIELDS + 4]! <= stack) this.#depth--;
  }

  save(): Int32Array {
    return this.#calls.slice(0, this.#depth * FIELDS);
  }

  restore(saved: Int32Array): void {
    this.#calls.set(saved);
    this.#depth = saved.length / FIELDS;
  }
}
