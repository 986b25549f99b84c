/** `emu run` with a libretro core: play, slots, rewind, saves, and a core that dies. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { corePath, snesRom, wonderSwanRom } from "../../support/console-roms.ts";
import { coreProcessOf } from "../../support/core-process.ts";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty } from "../../support/pty.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

// Every test starts a program with several threads, which takes seconds on a busy machine.
setDefaultTimeout(60_000);

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");
const QUIT = "\x11";
const F5 = "\x1b[15~";
const F7 = "\x1b[18~";

interface Home {
  readonly folder: string;
  readonly env: Record<string, string>;
}

function makeHome(): Home {
  const folder = temporaryFolder("run-core");
  const env = Object.fromEntries(
    ["DATA", "CONFIG", "STATE", "CACHE"].map((kind) => [
      `XDG_${kind}_HOME`,
      join(folder, kind.toLowerCase()),
    ]),
  );
  return { folder, env };
}

function playIn(home: Home, ...args: string[]): Pty {
  return new Pty(["bun", MAIN, "run", ...args, "--sound", "none"], { columns: 100, rows: 40, env: home.env });
}

const hasWonderSwan = HAS_PTY && corePath("mednafen_wswan") !== undefined;

describe.skipIf(!hasWonderSwan)("a core in a terminal (libretro-beetle-wswan)", () => {
  const gameIn = ({ folder }: Home): string => {
    const path = join(folder, "game.ws");
    writeFileSync(path, wonderSwanRom());
    return path;
  };

  test("plays counted frames and restores the terminal", async () => {
    const home = makeHome();
    const stats = join(home.folder, "stats.json");
    await using pty = playIn(home, gameIn(home), "--frames", "60", "--stats", stats);
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
    const { frames, presented } = JSON.parse(readFileSync(stats, "utf8"));
    expect(frames).toBe(60);
    expect(presented).toBeGreaterThan(0);
  });

  test("saves to a slot, loads from it, and leaves no process behind", async () => {
    const home = makeHome();
    await using pty = playIn(home, gameIn(home));
    await pty.waitFor("F1 menu");
    pty.type(F5);
    await pty.waitFor("saved to slot 0");
    pty.type(F7);
    await pty.waitFor("loaded slot 0");
    const core = coreProcessOf(pty.process.pid);
    expect(core).toBeGreaterThan(0);
    pty.type(QUIT);
    expect(await pty.end()).toBe(0);
    expect(() => process.kill(core, 0)).toThrow();
  });

  test("a killed core ends the game with code 69, the terminal restored and the last state kept", async () => {
    const home = makeHome();
    const game = gameIn(home);
    await using pty = playIn(home, game);
    await pty.waitFor("F1 menu");
    const core = coreProcessOf(pty.process.pid);
    process.kill(core, "SIGKILL");
    expect(await pty.end()).toBe(69);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
    expect(pty.modes).toEqual(pty.modesBefore);
    expect(pty.output).toContain("Mednafen WonderSwan has crashed (SIGKILL)");
    expect(pty.output).not.toContain("bug in emu");
    const state = /--state (\S+\.state)/.exec(pty.output)?.[1] ?? "";
    await using again = playIn(home, game, "--state", state, "--frames", "20");
    expect(await again.end()).toBe(0);
  });

  test("emu killed with SIGKILL takes the core with it", async () => {
    const home = makeHome();
    await using pty = playIn(home, gameIn(home));
    await pty.waitFor("F1 menu");
    const core = coreProcessOf(pty.process.pid);
    pty.process.kill("SIGKILL");
    await pty.process.exited;
    await pty.waitUntil(() => {
      try {
        return readFileSync(`/proc/${core}/status`, "utf8").includes("State:\tZ");
      } catch {
        return true;
      }
    }, "end of the core");
  });
});

test.skipIf(!HAS_PTY || corePath("bsnes_mercury_balanced") === undefined)(
  "save RAM is kept from one game to the next (libretro-bsnes-mercury-balanced)",
  async () => {
    const home = makeHome();
    const game = join(home.folder, "game.sfc");
    writeFileSync(game, snesRom());
    const saves = join(home.folder, "data/emuterm/saves");
    const play = async (): Promise<number> => {
      await using pty = playIn(home, game, "--frames", "30");
      expect(await pty.end()).toBe(0);
      const [name = ""] = readdirSync(saves).filter((each) => each.endsWith(".sav"));
      return readFileSync(join(saves, name))[0]!;
    };
    const first = await play();
    const second = await play();
    // The game adds 1 to the first byte in each of 30 frames, some of which it needs to start.
    const added = (second - first) & 0xff;
    expect(added).toBeGreaterThan(15);
    expect(added).toBeLessThanOrEqual(30);
  },
);

test.skipIf(!hasWonderSwan)(
  "a game that the core refuses leaves the screen alone (libretro-beetle-wswan)",
  async () => {
    const home = makeHome();
    const game = join(home.folder, "game.ws");
    writeFileSync(game, new Uint8Array(3));
    await using pty = playIn(home, game);
    expect(await pty.end()).toBe(65);
    expect(pty.output).not.toContain("\x1b[");
    expect(pty.output).toContain("refuses the game");
  },
);
