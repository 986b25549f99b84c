import { inflateRawSync } from "node:zlib";
import { type Graded, grade } from "../conform/grade.ts";
import type { TestResult, TestSpec } from "../conform/types.ts";
import { type FuzzFinding, type FuzzTask, SOFT_KINDS } from "../fuzz/plan.ts";
import type { FailureFolder } from "./failure-folder.ts";
import type { CampaignFailure, CampaignResult, CampaignSetup, CampaignState, Seeds } from "./types.ts";

const MAX_SEEDS_LISTED = 20;

/** What to search, and how its tests are run. */
export interface CampaignOptions {
  readonly seeds: Seeds;
  /** Start no more seeds after this time. */
  readonly seconds?: number;
  /** Number of seeds after which new failures are shrunk. */
  readonly batch: number;
  readonly folder: FailureFolder;
  /**
   * Runs tests, and calls `onGraded` with each result as it comes. Results are in the order of the tests.
   * Throws the reason of `signal` if that fires.
   */
  readonly runTests: (
    tests: readonly TestSpec[],
    onGraded: (graded: Graded) => void,
  ) => Promise<readonly Graded[]>;
  readonly onProgress: (state: CampaignState) => void;
  readonly signal: AbortSignal;
}

/**
 * A campaign: plays without input, searches seeds, and shrinks the input of each failure. Results may come in
 * any order; what it finds depends only on the setup and the seeds.
 */
export class Campaign {
  readonly #setup: CampaignSetup;
  readonly #options: CampaignOptions;
  readonly #start = performance.now();
  readonly #failures = new Map<string, CampaignFailure>();
  readonly #errors: TestResult[] = [];
  #covered: Uint8Array | undefined;
  #ignores: readonly string[];
  #coveredBytes = 0;
  #best = Number.NEGATIVE_INFINITY;
  #seedsDone = 0;
  #lastSeed = 0;
  #frames = 0;
  #missing = 0;
  #isFarmSilent = false;

  constructor(setup: CampaignSetup, options: CampaignOptions) {
    this.#setup = setup;
    this.#options = options;
    this.#ignores = setup.plan.ignores;
  }

  /** Runs the campaign to its end, or until `signal` fires. */
  async run(): Promise<CampaignResult> {
    const { signal } = this.#options;
    let isInterrupted = false;
    try {
      if (await this.#findIdle()) await this.#search();
      await this.#grade(this.#unshrunk());
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      isInterrupted = true;
      await this.#keepUnshrunk();
    }
    return this.#result(isInterrupted);
  }

  /** Plays without input. Returns false if the game then fails in a way that ends every run. */
  async #findIdle(): Promise<boolean> {
    await this.#grade([this.#test("idle", { kind: "idle" })]);
    // A demo, which no button ever changes, has not failed.
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
    const { seeds, batch } = this.#options;
    for (let next = seeds.from; next <= seeds.to && !this.#isFarmSilent; ) {
      if ((this.#shareOfTime().share ?? 0) >= 1) return;
      const tests = this.#unshrunk();
      // One seed per test: an interrupt loses what an unfinished test has found.
      for (let count = 0; count < batch && next <= seeds.to; count++, next++) {
        tests.push(this.#test(`seed ${next}`, { kind: "seed", seed: next }));
      }
      await this.#grade(tests);
    }
  }

  #test(name: string, task: FuzzTask): TestSpec {
    const plan = { ...this.#setup.plan, ignores: this.#ignores, task };
    // Without input, failures are shrunk by rules that do not ignore them.
    if (task.kind === "shrink" && task.finding.seed === 0) {
      plan.ignores = this.#ignores.filter((each) => each !== task.finding.key);
    }
    return { ...this.#setup.base, name, fuzz: plan };
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
    const graded = await this.#options.runTests(tests, onGraded);
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
    this.#options.onProgress({
      seeds: this.#seedsDone,
      failures: this.#failures.size,
      coveredBytes: this.#coveredBytes,
      ...this.#shareOfTime(),
    });
  }

  #shareOfTime(): { readonly share?: number } {
    const { seconds } = this.#options;
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
    this.#covered ??= new Uint8Array(bits.length);
    const all = this.#covered;
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
      const files = await this.#options.folder.write(failure, this.#setup.symbols, this.#setup.base);
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

  #result(isInterrupted: boolean): CampaignResult {
    const { rom, plan, symbols, base } = this.#setup;
    const missing = `${this.#missing} ${this.#missing === 1 ? "test" : "tests"} of this campaign`;
    const incomplete = isInterrupted
      ? "interrupted"
      : this.#isFarmSilent
        ? `no worker ran ${missing}`
        : undefined;
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
      ...(isInterrupted ? { interrupted: this.#options.signal.reason as unknown } : {}),
      ...(this.#options.folder.problem === undefined ? {} : { problem: this.#options.folder.problem }),
    };
  }
}
