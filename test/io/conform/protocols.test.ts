import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grade } from "../../../src/io/conform/grade.ts";
import { createLiveView, LocalSubject } from "../../../src/io/conform/local-subject.ts";
import { decodeResult } from "../../../src/io/conform/protocols/accuracycoin.ts";
import { coinTableOf, gradedTests } from "../../../src/io/conform/protocols/accuracycoin-table.ts";
import { compareRuns } from "../../../src/io/conform/protocols/frame-hashes.ts";
import type { TestSpec } from "../../../src/io/conform/types.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { TestProgram } from "../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-protocols-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("AccuracyCoin", () => {
  test.each([
    [0x00, "fail", "did not run"],
    [0x01, "pass", ""],
    [0x05, "pass", "behaviour 1"],
    [0x02, "fail", "code 0"],
    [0x0a, "fail", "code 2"],
    [0x2a, "fail", "code A"],
    [0x03, "fail", "did not end"],
    [0xff, "skip", "skipped by the ROM"],
  ])("result $%# %d is %s", (byte, verdict, detail) => {
    expect(decodeResult(byte)).toEqual({ verdict, detail } as ReturnType<typeof decodeResult>);
  });

  /** A console with `table` at $8100 of its PRG ROM (16 KiB, mirrored at $C100). */
  function consoleWithTable(table: number[]) {
    const rom = new TestProgram().forever().toRom();
    rom.set(table, 16 + 0x100);
    const spec: TestSpec = { rom: "", name: "", romFile: "", protocol: "detect", maxFrames: 1 };
    return new LocalSubject(readRom(rom, "test.nes"), spec, createLiveView());
  }
  const text = (name: string) => [...new TextEncoder().encode(name), 0xff];

  test("its tests come from its own table, without those that only draw", async () => {
    const first = [...text("CPU"), ...text("One"), 5, 4, 0, 0x90, ...text("Two"), 3, 4, 0, 0x91, 0xff];
    const second = [...text("Power On"), ...text("PPU RAM"), 0xff, 3, 0, 0x92, 0xff];
    const start = 0x8104;
    const next = start + first.length;
    const table = [start & 0xff, start >> 8, next & 0xff, next >> 8, ...first, ...second];
    const tests = await coinTableOf(consoleWithTable(table));
    expect(tests).toEqual([
      { page: "CPU", name: "One", resultAddress: 0x405 },
      { page: "CPU", name: "Two", resultAddress: 0x403 },
      { page: "Power On", name: "PPU RAM", resultAddress: 0x3ff },
    ]);
    expect(gradedTests(tests ?? [])).toHaveLength(2);
  });

  test.each([
    ["zeros", []],
    ["a pointer to nowhere", [0, 0x20]],
    ["a page without an end", [0x02, 0x81, ...text("CPU"), ...text("One"), 5, 4, 0, 0]],
  ])("%s are not a table", async (_, table) => {
    expect(await coinTableOf(consoleWithTable(table))).toBeUndefined();
  });
});

describe("frame-hashes", () => {
  const hashes = Array.from({ length: 900 }, (_, frame) => frame.toString(16).padStart(8, "0"));
  const still = Array.from({ length: 900 }, () => "0000abcd");
  const ours = { idle: still, play: hashes };
  const compare = (idle: string[], play: string[]) => compareRuns({ idle, play }, ours);

  test("agree with themselves at offset 0", () => {
    expect(compare(still, hashes)).toEqual({ verdict: "pass", detail: "at offset 0", offsets: [0] });
  });

  test("of still pictures agree at every offset", () => {
    const { offsets = [] } = compareRuns({ idle: still, play: still }, { idle: still, play: still });
    expect(offsets).toHaveLength(13);
  });

  test("may be numbered with a constant offset of at most 6", () => {
    expect(compare(still, hashes.slice(6)).offsets).toEqual([6]);
    expect(compare(still, ["", "", ...hashes]).offsets).toEqual([-2]);
    expect(compare(still, hashes.slice(7)).verdict).toBe("fail");
  });

  test("name the run and the first frame that differs", () => {
    expect(compare(still, hashes.with(500, "ffffffff"))).toEqual({
      verdict: "fail",
      detail: "play: 859 of 860 frames agree at offset 0, not frame 500",
      offsets: [],
    });
    expect(compare(still.with(20, "ffffffff"), hashes).detail).toStartWith("idle: 859 of 860");
  });

  test("before frame 20 and after 879 are not compared", () => {
    expect(compare(still, hashes.with(19, "").with(880, "")).verdict).toBe("pass");
  });
});

describe("golden files", () => {
  const romFile = join(folder, "still.nes");
  writeFileSync(romFile, new TestProgram().forever().toRom());

  const hashes = Array(880).fill('"00000000"').join(",");
  const GOLDEN = `{"input": {"idle": [], "play": []},\n"frames": {"idle": [${hashes}], "play": [${hashes}]}}`;

  test.each([
    ["that are no JSON", "{", "golden.json, line 1, column 2: not JSON"],
    ["with another thing for a hash", GOLDEN.replace(/"0+"(?=\])/, "7"), "line 2, column "],
    ["without input", GOLDEN.replace("input", "inputs"), "input.idle is missing"],
    [
      "with too few frames",
      '{"frames": {"idle": [], "play": []}}',
      "frames.idle must hold at least 880 hashes",
    ],
  ])("%s are an error", async (_, golden, detail) => {
    const goldenFile = join(folder, "golden.json");
    writeFileSync(goldenFile, golden);
    const spec: TestSpec = {
      rom: "a.nes",
      name: "a.nes",
      romFile,
      protocol: "frame-hashes",
      maxFrames: 10,
      goldenFile,
    };
    const { result } = await grade(spec);
    expect(result.verdict).toBe("error");
    expect(result.detail).toContain(detail);
  });
});
