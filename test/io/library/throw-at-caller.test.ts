import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { methodsThrowAtCaller, throwsAtCaller } from "../../../src/io/library/throw-at-caller.ts";

const ROOT = join(import.meta.dir, "../../..");
const HEADER = `import { expect, test } from "bun:test";
import { Coverage, fuzz, load, loadCartridge, loadMovie, powerOn } from "emuterm";
import "emuterm/matchers";
const rom = ${JSON.stringify(join(ROOT, "roms/swingby.nes"))};
const cartridge = await loadCartridge(rom, { symbols: false });
`;

/** Failing lines and their messages. Most failures must point at the line that calls the library. */
const FAILURES: readonly (readonly [line: string, says: string])[] = [
  [`powerOn(cartridge).peek("nonsense");`, "InputError: unknown symbol nonsense"],
  [`powerOn(cartridge).peek16("nonsense");`, "InputError: unknown symbol"],
  [`powerOn(cartridge).call("nonsense");`, "InputError: unknown symbol"],
  [`powerOn(cartridge).press("z" as "a");`, "InputError: unknown button z"],
  [`powerOn(cartridge).tap("z" as "a");`, "InputError: unknown button z"],
  [`powerOn(cartridge).hold(9, "a");`, "InputError: controller 9"],
  [`powerOn(cartridge).until(() => false, { maxFrames: 2 });`, "GameError: not within 2 frames"],
  [`powerOn(cartridge).until(() => powerOn(cartridge).symbol("nonsense"));`, "InputError: unknown symbol"],
  [`powerOn(cartridge).runTo(0xffff, { maxFrames: 2 });`, "GameError: $FFFF was not executed"],
  [`powerOn(cartridge).budget(0x8000, {});`, "InputError: a budget needs"],
  [`powerOn(cartridge).places.resolve("nonsense");`, "InputError: unknown symbol"],
  [`powerOn(cartridge).screen.colorAt(999, 0);`, "InputError: there is no pixel at 999, 0"],
  [`powerOn(cartridge).audio.stop();`, "InputError: call audio.record() before"],
  [`const nes = powerOn(cartridge); nes.frames(1); nes.record();`, "InputError: a movie starts at power-on"],
  [`powerOn(cartridge).until(() => { throw new TypeError("own"); });`, "TypeError: own"],
  [`expect(powerOn(cartridge)).toHaveByte("nonsense", 1);`, "InputError: unknown symbol"],
  [`expect(3 as never).toShow("x");`, "InputError: expect() needs a game"],
  [`expect(powerOn(cartridge)).toShow("NONSENSE");`, `the screen does not show "NONSENSE"`],
  [`await load("nothing.nes");`, "InputError: no such file"],
  [`await loadCartridge(new Uint8Array(9));`, "InputError"],
  [`await loadMovie("nothing.fm2");`, "InputError: no such file"],
  [`await powerOn(cartridge).record().save("nothing.xyz");`, "InputError: not the extension of a movie"],
  [
    `await fuzz(cartridge, { runs: 1, frames: 9, check: () => { throw new Error("found"); } });`,
    "FuzzFailure",
  ],
  [`return load("nothing.nes").then(() => {});`, "InputError: no such file"],
];

describe("a failure in bun test", () => {
  const folder = mkdtempSync(join(tmpdir(), "emu-failures-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/emuterm"), "dir");
  writeFileSync(join(folder, "package.json"), "{}");
  // An error in an asynchronous test is a rejection, which Bun reports in another way.
  const tests = FAILURES.map(([line], index) => {
    const isAsync = index % 2 === 0 || line.startsWith("await");
    return `test("${index}", ${isAsync ? "async " : ""}() => {\n  ${line}\n});\n`;
  });
  writeFileSync(join(folder, "x.test.ts"), HEADER + tests.join(""));
  const { stderr } = Bun.spawnSync([process.execPath, "test"], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", CI: "" },
  });
  // bun test prints the report of a test before its verdict.
  const reports = stderr.toString().split(/^\(fail\) .*\n/m);
  const lineOf = (index: number) => HEADER.split("\n").length + index * 3 + 1;

  test.each(FAILURES.map(([line, says], index) => [line, says, index] as const))(
    "%s",
    (line, says, index) => {
      const report = reports[index] ?? "";
      expect(report).toContain(says);
      const lines = report.split("\n");
      const caret = lines.findIndex((text) => /^ *\^$/.test(text));
      expect(lines[caret - 1]).toBe(`${lineOf(index)} |   ${line}`);
      expect(report.slice(0, report.indexOf("\n      at "))).not.toContain("io/library");
    },
  );

  test("is reported for each line", () => {
    expect(reports.length).toBe(FAILURES.length + 1);
  });
});

describe("throwsAtCaller", () => {
  test("does not change name, length, results or thrown errors", async () => {
    const add = throwsAtCaller(function add(this: { base: number }, a: number, b: number) {
      return this.base + a + b;
    });
    expect([add.name, add.length, add.call({ base: 1 }, 2, 3)]).toEqual(["add", 2, 6]);
    for (const thrown of [undefined, null, 0, "text", new Error("x")]) {
      const failing = throwsAtCaller(() => {
        throw thrown;
      });
      let caught: unknown = "nothing";
      try {
        failing();
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
      const rejecting = throwsAtCaller(() => Promise.reject(thrown));
      expect(await rejecting().catch((error: unknown) => ({ error }))).toEqual({ error: thrown } as never);
    }
  });

  test("wraps methods, even with private fields, except those that are named", () => {
    class Counter {
      #count = 0;
      next() {
        return ++this.#count;
      }
      hot() {}
    }
    const { hot, next } = Counter.prototype;
    methodsThrowAtCaller(Counter, ["hot"]);
    expect([new Counter().next(), Counter.prototype.hot === hot, Counter.prototype.next === next]).toEqual([
      1,
      true,
      false,
    ]);
  });
});
