import { type CheckedSlots, StateCheck } from "../state-check.ts";
import { range } from "../state-fields.ts";
import type { Apu } from "./apu/apu.ts";
import type { Board } from "./cartridge/board.ts";
import { isPastEnd } from "./frame-end.ts";
import type { InputPorts } from "./input/ports.ts";
import { IRQ_DMC, IRQ_FRAME, NEVER } from "./interrupts.ts";
import type { Ppu } from "./ppu/ppu.ts";
import { DOTS_PER_LINE, type RegionTiming } from "./region.ts";
import type { StatePart } from "./state-part.ts";

/** A part of the machine with fields of its own. */
export interface StateDeclarer {
  declareState(state: StateCheck): void;
}

/** Where the check finds the fields. */
export interface NesStateParts {
  /** The mutable run. */
  readonly run: Uint8Array;
  readonly region: RegionTiming;
  /** Master clocks by which dots lag behind CPU cycles. */
  readonly alignment: number;
  readonly apu: Apu;
  readonly board: Board;
  readonly ports: InputPorts;
  readonly ppu: Ppu;
  readonly control?: StateDeclarer | undefined;
  /** Slots of the hot fields. */
  readonly fields: Int32Array;
  /** Slots of FRAME_SLOTS. */
  readonly frameFields: Float64Array;
}

/**
 * Indexes of a frame's doubles: whole frames, CPU cycles before this one, and whether a frame is in progress.
 */
export const FRAME_SLOTS = { frame: 0, cyclesBefore: 1, midFrame: 2 } as const;
export const FRAME_SLOT_COUNT = 4;

/**
 * The longest time past a frame's end: an OAM DMA with DMC fetches, and the instruction around it, in CPU
 * cycles.
 */
const MAX_OVERRUN_CYCLES = 1200;
/** The minimum length of a frame, except the first one, which begins where the PPU is at power-on. */
const MIN_FRAME_LINES = 200;
/** Number of lines by which the end of a frame may be late. */
const FRAME_SLACK_LINES = 2;
/** Number of cycles after which every write of an APU register has taken effect. */
const MAX_APU_DELAY_CYCLES = 6;

/**
 * Checks states from outside: first the range of each field, then relations between fields, so that frames
 * end, events occur, and nothing writes outside its memory. Throws `InputError` ("data").
 */
export class NesStateCheck {
  readonly #parts: NesStateParts;
  readonly #state: StateCheck;

  /** `fieldParts` are the parts of `parts.fields`, in order. */
  constructor(parts: NesStateParts, fieldParts: readonly StatePart[]) {
    const state = new StateCheck(parts.run);
    this.#parts = parts;
    this.#state = state;
    let at = 0;
    for (const { name, fields } of fieldParts) at = state.fields(name, fields, parts.fields, at);
    state.slots("frame", parts.frameFields, range(0, 2 ** 48), FRAME_SLOTS.frame, 1);
    state.slots("cyclesBefore", parts.frameFields, range(0, 2 ** 52), FRAME_SLOTS.cyclesBefore, 1);
    state.slots("midFrame", parts.frameFields, range(0, 1), FRAME_SLOTS.midFrame, 1);
    state.slots("ppu.palette", parts.ppu.state.palette, range(0, 0x3f));
    parts.apu.declareState(state);
    parts.ports.declareState(state);
    parts.board.declareState(state);
    parts.control?.declareState(state);
  }

  /** Where the mutable run begins in the machine's memory. */
  get start(): number {
    return this.#parts.run.byteOffset;
  }

  /** Every checked field, and where it is in the mutable run. */
  get places(): readonly CheckedSlots[] {
    return this.#state.places;
  }

  /** Checks `run`, the mutable run of a state, which must be as long as the machine's. */
  check(run: Uint8Array): void {
    this.#state.check(run);
    this.#checkFrame();
    this.#checkApu();
    this.#parts.board.checkState(this.#state);
    this.#parts.ports.checkState(this.#state);
  }

  /** Checks that CPU and PPU are at the same time, and that the frame has a possible length. */
  #checkFrame(): void {
    const { region, alignment } = this.#parts;
    const state = this.#state;
    const line = state.value("ppu.line");
    const dot = state.value("ppu.dot");
    const units = state.value("ppu.timeUnits");
    const dotUnits = 2 * region.masterClocksPerDot;
    const cycleUnits = 2 * region.masterClocksPerCpuCycle;
    state.require(line < region.linesPerFrame, `ppu.line is ${line} of ${region.linesPerFrame}`);
    const phase = units - 2 * alignment - state.value("ppu.halfway") * (dotUnits >> 1);
    state.require(phase % dotUnits === 0, `ppu.timeUnits is ${units}, which is no start of a dot`);
    const cycle = state.value("cpu.cycle");
    const cpuUnits = (cycle + 1) * cycleUnits;
    state.require(units <= cpuUnits + 2 * dotUnits, `ppu.timeUnits is ${units} at CPU cycle ${cycle}`);
    const vblankDot = region.vblankLine * DOTS_PER_LINE;
    const frameDots = region.linesPerFrame * DOTS_PER_LINE;
    const position = line * DOTS_PER_LINE + dot;
    const isPast = state.value("midFrame") === 1 && isPastEnd(line, region, cycle);
    const isBefore = position < vblankDot || isPast;
    const dotsLeft = vblankDot - position + (isBefore ? 0 : frameDots);
    const endUnits = units + dotsLeft * dotUnits;
    const lineUnits = DOTS_PER_LINE * dotUnits;
    const fits =
      (state.value("frame") === 0 || endUnits >= MIN_FRAME_LINES * lineUnits) &&
      endUnits <= (region.linesPerFrame + FRAME_SLACK_LINES) * lineUnits &&
      cpuUnits <= endUnits + MAX_OVERRUN_CYCLES * cycleUnits;
    state.require(fits, `ppu.line ${line}, ppu.dot ${dot} and CPU cycle ${cycle} are not of one frame`);
    const unit = region.name === "pal" ? 10 : 2;
    const before = state.value("cyclesBefore");
    state.require(before % unit === 0, `cyclesBefore is ${before}, no multiple of ${unit}`);
  }

  /** Checks that events are later than the APU's time; otherwise they would never occur. */
  #checkApu(): void {
    const state = this.#state;
    const now = state.value("apu.cycle");
    const cycle = state.value("cpu.cycle");
    state.require(now <= cycle + 1, `apu.cycle is ${now} at CPU cycle ${cycle}`);
    const last = Math.max(now, 0) + MAX_APU_DELAY_CYCLES;
    for (const name of APU_EVENTS) {
      const event = state.value(name);
      state.require(event === NEVER || (event > now && event <= last), `${name} is ${event} at ${now}`);
    }
    this.#checkFrameCounter(now);
    const sources = state.value("interrupts.irqSources");
    const frame = (sources & IRQ_FRAME) !== 0 ? 1 : 0;
    const dmc = (sources & IRQ_DMC) !== 0 ? 1 : 0;
    const agree = frame === state.value("apu.frameCounter.flag") && dmc === state.value("apu.dmc.irqFlag");
    state.require(agree, `interrupts.irqSources is ${sources}, unlike the APU's flags`);
    const { denominator } = this.#parts.apu.sound;
    const fraction = state.value("apu.sound.fraction");
    state.require(fraction < denominator, `apu.sound.fraction is ${fraction} of ${denominator}`);
  }

  #checkFrameCounter(now: number): void {
    const state = this.#state;
    const mode = state.value("apu.frameCounter.mode");
    const step = state.value("apu.frameCounter.step");
    const zero = state.value("apu.frameCounter.zeroCycle");
    const clock = zero + this.#parts.apu.frameCounter.times.clocks[mode as 0 | 1][step];
    const comes = clock > now || state.value("apu.frameCounter.resetCycle") !== NEVER;
    state.require(comes, `apu.frameCounter.zeroCycle is ${zero}: step ${step} is over at ${now}`);
  }
}

/** Times of pending APU events. */
const APU_EVENTS = [
  "apu.disableCycle",
  "apu.frameCounter.modeCycle",
  "apu.frameCounter.resetCycle",
  "apu.dmc.countCycle",
  "apu.dmc.armCycle",
  "apu.dmc.loadCycle",
] as const;
