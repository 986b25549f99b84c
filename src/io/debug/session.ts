import { InputError } from "../../emu/input-error.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { hex } from "../library/place-map.ts";
import { assigns, bind, bindPlace, parseReadOnly } from "../symbols/expressions/evaluate.ts";
import { isPlaceExpression, parseTree } from "../symbols/expressions/parse.ts";
import type { ValuePlace } from "../symbols/expressions/scope.ts";
import { assemble } from "./assembler.ts";
import { type Breakpoint, type BreakpointOptions, type BreakpointPlace, Breakpoints } from "./breakpoints.ts";
import { type AccessFacts, hasAccess, type StopCause, StopChecker } from "./checker.ts";
import { Disassembler } from "./disassembler.ts";
import { EventDetector } from "./events.ts";
import { Frames } from "./frames.ts";
import { InstructionView } from "./instruction-view.ts";
import { unmirroredRange } from "./mirrors.ts";
import { type Movement, Movements } from "./movement.ts";
import { CodeFinder } from "./places.ts";
import type { Probe } from "./probe.ts";
import { type RegisterGroup, registerGroups } from "./registers.ts";
import { type Goal, LIMITED, Runner } from "./runner.ts";
import { GameScope } from "./scope.ts";
import { type DebugTarget, LoadedTarget } from "./target.ts";
import { Timeline, type TimelineOptions } from "./timeline.ts";

/** Receives the events of a session. */
export interface SessionEvents {
  /** Called when a log point prints. */
  onLog?(text: string, breakpoint: Breakpoint): void;
  /** Called after each frame of a movement forward; the movement waits for the promise. */
  onFrame?(): Promise<void> | undefined;
}

/** A write in the past. */
export interface PastWrite {
  /** The position of the instruction that wrote. */
  readonly position: number;
  readonly pc: number;
  readonly value: number;
  readonly before: number;
  readonly frame: number;
  readonly cycle: number;
}

type Direction = "forward" | "back";

/**
 * A debugger of one game. Front ends call its methods. One movement runs at a time; it yields to the event
 * loop, so that `pause` can end it.
 */
export class DebugSession {
  readonly target: LoadedTarget;
  readonly timeline: Timeline;
  readonly breakpoints = new Breakpoints();
  readonly frames: Frames;
  readonly code: CodeFinder;
  readonly registers: readonly RegisterGroup[];
  readonly disassembler: Disassembler;
  /** The picture of the current frame. */
  readonly pixels: Uint16Array;
  /** True if the program has stopped in the middle of an instruction. */
  readonly view: InstructionView;
  readonly #runner: Runner;
  readonly #movements: Movements;
  readonly #events: SessionEvents;
  readonly #access: AccessFacts = { value: 0, address: 0, opcode: 0 };
  #moving: Direction | undefined;
  #wantsPause = false;
  /** True while the program stands where a breakpoint has stopped it. */
  #isAtBreakpoint = false;

  constructor(target: DebugTarget, events: SessionEvents = {}, options: TimelineOptions = {}) {
    this.target = new LoadedTarget(target);
    this.#events = events;
    const { nes, program, rom } = this.target;
    this.pixels = new Uint16Array(nes.geometry.width * nes.geometry.height);
    this.timeline = new Timeline(nes, rom.image, this.pixels, program, { ...options, movie: target.movie });
    const { probe } = this.timeline;
    this.view = new InstructionView(nes, this.timeline, this.pixels);
    this.frames = new Frames(this.target, probe, this.view);
    this.code = new CodeFinder(this.target);
    this.registers = registerGroups(nes);
    this.disassembler = new Disassembler(this.target, this.timeline.log);
    const detector = new EventDetector(probe);
    const onLog = (text: string, breakpoint: Breakpoint): void => events.onLog?.(text, breakpoint);
    const checker = new StopChecker(probe, this.breakpoints, detector, this.#access, onLog);
    this.#runner = new Runner(this.timeline, checker, detector);
    this.#movements = new Movements(this.target, probe);
  }

  get nes(): Nes {
    return this.target.nes;
  }

  get probe(): Probe {
    return this.timeline.probe;
  }

  /** The direction of the current movement; undefined if the program is stopped. */
  get moving(): Direction | undefined {
    return this.#moving;
  }

  /**
   * Runs a movement to its end, a breakpoint or a pause; forward, for at most `frames` frames. Throws
   * `InputError` if a movement is already running.
   */
  async move(movement: Movement, direction: Direction = "forward", frames?: number): Promise<StopCause> {
    if (movement.kind === "out" && this.probe.calls.depth === 0) {
      throw new InputError("usage", "no routine is running that could return");
    }
    const until = this.nes.totalCycles;
    this.#demandStanding();
    const wasInside = this.view.leave();
    const goal = this.#movements.goal(movement, direction === "back", until);
    const stop = await this.#run(goal, direction, frames, wasInside);
    this.#isAtBreakpoint = ["breakpoint", "access", "event"].includes(stop.reason);
    if (movement.kind === "cycles" && stop.reason === "step") {
      return this.#enterAt(until + (direction === "back" ? -1 : 1) * movement.count, stop);
    }
    if (stop.cyclesAfter !== undefined) return this.#enterAt(this.nes.totalCycles - stop.cyclesAfter, stop);
    if (stop !== LIMITED) return stop;
    const where = `${this.target.places.describe(this.nes.cpu.pc)} in frame ${this.nes.frame}`;
    return { ...stop, text: `not reached in ${frames} frames: stopped at ${where}` };
  }

  #enterAt(cycle: number, stop: StopCause): StopCause {
    const { view } = this;
    view.enterAt(cycle);
    if (view.pc === undefined) return stop;
    const where = `cycle ${view.cycles} of the instruction at ${hex(view.pc, 4)}`;
    return { ...stop, text: stop.reason === "step" ? where : `${stop.text}, in ${where}` };
  }

  /** Ends the current movement at the next opportunity. */
  pause(): void {
    if (this.#moving !== undefined) this.#wantsPause = true;
  }

  /** Goes to a position in the history at once, past breakpoints. */
  seek(position: number): void {
    this.#demandStanding();
    this.view.leave();
    this.#isAtBreakpoint = false;
    this.#runner.seek(position);
  }

  /**
   * Finds the last instruction that wrote to a range of a memory, in the history before the current position.
   * The position does not change. Returns undefined if there is none.
   */
  async lastWrite(space: "cpu" | "ppu", first: number, last = first): Promise<PastWrite | undefined> {
    const { probe, view } = this;
    this.#demandStanding();
    const { from, to } = unmirroredRange(space, first, last);
    const { cycles } = view;
    view.leave();
    const here = this.timeline.position;
    const isWrite = (): boolean =>
      space === "cpu"
        ? ((probe.kinds & 2) !== 0 && probe.address >= from && probe.address <= to) ||
          ((probe.stackKinds & 2) !== 0 && probe.stackFrom <= to && probe.stackTo >= from)
        : (probe.ppuKinds & 2) !== 0 && probe.ppuAddress >= from && probe.ppuAddress <= to;
    return this.#occupied("back", async () => {
      const position = await this.#runner.findLast(
        here + 1,
        isWrite,
        (span) => hasAccess(span, space, from, to, 2),
        { isPaused: () => this.#wantsPause },
      );
      if (position === undefined) {
        this.#runner.seek(here);
        view.enter(here, cycles);
        return undefined;
      }
      this.timeline.seek(position);
      const { pc, value, before } = probe;
      this.timeline.seek(position - 1);
      const { frame, totalCycles: cycle } = this.nes;
      this.#runner.seek(here);
      view.enter(here, cycles);
      return { position: position - 1, pc, value, before, frame, cycle };
    });
  }

  /**
   * Runs the history again from one position to another. Calls `visit` before each instruction, with the
   * machine at that position. The position does not change.
   */
  replay(from: number, to: number, visit: () => void): void {
    this.#demandStanding();
    const { timeline } = this;
    this.view.outside(() => {
      const here = timeline.position;
      timeline.seek(from);
      while (timeline.position < Math.min(to, timeline.end)) {
        visit();
        timeline.advance();
      }
      this.#runner.seek(here);
    });
  }

  /** Adds a breakpoint. Throws `InputError` ("usage") if its options are invalid. */
  addBreakpoint(owner: string, place: BreakpointPlace, options: BreakpointOptions = {}): Breakpoint {
    return this.breakpoints.add(owner, place, options, this.#scope(0, this.#access));
  }

  /** The names of an expression in a frame of the call stack. */
  scope(frame = 0): GameScope {
    return this.#scope(frame, this.#isAtBreakpoint ? this.#access : undefined);
  }

  #scope(frame: number, access: AccessFacts | undefined): GameScope {
    const { nes, places } = this.target;
    return new GameScope({
      nes,
      places,
      access,
      locals: () => this.frames.locals(frame),
      typeOf: (name) => this.target.cType(name),
      depth: () => this.probe.calls.depth,
      patch: (offset, value) => this.timeline.patch(offset, value),
    });
  }

  /** Evaluates what the user has entered, in a frame. An assignment in it discards the known future. */
  evaluate(text: string, frame = 0): number {
    this.#demandReadable();
    const expression = parseTree(text);
    const evaluate = bind(expression, this.scope(frame));
    return assigns(expression) ? this.#edited(evaluate) : evaluate();
  }

  /** Evaluates an expression that changes nothing, such as a watch. Throws `InputError` if it assigns. */
  read(text: string, frame = 0): number {
    this.#demandReadable();
    return bind(parseReadOnly(text, "this expression"), this.scope(frame))();
  }

  /**
   * The place that an expression names; undefined if the expression is a computed value, or if an assignment
   * is part of it.
   */
  place(text: string, frame = 0): ValuePlace | undefined {
    this.#demandReadable();
    const expression = parseTree(text);
    if (!isPlaceExpression(expression) || assigns(expression)) return undefined;
    return bindPlace(expression, this.scope(frame))();
  }

  /** Changes a register, a variable or memory. Throws `InputError` if it cannot be changed. */
  assign(place: ValuePlace, value: number): void {
    const { set } = place;
    if (set === undefined) throw new InputError("usage", "this cannot be changed");
    this.#edited(() => set(value));
  }

  /** Changes the machine by `edit`; the known future is discarded. */
  edit<T>(edit: () => T): T {
    return this.#edited(edit);
  }

  /** Assembles an instruction at an address, in ROM or RAM. Returns its bytes. Throws `InputError`. */
  assemble(address: number, text: string): readonly number[] {
    this.#demandReadable();
    const scope = this.scope();
    const bytes = assemble(text, address, scope);
    if (address < 0 || address + bytes.length > 0x10000) {
      throw new InputError("usage", `${bytes.length} bytes at ${hex(address, 4)} are not in $0000 to $FFFF`);
    }
    for (const [at, byte] of bytes.entries()) {
      const { set } = scope.memory("cpu", address + at);
      this.#edited(() => set?.(byte));
    }
    return bytes;
  }

  /** Holds buttons, one byte per port, until they are changed. */
  hold(buttons: number): void {
    this.view.outside(() => this.timeline.hold(buttons));
  }

  /** Presses the reset button. */
  reset(): void {
    this.#edited(() => this.nes.reset("reset"));
  }

  #edited<T>(edit: () => T): T {
    this.#demandReadable();
    if (this.view.pc !== undefined)
      throw new InputError(
        "usage",
        "nothing can be changed in the middle of an instruction",
        "",
        "step to the next instruction",
      );
    let result: T | undefined;
    this.timeline.edit(() => {
      result = edit();
    });
    return result as T;
  }

  async #run(
    goal: Goal | undefined,
    direction: Direction,
    frames: number | undefined,
    wasInside: boolean,
  ): Promise<StopCause> {
    const lastFrame = frames === undefined ? undefined : this.nes.frame + frames;
    const options = { lastFrame, wasInside, isPaused: () => this.#wantsPause, onFrame: this.#events.onFrame };
    return this.#occupied(direction, () =>
      direction === "back" ? this.#runner.back(goal, options) : this.#runner.forward(goal, options),
    );
  }

  async #occupied<T>(direction: Direction, action: () => Promise<T>): Promise<T> {
    this.#demandStanding();
    this.#moving = direction;
    this.#isAtBreakpoint = false;
    this.#wantsPause = false;
    try {
      return await action();
    } finally {
      this.#moving = undefined;
    }
  }

  #demandStanding(): void {
    if (this.#moving !== undefined) throw new InputError("usage", "the program is running", "", "pause it");
  }

  /** While a movement goes back, the machine is at positions that were not requested. */
  #demandReadable(): void {
    if (this.#moving === "back")
      throw new InputError("usage", "the program is running backwards", "", "pause it");
  }
}
