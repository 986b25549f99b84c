import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emu } from "../../support/cli.ts";
import { LABELS, LIBRARY_ROM } from "../../support/library-game.ts";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty } from "../../support/pty.ts";
import { VirtualTerminal } from "../../support/virtual-terminal.ts";

// Every test starts a program with several threads, which takes seconds on a busy machine.
setDefaultTimeout(120_000);

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");
const folder = mkdtempSync(join(tmpdir(), "emu-run-debug-"));
const rom = join(folder, "game.nes");

beforeAll(() => {
  writeFileSync(rom, LIBRARY_ROM);
  const names = Object.entries(LABELS).map(([name, at]) => `NesPrgRom:${(at - 0xc000).toString(16)}:${name}`);
  writeFileSync(join(folder, "game.mlb"), [...names, "NesInternalRam:20:frame_count"].join("\n"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(...argv: string[]): Pty {
  const env = { XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_STATE_HOME: folder };
  const options = ["--sound", "none", "--render", "half-block"];
  return new Pty(["bun", MAIN, "run", ...argv, ...options], { env });
}

/** Resolves when the program's screen shows a text; returns the screen. */
async function screenWith(pty: Pty, text: string): Promise<string> {
  const deadline = performance.now() + 60_000;
  const terminal = new VirtualTerminal(80, 24);
  for (let shown = 0; ; ) {
    const { length } = pty.output;
    await terminal.write(pty.output.slice(shown, length));
    shown = length;
    const screen = Array.from({ length: 24 }, (_, row) => terminal.text(row)).join("\n");
    if (screen.includes(text)) return screen;
    if (performance.now() > deadline) throw new Error(`no ${text} in\n${screen}`);
    await Bun.sleep(20);
  }
}

describe.skipIf(!HAS_PTY)("emu run --debug", () => {
  test("debugs from the first instruction on, and restores the terminal", async () => {
    await using pty = start("--debug", rom);
    await screenWith(pty, "SEI  ; reset");
    pty.type(":break tick if frame_count == 2\rc");
    await screenWith(pty, "INC frame_count  ; tick");
    pty.type(":frame_count + 40\r");
    await screenWith(pty, "42 ($2A)");
    pty.type("q");
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
    expect(pty.modes).toEqual(pty.modesBefore);
  });

  test("a window that shrinks and grows is drawn again, and an interrupt ends it", async () => {
    await using pty = start("--debug", rom);
    await screenWith(pty, "SEI  ; reset");
    pty.resize(60, 15);
    const from = pty.output.length;
    await pty.waitFor("; reset", from);
    pty.resize(80, 24);
    await screenWith(pty, "watches, breakpoints");
    pty.type("\x03");
    expect(await pty.end()).toBe(130);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
  });

  test("a key opens it while a game is played, and leaving it plays on", async () => {
    await using pty = start(rom);
    await screenWith(pty, "slot 0");
    pty.type("`");
    const screen = await screenWith(pty, "q play");
    expect(screen).toMatch(/frame [1-9]/);
    pty.type(":frame_count = 99\r");
    await screenWith(pty, "99 ($63)");
    pty.type("q");
    await screenWith(pty, "slot 0");
    pty.type("`");
    await screenWith(pty, "q play");
    pty.type(":frame_count >= 99\r");
    await screenWith(pty, "1 ($1)");
    pty.type("\x11");
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
  });
});

test.skipIf(!HAS_PTY)(
  "emu run --watch begins a rebuilt game again, and says why one was not loaded",
  async () => {
    const watched = join(folder, "watched.nes");
    writeFileSync(watched, LIBRARY_ROM);
    await using pty = start("--watch", watched);
    await screenWith(pty, "slot 0");
    writeFileSync(watched, "no ROM");
    await screenWith(pty, "the rebuilt ROM was not loaded");
    const from = pty.output.length;
    const rebuilt = LIBRARY_ROM.slice();
    rebuilt[16 + 0x3000] = 1;
    writeFileSync(watched, rebuilt);
    // The terminal is given back and taken again.
    await pty.waitFor("\x1b[?1049h", from);
    await screenWith(pty, "slot 0");
    pty.type("\x11");
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
  },
);

test.each([
  [["--debug"], 2, "name the ROM to debug"],
  [["--debug", "--record", "x.json", rom], 2, "emu: --record cannot be used with --debug (remove --record)"],
  [["--debug", join(folder, "none.nes")], 66, "no such file"],
])("emu run %j ends with code %d", async (argv, code, message) => {
  if (!HAS_PTY) {
    expect(emu(["run", ...argv]).exitCode).toBe(69);
    return;
  }
  await using pty = start(...argv);
  expect(await pty.end()).toBe(code);
  expect(pty.output).toContain(message);
  expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
});
