import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grade } from "../../../src/io/conform/grade.ts";
import type { TestResult, TestSpec } from "../../../src/io/conform/types.ts";
import { sha1Hex } from "../../../src/io/files/hashes.ts";
import { blarggStatus, TestProgram } from "../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-grade-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Enough frames for a result to settle. */
const MAX_FRAMES = 100;

let serial = 0;
function file(contents: Uint8Array | string): string {
  const path = join(folder, `${serial++}.bin`);
  writeFileSync(path, contents);
  return path;
}

async function verdictOf(
  program: TestProgram,
  how: Partial<TestSpec> & Pick<TestSpec, "protocol">,
): Promise<TestResult> {
  const spec: TestSpec = {
    rom: "test.nes",
    name: "test.nes",
    romFile: file(program.toRom()),
    maxFrames: MAX_FRAMES,
    ...how,
  };
  return (await grade(spec)).result;
}

const start = () => new TestProgram().waitFrames(2);
const running = () => blarggStatus(start(), 0x80).waitFrames(3);

describe("blargg-6000", () => {
  const protocol = "blargg-6000";
  const verdict = (program: TestProgram) => verdictOf(program, { protocol });

  test("a final 0 passes, with its text", async () => {
    expect(await verdict(blarggStatus(running(), 0, "fine\n\nPassed").forever())).toMatchObject({
      verdict: "pass",
      detail: "fine; Passed",
      protocol,
    });
  });

  test("any other final status fails with its code", async () => {
    const program = blarggStatus(running(), 3, "\x1b[31mWrong\x1b[0m").forever();
    expect(await verdict(program)).toMatchObject({ verdict: "fail", detail: "code 3: Wrong" });
  });

  test("$6000 without the magic is no result", async () => {
    const result = await verdict(start().store(0x6000, 0).forever());
    expect(result).toMatchObject({ verdict: "fail", detail: "timeout after 100 frames: no result at $6000" });
  });

  test("$81 presses reset after 100 ms, each time it appears", async () => {
    const program = start().untilReset(0x0200, 4, (p) => blarggStatus(p, 0x81));
    const result = await verdict(blarggStatus(program, 0x80).waitFrames(2).store(0x6000, 0).forever());
    expect(result.verdict).toBe("pass");
    expect(result.frames).toBeGreaterThan(3 * 7);
  });

  test("a test that never ends times out with its text", async () => {
    const program = blarggStatus(start(), 0x80, "busy").forever();
    expect((await verdict(program)).detail).toBe("timeout after 100 frames: busy");
  });
});

describe("ram-result", () => {
  const verdict = (program: TestProgram) =>
    verdictOf(program, { protocol: "ram-result", address: 0xf8, pass: 1 });

  test.each([
    [1, "pass", ""],
    [7, "fail", "code 7"],
  ])("a settled %d is a %s", async (value, expected, detail) => {
    expect(await verdict(start().store(0xf8, value).forever())).toMatchObject({ verdict: expected, detail });
  });

  test("only the final loop's result counts", async () => {
    const program = start().store(0xf8, 1).waitFrames(5).store(0xf8, 2).forever();
    expect((await verdict(program)).detail).toBe("code 2");
  });

  test("a program that continues is not settled", async () => {
    const program = start();
    const loop = program.here;
    for (let i = 0; i < 40; i++) program.waitFrames(1);
    program.bytes(0x4c, loop & 0xff, loop >> 8);
    expect((await verdict(program)).detail).toStartWith("timeout after 100 frames");
  });
});

describe("the screen", () => {
  test("screen-text passes with its word and fails with another", async () => {
    const how = { protocol: "screen-text", pass: "Passed" } as const;
    expect((await verdictOf(start().print(3, 2, "Passed").forever(), how)).verdict).toBe("pass");
    expect(await verdictOf(start().print(3, 2, "FAILED #2").forever(), how)).toMatchObject({
      verdict: "fail",
      detail: "FAILED #2",
    });
    expect((await verdictOf(start().print(3, 2, "Error 1").forever(), how)).verdict).toBe("fail");
    expect((await verdictOf(start().print(3, 2, "hello").forever(), how)).detail).toBe(
      "timeout after 100 frames: hello",
    );
  });

  test("screen-crc passes with any accepted checksum, in either case", async () => {
    const how = { protocol: "screen-crc", accept: ["159A7A8F", "5e3df9c4"] } as const;
    expect((await verdictOf(start().print(9, 2, "5E3DF9C4").forever(), how)).verdict).toBe("pass");
    expect((await verdictOf(start().print(9, 2, "01234567").forever(), how)).verdict).toBe("fail");
  });
});

describe("golden-log", () => {
  const LOG = [
    "C000  2C 02 20  BIT $2002 = 00                  A:00 X:00 Y:00 P:24 SP:FD PPU:  0, 21 CYC:7",
    "C003  10 FB     BPL $C000                       A:00 X:00 Y:00 P:26 SP:FD PPU:  0, 33 CYC:11",
  ];
  const verdict = (log: string) =>
    verdictOf(start().forever(), { protocol: "golden-log", logFile: file(log), startPc: 0xc000 });

  test("passes line by line", async () => {
    expect(await verdict(LOG.join("\n"))).toMatchObject({ verdict: "pass", detail: "2 lines" });
  });

  test("names the line that differs", async () => {
    const { verdict: verdictName, detail } = await verdict(LOG.join("\n").replace("CYC:11", "CYC:12"));
    expect(verdictName).toBe("fail");
    expect(detail).toStartWith("line 2 of 2: expected C003 10,FB");
  });

  test("an invalid log is an error that names the line", async () => {
    expect((await verdict(`${LOG[0]}\nnonsense`)).detail).toContain(
      ", line 2, column 1: not a line of a trace log (a line is PC, bytes",
    );
    expect((await verdict("")).verdict).toBe("error");
  });
});

describe("errors", () => {
  test("a missing file, a file that is not a ROM, or another SHA-1", async () => {
    const spec: TestSpec = {
      rom: "a.nes",
      name: "a.nes",
      romFile: "/nowhere.nes",
      protocol: "detect",
      maxFrames: 10,
    };
    expect((await grade(spec)).result).toMatchObject({ verdict: "error", protocol: "none", frames: 0 });
    expect((await grade({ ...spec, romFile: file("text") })).result.verdict).toBe("error");
    const romFile = file(start().forever().toRom());
    const wrong = await grade({ ...spec, romFile, sha1: "0".repeat(40) });
    expect(wrong.result.detail).toContain("SHA-1");
    const right = await grade({ ...spec, romFile, sha1: sha1Hex([start().forever().toRom()]) });
    expect(right.result.verdict).toBe("skip");
  });
});

describe("detection", () => {
  const verdict = (program: TestProgram) => verdictOf(program, { protocol: "detect" });

  test.each([
    ["magic at $6000", blarggStatus(running(), 0).forever(), "blargg-6000", "pass"],
    ["a word of success", start().print(1, 1, "All tests passed").forever(), "screen-text", "pass"],
    ["a word of failure", start().print(1, 1, "FAILED: #3").forever(), "screen-text", "fail"],
    ["nothing", start().print(1, 1, "compass").forever(), "none", "skip"],
  ])("%s", async (_, program, protocol, expected) => {
    expect(await verdict(program)).toMatchObject({ protocol, verdict: expected });
  });
});
