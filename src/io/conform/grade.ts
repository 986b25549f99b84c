import { InputError } from "../../emu/input-error.ts";
import { unusedOptions } from "../../emu/nes/cartridge/support.ts";
import { type LoadedRom, loadRom } from "../files/rom-file.ts";
import { parseJsonMovie } from "../movies/json-movie.ts";
import { type Movie, machineOfMovie } from "../movies/movie.ts";
import { loadMovie, romMismatch } from "../movies/movie-file.ts";
import { movieCautions } from "../movies/movie-start.ts";
import { gradeUnknown } from "./detect.ts";
import { NotOffered } from "./exec/rpc-process.ts";
import { resolveSymbols } from "./expect/symbols.ts";
import { applyKnownFailure } from "./known-failures.ts";
import { createLiveView, type LiveView, LocalSubject } from "./local-subject.ts";
import { Desynced, MovieInput } from "./movie-input.ts";
import { screenPng } from "./pictures.ts";
import { GRADERS } from "./protocols/index.ts";
import { condense, screenText } from "./screen.ts";
import type { Bench, Outcome, Pictures, ProtocolName, Subject, TestResult, TestSpec } from "./types.ts";

/** A result, and its data that is not in the report. */
export interface Graded {
  readonly result: TestResult;
  /** The last screen as a PNG file, if pictures are wanted and a machine ran. */
  readonly screen?: Uint8Array;
  readonly pictures?: Pictures;
  readonly offsets?: readonly number[];
  readonly source?: string;
}

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
}

/** Runs one test. Bad files give the verdict "error"; bugs of emu are thrown. */
export async function grade(spec: TestSpec, options: GradeOptions = {}): Promise<Graded> {
  const first = await gradeOnce(spec, options);
  for (let run = 2; run <= (options.repeat ?? 1); run++) {
    const again = await gradeOnce(spec, options);
    const difference = differenceOf(first, again);
    if (difference === undefined) continue;
    const detail = `run ${run} differs from the first: ${difference}`;
    return { ...again.graded, result: { ...again.graded.result, verdict: "fail", detail } };
  }
  return { ...first.graded, result: applyKnownFailure(first.graded.result, spec.knownFailure) };
}

interface Run {
  readonly graded: Graded;
  readonly digest: string;
}

/** Compares two runs: a deterministic machine gives the same pixels and samples. */
function differenceOf(first: Run, again: Run): string | undefined {
  const [a, b] = [first.graded.result, again.graded.result];
  if (a.verdict !== b.verdict) return `${b.verdict} (${b.detail}), before ${a.verdict} (${a.detail})`;
  if (a.detail !== b.detail) return `${b.detail}, before ${a.detail}`;
  if (a.frames !== b.frames) return `${b.frames} frames, before ${a.frames}`;
  return first.digest === again.digest ? undefined : "the same verdict, but other pictures or sound";
}

async function gradeOnce(spec: TestSpec, options: GradeOptions): Promise<Run> {
  const start = performance.now();
  const finish = (protocol: TestResult["protocol"], outcome: Outcome, frames: number): TestResult => ({
    rom: spec.rom,
    ...(spec.name === spec.rom ? {} : { name: spec.name }),
    protocol,
    verdict: outcome.verdict,
    detail: outcome.detail,
    frames,
    milliseconds: Math.round(performance.now() - start),
    ...(outcome.cases === undefined ? {} : { cases: outcome.cases }),
    ...(bench === undefined || bench.warnings.length === 0 ? {} : { warnings: bench.warnings }),
  });
  let bench: RomBench | undefined;
  try {
    bench = await RomBench.open(spec, options);
    const { protocol, outcome } = await run(bench, spec);
    const { offsets, source, pictures } = outcome;
    const screen = options.pictures === true ? await bench.picture() : undefined;
    const graded: Graded = {
      result: finish(protocol, outcome, bench.frames),
      ...(screen === undefined ? {} : { screen }),
      ...(pictures === undefined ? {} : { pictures }),
      ...(offsets === undefined ? {} : { offsets }),
      ...(source === undefined ? {} : { source }),
    };
    return { graded, digest: (options.repeat ?? 1) > 1 ? await bench.digest() : "" };
  } catch (error) {
    if (error instanceof NotOffered) {
      const outcome: Outcome = { verdict: "skip", detail: error.message };
      const graded = { result: finish(protocolName(spec), outcome, bench?.frames ?? 0) };
      return { graded, digest: "" };
    }
    if (!(error instanceof InputError)) throw error;
    const { where, message, remedy } = error;
    const detail = `${where === "" ? "" : `${where}: `}${message}${remedy === "" ? "" : ` (${remedy})`}`;
    const result = finish(protocolName(spec), { verdict: "error", detail }, bench?.frames ?? 0);
    return { graded: { result }, digest: "" };
  } finally {
    await bench?.close();
  }
}

function protocolName({ protocol }: TestSpec): TestResult["protocol"] {
  return protocol === "detect" ? "none" : protocol;
}

async function run(
  bench: RomBench,
  spec: TestSpec,
): Promise<{ protocol: ProtocolName | "none"; outcome: Outcome }> {
  if (spec.protocol === "detect") return gradeUnknown(bench);
  let outcome: Outcome;
  try {
    outcome = await GRADERS[spec.protocol](bench);
  } catch (error) {
    if (!(error instanceof Desynced)) throw error;
    outcome = { verdict: "fail", detail: error.message };
  }
  // A verdict that is only a timeout also quotes the screen.
  if (!/^timeout after \d+ frames$/.test(outcome.detail)) return { protocol: spec.protocol, outcome };
  const text = await bench.text();
  const detail = text === "" ? outcome.detail : `${outcome.detail}: ${text}`;
  return { protocol: spec.protocol, outcome: { ...outcome, detail } };
}

async function loadChecked(spec: TestSpec): Promise<LoadedRom> {
  const rom = await loadRom(spec.romFile);
  if (spec.sha1 !== undefined && rom.fileSha1 !== spec.sha1.toLowerCase()) {
    throw new InputError("data", `its SHA-1 is ${rom.fileSha1}, the manifest says ${spec.sha1}`, spec.rom);
  }
  return rom;
}

async function loadInput(spec: TestSpec, rom: LoadedRom): Promise<Movie> {
  if (spec.inputFile === undefined) return parseJsonMovie(JSON.stringify(spec.input ?? []));
  const movie = await loadMovie(spec.inputFile);
  const mismatch = romMismatch(movie, rom);
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

class RomBench implements Bench {
  readonly spec: TestSpec;
  /** Problems of the ROM, and what was skipped in its symbol files. */
  readonly warnings: readonly string[];
  frames = 0;
  readonly #rom: LoadedRom;
  readonly #movie: Movie;
  #input: MovieInput | undefined;
  readonly #powerOn: PowerOn;
  #subject: Subject | undefined;

  static async open(spec: TestSpec, options: GradeOptions): Promise<RomBench> {
    const view = options.view ?? createLiveView();
    const powerOn: PowerOn =
      options.powerOn ?? (async (rom) => new LocalSubject(rom, spec, view, (options.repeat ?? 1) > 1));
    const rom = await loadChecked(spec);
    const { spec: resolved, warnings } = await resolveSymbols(spec, rom.image);
    const movie = await loadInput(spec, rom);
    // Not of mmc3Revision, which a manifest's defaults may name for all of its tests.
    const unused = unusedOptions(rom.image, spec.diskSide === undefined ? {} : { diskSide: spec.diskSide });
    const all = [...rom.cautions, ...unused, ...movieCautions(movie, rom.image), ...warnings];
    return new RomBench(withMachineOf(movie, resolved), all, rom, movie, powerOn);
  }

  constructor(spec: TestSpec, warnings: readonly string[], rom: LoadedRom, movie: Movie, powerOn: PowerOn) {
    this.spec = spec;
    this.warnings = warnings;
    this.#rom = rom;
    this.#movie = movie;
    this.#powerOn = powerOn;
  }

  async digest(): Promise<string> {
    return this.#subject === undefined ? "" : this.#subject.digest();
  }

  async powerOn(): Promise<Subject> {
    await this.close();
    this.#subject = await this.#powerOn(this.#rom, this.spec);
    this.#input = new MovieInput(this.#movie, this.#subject);
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
    return this.#subject === undefined ? "" : condense(await screenText(this.#subject, this.spec.tiles));
  }
}
