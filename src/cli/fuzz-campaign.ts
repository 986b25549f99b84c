import { inflateRawSync } from "node:zlib";
import { InputError } from "../emu/input-error.ts";
import { parseSide } from "../io/bisect/sides.ts";
import { type Graded, grade } from "../io/conform/grade.ts";
import type { TestResult, TestSpec } from "../io/conform/types.ts";
import { loadRom } from "../io/files/rom-file.ts";
import { type FuzzFinding, type FuzzPlan, type FuzzTask, SOFT_KINDS } from "../io/fuzz/plan.ts";
import { PlaceMap } from "../io/library/place-map.ts";
import { createHeadless } from "../io/shared/headless.ts";
import { parseExpression } from "../io/symbols/memory-expression.ts";
import { loadSymbolsBeside } from "../io/symbols/symbol-files.ts";
import type { Symbols } from "../io/symbols/symbols.ts";
import { Interrupted } from "./exit-codes.ts";
import { FailureFolder } from "./fuzz-files.ts";
import { FuzzProgress } from "./fuzz-progress.ts";
import type { CampaignFailure, CampaignResult, FuzzCommandOptions } from "./fuzz-types.ts";
import { runGraded } from "./graded-run.ts";
import { toLoadOptions } from "./machine-options.ts";
import { loadInputMovie } from "./movie-options.ts";
import { warn } from "./warnings.ts";

const DEFAULT_SEEDS = 64;
/** Seeds after which new failures are shrunk: on this machine, and on a farm, which may have many threads. */
const BATCH_TESTS = 64;
const FARM_BATCH_TESTS = 2000;
const MAX_SEEDS_LISTED = 20;
/** With --for, seeds per thread between two checks of the clock. */
const SEEDS_PER_JOB = 2;
const FARM_SEEDS_WITH_TIME = 256;

/** Runs a campaign, and writes each failure's files as soon as its input is shrunk. Throws `InputError`. */
export async function runCampaign(
  rom: string,
  options: FuzzCommandOptions,
  signal: AbortSignal,
): Promise<CampaignResult> {
  const prepared = await prepare(rom, options);
  const folder = await FailureFolder.open(options.out);
  const progress = new FuzzProgress(
    options.for === undefined ? seedsOf(options).to - seedsOf(options).from + 1 : 0,
  );
  const campaign = new Campaign(prepared, options, folder, progress, signal);
  try {
    return await campaign.run();
  } finally {
    progress.clear();
    await folder.close();
  }
}

interface Prepared {
  readonly rom: string;
  /** The test of every task, without its name and task. */
  readonly base: Omit<TestSpec, "name" | "fuzz">;
  readonly plan: Omit<FuzzPlan, "task">;
  readonly symbols: Symbols;
}

async function prepare(path: string, options: FuzzCommandOptions): Promise<Prepared> {
  const { options: machine, rom, state, input, patches } = parseSide(options.set, "--set");
  if (machine.exact !== undefined || (rom ?? state ?? input ?? patches) !== undefined) {
    throw new InputError(
      "usage",
      "--set takes the keys of a console, such as region=pal",
      "",
      "see docs/fuzz.md",
    );
  }
  const loaded = await loadRom(path, toLoadOptions(options));
  warn(loaded.cautions, path);
  const { movie: inputFile } = options;
  if (options.anyRom === true && inputFile === undefined) {
    throw new InputError("usage", "no movie is played", "--any-rom", "add --movie FILE");
  }
  const anyRom = options.anyRom === true ? ({ anyRom: true } as const) : {};
  const movie = await loadInputMovie(inputFile === undefined ? {} : { input: inputFile, ...anyRom }, loaded);
  if (movie !== undefined && !Number.isFinite(movie.frames)) {
    throw new InputError("data", "an input script has no end", inputFile, "name a movie, which has a length");
  }
  const { symbols } = await loadSymbolsBeside(path, loaded.image);
  warn(symbols.warnings, path);
  const places = new PlaceMap(createHeadless(loaded.image, machine), symbols);
  const parse = (text: string): ReturnType<typeof parseExpression> =>
    parseExpression(text, (name) => places.resolve(name).address);
  const {
    frames,
    runs,
    buttons,
    pads,
    lag,
    hang,
    frozen,
    compare,
    ignore,
    shrinkFrames,
    maximise,
    fail = [],
    patch,
  } = options;
  return {
    rom: path,
    symbols,
    base: {
      ...machine,
      rom: path,
      romFile: path,
      protocol: "fuzz",
      maxFrames: frames,
      ...(inputFile === undefined ? {} : { inputFile, ...anyRom }),
      ...(patch === undefined ? {} : { patchFiles: patch === false ? [] : patch }),
    } as Prepared["base"],
    plan: {
      frames,
      runs,
      buttons,
      pads,
      conditions: fail.map(parse),
      ...(maximise === undefined ? {} : { maximise: parse(maximise) }),
      hangFrames: hang,
      frozenFrames: frozen,
      lagFrames: lag,
      ...(compare === undefined ? {} : { compare }),
      ignores: ignore,
      shrinkFrames,
    },
  };
}

/** The seeds to run. With --for and no --seeds, there is no last one. */
function seedsOf(options: FuzzCommandOptions): { readonly from: number; readonly to: number } {
  const last = options.for === undefined ? DEFAULT_SEEDS : Number.MAX_SAFE_INTEGER;
  return options.seeds ?? { from: 1, to: last };
}

class Campaign {
  readonly #prepared: Prepared;
  readonly #options: FuzzCommandOptions;
  readonly #folder: FailureFolder;
  readonly #progress: FuzzProgress;
  readonly #signal: AbortSignal;
  readonly #start = performance.now();
  readonly #failures = new Map<string, CampaignFailure>();
  readonly #errors: TestResult[] = [];
  readonly #covered: Uint8Array[] = [];
  #ignores: readonly string[];
  #coveredBytes = 0;
  #best = Number.NEGATIVE_INFINITY;
  #seedsDone = 0;
  #lastSeed = 0;
  #frames = 0;
  #missing = 0;
  #isFarmSilent = false;

  constructor(
    prepared: Prepared,
    options: FuzzCommandOptions,
    folder: FailureFolder,
    progress: FuzzProgress,
    signal: AbortSignal,
  ) {
    this.#prepared = prepared;
    this.#options = options;
    this.#folder = folder;
    this.#progress = progress;
    this.#signal = signal;
    this.#ignores = prepared.plan.ignores;
  }

  async run(): Promise<CampaignResult> {
    let interrupted: Interrupted | undefined;
    try {
      if (await this.#findIdle()) await this.#search();
      await this.#grade(this.#unshrunk());
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      interrupted = error;
      await this.#keepUnshrunk();
    }
    return this.#result(interrupted);
  }

  /** Plays without input. Returns false if the game then fails in a way that ends every run. */
  async #findIdle(): Promise<boolean> {
    await this.#grade([this.#test("idle", { kind: "idle" })]);
    // Nothing is known of a game that no button ever changes, such as a demo.
    for (const [key, { finding }] of this.#failures) {
      if (finding.kind !== "frozen") continue;
      this.#failures.delete(key);
      this.#ignores = [...this.#ignores, finding.kind];
    }
    const found = [...this.#failures.values()].map(({ finding }) => finding);
    this.#ignores = [...this.#ignores, ...found.map(({ key }) => key)];
    const isFatal = found.some(({ kind }) => !SOFT_KINDS.includes(kind));
    return !isFatal && this.#errors.length === 0 && !this.#isFarmSilent;
  }

  async #search(): Promise<void> {
    const { farm, jobs, for: seconds } = this.#options;
    const { from, to } = seedsOf(this.#options);
    const isTimed = seconds !== undefined;
    const timedTests = farm === undefined ? jobs * SEEDS_PER_JOB : FARM_SEEDS_WITH_TIME;
    const wholeTests = farm === undefined ? Math.max(BATCH_TESTS, jobs * SEEDS_PER_JOB) : FARM_BATCH_TESTS;
    const batch = isTimed ? timedTests : wholeTests;
    for (let next = from; next <= to && !this.#isFarmSilent; ) {
      if (isTimed && performance.now() - this.#start > 1000 * seconds) return;
      const tests = this.#unshrunk();
      // One seed per test: an interrupt loses what an unfinished test has found.
      for (let count = 0; count < batch && next <= to; count++, next++) {
        tests.push(this.#test(`seed ${next}`, { kind: "seed", seed: next }));
      }
      await this.#grade(tests);
    }
  }

  #test(name: string, task: FuzzTask): TestSpec {
    const plan = { ...this.#prepared.plan, ignores: this.#ignores, task };
    // Without input, failures are shrunk by rules that do not ignore them.
    if (task.kind === "shrink" && task.finding.seed === 0) {
      plan.ignores = this.#ignores.filter((each) => each !== task.finding.key);
    }
    return { ...this.#prepared.base, name, fuzz: plan };
  }

  #unshrunk(): TestSpec[] {
    return [...this.#failures.values()]
      .filter(({ proof }) => proof === undefined)
      .map(({ finding }) => this.#test(`shrink ${finding.key}`, { kind: "shrink", finding }));
  }

  async #grade(tests: readonly TestSpec[]): Promise<void> {
    if (tests.length === 0) return;
    const byName = new Map(tests.map((test) => [test.name, test]));
    const onGraded = (graded: Graded): void => this.#take(byName.get(graded.result.name ?? "")!, graded);
    const { farm, jobs, farmWait, hangSeconds } = this.#options;
    const graded = await runGraded(
      tests,
      { jobs, farmWait, hangSeconds, repeat: 1, ...(farm === undefined ? {} : { farm }) },
      { pictures: false, onGraded },
      this.#progress,
      this.#signal,
    );
    const late = graded.filter(({ result }) => result.incomplete === true);
    this.#missing += late.length;
    this.#isFarmSilent ||= late.length > 0;
    // A farm that ran a test twice may have changed its verdict to "determinism broken".
    for (const { result } of graded) {
      const isKnown = this.#errors.some(({ name }) => name === result.name);
      if (result.verdict === "error" && result.incomplete !== true && !isKnown) this.#errors.push(result);
    }
    await this.#write();
  }

  /**
   * Takes the result of a test. Of equal failures, the one of the lowest seed is kept, whichever ran first.
   */
  #take(test: TestSpec, { result, fuzz }: Graded): void {
    const task = test.fuzz!.task;
    this.#frames += result.frames;
    if (result.verdict === "error") this.#errors.push(result);
    if (task.kind === "seed") {
      this.#seedsDone++;
      this.#lastSeed = Math.max(this.#lastSeed, task.seed);
    }
    if (fuzz === undefined) return;
    if (fuzz.covered !== undefined) this.#cover(fuzz.covered);
    if (fuzz.best !== undefined) this.#best = Math.max(this.#best, fuzz.best);
    const { proof } = fuzz;
    if (proof !== undefined) {
      const known = this.#failures.get(proof.finding.key)!;
      this.#failures.set(proof.finding.key, { ...known, finding: proof.finding, proof });
    } else for (const finding of fuzz.findings) this.#find(finding);
    this.#progress.set({
      seeds: this.#seedsDone,
      failures: this.#failures.size,
      coveredBytes: this.#coveredBytes,
      ...this.#shareOfTime(),
    });
  }

  #shareOfTime(): { readonly share?: number } {
    const { for: seconds } = this.#options;
    return seconds === undefined ? {} : { share: (performance.now() - this.#start) / (1000 * seconds) };
  }

  #find(finding: FuzzFinding): void {
    const { key, seed } = finding;
    const known = this.#failures.get(key);
    const seeds =
      seed === 0 ? [] : [...(known?.seeds ?? []), seed].sort((a, b) => a - b).slice(0, MAX_SEEDS_LISTED);
    const isFirst = known === undefined || (known.proof === undefined && seed < known.finding.seed);
    this.#failures.set(key, {
      ...known,
      finding: isFirst ? finding : known.finding,
      seeds,
      seedCount: (known?.seedCount ?? 0) + (seed === 0 ? 0 : 1),
    });
  }

  #cover(deflated: Uint8Array): void {
    const bits = new Uint8Array(inflateRawSync(deflated));
    const all = this.#covered[0] ?? new Uint8Array(bits.length);
    this.#covered[0] = all;
    let count = 0;
    for (let at = 0; at < bits.length; at++) {
      all[at]! |= bits[at]!;
      for (let left = all[at]!; left !== 0; left &= left - 1) count++;
    }
    this.#coveredBytes = count;
  }

  /** Writes the files of failures that have none. */
  async #write(): Promise<void> {
    for (const [key, failure] of this.#failures) {
      if (failure.proof === undefined || failure.files !== undefined) continue;
      const files = await this.#folder.write(failure, this.#prepared.symbols, this.#prepared.base);
      if (files !== undefined) this.#failures.set(key, { ...failure, files });
    }
  }

  /** After an interrupt, writes failures with the input that was found, which is not shrunk. */
  async #keepUnshrunk(): Promise<void> {
    for (const test of this.#unshrunk()) {
      const graded = await grade({ ...test, fuzz: { ...test.fuzz!, shrinkFrames: 0 } });
      const { proof } = graded.fuzz ?? {};
      if (proof === undefined) continue;
      const known = this.#failures.get(proof.finding.key)!;
      this.#failures.set(proof.finding.key, { ...known, proof, isUnshrunk: true });
    }
    await this.#write();
  }

  #result(interrupted: Interrupted | undefined): CampaignResult {
    const { rom, plan, symbols, base } = this.#prepared;
    const missing = `${this.#missing} ${this.#missing === 1 ? "test" : "tests"} of this campaign`;
    const incomplete =
      interrupted !== undefined ? "interrupted" : this.#isFarmSilent ? `no worker ran ${missing}` : undefined;
    const order = [...this.#failures.values()].sort((a, b) => a.finding.seed - b.finding.seed);
    return {
      rom,
      plan: { ...plan, ignores: this.#ignores, task: { kind: "idle" } },
      machine: base,
      symbols,
      seedsDone: this.#seedsDone,
      lastSeed: this.#lastSeed,
      frames: this.#frames,
      milliseconds: Math.round(performance.now() - this.#start),
      coveredBytes: this.#coveredBytes,
      ...(Number.isFinite(this.#best) ? { best: this.#best } : {}),
      failures: order,
      errors: this.#errors,
      ...(incomplete === undefined ? {} : { incomplete }),
      ...(interrupted === undefined ? {} : { interrupted }),
      ...(this.#folder.problem === undefined ? {} : { problem: this.#folder.problem }),
    };
  }
}
