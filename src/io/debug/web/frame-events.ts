import { ACCESS_READ, ACCESS_WRITE } from "../../../emu/nes/cpu/opcodes.ts";
import { DOTS_PER_LINE } from "../../../emu/nes/region.ts";
import { accessTime } from "../access-time.ts";
import type { DebugSession } from "../session.ts";
import type { Span } from "../span.ts";
import type { InstructionObserver, Timeline } from "../timeline.ts";
import {
  EVENT_ADDRESS,
  EVENT_DOT,
  EVENT_IS_OLD,
  EVENT_KIND,
  EVENT_LINE,
  EVENT_OFFSET,
  EVENT_PC,
  EVENT_VALUE,
  FRAME_EVENT_BYTES,
  KIND_IRQ,
  KIND_NMI,
  KIND_READ,
  KIND_WRITE,
} from "./protocol.ts";

/** More than the program can cause: an access takes four cycles, a frame of PAL 33,248. */
const MAX_EVENTS = 8448;
const FIRST_REGISTER = 0x2000;
const FIRST_EXPANSION = 0x4020;
const FIRST_SAVE_RAM = 0x6000;

/** The events of one frame, in the form in which they are sent. */
class FrameList {
  readonly bytes = new Uint8Array(MAX_EVENTS * FRAME_EVENT_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  count = 0;
  /** Position of the frame's first instruction. */
  base = 0;
}

/**
 * Records register accesses and interrupts with their places in the picture, for the frame that is running
 * and the one before it.
 */
export class FrameEvents implements InstructionObserver {
  readonly #timeline: Timeline;
  #now = new FrameList();
  #before = new FrameList();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    this.clear();
  }

  clear(): void {
    this.#now.count = 0;
    this.#before.count = 0;
    this.#now.base = this.#timeline.position;
    this.#before.base = this.#timeline.position;
  }

  note(): void {
    const { probe, position } = this.#timeline;
    const { kinds, address, tookNmi, tookIrq } = probe;
    if (kinds !== 0 && isRegister(address, kinds, probe.wroteRom)) {
      const kind = (kinds & ACCESS_WRITE) !== 0 ? KIND_WRITE : KIND_READ;
      this.#add(kind, address, probe.value, position - 1);
    }
    if (tookNmi) this.#add(KIND_NMI, probe.nes.cpu.pc, 0, position);
    if (tookIrq) this.#add(KIND_IRQ, probe.nes.cpu.pc, 0, position);
    if (!probe.endedFrame) return;
    [this.#now, this.#before] = [this.#before, this.#now];
    this.#now.count = 0;
    this.#now.base = position;
  }

  /**
   * Records the frame up to the current position, and the one before it, by running them again. `session` has
   * this timeline and must not be moving.
   */
  collect(session: DebugSession): void {
    const timeline = this.#timeline;
    const { frame } = session.nes;
    const here = timeline.position;
    const isBefore = (span: Span): boolean => span.frame < frame && span.start <= here && !span.edited;
    const span = timeline.spans.findLast(isBefore);
    const from = span?.start ?? timeline.start;
    session.replay(from, here, () => {
      if (timeline.position === from) this.clear();
      else this.note();
    });
    // `replay` does not visit the last position.
    if (here > from) this.note();
    else this.clear();
  }

  /** The last complete frame, as a block of a snapshot. */
  complete(): { readonly base: number; readonly bytes: Uint8Array } {
    const { base, bytes, count } = this.#before;
    return { base, bytes: bytes.subarray(0, count * FRAME_EVENT_BYTES) };
  }

  /** The frame that is running up to now, and after that the end of the frame before it. */
  untilNow(): { readonly base: number; readonly bytes: Uint8Array } {
    const now = this.#now;
    const old = this.#before;
    const { nes } = this.#timeline.probe;
    nes.catchUp();
    const here = this.#order(nes.ppu.state.line, nes.ppu.state.dot);
    const parts: number[] = [];
    for (let index = 0; index < old.count; index++) {
      const at = index * FRAME_EVENT_BYTES;
      const order = this.#order(
        old.view.getUint16(at + EVENT_LINE, true),
        old.view.getUint16(at + EVENT_DOT, true),
      );
      if (order > here) parts.push(at);
    }
    const bytes = new Uint8Array((parts.length + now.count) * FRAME_EVENT_BYTES);
    const view = new DataView(bytes.buffer);
    let to = 0;
    for (const at of parts) {
      bytes.set(old.bytes.subarray(at, at + FRAME_EVENT_BYTES), to);
      bytes[to + EVENT_IS_OLD] = 1;
      to += FRAME_EVENT_BYTES;
    }
    bytes.set(now.bytes.subarray(0, now.count * FRAME_EVENT_BYTES), to);
    for (; to < bytes.length; to += FRAME_EVENT_BYTES) {
      const offset = view.getUint32(to + EVENT_OFFSET, true);
      view.setUint32(to + EVENT_OFFSET, offset + now.base - old.base, true);
    }
    return { base: old.base, bytes };
  }

  /** The time within a frame: frames begin with vertical blank, after the last line of the picture. */
  #order(line: number, dot: number): number {
    const { linesPerFrame, vblankLine } = this.#timeline.probe.nes.region;
    return ((line - vblankLine + linesPerFrame) % linesPerFrame) * DOTS_PER_LINE + dot;
  }

  #add(kind: number, address: number, value: number, position: number): void {
    const list = this.#now;
    if (list.count === MAX_EVENTS) return;
    const { probe } = this.#timeline;
    const { line, dot } = accessTime(probe);
    const { view } = list;
    const at = list.count++ * FRAME_EVENT_BYTES;
    view.setUint16(at + EVENT_LINE, line, true);
    view.setUint16(at + EVENT_DOT, dot, true);
    view.setUint16(at + EVENT_ADDRESS, address, true);
    view.setUint8(at + EVENT_VALUE, value);
    view.setUint8(at + EVENT_KIND, kind);
    view.setUint16(at + EVENT_PC, probe.pc, true);
    view.setUint16(at + EVENT_IS_OLD, 0, true);
    view.setUint32(at + EVENT_OFFSET, Math.max(0, position - list.base), true);
  }
}

/** True for registers of the PPU and the APU, and for writes that only a board can answer. */
function isRegister(address: number, kinds: number, wroteRom: boolean): boolean {
  if (address < FIRST_REGISTER) return false;
  if (address < FIRST_EXPANSION) return (kinds & (ACCESS_READ | ACCESS_WRITE)) !== 0;
  return wroteRom || (address < FIRST_SAVE_RAM && (kinds & ACCESS_WRITE) !== 0);
}
