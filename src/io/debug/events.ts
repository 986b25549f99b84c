import { InputError } from "../../emu/input-error.ts";
import { isBranch, OPCODE_STACK, setsStack } from "../../emu/nes/cpu/opcodes.ts";
import type { Probe } from "./probe.ts";

/** Events that can stop the program, with what a user reads about them. */
export const DEBUG_EVENTS = {
  nmi: "NMI: an NMI handler was entered",
  irq: "IRQ: an IRQ handler was entered",
  brk: "BRK: the program executed BRK",
  jam: "JAM: the program executed an opcode that stops the CPU",
  sprite0: "Sprite 0 hit",
  uninitialized: "Read of RAM that nothing has written",
  romWrite: "Write to ROM (on boards with registers there, also to a register)",
  stack: "Stack overflow or underflow: S left its page",
  renderingAccess: "Access of PPU memory or OAM while the picture is drawn",
  lateFrame: "Late frame: the program was not waiting when vertical blank began",
} as const;

/** The name of an event. */
export type DebugEvent = keyof typeof DEBUG_EVENTS;

const NAMES = Object.keys(DEBUG_EVENTS) as DebugEvent[];
const BRK = 0x00;
const JMP = 0x4c;
/** A loop of at most this many bytes can be a waiting loop. */
const WAIT_LOOP_BYTES = 32;
const WAITS_FROM_REPEATS = 2;
const MASK_RENDERING = 0x18;

/** Returns the event of this name. Throws `InputError` ("usage") that lists all names if there is none. */
export function debugEventOf(name: string): DebugEvent {
  const event = NAMES.find((each) => each === name);
  if (event !== undefined) return event;
  throw new InputError("usage", `there is no event ${name.slice(0, 40)}`, "", NAMES.join(", "));
}

/** Detects which events the last instruction caused. */
export class EventDetector {
  readonly #probe: Probe;
  #sprite0 = 0;
  /** The last short backward jump, and how often it was repeated without a write in between. */
  #loopTarget = -1;
  #repeats = 0;

  constructor(probe: Probe) {
    this.#probe = probe;
  }

  /** Call when the machine has jumped to another state. */
  forget(): void {
    this.#sprite0 = this.#probe.nes.ppu.state.sprite0Hit;
    this.#loopTarget = -1;
    this.#repeats = 0;
  }

  /** The first of the wanted events that the last instruction caused; undefined if there is none. */
  check(wanted: ReadonlySet<DebugEvent>): DebugEvent | undefined {
    // The next two follow the program from instruction to instruction.
    const hitSprite0 = wanted.has("sprite0") && this.#hitsSprite0();
    const isLate = wanted.has("lateFrame") && this.#isLate();
    for (const event of NAMES) {
      if (!wanted.has(event)) continue;
      if (event === "sprite0" ? hitSprite0 : event === "lateFrame" ? isLate : this.#happened(event))
        return event;
    }
    return undefined;
  }

  #happened(event: DebugEvent): boolean {
    const probe = this.#probe;
    const { cpu } = probe.nes;
    switch (event) {
      case "nmi":
        return probe.tookNmi;
      case "irq":
        return probe.tookIrq;
      case "brk":
        return probe.opcode === BRK && !probe.wasJammed;
      case "jam":
        return cpu.jammed === 1 && !probe.wasJammed;
      case "uninitialized":
        return probe.readFresh;
      case "romWrite":
        return probe.wroteRom;
      case "stack":
        return !probe.wasJammed && leavesStack(probe);
      case "renderingAccess":
        return probe.rendered && (probe.ppuKinds | probe.oamKinds) !== 0;
      default:
        return false;
    }
  }

  #hitsSprite0(): boolean {
    const { nes } = this.#probe;
    nes.catchUp();
    const before = this.#sprite0;
    this.#sprite0 = nes.ppu.state.sprite0Hit;
    return before === 0 && this.#sprite0 === 1;
  }

  /** A program waits if it repeats a short loop that writes nothing. */
  #isLate(): boolean {
    const probe = this.#probe;
    const { pc, nes } = probe;
    const target = nes.cpu.pc;
    const isLoop =
      target <= pc && pc - target <= WAIT_LOOP_BYTES && (probe.opcode === JMP || isBranch(probe.opcode));
    if ((probe.kinds & 2) !== 0) this.#repeats = 0;
    else if (isLoop) {
      this.#repeats = target === this.#loopTarget ? this.#repeats + 1 : 0;
      this.#loopTarget = target;
    }
    return (
      probe.endedFrame &&
      this.#repeats < WAITS_FROM_REPEATS &&
      (nes.ppu.state.maskWritten & MASK_RENDERING) !== 0
    );
  }
}

/** True if a push or pull of the last instruction wrapped around within the stack page. */
function leavesStack({ opcode, stackBefore, tookNmi, tookIrq }: Probe): boolean {
  if (setsStack(opcode)) return false;
  const stack = stackBefore + OPCODE_STACK[opcode]! - (tookNmi || tookIrq ? 3 : 0);
  return stack < 0 || stack > 0xff;
}
