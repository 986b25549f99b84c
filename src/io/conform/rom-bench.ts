import { InputError } from "../../emu/input-error.ts";
import { unusedOptions } from "../../emu/nes/cartridge/support.ts";
import { chooseHardware } from "../../emu/nes/hardware.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { deviceScriptOf } from "../movies/device-script.ts";
import { parseJsonMovie } from "../movies/json-movie.ts";
import { type Movie, machineOfMovie } from "../movies/movie.ts";
import { inFrameOrder } from "../movies/movie-events.ts";
import { loadMovie, romMismatch } from "../movies/movie-file.ts";
import { movieCautions } from "../movies/movie-start.ts";
import { NotOffered } from "./exec/rpc-process.ts";
import { resolveSymbols } from "./expect/symbols.ts";
import type { Expectation } from "./expect/types.ts";
import { createLiveView, type LiveView, LocalSubject } from "./local-subject.ts";
import { MovieInput } from "./movie-input.ts";
import { screenPng } from "./pictures.ts";
import { RomCache } from "./rom-cache.ts";
import { condense, readable, screenText } from "./screen.ts";
import { type Bench, machineOptions, type Subject, type TestSpec } from "./types.ts";

/** Powers on the machine under test. */
export type PowerOn = (rom: LoadedRom, spec: TestSpec) => Promise<Subject>;

export interface GradeOptions {
  /** Keep the last screen. */
  readonly pictures?: boolean;
  /** Number of runs, 1 by default. The test fails if two runs differ. */
  readonly repeat?: number;
  /** Receives the machine's picture and pulse. */
  readonly view?: LiveView;
  /** By default emu's own machine. */
  readonly powerOn?: PowerOn;
  /** ROMs that earlier tests have loaded. */
  readonly roms?: RomCache;
}

/** The bench of a test: its ROM and its movie, and the machine that runs them. */
export class RomBench implements Bench {
  readonly spec: TestSpec;
  /** Problems of the ROM, and what was skipped in its symbol files. */
  readonly warnings: readonly string[];
  frames = 0;
  readonly rom: LoadedRom;
  readonly movie: Movie;
  readonly #pulse: Int32Array;
  #input: MovieInput | undefined;
  readonly #powerOn: PowerOn;
  #subject: Subject | undefined;

  static async open(spec: TestSpec, options: GradeOptions): Promise<RomBench> {
    const view = options.view ?? createLiveView();
    const powerOn: PowerOn =
      options.powerOn ??
      (async (rom, test) =>
        new LocalSubject(rom, test, view, (options.repeat ?? 1) > 1, (test.expect ?? []).some(readsSound)));
    if (spec.problem !== undefined) throw new InputError("data", spec.problem);
    const rom = await loadChecked(spec, options.roms);
    const { spec: resolved, warnings } = await resolveSymbols(spec, rom.image);
    const movie = await loadInput(spec, rom);
    // Not of mmc3Revision, which a manifest's defaults may name for all of its tests.
    const unused = unusedOptions(rom.image, spec.diskSide === undefined ? {} : { diskSide: spec.diskSide });
    const all = [...rom.cautions, ...unused, ...movieCautions(movie, rom.image), ...warnings];
    return new RomBench(
      withEndOf(movie, withMachineOf(movie, resolved)),
      all,
      rom,
      movie,
      powerOn,
      view.pulse,
    );
  }

  constructor(
    spec: TestSpec,
    warnings: readonly string[],
    rom: LoadedRom,
    movie: Movie,
    powerOn: PowerOn,
    pulse: Int32Array,
  ) {
    this.#pulse = pulse;
    this.spec = spec;
    this.warnings = warnings;
    this.rom = rom;
    this.movie = movie;
    this.#powerOn = powerOn;
  }

  get agreedHashes(): number {
    return this.#input?.agreedHashes ?? 0;
  }

  async digest(): Promise<string> {
    return this.#subject === undefined ? "" : this.#subject.digest();
  }

  async powerOn(): Promise<Subject> {
    await this.close();
    this.#subject = await this.#powerOn(this.rom, this.spec);
    this.#input = new MovieInput(this.movie, this.#subject);
    return this.#subject;
  }

  async runFrame(buttons?: number): Promise<void> {
    const subject = this.#subject;
    const input = this.#input;
    if (subject === undefined || input === undefined) {
      throw new Error("a frame was asked of a machine that is off");
    }
    this.frames++;
    if (buttons === undefined) await input.runFrame(subject);
    else await subject.runFrame(buttons);
  }

  countFrame(counts: boolean): void {
    if (counts) this.frames++;
    Atomics.add(this.#pulse, 0, 1);
  }

  async picture(): Promise<Uint8Array | undefined> {
    try {
      return this.#subject === undefined ? undefined : screenPng(await this.#subject.screen());
    } catch (error) {
      if (error instanceof NotOffered) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#subject?.close();
  }

  async text(): Promise<string> {
    if (this.#subject === undefined) return "";
    const { tiles } = this.spec;
    const text = await screenText(this.#subject, tiles);
    return condense(tiles === undefined ? readable(text) : text);
  }
}

async function loadChecked(spec: TestSpec, roms = new RomCache()): Promise<LoadedRom> {
  const rom = await roms.load(spec.romFile, spec.patchFiles);
  if (spec.sha1 !== undefined && rom.fileSha1 !== spec.sha1.toLowerCase()) {
    throw new InputError("data", `its SHA-1 is ${rom.fileSha1}, the manifest says ${spec.sha1}`, spec.rom);
  }
  return rom;
}

async function loadInput(spec: TestSpec, rom: LoadedRom): Promise<Movie> {
  const movie = await loadMovieOf(spec, rom);
  const { deviceInput, events = [] } = spec;
  const placeOf = (index: number): string => `deviceInput, frame ${deviceInput?.[index]?.[0]}`;
  return {
    ...movie,
    events: inFrameOrder([...events, ...(movie.events ?? [])]),
    ...(deviceInput === undefined
      ? {}
      : { deviceData: deviceScriptOf(deviceInput, devicesOf(withMachineOf(movie, spec), rom), placeOf) }),
  };
}

/** The devices that the machine of a test will have. */
function devicesOf(spec: TestSpec, { image }: LoadedRom): DeviceSetup {
  return chooseHardware(image, machineOptions(spec)).devices;
}

async function loadMovieOf(spec: TestSpec, rom: LoadedRom): Promise<Movie> {
  if (spec.inputFile === undefined) return parseJsonMovie(JSON.stringify(spec.input ?? []));
  const movie = await loadMovie(spec.inputFile);
  const mismatch = spec.anyRom === true ? undefined : romMismatch(movie, rom);
  if (mismatch !== undefined) throw new InputError("data", mismatch, spec.inputFile);
  return movie;
}

/** Uses the machine options of the movie where the test does not set them. */
function withMachineOf(movie: Movie, spec: TestSpec): TestSpec {
  const missing = Object.entries(machineOfMovie(movie)).filter(
    ([key]) => spec[key as keyof TestSpec] === undefined,
  );
  return { ...spec, ...Object.fromEntries(missing) };
}

/** A movie is played to its end, and on to its last hash. */
function withEndOf(movie: Movie, spec: TestSpec): TestSpec {
  if (spec.protocol !== "movie" || !Number.isFinite(movie.frames)) return spec;
  const lastHashFrame = movie.hashes.at(-1)?.frame ?? 0;
  return { ...spec, maxFrames: Math.max(movie.frames, lastHashFrame + 1) };
}

function readsSound({ when, rules }: Expectation): boolean {
  return rules.audioHash !== undefined || when?.audioHash !== undefined;
}
