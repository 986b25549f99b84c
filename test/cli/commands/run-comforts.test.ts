import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { loadRom } from "../../../src/io/files/roms/rom-file.ts";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty } from "../../support/pty.ts";
import { keysTo, waitForScreen } from "../../support/screen-text.ts";

// Every test starts a program with several threads, which takes seconds on a busy machine.
setDefaultTimeout(60_000);

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");
const ROMS = join(import.meta.dir, "../../../roms");
const DOWN = "\x1b[B";

let home = "";
let games = "";

/** Another game, which differs from one that comes with emu in its last byte: copies are not listed. */
async function variantOf(name: string): Promise<Uint8Array> {
  const bytes = await Bun.file(join(ROMS, name)).bytes();
  return bytes.with(-1, bytes.at(-1)! ^ 1);
}

beforeAll(async () => {
  games = await mkdtemp(join(tmpdir(), "emu-games-"));
  await mkdir(join(games, "more"));
  await writeFile(join(games, "a swing.nes"), await variantOf("swingby.nes"));
  await writeFile(join(games, "more", "card.nes"), await variantOf("test-card.nes"));
  await writeFile(join(games, "broken.nes"), "not a ROM");
  await writeFile(join(games, "notes.txt"), "no game");
});

afterAll(() => rm(games, { recursive: true }));

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "emu-home-"));
});

afterEach(() => rm(home, { recursive: true }));

function start(...args: string[]): Pty {
  const folders = { XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home };
  const options = ["--sound", "none", "--colors", "mono", "--render", "half-block"];
  return new Pty(["bun", MAIN, "run", ...options, ...args], { env: folders });
}

describe.skipIf(!HAS_PTY)("emu run", () => {
  test("offers the games of a folder, opens others from the menu, and remembers them", async () => {
    await using pty = start(games);
    const list = await waitForScreen(pty, "a swing");
    expect(list).toContain("card");
    expect(list).toContain("Test card");
    expect(list).not.toContain("notes");
    pty.type("brok\r");
    await waitForScreen(pty, "broken.nes: ");
    pty.type("a sw\r");
    await waitForScreen(pty, /F1 menu $/m);
    pty.type("\x1bOP");
    const menu = await waitForScreen(pty, "Open another game");
    pty.type(`${keysTo(menu, "Back to the game", "Open another game")}\r`);
    await waitForScreen(pty, "Files");
    pty.type("card\r");
    await pty.waitUntil(() => pty.output.split("\x1b[?1049h").length === 5, "another taking of the screen");
    await waitForScreen(pty, /F1 menu $/m);
    pty.type("\x11");
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
    const history = JSON.parse(await readFile(join(home, "emuterm", "games.json"), "utf8"));
    expect(Object.keys(history)).toEqual([join(games, "more", "card.nes"), join(games, "a swing.nes")]);
    expect(await readFile(join(home, "emuterm", "config.toml"), "utf8")).toContain(JSON.stringify(games));
  });

  test("lists the games of an archive, and plays one with the options of the command line", async () => {
    const archive = join(home, "two.zip");
    const packed = {
      "b/comet.nes": await variantOf("swingby.nes"),
      "a card.nes": await variantOf("test-card.nes"),
      "read me.txt": new Uint8Array(16),
    };
    await writeFile(archive, zipSync(packed));
    await using pty = start(archive, "--cheat", "0075:09");
    const list = await waitForScreen(pty, "b/comet.nes");
    expect(list).toContain("a card.nes");
    expect(list).not.toContain("read me");
    pty.type(`${DOWN}\r`);
    await waitForScreen(pty, /F1 menu $/m);
    pty.type("\x1bOP");
    expect(await waitForScreen(pty, /Cheats +1 on/)).toContain("comet");
    pty.type("\x11");
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
    await using left = start(archive);
    await waitForScreen(left, "a card.nes");
    left.type("\x1b[27u");
    expect(await left.end()).toBe(0);
    // One that is damaged has no list.
    await writeFile(archive, zipSync(packed).subarray(0, 60));
    await using damaged = start(archive);
    expect(await damaged.end()).toBe(65);
    expect(damaged.output).not.toContain("\x1b[");
  });

  test("the list of games can be left without a choice", async () => {
    await using pty = start(games);
    await waitForScreen(pty, "a swing");
    pty.type("\x1b[27u");
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
  });

  test("stores menu changes in the config file and changes nothing else in it", async () => {
    const path = join(home, "emuterm", "config.toml");
    await mkdir(join(home, "emuterm"));
    await writeFile(path, "# mine\n[sound]\nvolume = 30 # not loud\n");
    await using pty = start();
    await waitForScreen(pty, /F1 menu $/m);
    pty.type("\x1bOP");
    const menu = await waitForScreen(pty, "Settings");
    pty.type(`${keysTo(menu, "Back to the game", "Settings")}\r`);
    const pages = await waitForScreen(pty, "Controls");
    pty.type(`${keysTo(pages, "Picture", "Sound")}\r`);
    const settings = await waitForScreen(pty, "Sound channels");
    pty.type(keysTo(settings, "Sound system", "Volume"));
    await waitForScreen(pty, /Volume +━+●─+ +30 /);
    pty.type("\x1b[C");
    await waitForScreen(pty, /Volume +━+●─+ +35 /);
    pty.type("\x1b[27u");
    await waitForScreen(pty, "Controls");
    pty.type("\x1b[27u");
    await waitForScreen(pty, "Cheats");
    pty.type(`${DOWN}\r`);
    await waitForScreen(pty, "Keys, saved");
    pty.type(`${DOWN.repeat(5)}\r`);
    await waitForScreen(pty, "Press the key for: A");
    pty.type("9");
    await waitForScreen(pty, /A +X {2}K {2}Space {2}9/);
    pty.type("\x11");
    expect(await pty.end()).toBe(0);
    expect(await readFile(path, "utf8")).toBe(
      '# mine\n[sound]\nvolume = 35 # not loud\n\n[keys]\na = ["x", "k", "space", "9"]\n',
    );
  });

  test("reports the line and column of an error in the config file", async () => {
    const path = join(home, "config.toml");
    await writeFile(path, "[sound]\nvolume = 300\n");
    await using pty = start("--config", path);
    expect(await pty.end()).toBe(65);
    expect(pty.output).toContain(`${path}:2:10`);
    expect(pty.output).not.toContain("\x1b[");
  });

  test("accepts cheats and rejects invalid ones", async () => {
    await using pty = start("--cheat", "SXIOPO", "0075:09");
    await waitForScreen(pty, /F1 menu $/m);
    pty.type("\x1bOP");
    await waitForScreen(pty, /Cheats +2 on/);
    pty.type("\x11");
    expect(await pty.end()).toBe(0);
    await using refused = start("--cheat", "wrong");
    expect(await refused.end()).toBe(65);
    expect(refused.output).toContain("is not a cheat");
  });

  test.each(["not a cheat", "SXIOPO\n".repeat(40_000)])(
    "starts without stored cheats that cannot be read, and says so",
    async (text) => {
      const cheats = join(home, "emuterm", "cheats");
      await mkdir(cheats, { recursive: true });
      const sha1 = (await loadRom("swingby")).image.sha1;
      await writeFile(join(cheats, `${sha1}.txt`), text);
      await using pty = start();
      await waitForScreen(pty, /without its stored cheats/);
      pty.type("\x11");
      expect(await pty.end()).toBe(0);
      expect(pty.output).toMatch(/emu: warning: .*cheats.*: the game starts without its stored cheats/);
    },
  );
});
