import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildNsfe,
  infoChunk,
  nsfChunk,
  nsfLongs,
  nsfTexts,
  RTS,
  stores,
} from "../../support/nsf-builder.ts";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty } from "../../support/pty.ts";
import { VirtualTerminal } from "../../support/virtual-terminal.ts";

// A program with several threads, which takes seconds on a busy machine.
setDefaultTimeout(60_000);

const COLUMNS = 80;
const ROWS = 24;
let folder = "";

/** A tone on pulse 1 and one on VRC6's first pulse. */
const INIT = [
  ...stores([0x4015, 1], [0x4000, 0xbf], [0x4001, 8], [0x4002, 0xfd], [0x4003, 0]),
  ...stores([0x9000, 0x3f], [0x9001, 0x7e], [0x9002, 0x80]),
  RTS,
];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "emu-music-"));
  writeFileSync(
    join(folder, "tune.nsfe"),
    buildNsfe(
      infoChunk({ songs: 3, chips: 1, play: 0x8000 + INIT.length - 1 }),
      nsfChunk("DATA", INIT),
      nsfChunk("auth", nsfTexts("Three tones", "Somebody", "2026", "Nobody")),
      nsfChunk("tlbl", nsfTexts("Low", "Middle \x1b[31m", "High")),
      nsfChunk("time", nsfLongs(100_000, 200_000, 300_000)),
      nsfChunk("fade", nsfLongs(0, 0, 0)),
    ),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(...options: string[]): Pty {
  const config = join(folder, "config.toml");
  const main = join(import.meta.dir, "../../../src/cli/main.ts");
  return new Pty(
    ["bun", main, "run", join(folder, "tune.nsfe"), "--config", config, "--sound", "none", ...options],
    {
      columns: COLUMNS,
      rows: ROWS,
      env: { XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
    },
  );
}

/** Waits until the screen, as a terminal shows it, matches. */
async function waitForText(pty: Pty, wanted: RegExp): Promise<string> {
  let text = "";
  let read = 0;
  const terminal = new VirtualTerminal(COLUMNS, ROWS);
  for (const deadline = performance.now() + 50_000; performance.now() < deadline; await Bun.sleep(20)) {
    const { length } = pty.output;
    await terminal.write(pty.output.slice(read, length));
    read = length;
    text = Array.from({ length: ROWS }, (_, row) => terminal.text(row)).join("\n");
    if (wanted.test(text)) return text;
  }
  throw new Error(`no ${wanted} on the screen:\n${text}`);
}

test.skipIf(!HAS_PTY)(
  "the player: tracks, time, channels, help, mouse, and the terminal restored",
  async () => {
    await using pty = start();
    const first = await waitForText(pty, /Pulse 1 +A-4[\s\S]*VRC6 pulse 1 +A-5/);
    for (const part of [
      /Three tones · Somebody · 2026 · VRC6/,
      /Tracks +1\/3/,
      /▶ +1 Low +1:40/,
      /Space pause/,
    ])
      expect(first).toMatch(part);
    pty.type("n");
    await waitForText(pty, /Tracks +2\/3[\s\S]*▶ +2 Middle \?\[31m +3:20/);
    pty.type("1");
    await waitForText(pty, /Pulse 1 +off/);
    pty.type("a\t\x1b[B\x1b[B\x1b[B\x1b[B\x1b[Bs");
    const solo = await waitForText(pty, /Noise +off/);
    expect(solo).toMatch(/VRC6 pulse 1 +A-5/);
    // A click on the time bar, then forwards and back with the keys.
    pty.type("\x1b[<0;13;23M\x1b[<0;13;23m");
    await waitForText(pty, /0:[1-9]\d +━+●─+ 3:20/);
    pty.type(" \x1b[C\x1b[C");
    await waitForText(pty, /‖ Middle[\s\S]* 0:[2-9]\d +━/);
    pty.type("\x1b[1~");
    await waitForText(pty, / 0:00 +●/);
    // A click on the third track plays it.
    pty.type("\x1b[<0;60;4M\x1b[<0;60;4m");
    await waitForText(pty, /▶ +3 High/);
    pty.type("r?");
    await waitForText(pty, /Keys[\s\S]*5 s; Shift: 30 s[\s\S]*∞/);
    pty.type("+");
    await waitForText(pty, /volume \d+ %/);
    pty.type("qq");
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
    expect(readFileSync(join(folder, "config.toml"), "utf8")).toContain("volume");
  },
);

test.skipIf(!HAS_PTY)("a counted run ends by itself, and its statistics are written", async () => {
  const stats = join(folder, "stats.json");
  await using pty = start("--frames", "60", "--track", "2", "--stats", stats);
  expect(await pty.end()).toBe(0);
  expect(pty.output).toContain("2/3");
  expect(JSON.parse(readFileSync(stats, "utf8")).frames).toBe(60);
  expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
});
