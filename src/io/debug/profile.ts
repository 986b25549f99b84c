import type { Frames } from "./frames.ts";
import type { Probe } from "./probe.ts";

/** The time that a routine took in a part of the history. */
export interface RoutineCost {
  readonly name: string;
  /** CPU cycles in the routine itself. */
  readonly selfCycles: number;
  /** CPU cycles in the routine and all that it called. */
  readonly totalCycles: number;
}

/** The interrupt sequence counts as a part of the handler. */
const INTERRUPT_CYCLES = 7;
const ADDRESSES = 0x10000;

/**
 * Adds up the cycles of each call stack, instruction by instruction. An interrupt handler is a separate frame
 * on top of the interrupted one.
 */
export class Profile {
  readonly #frames: Frames;
  readonly #probe: Probe;
  readonly #names: string[] = [];
  readonly #ids = new Map<string, number>();
  /** Call stacks as frame numbers, the outermost first, and their cycles, in the order of time. */
  readonly #samples: number[][] = [];
  readonly #weights: number[] = [];
  /** The innermost routine, by the place of an instruction. */
  readonly #ofPlace = new Map<number, number>();
  #top = -1;
  #depth = -1;
  #target = -1;
  #site = -1;
  #lastCycle: number;

  constructor(frames: Frames, probe: Probe) {
    this.#frames = frames;
    this.#probe = probe;
    this.#lastCycle = probe.nes.totalCycles;
    this.#update();
  }

  /** Called after each instruction. */
  note(): void {
    const { nes, tookNmi, tookIrq } = this.#probe;
    const handler = tookNmi || tookIrq ? INTERRUPT_CYCLES : 0;
    this.#add(nes.totalCycles - this.#lastCycle - handler);
    this.#lastCycle = nes.totalCycles;
    this.#update();
    this.#add(handler);
  }

  /** The routines, sorted by the time in the routine itself, longest first. */
  costs(): readonly RoutineCost[] {
    const self = new Float64Array(this.#names.length);
    const total = new Float64Array(this.#names.length);
    for (const [index, sample] of this.#samples.entries()) {
      const weight = this.#weights[index]!;
      self[sample.at(-1)!]! += weight;
      for (const frame of new Set(sample)) total[frame]! += weight;
    }
    return this.#names
      .map((name, frame) => ({ name, selfCycles: self[frame]!, totalCycles: total[frame]! }))
      .toSorted((a, b) => b.selfCycles - a.selfCycles);
  }

  /** The profile for https://www.speedscope.app; one unit is a CPU cycle. */
  speedscope(name: string): string {
    const endValue = this.#weights.reduce((sum, weight) => sum + weight, 0);
    return JSON.stringify({
      $schema: "https://www.speedscope.app/file-format-schema.json",
      name,
      exporter: "emu",
      activeProfileIndex: 0,
      shared: { frames: this.#names.map((frame) => ({ name: frame })) },
      profiles: [
        {
          type: "sampled",
          name,
          unit: "none",
          startValue: 0,
          endValue,
          samples: this.#samples,
          weights: this.#weights,
        },
      ],
    });
  }

  /** Adds cycles to the current call stack. */
  #add(cycles: number): void {
    this.#weights[this.#weights.length - 1]! += cycles;
  }

  /** Updates the names of the call stack if it has changed. Most instructions stay in their routine. */
  #update(): void {
    const { calls } = this.#probe;
    const top = this.#topId();
    const isSame =
      top === this.#top &&
      calls.depth === this.#depth &&
      calls.topTarget === this.#target &&
      calls.topSite === this.#site;
    if (isSame) return;
    this.#top = top;
    this.#depth = calls.depth;
    this.#target = calls.topTarget;
    this.#site = calls.topSite;
    const stack = this.#frames.all().map(({ name }) => this.#id(name));
    stack.reverse();
    this.#samples.push(stack);
    this.#weights.push(0);
  }

  /** The innermost routine. Names are looked up once for each instruction and the routine that it is in. */
  #topId(): number {
    const { calls, nes } = this.#probe;
    const { pc } = nes.cpu;
    const offset = this.#probe.prgOffsetAt(pc);
    const place = (offset < 0 ? pc : ADDRESSES + offset) * ADDRESSES + calls.topTarget + 1;
    const known = this.#ofPlace.get(place);
    if (known !== undefined) return known;
    const id = this.#id(this.#frames.frame(0)?.name ?? "");
    this.#ofPlace.set(place, id);
    return id;
  }

  #id(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    this.#ids.set(name, this.#names.length);
    this.#names.push(name);
    return this.#names.length - 1;
  }
}
