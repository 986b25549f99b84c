import { InputError } from "../../emu/input-error.ts";
import { DEVICE_DATA_BYTES } from "../../emu/nes/input/devices.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "../../emu/nes/ppu/ppu.ts";
import { PlaceMap } from "../library/place-map.ts";
import type { Movie } from "../movies/movie.ts";
import { EventPlayer } from "../movies/movie-events.ts";
import { startMovie } from "../movies/movie-start.ts";
import { NO_PRG_OFFSET, type Symbols } from "../symbols/symbols.ts";
import { type BusAccess, BusTap, unpack } from "./bus-tap.ts";

/** What is compared between two machines: CPU bus accesses, pictures, and sound. */
export const ASPECTS = ["cpu", "picture", "sound"] as const;
export type Aspect = (typeof ASPECTS)[number];

/** A machine at the moment of the difference. */
export interface Moment {
  /** CPU cycles since its power-on. */
  readonly cycle: number;
  readonly line: number;
  readonly dot: number;
  readonly pc: number;
  readonly a: number;
  readonly x: number;
  readonly y: number;
  readonly s: number;
  readonly p: number;
  /** The routine and the source line that run, if there are symbols. */
  readonly place?: string;
}

/** An access in which the machines differ, with the name of its variable if there is one. */
export type DifferentAccess = Moment & {
  readonly access: BusAccess | undefined;
  readonly variable?: string;
};

export interface CpuDifference {
  readonly frame: number;
  readonly a: DifferentAccess;
  readonly b: DifferentAccess;
  /** The last accesses before it, the same in both machines, newest last. */
  readonly before: readonly BusAccess[];
}

export interface PixelDifference {
  readonly frame: number;
  /** The first pixel that differs, in drawing order. */
  readonly x: number;
  readonly y: number;
  /** Number of pixels that differ in that frame. */
  readonly pixels: number;
  /** Palette index and emphasis of the first pixel that differs. */
  readonly a: Moment & { readonly pixel: number };
  readonly b: Moment & { readonly pixel: number };
}

export interface SoundDifference {
  readonly frame: number;
  /** The first sample of the frame that differs, or that only one machine has. */
  readonly sample: number;
  readonly a: number | undefined;
  readonly b: number | undefined;
}

/** The first difference in each aspect, up to the frame in which the search stopped. */
export interface Differences {
  /** Number of frames that were run. */
  readonly frames: number;
  readonly cpu?: CpuDifference;
  readonly picture?: PixelDifference;
  readonly sound?: SoundDifference;
}

export interface BisectOptions {
  readonly frames: number;
  /** The search stops after the first frame that differs in one of these. */
  readonly compare: readonly Aspect[];
  readonly onProgress?: (frames: number) => void;
  readonly signal?: AbortSignal;
}

/** A machine and the movie that it plays; frames count from power-on. */
export interface Side {
  readonly nes: Nes;
  readonly movie?: Movie;
  /** Reasons why the game may not run correctly. */
  readonly cautions?: readonly string[];
  /** The names of the game's routines and variables. */
  readonly symbols?: Symbols;
}

const ACCESSES_BEFORE = 8;
/** A pixel that was not drawn yet. Drawn pixels have nine bits: a palette index and emphasis. */
const UNPAINTED = 0xffff;
const PROGRESS_FRAMES = 30;

/** Runs one side, with its bus tap and its state at the start of the frame. */
class Runner {
  readonly nes: Nes;
  readonly tap: BusTap;
  readonly pixels = new Uint16Array(SCREEN_WIDTH * SCREEN_HEIGHT);
  readonly #state: Uint8Array;
  #buttons = 0;
  readonly #devices = new Uint8Array(DEVICE_DATA_BYTES);
  readonly #events: EventPlayer;
  readonly #movie: Movie | undefined;
  readonly #places: PlaceMap | undefined;
  #frame: number;

  constructor({ nes, movie, symbols }: Side) {
    this.nes = nes;
    if (nes.side !== undefined) {
      const machine = nes.sub === undefined ? "PlayChoice-10" : "VS. DualSystem";
      const what = `the game is for the two CPUs of a ${machine}: bisect compares one`;
      const remedy = "compare the pictures of both: emu dump --format hash";
      throw new InputError("unavailable", what, "", remedy);
    }
    this.#places =
      symbols === undefined || symbols.symbols.length === 0 ? undefined : new PlaceMap(nes, symbols);
    this.tap = new BusTap(nes);
    this.#state = new Uint8Array(nes.stateBytes);
    this.#movie = movie;
    this.#frame = nes.frame;
    this.#events = new EventPlayer(nes);
    if (movie !== undefined && nes.frame === 0) startMovie(nes, movie);
    nes.setInput({
      latchButtons: () => this.#buttons,
      latchDevices: (data) => data.set(this.#devices),
    });
  }

  /** Runs a frame, which `replay` can run again. */
  run(): void {
    for (const { frame, kind } of this.#movie?.resets ?? []) {
      if (frame === this.#frame) this.nes.reset(kind);
    }
    for (const event of this.#movie?.events ?? []) {
      if (event.frame === this.#frame) this.#events.apply(event);
    }
    this.#buttons = this.#movie?.input.maskAt(this.#frame) ?? 0;
    this.#movie?.deviceData?.fill(this.#frame, this.#devices);
    this.#frame++;
    this.nes.save(this.#state);
    this.#runFrame();
  }

  /** Number of the next frame. */
  get frame(): number {
    return this.#frame;
  }

  /** Runs the last frame again, calling `onAccess` after each CPU access. */
  replay(onAccess: (() => void) | undefined, records: boolean): void {
    this.nes.restore(this.#state);
    this.tap.records = records;
    this.tap.onAccess = onAccess;
    this.#runFrame();
    this.tap.records = false;
    this.tap.onAccess = undefined;
  }

  moment(): Moment {
    this.nes.catchUp();
    const { cycle, line, dot, pc, a, x, y, s, p } = this.nes.registers() as unknown as Moment;
    // PC is after the byte that was fetched last.
    const place = this.#places?.describe((pc - 1) & 0xffff).replace(/^\S+ ?/, "") ?? "";
    return { cycle, line, dot, pc, a, x, y, s, p, ...(place === "" ? {} : { place }) };
  }

  /** The name of the variable that an access is of. */
  variableOf(access: BusAccess | undefined): { readonly variable?: string } {
    const places = this.#places;
    if (access === undefined || places === undefined) return {};
    if (places.prgOffsetAt(access.address) !== NO_PRG_OFFSET) return {};
    const variable = places.symbols.nameOf(access.address);
    return variable === undefined ? {} : { variable };
  }

  #runFrame(): void {
    this.tap.begin();
    this.nes.runFrame(this.pixels);
  }
}

/**
 * Runs two machines side by side until a frame differs, then finds the CPU cycle of the first difference.
 */
export async function bisect(sideA: Side, sideB: Side, options: BisectOptions): Promise<Differences> {
  const a = new Runner(sideA);
  const b = new Runner(sideB);
  const found: { cpu?: CpuDifference; picture?: PixelDifference; sound?: SoundDifference } = {};
  for (let frame = 0; frame < options.frames; frame++) {
    const firstFrame = a.frame;
    a.run();
    b.run();
    const differs: Record<Aspect, boolean> = {
      cpu: a.tap.hash !== b.tap.hash || a.tap.count !== b.tap.count,
      picture: firstDifference(a.pixels, b.pixels) >= 0,
      sound: soundDifference(a.nes, b.nes) !== undefined,
    };
    if (differs.sound) found.sound ??= { frame: firstFrame, ...soundDifference(a.nes, b.nes)! };
    // A replay ends in the same state as the frame, which depends only on its start and its input.
    if (differs.picture) found.picture ??= findPicture(a, b, firstFrame);
    if (differs.cpu) found.cpu ??= findCpu(a, b, firstFrame);
    if (options.compare.some((aspect) => differs[aspect])) return { frames: frame + 1, ...found };
    if (frame % PROGRESS_FRAMES === 0) {
      options.onProgress?.(frame);
      // Signals are only handled when the event loop gets a turn.
      await Bun.sleep(0);
      options.signal?.throwIfAborted();
    }
  }
  return { frames: options.frames, ...found };
}

function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i;
  return -1;
}

function soundDifference(a: Nes, b: Nes): Omit<SoundDifference, "frame"> | undefined {
  const most = Math.max(a.sampleCount, b.sampleCount);
  for (let sample = 0; sample < most; sample++) {
    const ofA = sample < a.sampleCount ? a.samples[sample] : undefined;
    const ofB = sample < b.sampleCount ? b.samples[sample] : undefined;
    if (ofA !== ofB) return { sample, a: ofA, b: ofB };
  }
  return undefined;
}

function findCpu(a: Runner, b: Runner, frame: number): CpuDifference {
  a.replay(undefined, true);
  b.replay(undefined, true);
  const [logA, logB] = [a.tap.log.slice(), b.tap.log.slice()];
  let at = 0;
  while (at < logA.length && at < logB.length && logA[at] === logB[at]) at++;
  const moments = [momentOfAccess(a, at), momentOfAccess(b, at)];
  const access = (log: readonly number[]): BusAccess | undefined => {
    const entry = log[at];
    return entry === undefined ? undefined : unpack(entry);
  };
  return {
    frame,
    a: { ...moments[0]!, access: access(logA), ...a.variableOf(access(logA)) },
    b: { ...moments[1]!, access: access(logB), ...b.variableOf(access(logB)) },
    before: logA.slice(Math.max(0, at - ACCESSES_BEFORE), at).map(unpack),
  };
}

/** The machine just after access `index` of the frame, or at the end of the frame if there are fewer. */
function momentOfAccess(runner: Runner, index: number): Moment {
  let moment: Moment | undefined;
  runner.replay(() => {
    if (runner.tap.count === index + 1) moment = runner.moment();
  }, false);
  return moment ?? runner.moment();
}

function findPicture(a: Runner, b: Runner, frame: number): PixelDifference {
  const at = firstDifference(a.pixels, b.pixels);
  const pixels = a.pixels.reduce((count, pixel, i) => count + (pixel === b.pixels[i] ? 0 : 1), 0);
  return {
    frame,
    x: at % SCREEN_WIDTH,
    y: Math.floor(at / SCREEN_WIDTH),
    pixels,
    a: momentOfPixel(a, at),
    b: momentOfPixel(b, at),
  };
}

/** The machine in the CPU cycle in which pixel `index` was drawn. */
function momentOfPixel(runner: Runner, index: number): Moment & { pixel: number } {
  let moment: Moment | undefined;
  runner.pixels[index] = UNPAINTED;
  runner.replay(() => {
    if (moment !== undefined) return;
    runner.nes.catchUp();
    if (runner.pixels[index] !== UNPAINTED) moment = runner.moment();
  }, false);
  return { ...(moment ?? runner.moment()), pixel: runner.pixels[index]! };
}
