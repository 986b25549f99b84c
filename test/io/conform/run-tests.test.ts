import { afterAll, describe, expect, spyOn, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Graded } from "../../../src/io/conform/grade.ts";
import { grade } from "../../../src/io/conform/grade.ts";
import { runTests, type TestRunOptions } from "../../../src/io/conform/run-tests.ts";
import { fitsFilter, testsOfPart } from "../../../src/io/conform/select.ts";
import type { Subject, TestSpec } from "../../../src/io/conform/types.ts";
import { blarggStatus, TestProgram } from "../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-run-tests-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = () => new TestProgram().waitFrames(2);
function romFile(name: string, program: TestProgram): string {
  const path = join(folder, name);
  writeFileSync(path, program.toRom());
  return path;
}
const PASSING = romFile(
  "pass.nes",
  blarggStatus(blarggStatus(start(), 0x80).waitFrames(3), 0, "ok").forever(),
);
const FAILING = romFile(
  "fail.nes",
  blarggStatus(blarggStatus(start(), 0x80).waitFrames(3), 2, "no").forever(),
);
const JAMMING = romFile("jam.nes", blarggStatus(start(), 0x80, "busy").waitFrames(3).bytes(0x02));

const spec = (name: string, file = PASSING): TestSpec => ({
  rom: name,
  name,
  romFile: file,
  protocol: "blargg-6000",
  maxFrames: 100,
});
const UNRELIABLE = new URL("threads/unreliable-worker.ts", import.meta.url);
const run = async (tests: TestSpec[], options: Partial<TestRunOptions> = {}): Promise<Graded[]> =>
  runTests(tests, { jobs: 2, ...options });
const verdicts = (graded: Graded[]) =>
  graded.map(({ result }) => `${result.name ?? result.rom} ${result.verdict}`);

describe("a run", () => {
  test("loses only the tests that hang, crash, hit a bug or JAM", async () => {
    const tests = ["a", "hang", "b", "crash", "c", "exit", "d", "bug", "e"].map((name) => spec(name));
    tests.splice(5, 0, spec("jam", JAMMING));
    const bugs: string[] = [];
    const graded = await run(tests, {
      module: UNRELIABLE,
      hangSeconds: 3,
      pictures: true,
      onBug: ({ name }, { stack }) => bugs.push(`${name} ${stack}`),
    });
    expect(verdicts(graded)).toEqual([
      "a pass",
      "hang error",
      "b pass",
      "crash error",
      "c pass",
      "jam fail",
      "exit error",
      "d pass",
      "bug error",
      "e pass",
    ]);
    const details = Object.fromEntries(graded.map(({ result }) => [result.rom, result.detail]));
    expect(details.hang).toBe("hangs: no frame ended for 3 s");
    expect(details.crash).toContain("the worker threw");
    expect(details.exit).toContain("thread ended");
    expect(details.bug).toContain("of the machine");
    expect(details.jam).toMatch(/^the CPU jammed at \$C[0-9A-F]{3} by frame \d+: busy$/);
    expect(bugs).toEqual(["bug at nes.ts"]);
    // A test that hangs still shows its last screen.
    expect(graded[1]?.screen?.length).toBeGreaterThan(50);
  });

  test("stops a test by the CPU time of its thread, or after ten times as long", async () => {
    const [sleeps, blocks] = await Promise.all([
      run([spec("sleep")], { module: UNRELIABLE, hangSeconds: 1 }),
      run([spec("block")], { module: UNRELIABLE, hangSeconds: 0.2 }),
    ]);
    expect(verdicts([...sleeps, ...blocks])).toEqual(["sleep pass", "block error"]);
  });

  test("can end with the first failure: the others are reported as not run", async () => {
    const graded = await run([spec("a"), spec("b", FAILING), spec("c"), spec("d")], {
      jobs: 1,
      failFast: true,
    });
    expect(verdicts(graded)).toEqual(["a pass", "b fail", "c skip", "d skip"]);
    expect(graded[3]?.result.detail).toContain("not run");
  });

  test("can be interrupted", async () => {
    const controller = new AbortController();
    const running = run([spec("hang"), spec("a")], { module: UNRELIABLE, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 50);
    await expect(running).rejects.toThrow("enough");
  });

  test("stores the last screen of each test on request", async () => {
    const [graded] = await run([spec("a")], { pictures: true });
    expect([...graded!.screen!.subarray(1, 4)]).toEqual([..."PNG"].map((c) => c.charCodeAt(0)));
    expect((await run([spec("a")]))[0]?.screen).toBeUndefined();
  });
});

test("a thread gets one listener for its end, however many tests it runs", async () => {
  using listening = spyOn(EventTarget.prototype, "addEventListener");
  await runTests(
    Array.from({ length: 20 }, (_, i) => spec(`t${i}`)),
    { jobs: 1 },
  );
  const ends = listening.mock.calls.filter(([type]) => type === "close");
  expect(ends).toHaveLength(1);
});

describe("repeated runs", () => {
  test("of our machine agree", async () => {
    expect((await grade(spec("a"), { repeat: 3 })).result.verdict).toBe("pass");
  });

  test("that differ fail and name the difference", async () => {
    let runs = 0;
    const memory = (address: number): number => [0, 0xde, 0xb0, 0x61][address - 0x6000] ?? 0;
    const powerOn = async (): Promise<Subject> => {
      const status = runs++ === 0 ? 0 : 5;
      let frame = 0;
      return {
        frameRateHz: 60,
        get frame() {
          return frame;
        },
        jammed: false,
        close: async () => {},
        digest: async () => "",
        runFrame: async () => {
          frame++;
        },
        peek: async (_space: string, address: number, length: number) =>
          Uint8Array.from({ length }, (_, i) => (address + i === 0x6000 ? status : memory(address + i))),
      } as unknown as Subject;
    };
    const { result } = await grade(spec("a"), { repeat: 2, powerOn });
    expect(result.verdict).toBe("fail");
    expect(result.detail).toBe("run 2 differs from the first: fail (code 5: ), before pass ()");
  });
});

describe("known failures", () => {
  const known = async (file: string) =>
    (await grade({ ...spec("x", file), knownFailure: "the DMC is new" })).result;

  test("are skipped, with their reason, as long as they fail", async () => {
    expect(await known(FAILING)).toMatchObject({
      verdict: "skip",
      detail: "known failure, the DMC is new: code 2: no",
      known: "the DMC is new",
    });
  });

  test("fail when they pass", async () => {
    const { verdict, detail } = await known(PASSING);
    expect(verdict).toBe("fail");
    expect(detail).toContain("take it off the list");
  });

  test("do not hide a ROM that cannot be read", async () => {
    expect((await known(join(folder, "nowhere.nes"))).verdict).toBe("error");
  });
});

describe("a selection of tests", () => {
  const tests = Array.from({ length: 40 }, (_, i) => spec(`suite/test-${i}.nes`));

  test("by parts: each test is in one part, and new tests move no others", () => {
    const parts = [1, 2, 3].map((index) => testsOfPart(tests, { index, count: 3 }));
    expect(parts.flat().toSorted((a, b) => tests.indexOf(a) - tests.indexOf(b))).toEqual(tests);
    for (const part of parts) expect(part.length).toBeGreaterThan(5);
    const more = [spec("new.nes"), ...tests];
    const first = testsOfPart(more, { index: 1, count: 3 }).filter(({ name }) => name !== "new.nes");
    expect(first).toEqual(parts[0]!);
  });

  test("by times: each test is in one part, and parts are within the longest test of each other", () => {
    const times = fc.array(fc.nat({ max: 5000 }), { minLength: 0, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 9 }), (milliseconds, count) => {
        const known = new Map(milliseconds.map((ms, i) => [tests[i]!.name, ms]));
        const all = Array.from({ length: count }, (_, i) =>
          testsOfPart(tests, { index: i + 1, count }, known),
        );
        expect(all.flat().toSorted((a, b) => tests.indexOf(a) - tests.indexOf(b))).toEqual(tests);
        if (milliseconds.length < tests.length) return;
        const costs = all.map((part) =>
          part.reduce((sum, { name }) => sum + Math.max(1, known.get(name)!), 0),
        );
        expect(Math.max(...costs) - Math.min(...costs)).toBeLessThanOrEqual(Math.max(1, ...milliseconds));
      }),
    );
  });

  test("by times: the order of the tests does not matter, and one long test gets a part of its own", () => {
    const times = new Map(tests.map(({ name }, i) => [name, i === 7 ? 1000 : 10]));
    const parts = (all: readonly TestSpec[]) =>
      [1, 2, 3].map((index) => new Set(testsOfPart(all, { index, count: 3 }, times).map(({ name }) => name)));
    expect(parts(tests.toReversed())).toEqual(parts(tests));
    expect(parts(tests)[0]).toEqual(new Set([tests[7]!.name]));
  });

  test.each([
    ["test-1", 11],
    ["TEST-39", 1],
    ["suite/*-7.nes", 1],
    ["suite/test-?.nes", 10],
    ["nothing", 0],
  ])("by the filter %s", (filter, count) => {
    expect(tests.filter((one) => fitsFilter(one, filter))).toHaveLength(count);
  });
});
