import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { type Game, load, traced } from "../../../src/io/library/index.ts";
import { type FailureTrace, readTraceFile } from "../../../src/io/trace/trace-file.ts";
import { tracePage } from "../../../src/io/trace/trace-page.ts";
import { BrowserPage, CHROMIUM } from "../../support/chromium.ts";
import { emu } from "../../support/cli.ts";
import { LABELS, LIBRARY_ROM } from "../../support/library-game.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-trace-"));
const rom = join(folder, "game.nes");
const path = join(folder, "a-failure.emutrace");
let trace: FailureTrace;
let seen: { pictures: string[]; ram: string[] };

/** Runs a traced body that fails, and returns its error. */
async function failing(body: (nes: Game) => unknown, name = "a failure"): Promise<Error> {
  const run = traced(async () => body(await load(rom)), { folder, name });
  return run().then(
    () => new Error("it did not fail"),
    (error: Error) => error,
  );
}

let line = 0;
beforeAll(async () => {
  writeFileSync(rom, LIBRARY_ROM);
  const names = Object.entries(LABELS).map(([name, at]) => `NesPrgRom:${(at - 0xc000).toString(16)}:${name}`);
  writeFileSync(join(folder, "game.mlb"), [...names, "NesInternalRam:20:frame_count"].join("\n"));
  seen = { pictures: [], ram: [] };
  const error = await failing((nes) => {
    const note = (): void => {
      seen.pictures.push(Buffer.from(nes.screen.png()).toString("base64"));
      seen.ram.push(Buffer.from(nes.ram).toString("base64"));
    };
    for (let frame = 0; frame < 8; frame++) {
      if (frame === 3) nes.press("a", "left");
      if (frame === 5) nes.poke(0x123, 77);
      if (frame === 6) nes.release();
      nes.frames(1);
      note();
    }
    expect(nes.peek("frame_count")).toBe(99);
  });
  line = Number(/trace\.test\.ts:(\d+)/.exec(error.stack ?? "")?.[1]);
  expect(error.message).toContain("a-failure.emutrace (emu trace show)");
  trace = await readTraceFile(path);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the trace of a failed test", () => {
  test("has the pictures and the RAM that the test saw", () => {
    const { frames, pictures, firstRam } = trace;
    expect(frames.map(({ frame }) => frame)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(frames.map(({ picture }) => pictures[picture]!)).toEqual(seen.pictures);
    const ram = Buffer.from(firstRam, "base64");
    for (const [at, { ram: changes }] of frames.entries()) {
      for (let i = 0; i < changes.length; i += 2) ram[changes[i]!] = changes[i + 1]!;
      expect(ram.toString("base64")).toBe(seen.ram[at]!);
    }
  });

  test("has the buttons, the calls with their lines, the failure and the sources", () => {
    expect(trace.frames.map(({ buttons }) => buttons)).toEqual([0, 0, 0, 0x41, 0x41, 0x41, 0, 0]);
    expect(trace.calls.map(({ text }) => text)).toEqual(
      expect.arrayContaining(["frames(1)", 'press("a", "left")', "poke(291, 77)", 'peek("frame_count")']),
    );
    const last = trace.calls.at(-1)!;
    expect(last).toMatchObject({ text: 'peek("frame_count")', from: 8, to: 8, failed: false });
    expect(trace.test?.text.split("\n")[last.line - 1]).toContain('expect(nes.peek("frame_count"))');
    expect(trace.test?.line).toBe(last.line);
    expect(line).toBe(last.line);
    expect(trace.failure).toContain("Expected: 99");
    expect(trace.place).toContain("frame 8");
    expect(trace.names).toContainEqual(["frame_count", 0x20, 1]);
  });

  test("of the library's own failure points at the call, also in mid-frame", async () => {
    const error = await failing((nes) => nes.runTo("jams", { maxFrames: 3 }), "jams");
    expect(error.stack).toMatch(/trace\.test\.ts/);
    const { calls, failure, frames } = await readTraceFile(join(folder, "jams.emutrace"));
    expect(calls).toMatchObject([{ text: 'runTo("jams", {"maxFrames":3})', from: 0, to: 3, failed: true }]);
    expect(failure).toBe("jams was not executed within 3 frames");
    expect(frames).toHaveLength(3);
  });

  test("is not written by a test that passes or powers on no game", async () => {
    const run = traced(async () => void (await load(rom)).frames(2), { folder, name: "passes" });
    await run();
    const none = traced(() => expect(1).toBe(2), { folder, name: "none" });
    await expect(none()).rejects.toThrow("Expected: 2");
    for (const name of ["passes", "none"])
      await expect(readTraceFile(join(folder, `${name}.emutrace`))).rejects.toThrow("no such file");
  });

  test("has the last 600 frames of a long test", async () => {
    await failing((nes) => {
      nes.frames(700);
      throw new Error("late");
    }, "long");
    const { frames } = await readTraceFile(join(folder, "long.emutrace"));
    expect([frames.length, frames[0]!.frame, frames.at(-1)!.frame]).toEqual([600, 100, 699]);
  });
});

test("a damaged trace is an error", async () => {
  const bad = join(folder, "bad.emutrace");
  const whole = readFileSync(path);
  const text = gunzipSync(whole).toString();
  const values = fc.oneof(
    fc.constant(null),
    fc.constant(-1),
    fc.constant("<b>"),
    fc.constant([]),
    fc.constant({}),
  );
  const keys = Object.keys(JSON.parse(text)).filter((key) => key !== "test" && key !== "source");
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.constantFrom(...keys), values, async (at, key, value) => {
      writeFileSync(bad, whole.subarray(0, at));
      await expect(readTraceFile(bad)).rejects.toBeInstanceOf(InputError);
      writeFileSync(bad, gzipSync(JSON.stringify({ ...JSON.parse(text), [key]: value })));
      const read = await readTraceFile(bad).catch((error: unknown) => error);
      if (!(read instanceof InputError)) expect(tracePage(read as FailureTrace)).not.toContain("<b>");
    }),
    { numRuns: 30 },
  );
});

test("a trace with fields that cannot be shown is an error", async () => {
  const bad = join(folder, "odd.emutrace");
  const text = gunzipSync(readFileSync(path)).toString();
  const whole = JSON.parse(text);
  const [first] = whole.frames;
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  const withField = (name: string, value: string): string =>
    JSON.stringify({ ...whole, [name]: "@" }).replace(`"${name}":"@"`, () => `"${name}":${value}`);
  const texts = [
    withField("version", deep),
    withField("version", '{"toString":1}'),
    withField("other", deep),
    withField("calls", `[{"text":"","line":0,"from":0,"to":0,"failed":true,"other":${deep}}]`),
    withField("names", '[["endless",0,1e15]]'),
    withField("names", `[["deep",0,1,${deep}]]`),
    withField("firstRam", '"***"'),
    withField("pixelAspect", "0"),
    withField("pixelAspect", "1e9"),
    withField("pixelAspect", '"8/7"'),
    withField("frames", JSON.stringify([{ ...first, ram: [1] }])),
  ];
  for (const each of texts) {
    writeFileSync(bad, gzipSync(each));
    const error = await readTraceFile(bad).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message.length).toBeLessThan(200);
  }
});

test("arguments that have no text do not make a call fail", async () => {
  const cycle: Record<string, unknown> = { maxFrames: 2 };
  cycle.self = cycle;
  const error = await failing((nes) => {
    nes.until(() => nes.frame === 1, cycle as { maxFrames: number });
    throw new Error("the test's own failure");
  }, "cycle");
  expect(error.message).toStartWith("the test's own failure");
});

test("emu trace show writes a page beside the trace, or elsewhere", () => {
  const { exitCode, stdout } = emu(["trace", "show", path]);
  expect([exitCode, String(stdout)]).toEqual([0, `${join(folder, "a-failure.html")}\n`]);
  const page = readFileSync(join(folder, "a-failure.html"), "utf8");
  expect(page).toStartWith("<!doctype html>");
  expect(String(emu(["trace", "show", path, "--out", "-"]).stdout)).toBe(page);
  const deep = join(folder, "a folder with a long name ".repeat(6), "page.html");
  mkdirSync(dirname(deep));
  expect(String(emu(["trace", "show", path, "--out", deep]).stdout)).toBe(`${deep}\n`);
  expect(emu(["trace", "show", path, "--out", path]).exitCode).toBe(2);
  const { exitCode: code, stderr } = emu(["trace", "show", rom]);
  expect([code, stderr]).toEqual([65, expect.stringContaining("this is not a trace")]);
});

test.skipIf(CHROMIUM === undefined)(
  "the page shows frames, calls and changes in a browser",
  async () => {
    const file = join(folder, "page.html");
    writeFileSync(file, tracePage({ ...trace, failure: "</script><script>document.title='bad'</script>" }));
    const page = await BrowserPage.open(`file://${file}`);
    try {
      await page.until('document.getElementById("at")?.textContent.includes("frame 7, the failure")');
      expect(await page.evaluate("document.title")).toBe("game.nes: failed test");
      expect(await page.evaluate('document.querySelector("#calls .now").textContent')).toContain("peek");
      await page.evaluate('dispatchEvent(new KeyboardEvent("keydown", { key: "Home" }))');
      await page.evaluate('dispatchEvent(new KeyboardEvent("keydown", { key: "PageDown" }))');
      await page.evaluate('dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }))');
      await page.evaluate('dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }))');
      expect(await page.evaluate('document.getElementById("at").textContent')).toBe("frame 5");
      expect(
        await page.evaluate('[...document.querySelectorAll("#pads .on")].map((e) => e.textContent)'),
      ).toEqual(["A", "Left"]);
      expect(await page.evaluate('document.getElementById("ram").textContent')).toContain(
        "$0020  frame_count",
      );
      expect(await page.evaluate('document.getElementById("picture").naturalWidth')).toBe(256);
      const shape = "const { width, height } = picture.getBoundingClientRect(); return width / height";
      const drawn = await page.evaluate(`(() => { ${shape} })()`);
      expect(drawn).toBeCloseTo((256 * trace.pixelAspect!) / 240, 2);
    } finally {
      await page.close();
    }
  },
  120_000,
);
