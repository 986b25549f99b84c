import { EXECUTED, type Interest } from "../../emu/nes/cpu/fast/interests.ts";
import { isReturn, JSR, RTI, RTS } from "../../emu/nes/cpu/opcodes.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import type { InstructionSpy } from "./observer.ts";
import type { ResolvedPlace } from "./place-map.ts";

/** Cycles of the interrupt sequence, from the last instruction to the first of the handler. */
const INTERRUPT_CYCLES = 7;

/** One run of a routine, from its first instruction to the end of its RTS or RTI. */
export interface RoutineRun {
  /** CPU cycles of the routine and all that it calls, without interrupts that came in between. */
  readonly cycles: number;
  /** The same with those interrupts. */
  readonly elapsedCycles: number;
  /** The machine's frame in which it began. */
  readonly frame: number;
  /** The PPU's lines at which it began and ended. */
  readonly startLine: number;
  readonly endLine: number;
}

interface Call {
  readonly routine: Routine;
  readonly stack: number;
  readonly cycle: number;
  readonly frame: number;
  readonly line: number;
  interruptCycles: number;
}

interface Routine {
  readonly place: ResolvedPlace;
  readonly callback: (run: RoutineRun) => void;
}

/** Measures routines from their first instruction to the end of their return. */
export class RoutineTimer implements InstructionSpy {
  readonly #nes: Nes;
  readonly #spy: (timer: RoutineTimer) => () => void;
  #stop: (() => void) | undefined;
  readonly #routines = new Map<number, Routine[]>();
  /**
   * Running routines, the innermost last. Interrupts are included, to subtract their time from the others.
   */
  readonly #calls: Call[] = [];
  readonly #interrupts: { readonly stack: number; readonly cycle: number }[] = [];
  /** The cycle at which the last JSR or interrupt had ended. */
  #calledCycle = -1;

  /** `spy` makes the machine call this object, until the function that it returns is called. */
  constructor(nes: Nes, spy: (timer: RoutineTimer) => () => void) {
    this.#nes = nes;
    this.#spy = spy;
  }

  /** They change with `add`. */
  get interests(): readonly Interest[] {
    const routines = [...this.#routines.keys()].map((at) => ({ from: at, to: at, kinds: EXECUTED }));
    return [{ opcodes: [JSR, RTS, RTI], interrupts: true, ranges: routines }];
  }

  /** Calls `callback` with each run of the routine at `place`, until the returned function is called. */
  add(place: ResolvedPlace, callback: (run: RoutineRun) => void): () => void {
    const routine = { place, callback };
    for (const address of place.candidates) {
      this.#routines.set(address, [...(this.#routines.get(address) ?? []), routine]);
    }
    this.#spyAgain();
    return () => {
      for (const address of place.candidates) {
        const left = (this.#routines.get(address) ?? []).filter((each) => each !== routine);
        if (left.length > 0) this.#routines.set(address, left);
        else this.#routines.delete(address);
      }
      this.#spyAgain();
    };
  }

  /** `interests` have changed. */
  #spyAgain(): void {
    this.#stop?.();
    this.#stop = this.#routines.size === 0 ? undefined : this.#spy(this);
  }

  /** Forgets all running routines, after a reset or the load of a state. */
  forget(): void {
    this.#calledCycle = -1;
    this.#calls.length = 0;
    this.#interrupts.length = 0;
  }

  before(pc: number): void {
    const routines = this.#routines.get(pc);
    if (routines === undefined) return;
    const nes = this.#nes;
    nes.catchUp();
    const wasCalled = nes.totalCycles === this.#calledCycle;
    // Callers are higher on the stack. Any other routine has been left without a return.
    while (wasCalled && (this.#calls.at(-1)?.stack ?? 0x100) <= nes.cpu.s) this.#calls.pop();
    for (const routine of routines) {
      if (!routine.place.isMapped(pc)) continue;
      // A loop back to the first instruction is not a call.
      const last = this.#calls.findLast((call) => call.routine === routine);
      if (!wasCalled && last?.stack === nes.cpu.s) continue;
      const { frame, totalCycles: cycle } = nes;
      this.#calls.push({
        routine,
        stack: nes.cpu.s,
        cycle,
        frame,
        line: nes.ppu.state.line,
        interruptCycles: 0,
      });
    }
  }

  after(_pc: number, opcode: number, _stackBefore: number, interrupted: boolean): void {
    const nes = this.#nes;
    const stack = interrupted ? (nes.cpu.s + 3) & 0xff : nes.cpu.s;
    const now = nes.totalCycles - (interrupted ? INTERRUPT_CYCLES : 0);
    if (isReturn(opcode)) {
      this.#endCalls(stack, now);
      this.#endInterrupts(stack, now);
    }
    if (interrupted) this.#interrupts.push({ stack, cycle: now });
    if (interrupted || opcode === JSR) this.#calledCycle = nes.totalCycles;
  }

  #endCalls(stack: number, now: number): void {
    for (let call = this.#calls.at(-1); call !== undefined && stack > call.stack; call = this.#calls.at(-1)) {
      this.#calls.pop();
      this.#nes.catchUp();
      const elapsedCycles = now - call.cycle;
      call.routine.callback({
        cycles: elapsedCycles - call.interruptCycles,
        elapsedCycles,
        frame: call.frame,
        startLine: call.line,
        endLine: this.#nes.ppu.state.line,
      });
    }
  }

  /** Subtracts the time of interrupt handlers from the routines that they interrupted. */
  #endInterrupts(stack: number, now: number): void {
    for (let last = this.#interrupts.at(-1); last !== undefined; last = this.#interrupts.at(-1)) {
      if (stack < last.stack) return;
      this.#interrupts.pop();
      for (const call of this.#calls) if (call.cycle <= last.cycle) call.interruptCycles += now - last.cycle;
    }
  }
}
