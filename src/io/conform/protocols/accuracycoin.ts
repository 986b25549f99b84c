import { InputError } from "../../../emu/input-error.ts";
import type { Bench, CaseResult, Outcome, Subject } from "../types.ts";
import { jammed, timeout } from "../types.ts";
import { type CoinTest, coinTableOf, gradedTests } from "./accuracycoin-table.ts";

const START = 0x08;

/** RAM addresses of the ROM's own menu. */
const BOOT_PROGRESS = 0xec;
const BOOT_DONE = 0x0a;
const CURSOR = 0x16;
const CURSOR_ON_TITLE = 0xff;
const RUNNING_ALL = 0x35;
const TESTS_STARTED = 0x37;
/** The address after the last result. */
const RESULTS_END = 0x500;
const SKIP = 0xff;

/** If no new test begins for this many frames, the running one hangs. */
const HANG_FRAMES = 1500;
/** Up to this many hanging tests are skipped one by one. With more, the whole ROM fails. */
const MAX_RESTARTS = 8;

/**
 * Runs all of AccuracyCoin's tests and reads their results from RAM. The tests are those of the ROM's own
 * table, so that later versions need no change here. A test that hangs fails, and the ROM is run again
 * without it.
 */
export async function gradeAccuracyCoin(bench: Bench): Promise<Outcome> {
  const all = await coinTableOf(await bench.powerOn());
  if (all === undefined) {
    const remedy = "this protocol is for AccuracyCoin only";
    throw new InputError("data", "has no table of tests at $8100", bench.spec.rom, remedy);
  }
  const hung = new Set<CoinTest>();
  for (let restart = 0; restart <= MAX_RESTARTS; restart++) {
    const subject = await bench.powerOn();
    const limit = bench.frames + bench.spec.maxFrames;
    const end = await runAll(bench, subject, limit, hung);
    if (end === "done") return verdictOf(subject, gradedTests(all), hung);
    const started = await peekByte(subject, TESTS_STARTED);
    if (end === "timeout") return timeout(bench.spec.maxFrames, `${started} tests begun`);
    // Tests run in the order of the table, and skipped ones count as begun.
    const test = all[started - 1];
    if (test === undefined || hung.has(test)) {
      if (subject.jammed) return jammed(subject, `${started} tests begun`);
      break;
    }
    hung.add(test);
  }
  return timeout(bench.frames, `${hung.size} tests hang`);
}

async function runAll(
  bench: Bench,
  subject: Subject,
  limit: number,
  hung: ReadonlySet<CoinTest>,
): Promise<"done" | "hang" | "timeout"> {
  const ready = async () =>
    (await peekByte(subject, BOOT_PROGRESS)) === BOOT_DONE &&
    (await peekByte(subject, CURSOR)) === CURSOR_ON_TITLE;
  while (!(await ready())) {
    if (bench.frames >= limit) return "timeout";
    await bench.runFrame(0);
  }
  for (const test of hung) await subject.poke("cpu", test.resultAddress, SKIP);
  // Holding the button any longer would fail the controller tests.
  while ((await peekByte(subject, RUNNING_ALL)) !== 1) {
    if (bench.frames >= limit) return "timeout";
    await bench.runFrame(START);
  }
  let started = -1;
  let idleFrames = 0;
  while ((await peekByte(subject, RUNNING_ALL)) === 1) {
    if (bench.frames >= limit) return "timeout";
    await bench.runFrame(0);
    const now = await peekByte(subject, TESTS_STARTED);
    idleFrames = now === started ? idleFrames + 1 : 0;
    started = now;
    if (idleFrames >= HANG_FRAMES || subject.jammed) return "hang";
  }
  return "done";
}

async function peekByte(subject: Subject, address: number): Promise<number> {
  return (await subject.peek("cpu", address, 1))[0]!;
}

async function verdictOf(
  subject: Subject,
  tests: readonly CoinTest[],
  hung: ReadonlySet<CoinTest>,
): Promise<Outcome> {
  const results = await subject.peek("cpu", 0, RESULTS_END);
  const cases = tests.map((test): CaseResult => {
    const { page, name } = test;
    if (hung.has(test)) return { page, name, verdict: "fail", detail: "hangs" };
    return { page, name, ...decodeResult(results[test.resultAddress]!) };
  });
  const passed = cases.filter(({ verdict }) => verdict === "pass").length;
  const failing = cases.filter(({ verdict }) => verdict === "fail" || verdict === "error");
  const names = failing.map(({ name, detail }) => `${name} (${detail})`);
  const detail = [`${passed} of ${cases.length}`, ...names].join("; ");
  return { verdict: failing.length === 0 ? "pass" : "fail", detail, cases };
}

/**
 * Decodes a result byte: $FF is skipped; else bit 0 is pass, bit 1 fail, the higher bits a code or behaviour.
 */
export function decodeResult(result: number): Pick<CaseResult, "verdict" | "detail"> {
  const code = (result >> 2).toString(36).toUpperCase();
  if (result === SKIP) return { verdict: "skip", detail: "skipped by the ROM" };
  if (result === 0) return { verdict: "fail", detail: "did not run" };
  if ((result & 3) === 1) return { verdict: "pass", detail: result === 1 ? "" : `behaviour ${code}` };
  if ((result & 3) === 2) return { verdict: "fail", detail: `code ${code}` };
  return { verdict: "fail", detail: "did not end" };
}
