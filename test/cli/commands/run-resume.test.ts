import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Nes } from "../../../src/emu/nes/nes.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { GameHistory } from "../../../src/io/play/games/game-history.ts";
import { ResumeFile } from "../../../src/io/play/resume-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty } from "../../support/pty.ts";
import { waitForScreen } from "../../support/screen-text.ts";
import { TestProgram } from "../../support/test-program.ts";

// Every test starts a program with several threads, which takes seconds on a busy machine.
setDefaultTimeout(60_000);

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");
const BATTERY_FLAG = 2;
const ROM = new TestProgram().forever().toRom();
ROM[6] = ROM[6]! | BATTERY_FLAG;
const { image } = readRom(ROM, "marked.nes");
const { sha1 } = image;
/** The program never writes here: only a state changes it. */
const MARK = 0x0345;
/** The status line, and no question. */
const PLAYING = /^(?![\s\S]*Continue\?)[\s\S]*F1 menu/;
const F5 = "\x1b[15~";

let home = "";
let rom = "";
let states = "";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "emu-resume-"));
  rom = join(home, "marked.nes");
  states = join(home, "emuterm", "states", sha1);
  await writeFile(rom, ROM);
  await mkdir(states, { recursive: true });
});

afterEach(() => rm(home, { recursive: true }));

function start(...argv: string[]): Pty {
  const folders = { XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home };
  const options = ["--sound", "none", "--colors", "mono", "--render", "half-block", ...argv];
  return new Pty(["bun", MAIN, "run", ...options, rom], { env: folders });
}

async function quit(pty: Pty): Promise<void> {
  pty.type("\x11");
  expect(await pty.end()).toBe(0);
  expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
}

function stateOf(machine: Nes): Uint8Array {
  const state = new Uint8Array(machine.stateBytes);
  machine.save(state);
  return state;
}

function markedMachine(mark: number): Nes {
  const machine = createHeadless(image);
  machine.poke("cpu", MARK, mark);
  return machine;
}

async function markIn(name: string): Promise<number> {
  const machine = createHeadless(image);
  machine.load(await readFile(join(states, name)));
  return machine.peek("cpu", MARK);
}

describe.skipIf(!HAS_PTY)("emu run", () => {
  test("stores the position of a player who has played, and continues there", async () => {
    const battery = new Uint8Array(0x2000).fill(7);
    await mkdir(join(home, "emuterm", "saves"));
    await writeFile(join(home, "emuterm", "saves", `marked.${sha1}.sav`), battery);
    const machine = markedMachine(0xa5);
    for (let i = 0; i < battery.length; i++) machine.poke("cpu", 0x6000 + i, 7);
    await new ResumeFile(states).store(stateOf(machine), battery, undefined);

    await using first = start();
    const shown = await waitForScreen(first, "Continue?");
    expect(shown).toMatch(/Continue +\d{4}-\d\d-\d\d \d\d:\d\d/);
    first.type("\r");
    await waitForScreen(first, PLAYING);
    first.type(`x${F5}`);
    await waitForScreen(first, "saved to slot 0");
    expect(await markIn("slot-0.state")).toBe(0xa5);
    await quit(first);

    // The button was a reason to store this position too. The other answer starts from power-on.
    expect(await markIn("resume.state")).toBe(0xa5);
    await using second = start();
    await waitForScreen(second, "Continue?");
    second.type("\x1b[B\r");
    await waitForScreen(second, PLAYING);
    second.type(F5);
    await waitForScreen(second, "saved to slot 0");
    expect(await markIn("slot-0.state")).not.toBe(0xa5);
    await quit(second);
    // Nothing was pressed, so the position is still the old one.
    expect(await markIn("resume.state")).toBe(0xa5);
    expect(await readdir(states)).toContain("resume.png");
  });

  test("continues from the library without a question", async () => {
    await new ResumeFile(states).store(stateOf(markedMachine(0xa5)), undefined, undefined);
    await new GameHistory(join(home, "emuterm", "games.json")).change(rom, () => ({
      key: sha1,
      lastPlayedMs: Date.now(),
    }));
    const folders = { XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home };
    const options = ["--sound", "none", "--colors", "mono", "--render", "half-block", "--library"];
    await using pty = new Pty(["bun", MAIN, "run", ...options], { env: folders });
    expect(await waitForScreen(pty, "go on where you stopped")).toContain("Continue");
    pty.type("\r");
    await waitForScreen(pty, PLAYING);
    pty.type(`x${F5}`);
    await waitForScreen(pty, "saved to slot 0");
    expect(await markIn("slot-0.state")).toBe(0xa5);
    await quit(pty);
    expect(await readdir(states)).toContain("cover.png");
  });

  test.each([
    ["the battery save has changed", new Uint8Array([1]), 0, "the battery save has changed since"],
    ["the state is of another version", undefined, 99, "the state is of version 99"],
  ])("says so and starts from power-on if %s", async (_, battery, version, message) => {
    const state = stateOf(markedMachine(0xa5));
    if (version !== 0) state[0] = version;
    await new ResumeFile(states).store(state, battery, undefined);
    await using pty = start();
    const shown = await waitForScreen(pty, `cannot continue where you stopped: `);
    expect(pty.output).toContain(message);
    expect(shown).not.toContain("Continue?");
    await quit(pty);
  });

  test("neither asks nor stores a position if the setting is off", async () => {
    await writeFile(join(home, "config.toml"), "[play]\ncontinue = false\n");
    await new ResumeFile(states).store(stateOf(markedMachine(0xa5)), undefined, undefined);
    const before = await readFile(join(states, "resume.json"), "utf8");
    await using pty = start("--config", join(home, "config.toml"));
    await waitForScreen(pty, /button A: X.*F1 menu/);
    expect(pty.output).not.toContain("Continue?");
    await quit(pty);
    expect(await readFile(join(states, "resume.json"), "utf8")).toBe(before);
  });
});
