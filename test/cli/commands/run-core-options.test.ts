/** Options and devices of cores in `emu run`: on the command line, in the menu, and in the next run. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { emu } from "../../support/cli.ts";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty } from "../../support/pty.ts";
import { keysTo, waitForScreen } from "../../support/screen-text.ts";
import { hasCompiler, scriptedCore, scriptedGame } from "../../support/scripted-core.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

setDefaultTimeout(60_000);

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");
const QUIT = "\x11";
const MENU = "\x1bOP";
const RIGHT = "\x1b[C";
const DELETE = "\x1b[3~";
const CLICK = "\x1b[<0;40;12M";

const core = hasCompiler ? scriptedCore() : "";
const game = hasCompiler ? scriptedGame("battery=1 format=1", "options.scripted") : "";

class Home {
  readonly folder = temporaryFolder("core-options");

  play(...args: string[]): Pty {
    const env = Object.fromEntries(
      ["DATA", "CONFIG", "STATE", "CACHE"].map((kind) => [`XDG_${kind}_HOME`, join(this.folder, kind)]),
    );
    return new Pty(["bun", MAIN, "run", game, "--core", core, ...args, "--sound", "none"], { env });
  }

  /** What the core saw: a click, the first letter of its colour, the device in port 2. */
  saved(): { click: number; colour: string; port2: number } {
    const folder = join(this.folder, "DATA/emuterm/saves");
    const [name] = readdirSync(folder).filter((file) => file.endsWith(".sav"));
    const ram = readFileSync(join(folder, name!));
    return { click: ram[1]!, colour: String.fromCharCode(ram[2]!), port2: ram[3]! };
  }

  /** Text of the choices for the game, and for the core. */
  kept(): [game: string, core: string] {
    const folder = join(this.folder, "CONFIG/emuterm/cores");
    const id = "scripted0";
    const ofCore = join(folder, `${id}.txt`);
    const [ofGame] = existsSync(join(folder, id)) ? readdirSync(join(folder, id)) : [];
    const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : "");
    return [ofGame === undefined ? "" : read(join(folder, id, ofGame)), read(ofCore)];
  }
}

async function quit(pty: Pty): Promise<void> {
  pty.type(QUIT);
  expect(await pty.end()).toBe(0);
  expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
}

async function openOptions(pty: Pty): Promise<string> {
  await pty.waitFor("F1 menu");
  pty.type(MENU);
  const shown = await waitForScreen(pty, "Core options");
  pty.type(`${keysTo(shown, "Back to the game", "Core options")}\r`);
  return waitForScreen(pty, "Keep changes for");
}

describe.skipIf(!hasCompiler || !HAS_PTY)("options of a core (cc)", () => {
  test("changed in the menu, they apply at once and in the next run, per game or per core", async () => {
    const home = new Home();
    {
      await using pty = home.play();
      const shown = await openOptions(pty);
      expect(shown).toContain("Joypad");
      pty.type(keysTo(shown, "Keep changes for", "Colour of the picture") + RIGHT);
      const red = await waitForScreen(pty, /Colour of the picture +red/);
      pty.type("\x1b[A".repeat(keysTo(red, "Keep changes for", "Colour of the picture").length / 3) + RIGHT);
      const all = await waitForScreen(pty, "all games of this core");
      pty.type(keysTo(all, "Keep changes for", "Port 2") + RIGHT);
      await waitForScreen(pty, /Port 2 +Multitap \(all games\)/);
      expect(home.kept()).toEqual(["scripted_colour=red\n", "port2=Multitap\n"]);
      await quit(pty);
    }
    expect(home.saved()).toMatchObject({ click: 0 });
    {
      await using pty = home.play();
      const shown = await openOptions(pty);
      expect(shown).toMatch(/Colour of the picture +red/);
      pty.type(keysTo(shown, "Keep changes for", "Colour of the picture") + DELETE);
      await waitForScreen(pty, /Colour of the picture +grey/);
      expect(home.kept()).toEqual(["", "port2=Multitap\n"]);
      await quit(pty);
    }
    expect(home.saved()).toMatchObject({ colour: "r", port2: 0x10 });
  });

  test("the terminal's mouse is a core's mouse, with or without the menu", async () => {
    const home = new Home();
    {
      await using pty = home.play("--core-device", "1=mouse", "--core-option", "scripted_colour=green");
      await pty.waitFor("F1 menu");
      expect(pty.output).toContain("\x1b[?1003h");
      await click(pty, home);
    }
    expect(home.saved()).toMatchObject({ click: 1, colour: "g" });
    expect(home.kept()).toEqual(["", ""]);
    const other = new Home();
    await using pty = other.play();
    const shown = await openOptions(pty);
    expect(pty.output).not.toContain("\x1b[?1003h");
    pty.type(keysTo(shown, "Keep changes for", "Port 1") + RIGHT);
    await waitForScreen(pty, /Port 1 +Mouse/);
    await pty.waitFor("\x1b[?1003h");
    pty.type(MENU);
    await click(pty, other);
    expect(other.saved()).toMatchObject({ click: 1 });
  });

  test.each([
    ["1=keyboard", 2, "one of: Joypad, Mouse, Super Scope, None"],
    ["2=lightgun", 2, "one of: Joypad, Multitap"],
    ["9=mouse", 2, "PORT=DEVICE"],
  ])("--core-device %s is rejected with what there is", (device, code, text) => {
    const argv = ["dump", game, "--core", core, "--frames", "1", "--format", "hash", "--core-device", device];
    const { exitCode, stderr, stdout } = emu(argv);
    expect(stderr).toContain(text);
    expect([exitCode, stdout.length]).toEqual([code, 0]);
  });

  test("emu info describes the game as the core sees it", () => {
    const { exitCode, stdout, stderr } = emu(["info", game, "--core", core]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const text = stdout.toString();
    expect(text).toMatch(/^Core +Scripted 1\.0 /m);
    expect(text).toMatch(/^Picture +8 × 4, 60 frames per second$/m);
    expect(text).toMatch(/^Save +64 bytes$/m);
    expect(text).toMatch(/^Port 2 +Joypad, Multitap$/m);
    expect(text).toContain("scripted_colour: [grey] red green");
    const json = JSON.parse(emu(["info", game, "--core", core, "--json"]).stdout.toString());
    expect(json).toMatchObject({ fileBytes: 18, facts: { name: "Scripted", batteryBytes: 64 } });
  });

  test("--core-device needs a core", () => {
    const rom = join(import.meta.dir, "../../../roms/test-card.nes");
    const argv = ["dump", rom, "--frames", "1", "--format", "hash", "--core-device", "1=mouse"];
    expect(emu(argv)).toMatchObject({ exitCode: 2 });
  });

  test("that cannot be read give a warning, and the others apply", async () => {
    const home = new Home();
    const cores = join(home.folder, "CONFIG/emuterm/cores");
    mkdirSync(join(cores, "scripted0.txt"), { recursive: true });
    await using pty = home.play();
    await pty.waitFor("F1 menu");
    await quit(pty);
    expect(pty.output).toMatch(/emu: warning: .*scripted0.txt: is a folder, .* usual options and devices/);
  });
});

/** Holds the left button long enough for a frame to see it, then ends the game. */
async function click(pty: Pty, home: Home): Promise<void> {
  pty.type(CLICK);
  // The save is stored while the game runs; it shows when the core has seen the button.
  await pty.waitUntil(() => {
    try {
      return home.saved().click === 1;
    } catch {
      return false;
    }
  }, "click in the save");
  await quit(pty);
}
