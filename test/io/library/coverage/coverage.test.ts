import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { Coverage, type CoverageReport, powerOn } from "../../../../src/io/library/index.ts";
import { type SourceLine, Symbols } from "../../../../src/io/symbols/symbols.ts";
import { LABELS, LIBRARY_ROM } from "../../../support/library-game.ts";

const ORIGIN = 0xc000;
const folder = mkdtempSync(join(tmpdir(), "emu-coverage-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCE = `; <a program> & its "nmi"
  pha
  inc nmi_count
  pla
  rti
tick:
  beq over
  inc a_count
over:
wait:
  beq wait
jams:
  jam
`;
/** Lines of SOURCE, and the addresses and sizes of their code. */
const LINES: readonly [number, number, number][] = [
  [2, LABELS.nmi!, 1],
  [3, LABELS.nmi! + 1, 2],
  [4, LABELS.nmi! + 3, 1],
  [5, LABELS.nmi! + 4, 1],
  [7, LABELS.tick! + 17, 2],
  [8, LABELS.tick! + 19, 2],
  [11, LABELS.wait! + 2, 2],
  [13, LABELS.jams!, 1],
];

const symbols = (extra: readonly SourceLine[] = []): Symbols =>
  new Symbols({
    symbols: [],
    files: ["game.s", "absent.s", "game.c"],
    lines: [
      ...LINES.map(([line, address, bytes]): SourceLine => {
        return { file: 0, line, prgOffset: address - ORIGIN, bytes, kind: "assembly" };
      }),
      { file: 1, line: 1, prgOffset: 0x3000, bytes: 1, kind: "assembly" },
      ...extra,
    ],
    routines: [
      { name: "nmi", prgOffset: LABELS.nmi! - ORIGIN, bytes: 5 },
      { name: "jams", prgOffset: LABELS.jams! - ORIGIN, bytes: 1 },
    ],
  });

describe("coverage", () => {
  const coverage = new Coverage();
  let report: CoverageReport;

  beforeAll(async () => {
    writeFileSync(join(folder, "game.s"), SOURCE);
    const cartridge = { rom: readRom(LIBRARY_ROM, "test.nes"), symbols: symbols() };
    // The counts of two consoles with one build are added.
    for (let game = 0; game < 2; game++) powerOn(cartridge, { coverage }).frames(10);
    report = await coverage.write(
      { lcov: join(folder, "lcov.info"), html: join(folder, "page.html") },
      folder,
    );
  });

  test("counts lines, both ways of branches, and routines; missing sources are left out", () => {
    expect(report.files.map((file) => file.path)).toEqual(["game.s"]);
    const [file] = report.files;
    const nmis = file!.lines.get(2)!;
    expect(nmis).toBeGreaterThan(10);
    expect([...file!.lines.keys()]).toEqual([2, 3, 4, 5, 7, 8, 11, 13]);
    expect(file!.lines.get(8)).toBe(0);
    expect(file!.lines.get(13)).toBe(0);
    const [tick, wait] = file!.branches;
    // A is never pressed, so the branch over its count is always taken.
    expect(tick).toMatchObject({ line: 7, passed: 0 });
    expect(tick!.taken).toBe(file!.lines.get(7)!);
    expect(wait!.passed).toBeGreaterThanOrEqual(nmis - 2);
    expect(wait!.taken).toBeGreaterThan(10_000);
    expect(file!.routines).toEqual([
      { name: "nmi", line: 2, hits: nmis },
      { name: "jams", line: 13, hits: 0 },
    ]);
    const { lines, branches, routines } = report;
    expect({ lines, branches, routines }).toEqual({
      lines: { found: 8, hit: 6 },
      branches: { found: 4, hit: 3 },
      routines: { found: 2, hit: 1 },
    });
  });

  test("as lcov", () => {
    const [file] = report.files;
    const nmis = file!.lines.get(2)!;
    const { taken, passed } = file!.branches[1]!;
    const ticks = file!.lines.get(7)!;
    expect(readFileSync(join(folder, "lcov.info"), "utf8").split("\n")).toEqual([
      "TN:",
      "SF:game.s",
      "FN:2,nmi",
      "FN:13,jams",
      `FNDA:${nmis},nmi`,
      "FNDA:0,jams",
      "FNF:2",
      "FNH:1",
      `BRDA:7,0,0,${ticks}`,
      "BRDA:7,0,1,0",
      `BRDA:11,0,0,${taken}`,
      `BRDA:11,0,1,${passed}`,
      "BRF:4",
      "BRH:3",
      ...[2, 3, 4, 5].map((line) => `DA:${line},${nmis}`),
      `DA:7,${ticks}`,
      "DA:8,0",
      `DA:11,${taken + passed}`,
      "DA:13,0",
      "LF:8",
      "LH:6",
      "end_of_record",
      "",
    ]);
  });

  test("as a self-contained page, whatever the source contains", () => {
    const page = readFileSync(join(folder, "page.html"), "utf8");
    expect(page).toContain("; &lt;a program&gt; &amp; its &quot;nmi&quot;");
    expect(page).toContain('<div class="miss"><b><u>8</u><s>0</s></b>  inc a_count</div>');
    expect(page).toMatch(/<div class="half" title="always taken"><b><u>7<\/u>/);
    expect(page).not.toMatch(/(src|href)="(?!#)/);
  });

  test("compiled C counts only as C", () => {
    writeFileSync(join(folder, "game.c"), "void nmi(void) {}\n");
    const fromC = new Coverage();
    const c: SourceLine = { file: 2, line: 1, prgOffset: LABELS.nmi! - ORIGIN, bytes: 5, kind: "c" };
    powerOn({ rom: readRom(LIBRARY_ROM, "test.nes"), symbols: symbols([c]) }, { coverage: fromC }).frames(5);
    const files = fromC.report(folder).files;
    expect(files.map((file) => [file.path, [...file.lines.keys()]])).toEqual([
      ["game.c", [1]],
      ["game.s", [7, 8, 11, 13]],
    ]);
  });
});
