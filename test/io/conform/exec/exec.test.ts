import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExecSubject } from "../../../../src/io/conform/exec/exec-subject.ts";
import { grade } from "../../../../src/io/conform/grade.ts";
import { loadManifest } from "../../../../src/io/conform/manifest.ts";
import { runTests } from "../../../../src/io/conform/run-tests.ts";
import type { TestResult, TestSpec } from "../../../../src/io/conform/types.ts";
import { splitCommand } from "../../../../src/io/files/command-line.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";
import { blarggStatus, TestProgram } from "../../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-exec-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "a.nes"), new TestProgram().forever().toRom());

/** An emulator that shows blargg's result in frame 3; `trouble` is its behaviour in frame 2. */
function emulator(name: string, trouble: string, more = ""): readonly string[] {
  const path = join(folder, `${name}.js`);
  writeFileSync(
    path,
    `let frame = 0;
    const memory = (address) => [frame < 3 ? 0x80 : 0, 0xde, 0xb0, 0x61, 0x4f, 0x4b][address - 0x6000] ?? 0;
    const methods = {
      load: () => ({}), press: () => ({}), registers: () => ({ pc: 1 }),
      run: () => { frame++; if (frame === 2) { ${trouble} } return { frame }; },
      peek: ({ address, length }) => ({ bytes: Array.from({ length }, (_, i) => memory(address + i)) }),
      ${more}
    };
    for await (const line of console) {
      const { id, method, params } = JSON.parse(line);
      const known = Object.hasOwn(methods, method);
      const rest = known ? { result: methods[method](params) } : { error: { code: -32601, message: "no" } };
      console.log(JSON.stringify({ jsonrpc: "2.0", id, ...rest }));
    }`,
  );
  return [process.execPath, path];
}

const spec = (more: Partial<TestSpec> = {}): TestSpec => ({
  rom: "a.nes",
  name: "a.nes",
  romFile: join(folder, "a.nes"),
  protocol: "blargg-6000",
  maxFrames: 20,
  ...more,
});

async function verdict(
  command: readonly string[],
  more: Partial<TestSpec> = {},
  hangMilliseconds = 20_000,
): Promise<TestResult> {
  const test = spec(more);
  const powerOn = (rom: Parameters<typeof ExecSubject.powerOn>[0]) =>
    ExecSubject.powerOn(rom, test, { command, hangMilliseconds });
  return (await grade(test, { powerOn, pictures: true })).result;
}

describe("another emulator", () => {
  test("is graded like our own", async () => {
    expect(await verdict(emulator("good", ""))).toMatchObject({ verdict: "pass", detail: "OK", frames: 3 });
  });

  test.each([
    [
      "crashes",
      "process.stderr.write('out of chips\\n'); process.exit(3);",
      /ended with code 3 at "run": out of chips/,
    ],
    ["is killed", "process.kill(process.pid, 'SIGKILL'); for (;;);", /ended by SIGKILL at "run"/],
    ["writes no JSON", "console.log('frame 2');", /wrote a line that is not a JSON-RPC answer: frame 2/],
    [
      "answers another request",
      'console.log(\'{"id": 99, "result": {}}\');',
      /answered request 99, \d+ was asked/,
    ],
    [
      "answers with nothing",
      "console.log(JSON.stringify({ id })); for (;;);",
      /ended|hangs|without a result/,
    ],
  ])("that %s is an error of that test", async (name, trouble, detail) => {
    const result = await verdict(emulator(name.replaceAll(" ", "-"), trouble));
    expect(result.verdict).toBe("error");
    expect(result.detail).toMatch(detail);
  });

  test("that hangs is ended", async () => {
    const result = await verdict(emulator("hangs", "for (;;);"), {}, 1500);
    expect(result).toMatchObject({
      verdict: "error",
      detail: 'the emulator hangs: no answer to "run" for 1.5 s',
    });
  });

  test("that rejects a request shows its reason", async () => {
    const path = join(folder, "refuses.js");
    writeFileSync(
      path,
      `for await (const line of console) {
        const { id } = JSON.parse(line);
        console.log(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32000, message: "mapper 9" } }));
      }`,
    );
    const result = await verdict([process.execPath, path]);
    expect(result).toMatchObject({ verdict: "error", detail: 'the emulator refused "load": mapper 9' });
  });

  test("that shows a different picture the second time fails", async () => {
    const marker = join(folder, "ran");
    const color = `await Bun.file(${JSON.stringify(marker)}).exists() ? 1 : 2`;
    const pixels = `Buffer.alloc(122880, new Uint8Array(Uint16Array.of(color).buffer)).toString("base64")`;
    const command = emulator("moody", "", `frame: ({ format }) => ({ pixels: ${pixels} }),`);
    const text = await Bun.file(command[1]!).text();
    writeFileSync(
      command[1]!,
      `const color = ${color}; await Bun.write(${JSON.stringify(marker)}, "x");\n${text}`,
    );
    const powerOn = (rom: Parameters<typeof ExecSubject.powerOn>[0]) =>
      ExecSubject.powerOn(rom, spec(), { command, hangMilliseconds: 20_000 });
    const { result } = await grade(spec(), { powerOn, repeat: 2 });
    expect(result).toMatchObject({
      verdict: "fail",
      detail: "run 2 differs from the first: the same verdict, but other pictures or sound",
    });
  });

  test("that cannot be started is an error with its name", async () => {
    expect((await verdict([join(folder, "nothing")])).detail).toMatch(/nothing: cannot be started/);
  });

  test("without a method that a test needs skips the test", async () => {
    const log = join(folder, "log.txt");
    writeFileSync(
      log,
      "C000  EA        NOP                             A:00 X:00 Y:00 P:24 SP:FD PPU:  0,  0 CYC:7\n",
    );
    const result = await verdict(emulator("few", ""), {
      protocol: "golden-log",
      logFile: log,
      startPc: 0xc000,
    });
    expect(result).toMatchObject({ verdict: "skip", detail: 'the emulator does not offer "setRegisters"' });
  });

  test("without all values of a trace is compared by the ones it has", async () => {
    const log = join(folder, "few.log");
    const line = (pc: string, a: string): string =>
      `${pc}  00        BRK                             A:${a} X:00 Y:00 P:24 SP:FD PPU:  0,  0 CYC:7\n`;
    const more = "setRegisters: () => ({}), step: () => ({}), registers: () => ({ pc: 0x100, a: 5 }),";
    const command = emulator("trace", "", more);
    const run = async (text: string): Promise<string> => {
      writeFileSync(log, text);
      return (await verdict(command, { protocol: "golden-log", logFile: log, startPc: 0x100 })).detail;
    };
    expect(await run(line("0100", "05"))).toBe("1 lines");
    expect(await run(line("0100", "06"))).toStartWith("line 1 of 1: expected 0100 00 A:06 X:00");
    expect(await run(line("0100", "06"))).toEndWith("got 0100 00 A:05 X:? Y:? P:? SP:? PPU:?,? CYC:?");
  });

  test("without an essential method is an error", async () => {
    const command = emulator("no-peek", "");
    writeFileSync(command[1]!, (await Bun.file(command[1]!).text()).replace("peek:", "peak:"));
    const result = await verdict(command);
    expect(result).toMatchObject({ verdict: "error", detail: 'the emulator does not offer "peek"' });
  });

  test.each([
    ["indices", '"indices" ? { pixels: Buffer.alloc(122880, 0x01).toString("base64") }', "pass"],
    [
      "indices that are none",
      '"indices" ? { pixels: Buffer.alloc(122880, 0x20).toString("base64") }',
      "error",
    ],
    ["colours", '"rgb" ? { pixels: Buffer.alloc(184320, 200).toString("base64") }', "pass"],
    ["too few pixels", '"rgb" ? { pixels: Buffer.alloc(9).toString("base64") }', "error"],
    ["no base64", '"rgb" ? { pixels: "!" }', "error"],
    ["no PNG", '"png" ? { png: "AAAA" }', "error"],
  ])("may show its screen as %s", async (name, answer, expected) => {
    const method = `frame: ({ format }) => format === ${answer} : undefined,`;
    const command = emulator(`screen-${name.replaceAll(" ", "-")}`, "", method);
    // A method that returns nothing does not support that format.
    const text = (await Bun.file(command[1]!).text()).replace(
      "const rest = known ?",
      "const rest = known && methods[method](params) === undefined ? { error: { code: -32602, message: 'x' } } : known ?",
    );
    writeFileSync(command[1]!, text);
    const picture = { file: join(folder, `${name}.png`), label: "p", tolerance: 0, differingPixels: 0 };
    const rules = { memory: [], registers: [], text: [], noText: [], picture };
    const more: Partial<TestSpec> = {
      protocol: "expect",
      update: true,
      expect: [{ name: "picture", at: { line: 1, column: 1 }, frame: 5, rules }],
    };
    expect((await verdict(command, more)).verdict).toBe(expected as TestResult["verdict"]);
  });

  test("is ended when the run is interrupted", async () => {
    const controller = new AbortController();
    const command = emulator("endless", "for (;;);");
    const running = runTests([spec(), spec()], {
      jobs: 1,
      signal: controller.signal,
      grade: (one, signal) =>
        grade(one, {
          powerOn: (rom) => ExecSubject.powerOn(rom, one, { command, hangMilliseconds: 600_000, signal }),
        }),
    });
    setTimeout(() => controller.abort(new Error("enough")), 500);
    await expect(running).rejects.toThrow("enough");
  });
});

describe("our own machine, run as an external emulator", () => {
  const command = [process.execPath, join(import.meta.dir, "../../../support/rpc-emulator.ts")];
  const rom = (name: string, program: TestProgram): string => {
    writeFileSync(join(folder, name), program.toRom());
    return name;
  };
  const running = () => blarggStatus(new TestProgram().waitFrames(2), 0x80).waitFrames(3);
  const PADS = new TestProgram().waitFrames(4);
  // Reads the first pad into $10: LDA $4016 eight times after a strobe.
  PADS.store(0x4016, 1).store(0x4016, 0);
  for (let i = 0; i < 8; i++) PADS.bytes(0xad, 0x16, 0x40, 0x4a, 0x26, 0x10);
  const LOG = [
    "C000  2C 02 20  BIT $2002 = 00                  A:00 X:00 Y:00 P:24 SP:FD PPU:  0, 21 CYC:7",
    "C003  10 FB     BPL $C000                       A:00 X:00 Y:00 P:26 SP:FD PPU:  0, 33 CYC:11",
  ];
  writeFileSync(join(folder, "trace.log"), LOG.join("\n"));
  const manifest = `
    [[test]]
    rom = "${rom(
      "reset.nes",
      blarggStatus(
        new TestProgram().waitFrames(2).untilReset(0x0200, 2, (p) => blarggStatus(p, 0x81)),
        0x80,
      )
        .waitFrames(2)
        .store(0x6000, 0)
        .forever(),
    )}"
    protocol = "blargg-6000"
    [[test]]
    rom = "${rom("fails.nes", blarggStatus(running(), 4, "no").forever())}"
    protocol = "blargg-6000"
    [[test]]
    rom = "${rom("jams.nes", running().bytes(0x02))}"
    protocol = "detect"
    [[test]]
    rom = "${rom("says.nes", new TestProgram().waitFrames(2).print(1, 1, "Passed").forever())}"
    protocol = "detect"
    [[test]]
    rom = "${rom("pads.nes", PADS.forever())}"
    ramFill = "ones"
    input = [[2, "a+right"]]
    expect = [
      { frame = 9, ram = { "0x10" = 0x81, "0x300" = 0xFF }, ppu = { ctrl = 0 }, frameHash = "00000000" },
      { frame = 10, audioHash = "00000000", picture = "no.png" },
    ]
    [[test]]
    rom = "says.nes"
    protocol = "golden-log"
    log = "trace.log"
    startPc = 0xC000
    [[test]]
    rom = "fails.nes"
    protocol = "ram-result"
    address = 0x10
    pass = 0
    maxFrames = 100
  `;
  writeFileSync(join(folder, "all.toml"), manifest);

  test("gets exactly the same verdicts", async () => {
    const { tests } = await loadManifest(join(folder, "all.toml"));
    const verdicts: string[] = [];
    for (const one of tests) {
      const powerOn = (loaded: Parameters<typeof ExecSubject.powerOn>[0]) =>
        ExecSubject.powerOn(loaded, one, { command, hangMilliseconds: 60_000 });
      const ours = (await grade(one)).result;
      const theirs = (await grade(one, { powerOn })).result;
      expect({ ...theirs, milliseconds: 0 }).toEqual({ ...ours, milliseconds: 0 });
      verdicts.push(ours.verdict);
    }
    expect(verdicts).toEqual(["pass", "fail", "fail", "pass", "fail", "pass", "pass"]);
  });
});

describe("the example", () => {
  const example = join(import.meta.dir, "../../../../examples/own-emulator");
  test.each([
    ["emu itself", undefined],
    ["jsnes", [process.execPath, join(example, "adapter.js")]],
  ])("passes on %s", async (_, command) => {
    const { tests } = await loadManifest(join(example, "tests.toml"));
    expect(tests.length).toBeGreaterThanOrEqual(3);
    for (const one of tests) {
      const options =
        command === undefined
          ? {}
          : {
              powerOn: (rom: Parameters<typeof ExecSubject.powerOn>[0]) =>
                ExecSubject.powerOn(rom, one, { command, hangMilliseconds: 60_000 }),
            };
      expect((await grade(one, options)).result).toMatchObject({ verdict: "pass" });
    }
  });
});

describe("a command line", () => {
  test.each([
    ["./emu --rpc", ["./emu", "--rpc"]],
    ["  a  b\tc ", ["a", "b", "c"]],
    [`"my emu" 'it is' a\\ b`, ["my emu", "it is", "a b"]],
    [`--x="a \\"b\\" c" ''`, ['--x=a "b" c', ""]],
    ["C:\\\\emu.exe", ["C:\\emu.exe"]],
  ])("%s is split into words", (line, words) => {
    expect(splitCommand(line, "--exec")).toEqual(words);
  });

  test.each(["", "  ", '"a', "a 'b"])("%p is rejected", (line) => {
    expect(inputErrorOf(() => splitCommand(line, "--exec")).kind).toBe("usage");
  });
});
