import { hex } from "../library/place-map.ts";
import type { CallKind, CallStack } from "./call-stack.ts";
import type { InstructionView } from "./instruction-view.ts";
import type { Probe } from "./probe.ts";
import type { LocalVariable } from "./scope.ts";
import type { LoadedTarget } from "./target.ts";

/** A routine on the call stack. */
export interface StackFrame {
  /** 0 is the innermost. */
  readonly index: number;
  /** Name of the routine, or its address. */
  readonly name: string;
  /** Address of the instruction that is next, or of the JSR that waits for its return. */
  readonly pc: number;
  readonly prgOffset: number;
  /** How this routine was entered. The outermost has none. */
  readonly kind: CallKind | undefined;
  /** Index in `Symbols.files` and line, from 1; undefined if unknown. */
  readonly file: number | undefined;
  readonly line: number | undefined;
}

/**
 * Routines of cc65 at the start of a function that push its last parameter, and the number of bytes that they
 * push.
 */
const PUSHES: readonly (readonly [name: string, bytes: number])[] = [
  ["pusha", 1],
  ["pushax", 2],
  ["pusheax", 4],
];
const JSR = 0x20;
/** The name of the outermost frame if there is no symbol. */
const OUTERMOST = "program";
const NEAR_BYTES = 0x100;
/** A function's parameters are declared up to this many lines before its first line with code. */
const LINES_BEFORE = 4;

/** Reads the call stack and the variables of its frames. */
export class Frames {
  readonly #target: LoadedTarget;
  readonly #probe: Probe;
  readonly #view: InstructionView;

  constructor(target: LoadedTarget, probe: Probe, view: InstructionView) {
    this.#target = target;
    this.#probe = probe;
    this.#view = view;
  }

  get #calls(): CallStack {
    return this.#probe.calls;
  }

  /** The frames, the innermost first. */
  all(): readonly StackFrame[] {
    const count = this.#calls.depth + 1;
    return Array.from({ length: count }, (_, index) => this.frame(index)!);
  }

  frame(index: number): StackFrame | undefined {
    if (!Number.isInteger(index) || index < 0 || index > this.#calls.depth) return undefined;
    const inner = index === 0 ? undefined : this.#calls.call(index - 1);
    const entry = this.#calls.call(index);
    const { cpu } = this.#probe.nes;
    // A jammed CPU has fetched the opcode that stopped it.
    const next = cpu.jammed === 1 ? (cpu.pc - 1) & 0xffff : cpu.pc;
    const pc = inner?.site ?? this.#view.pc ?? next;
    const prgOffset = inner?.sitePrgOffset ?? this.#probe.prgOffsetAt(pc);
    const place = this.#target.lines.placeOf(prgOffset);
    return {
      index,
      name: this.#nameOf(pc, prgOffset, entry?.target),
      pc,
      prgOffset,
      kind: entry?.kind,
      file: place?.file,
      line: place?.line,
    };
  }

  /** The C variables of a frame. Empty if it is not in a C function. */
  locals(index: number): readonly LocalVariable[] {
    const frame = this.frame(index);
    const routine = frame === undefined ? undefined : this.#target.routineAt(frame.prgOffset);
    if (routine === undefined) return [];
    const { symbols, registerBank } = this.#target;
    const within = this.#linesOf(routine.prgOffset, routine.bytes);
    const base = this.#cFrame(index, routine.prgOffset);
    const locals: LocalVariable[] = [];
    for (const variable of symbols.variables) {
      if (variable.routine !== routine.name) continue;
      const start = { stack: base, register: registerBank, memory: 0 }[variable.storage];
      if (start === undefined || start < 0) continue;
      const address = (start + (variable.storage === "memory" ? variable.address : variable.offset)) & 0xffff;
      const type = within === undefined ? undefined : this.#target.cType(variable.name, within);
      locals.push({ variable, address, type });
    }
    return locals;
  }

  /** The address that stack offsets count from; undefined if it is unknown. */
  #cFrame(index: number, entryOffset: number): number | undefined {
    const entry = this.#calls.call(index);
    if (entry === undefined || entry.cStack < 0) return undefined;
    return entry.cStack - this.#pushedAtEntry(entryOffset);
  }

  #pushedAtEntry(offset: number): number {
    const { symbols, nes } = this.#target;
    const { bytes, prgRom } = nes.memory;
    const at = prgRom.offset + offset;
    if (bytes[at] !== JSR) return 0;
    const called = bytes[at + 1]! | (bytes[at + 2]! << 8);
    const push = PUSHES.find(([name]) => symbols.find(name).some(({ address }) => address === called));
    return push?.[1] ?? 0;
  }

  #linesOf(offset: number, bytes: number): { file: number; from: number; to: number } | undefined {
    const { lines } = this.#target;
    const first = lines.placeOf(offset);
    if (first === undefined) return undefined;
    let to = first.line;
    for (let at = offset; at < offset + bytes; at++) {
      const place = lines.placeOf(at);
      if (place?.file === first.file) to = Math.max(to, place.line);
    }
    return { file: first.file, from: first.line - LINES_BEFORE, to };
  }

  #nameOf(pc: number, prgOffset: number, target: number | undefined): string {
    const { symbols } = this.#target;
    const routine = this.#target.routineAt(prgOffset);
    if (routine !== undefined) return routine.name.replace(/^_(?=\w)/, "");
    const plain = (name: string | undefined): string | undefined =>
      name?.replace(/\+\d+$/, "").replace(/^_(?=\w)/, "");
    const label = plain(symbols.nameOf(pc, prgOffset));
    if (target === undefined) return label ?? OUTERMOST;
    // Without a known end, the routine is the label that was called, unless the program has jumped elsewhere.
    const isNear = pc >= target && pc - target < NEAR_BYTES;
    const called = plain(symbols.nameOf(target, this.#probe.prgOffsetAt(target)));
    return (isNear ? called : label) ?? hex(target, 4);
  }
}
