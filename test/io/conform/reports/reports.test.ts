import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../../src/emu/input-error.ts";
import type { Graded } from "../../../../src/io/conform/grade.ts";
import { changesSince, changesText, parseBaseline } from "../../../../src/io/conform/reports/baseline.ts";
import { githubAnnotations, githubError, githubSummary } from "../../../../src/io/conform/reports/github.ts";
import { addRun, historyElement, readHistory } from "../../../../src/io/conform/reports/history.ts";
import { writeHtmlReport } from "../../../../src/io/conform/reports/html.ts";
import { junitReport } from "../../../../src/io/conform/reports/junit.ts";
import { writePictures } from "../../../../src/io/conform/reports/picture-files.ts";
import { makeReport, summaryLine, textReport } from "../../../../src/io/conform/reports/report.ts";
import { tapReport } from "../../../../src/io/conform/reports/tap.ts";
import type { CaseResult, TestSpec, Verdict } from "../../../../src/io/conform/types.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";
import { testResult } from "../../../support/test-results.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-reports-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CASES: CaseResult[] = [
  { page: "CPU", name: "One", verdict: "pass", detail: "" },
  { page: "CPU", name: "Two", verdict: "fail", detail: "code 2" },
];
const REPORT = makeReport([
  testResult("pass"),
  testResult("fail", {
    detail: 'code 3: <"odd"> & \u0007 # \ud800',
    pictures: { screen: "shots/1 & 2.png" },
  }),
  testResult("error"),
  testResult("skip", { detail: "nothing\nfound" }),
  testResult("skip", { name: "later", detail: "known failure, new: code 1", known: "new" }),
  testResult("fail", { rom: "coin.nes", detail: "1 of 2", cases: CASES }),
]);

/** The errors of the schema check of `xml`; "" if it is valid. */
function schemaErrors(xml: string): string {
  const path = join(folder, "check.xml");
  writeFileSync(path, xml);
  const schema = join(import.meta.dir, "../../../fixtures/junit.xsd");
  const { exitCode, stderr } = Bun.spawnSync(["xmllint", "--noout", "--schema", schema, path]);
  return exitCode === 0 ? "" : stderr.toString();
}
const hasXmllint = Bun.which("xmllint") !== null;

describe("a report", () => {
  test("counts the verdicts", () => {
    expect(REPORT).toMatchObject({ passed: 1, failed: 2, errors: 1, skipped: 2 });
    expect(summaryLine(REPORT)).toBe("1 passed, 2 failed, 1 errors, 2 skipped");
  });

  test("as text has one line per test", () => {
    const lines = textReport(REPORT).trimEnd().split("\n");
    expect(lines[0]).toBe("pass   pass.nes");
    expect(lines[1]).toStartWith("fail   fail.nes  code 3");
    expect(textReport(REPORT, { isColored: true, columns: 80 })).toStartWith(
      "\x1b[32mpass \x1b[0m  pass.nes\n\x1b[31mfail ",
    );
  });

  test("as text has no control characters of a file's name or of what a test says", () => {
    const name = "tab\t\x1b[31m\nred.nes";
    const report = makeReport([testResult("fail", { rom: name, detail: "one\x1b[2J\ntwo" })]);
    expect(textReport(report)).toStartWith("fail   tab??[31m?red.nes  one?[2J\ntwo\n");
    expect(changesText({ broke: [name], fixed: [], added: [], removed: [] })).toContain(
      "tab??[31m?red.nes\n",
    );
  });

  test("on a terminal truncates passed tests at the edge, but not failures", () => {
    const detail = "x".repeat(100);
    const report = makeReport([testResult("pass", { detail }), testResult("fail", { detail })]);
    const [pass, fail] = textReport(report, { isColored: false, columns: 40 }).split("\n");
    expect([pass?.length, pass?.at(-1), fail?.length]).toEqual([40, "…", 5 + 2 + 8 + 2 + 100]);
    const fitting = makeReport([testResult("pass", { detail: "x".repeat(40 - 5 - 2 - 8 - 2) })]);
    expect(textReport(fitting, { isColored: false, columns: 40 }).split("\n")[0]).toEndWith("xxx");
  });

  test("that is long repeats the failures at the end", () => {
    const passing = Array.from({ length: 30 }, (_, i) => testResult("pass", { rom: `${i}` }));
    const lines = textReport(makeReport([testResult("fail", { rom: "bad" }), ...passing]))
      .trimEnd()
      .split("\n");
    expect(lines.slice(-3)).toEqual(["", "fail   bad", "30 passed, 1 failed, 0 errors, 0 skipped"]);
  });
});

describe("JUnit", () => {
  test("has a case for each case of a ROM", () => {
    const xml = junitReport(REPORT);
    expect(xml).toContain('<testsuites name="emu conform" tests="7" failures="2" errors="1" time="9.000">');
    expect(xml).toContain(
      '<testsuite name="coin.nes" tests="2" failures="1" errors="0" skipped="0" time="1.500">',
    );
    expect(xml).toContain('<testcase name="CPU: Two" classname="coin.nes" time="0.750">');
    expect(xml).toContain('message="code 3: &lt;&quot;odd&quot;&gt; &amp;   #  "');
    expect(xml).toContain("<system-out>[[ATTACHMENT|shots/1 &amp; 2.png]]</system-out>");
  });

  test("keeps a failure that is in no case", () => {
    const cases = CASES.slice(0, 1);
    const xml = junitReport(
      makeReport([testResult("fail", { rom: "coin.nes", detail: "run 2 differs", cases })]),
    );
    expect(xml).toContain('failures="1"');
    expect(xml).toContain('message="run 2 differs"');
  });

  test.skipIf(!hasXmllint)("is valid (xmllint)", () => {
    expect(schemaErrors(junitReport(REPORT))).toBe("");
    expect(schemaErrors(junitReport(makeReport([])))).toBe("");
    expect(schemaErrors(junitReport(REPORT).replace("<testcase", "<testcase line='1'"))).not.toBe("");
  });

  test.skipIf(!hasXmllint)("is valid for any texts (xmllint)", () => {
    const text = fc.string({ unit: "binary", maxLength: 30 });
    const results = fc.array(
      fc.record({
        rom: text,
        detail: text,
        verdict: fc.constantFrom<Verdict[]>("pass", "fail", "error", "skip"),
        name: text,
        pictures: fc.record({ screen: text }),
      }),
      { minLength: 20, maxLength: 60 },
    );
    for (const tests of fc.sample(results, 5)) {
      expect(schemaErrors(junitReport(makeReport(tests.map((one) => testResult(one.verdict, one)))))).toBe(
        "",
      );
    }
  });
});

describe("TAP", () => {
  test("has a point per test, a todo for known failures, subtests for cases", () => {
    expect(tapReport(REPORT)).toBe(
      [
        "TAP version 14",
        "1..6",
        "ok 1 - pass.nes",
        "not ok 2 - fail.nes",
        "  ---",
        '  message: "code 3: <\\"odd\\"> & \\u0007 # \\ud800"',
        "  severity: fail",
        "  ...",
        "not ok 3 - error.nes",
        "  ---",
        '  message: ""',
        "  severity: error",
        "  ...",
        "ok 4 - skip.nes # SKIP nothing found",
        "not ok 5 - later # todo known failure, new: code 1",
        "# Subtest: coin.nes",
        "    1..2",
        "    ok 1 - CPU: One",
        "    not ok 2 - CPU: Two",
        "      ---",
        '      message: "code 2"',
        "      severity: fail",
        "      ...",
        "not ok 6 - coin.nes",
        "  ---",
        '  message: "1 of 2"',
        "  severity: fail",
        "  ...",
        "",
      ].join("\n"),
    );
  });
});

describe("GitHub", () => {
  test("gets annotations at the places of the manifest", () => {
    const spec: TestSpec = { rom: "", name: "", romFile: "", protocol: "detect", maxFrames: 1 };
    const tests = REPORT.tests.map((_, i) => ({
      ...spec,
      source: { file: "/ci/game/tests, all.toml", line: i, column: 1 },
    }));
    const lines = githubAnnotations(
      REPORT,
      tests.map(({ source }) => source),
      "/ci/game",
    )
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toStartWith("::error file=tests%2C all.toml,line=1,col=1,title=fail.nes::fail: code 3");
    expect(lines[2]).toEndWith("title=coin.nes::fail: 1 of 2%0ACPU: Two: code 2");
    const bare = githubAnnotations(
      REPORT,
      REPORT.tests.map(() => undefined),
      "/ci/game",
    );
    expect(bare).toStartWith("::error title=fail.nes::");
  });

  test("gets an error in a manifest at its place", () => {
    const error = new InputError("data", '"adress" is no key', "/ci/game/m.toml:3:1", "see the docs");
    expect(githubError(error, "/ci/game")).toBe(
      '::error file=m.toml,line=3,col=1,title=emu conform::"adress" is no key%0Asee the docs\n',
    );
    expect(githubError(new InputError("missing", "no such file", "m.toml"), "/ci/game")).toBe(
      "::error title=emu conform::m.toml: no such file\n",
    );
  });

  test("gets a table of failures", () => {
    const page = githubSummary(makeReport([testResult("pass"), testResult("fail", { detail: "a|b\n`c`" })]));
    expect(page).toContain("### emu conform: 1 passed, 1 failed");
    expect(page).toContain("| fail.nes | fail | a\\|b \\`c\\` |");
    expect(page).not.toContain("pass.nes");
  });
});

describe("a baseline", () => {
  const before = parseBaseline(
    JSON.stringify(
      makeReport([
        testResult("pass", { rom: "a" }),
        testResult("fail", { rom: "b" }),
        testResult("error", { rom: "c" }),
        testResult("pass", { rom: "d" }),
        testResult("pass", { rom: "coin.nes", cases: CASES.map((one) => ({ ...one, verdict: "pass" })) }),
      ]),
    ),
    "old.json",
  );
  const now = makeReport([
    testResult("fail", { rom: "a" }),
    testResult("pass", { rom: "b" }),
    testResult("fail", { rom: "c" }),
    testResult("pass", { rom: "e" }),
    testResult("fail", { rom: "coin.nes", cases: CASES }),
  ]);

  test("lists broken, fixed, added and removed tests", () => {
    expect(changesSince(before, now, true)).toEqual({
      broke: ["a", "coin.nes › CPU: Two"],
      fixed: ["b"],
      added: ["e"],
      removed: ["d"],
    });
    expect(changesSince(before, now, false).removed).toEqual([]);
    expect(changesText(changesSince(before, now, true))).toEndWith("2 broke, 1 fixed, 1 new, 1 gone\n");
  });

  test.each([
    ["[", /not JSON/, "1:2"],
    ["[]", /must be a table/, "1:1"],
    ["{}", /"tests" is missing/, "1:1"],
    ['{"tests": 3}', /"tests" must be a list/, "1:11"],
    ['{"tests": [{"rom": "a", "verdict": "good"}]}', /"verdict" must be one of/, "1:36"],
  ])("%s is rejected with its place", (text, what, where) => {
    const error = inputErrorOf(() => parseBaseline(text, "old.json"));
    expect(error.message).toMatch(what);
    expect(error.where).toBe(`old.json:${where}`);
  });
});

describe("the page", () => {
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
  const graded: Graded[] = REPORT.tests.map((one) => ({
    result: one,
    screen: png,
    ...(one.rom === "fail.nes" ? { pictures: { actual: png, golden: png, difference: png } } : {}),
  }));

  test("is one self-contained file and remembers earlier runs", async () => {
    await writeHtmlReport(folder, REPORT, graded, undefined);
    await writeHtmlReport(folder, REPORT, graded, { broke: ["x<y"], fixed: [], added: [], removed: [] });
    const page = readFileSync(join(folder, "index.html"), "utf8");
    expect(page.match(/<article /g)).toHaveLength(REPORT.tests.length);
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    expect(page).toContain("difference</figcaption>");
    expect(page).toContain("x&lt;y");
    expect(readHistory(page).tests["fail.nes"]).toBe("ff");
    expect(page).not.toContain('"odd">');
  });

  test("stores 30 runs, and forgets removed tests", () => {
    let history = readHistory("");
    for (let i = 0; i < 40; i++) {
      const tests = [
        testResult("pass", { rom: "a" }),
        ...(i === 35 ? [testResult("fail", { rom: "b" })] : []),
      ];
      history = addRun(history, makeReport(tests), `run ${i}`);
    }
    expect(history.runs).toHaveLength(30);
    expect(history.runs[0]).toBe("run 10");
    expect(history.tests).toEqual({ a: "p".repeat(30) });
  });

  test.each([
    "",
    "{",
    "{}",
    '{"runs": 1}',
    '{"runs": ["a"], "tests": {"x": "pp"}}',
    '{"runs": [3], "tests": {}}',
  ])("starts a new history if the old one is %p", (json) => {
    const page = `<script type="application/json" id="history">${json}</script>`;
    expect(readHistory(page)).toEqual({ runs: [], tests: {} });
  });

  test("survives names that would end its script", () => {
    const history = addRun(readHistory(""), makeReport([testResult("pass", { rom: "</script>" })]), "now");
    expect(readHistory(`<p>${historyElement(history)}</p>`)).toEqual(history);
  });

  test("pictures of failures become files", async () => {
    const results = await writePictures(join(folder, "shots"), REPORT.tests, graded);
    expect(results[0]?.pictures).toBeUndefined();
    const { screen = "", golden = "", difference = "" } = results[1]?.pictures ?? {};
    for (const path of [screen, golden, difference]) expect(existsSync(path)).toBe(true);
    expect(screen).toBe(join(folder, "shots/0002-fail.nes.png"));
  });
});
