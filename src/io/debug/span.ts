import type { Nes } from "../../emu/nes/nes.ts";
import type { Probe } from "./probe.ts";

const ADDRESS_BITS_BYTES = 0x10000 >> 3;
const PPU_BITS_BYTES = 0x4000 >> 3;

/** A state of the machine, and what happened from there to the next one. */
export interface Span {
  /** The position of its state. */
  readonly start: number;
  readonly frame: number;
  /** Number of frames since the start; it differs from `frame` after a power cycle. */
  readonly frames: number;
  /** True if the user changed the state there, so that running the previous span does not lead to it. */
  readonly edited: boolean;
  /** Number of ROM patches that are applied. */
  readonly patches: number;
  readonly state: Uint8Array;
  readonly calls: Int32Array;
  readonly written: Uint8Array;
  /**
   * One bit for each CPU address that was executed, read or written, and for each PPU address that was
   * accessed.
   */
  readonly executed: Uint8Array;
  readonly read: Uint8Array;
  readonly wrote: Uint8Array;
  readonly ppu: Uint8Array;
  oam: boolean;
}

/** Begins a span with the machine's present state. */
export function beginSpan(
  nes: Nes,
  probe: Probe,
  at: Pick<Span, "start" | "frames" | "edited" | "patches">,
): Span {
  const state = new Uint8Array(nes.stateBytes);
  nes.save(state);
  const span: Span = {
    ...at,
    frame: nes.frame,
    state,
    calls: probe.calls.save(),
    written: probe.marks.save(),
    executed: new Uint8Array(ADDRESS_BITS_BYTES),
    read: new Uint8Array(ADDRESS_BITS_BYTES),
    wrote: new Uint8Array(ADDRESS_BITS_BYTES),
    ppu: new Uint8Array(PPU_BITS_BYTES),
    oam: false,
  };
  markNext(span, nes);
  return span;
}

/** The memory of a span, which is the same for all spans of a machine. */
export function spanBytes({ state, written, executed, read, wrote, ppu }: Span): number {
  return state.length + written.length + executed.length + read.length + wrote.length + ppu.length;
}

/** Marks the next instruction as executed: a breakpoint there is reached by running this span. */
export function markNext(span: Span, { cpu }: Nes): void {
  mark(span.executed, cpu.pc);
}

/** Marks what the instruction that has just run accessed. */
export function markInstruction(span: Span, probe: Probe): void {
  mark(span.executed, probe.pc);
  if ((probe.kinds & 1) !== 0) mark(span.read, probe.address);
  if ((probe.kinds & 2) !== 0) mark(span.wrote, probe.address);
  if (probe.ppuKinds !== 0) mark(span.ppu, probe.ppuAddress);
  if (probe.oamKinds !== 0) span.oam = true;
  if (probe.stackKinds === 0) return;
  const bits = (probe.stackKinds & 1) === 0 ? span.wrote : span.read;
  for (let address = probe.stackFrom; address <= probe.stackTo; address++) mark(bits, address);
}

function mark(bits: Uint8Array, address: number): void {
  bits[address >> 3]! |= 1 << (address & 7);
}

/** Index of the last span that starts before `position`; 0 for the first position. */
export function spanBefore(spans: readonly Span[], position: number): number {
  let low = 0;
  let high = spans.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (spans[middle]!.start < position) low = middle;
    else high = middle - 1;
  }
  return low;
}
