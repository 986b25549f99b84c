import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_BINDINGS } from "../../../src/io/input/bindings.ts";
import { labelOfKey } from "../../../src/io/input/key-labels.ts";
import { emu } from "../../support/cli.ts";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty } from "../../support/pty.ts";
import { buildRom } from "../../support/rom-builder.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

// Every test starts a program with several threads, which takes seconds on a busy machine.
setDefaultTimeout(60_000);

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");

async function runWithoutTerminal(...args: string[]) {
  const child = Bun.spawn(["bun", MAIN, "run", ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, exitCode] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { stdout, stderr, exitCode };
}

test("emu watch without a terminal names the page of emu serve", () => {
  const { exitCode, stderr } = emu(["watch", "127.0.0.1:1"]);
  expect(exitCode).toBe(69);
  expect(stderr).toBe(
    "emu: standard output is not a terminal (emu serve --http shows the game in a browser)\n",
  );
});

describe("emu run without a terminal", () => {
  test("reports the missing terminal and names dump", async () => {
    const { stdout, stderr, exitCode } = await runWithoutTerminal("game.nes");
    expect(exitCode).toBe(69);
    expect(stdout).toBe("");
    expect(stderr).toContain("not a terminal");
    expect(stderr).toContain("emu dump");
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("shows the keys", async () => {
    const { stdout, exitCode } = await runWithoutTerminal("--keys");
    expect(exitCode).toBe(0);
    for (const key of Object.values(DEFAULT_BINDINGS).flat()) expect(stdout).toContain(labelOfKey(key));
  });

  test("shows the keys of a game's devices", async () => {
    const rom = join(temporaryFolder("run-keys"), "mat.nes");
    await writeFile(rom, buildRom({ nes2: true, bytes: { 15: 22 } }));
    expect((await runWithoutTerminal("--keys", rom)).stdout).toContain("1 … 6          party-tap:");
    expect((await runWithoutTerminal("--keys", rom, "--expansion", "pads")).stdout).not.toContain(
      "party-tap",
    );
  });
});

describe.skipIf(!HAS_PTY)("emu run in a terminal", () => {
  test("plays the built-in game for a number of frames and writes its counts", async () => {
    const folder = await mkdtemp(join(tmpdir(), "emu-run-"));
    try {
      const file = join(folder, "stats.json");
      await using pty = new Pty(["bun", MAIN, "run", "--frames", "90", "--stats", file]);
      expect(await pty.end()).toBe(0);
      expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
      const stats = JSON.parse(await readFile(file, "utf8"));
      expect(Object.keys(stats)).toEqual([
        "frames",
        "presented",
        "dropped",
        "bytes",
        "latenessMicroseconds",
        "missed",
        "renderer",
      ]);
      expect(stats.frames).toBe(90);
      expect(stats.presented + stats.dropped).toBe(90);
      expect(stats.presented).toBeGreaterThan(0);
      expect(stats.bytes).toBeGreaterThan(1000);
      expect(Object.keys(stats.latenessMicroseconds)).toEqual(["p50", "p99", "max"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.each([
    ["nothing", [], "Test card"],
    ["a game", [join(import.meta.dir, "../../../roms/test-card.nes")], "48;2;"],
    ["a folder", [join(import.meta.dir, "../../../roms")], "test-card"],
    ["a game that comes with emu", ["run", "test-card"], "48;2;"],
  ])("is the default command for %s", async (_, argv, shown) => {
    const home = await mkdtemp(join(tmpdir(), "emu-run-"));
    const env = { XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home };
    await using pty = new Pty(["bun", MAIN, ...argv], { env });
    await pty.waitFor(shown);
    pty.type("\x11");
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
    await rm(home, { recursive: true });
  });

  test.each([
    ["quit", "\x11", 0],
    ["Ctrl-C", "\x03", 130],
  ])("ends with the exit code of %s", async (_, keys, exitCode) => {
    await using pty = new Pty(["bun", MAIN, "run"]);
    await pty.waitFor("48;2;");
    pty.type(keys);
    expect(await pty.end()).toBe(exitCode);
  });

  test("ignores pasted text", async () => {
    await using pty = new Pty(["bun", MAIN, "run"]);
    await pty.waitFor("48;2;");
    pty.type(`\x1b[200~${"\x03".repeat(100_000)}\x1b[201~\x11`);
    expect(await pty.end()).toBe(0);
  });

  test.each([
    ["cells of 99,999 pixels", "\x1b[6;99999;99999t"],
    ["sixels and such cells", "\x1b[6;99999;99999t\x1b[?62;4c"],
    ["no numbers", "\x1b[6;;t\x1b]4;0;?\x1b\\\x1bP>|\x1b\\"],
  ])("continues when the terminal answers with %s", async (_, answers) => {
    await using pty = new Pty(["bun", MAIN, "run", "--frames", "30"], { answers: `${answers}\x1b[?62;22c` });
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
  });

  test("plays in a window of 10,000 × 10,000 cells", async () => {
    await using pty = new Pty(["bun", MAIN, "run", "--frames", "30"], { columns: 10_000, rows: 10_000 });
    expect(await pty.end()).toBe(0);
  });

  test("does not change the screen if the ROM is invalid", async () => {
    await using pty = new Pty(["bun", MAIN, "run", MAIN]);
    expect(await pty.end()).toBe(65);
    expect(pty.output).not.toContain("\x1b[");
    expect(pty.output.trim().split("\n")).toHaveLength(1);
  });
});
