import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { DEFAULT_SETTINGS } from "../../../src/io/play/settings.ts";
import type { PlayFixtureOptions } from "../../support/play-fixture.ts";
import { HAS_PTY, Pty, type PtyOptions } from "../../support/pty.ts";
import { keysTo, waitForScreen } from "../../support/screen-text.ts";

// Every test starts a program with several threads, which takes seconds on a busy machine.
setDefaultTimeout(60_000);

const FIXTURE = join(import.meta.dir, "../../support/play-fixture.ts");
const F = { 1: "\x1bOP", 2: "\x1bOQ", 3: "\x1bOR", 4: "\x1bOS", 5: "\x1b[15~", 6: "\x1b[17~", 7: "\x1b[18~" };
const DOWN = "\x1b[B";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "emu-comforts-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Starts a game and waits for its status line: from then on it handles keys. */
async function start(
  options: PlayFixtureOptions = {},
  env: Record<string, string> = {},
  more: PtyOptions = {},
): Promise<Pty> {
  const settings = { renderer: "half-block", colors: "mono", ...options.settings } as const;
  const command = ["bun", FIXTURE, JSON.stringify({ ...options, folder, settings })];
  const pty = new Pty(command, { env, ...more });
  await pty.waitFor(settings.statusLine === false ? "\x1b[2J" : "F1 menu");
  return pty;
}

/** Waits until the frames per second in the status line are as `isRight` wants, and returns them. */
async function waitForRate(pty: Pty, isRight: (framesPerSecond: number) => boolean): Promise<void> {
  const from = pty.output.length;
  const isThere = () =>
    [...pty.output.slice(from).matchAll(/(\d+\.\d) fps/g)].some(([, rate]) => isRight(Number(rate)));
  await pty.waitUntil(isThere, "such a frame rate");
}

async function end(pty: Pty): Promise<void> {
  pty.type("\x11");
  await pty.waitFor("ended: quit");
  expect(await pty.end()).toBe(0);
}

describe.skipIf(!HAS_PTY)("while playing", () => {
  test("the menu opens over the picture, stops the game, and closes", async () => {
    await using pty = await start();
    pty.type(F[1]);
    const menu = await waitForScreen(pty, "Back to the game");
    for (const entry of ["Save", "Load", "Cheats", "Settings", "Keys", "Quit"]) expect(menu).toContain(entry);
    // Entries show their keys, if they have any.
    expect(menu).toMatch(/Screenshot +F3/);
    expect(menu).toMatch(/Quit +Ctrl-Q/);
    await waitForRate(pty, (rate) => rate === 0);
    pty.type("\x1b[27u");
    await waitForRate(pty, (rate) => rate > 30);
    await end(pty);
  });

  test("a letter that quits is typed into a text", async () => {
    await using pty = await start({
      settings: { keys: { ...DEFAULT_SETTINGS.keys, l: [], quit: ["q", "ctrl+q"] } },
    });
    pty.type(F[1]);
    const menu = await waitForScreen(pty, "Cheats");
    pty.type(`${keysTo(menu, "Back to the game", "Cheats")}\r`);
    await waitForScreen(pty, "Add a cheat");
    pty.type("\rSXIOPq");
    await waitForScreen(pty, "SXIOPq");
    pty.type("\x1b[27u");
    pty.type("q");
    await pty.waitFor("ended: quit");
    expect(await pty.end()).toBe(0);
  });

  test("one page lists every key", async () => {
    await using pty = await start();
    pty.type("h");
    const help = await waitForScreen(pty, "All keys");
    for (const text of ["save to this slot", "rewind (held)", "screenshot", "turbo A", "quit"])
      expect(help).toContain(text);
    await end(pty);
  });

  test("states are saved to slots with pictures and loaded; an empty slot is reported", async () => {
    await using pty = await start();
    pty.type(F[5]);
    await waitForScreen(pty, "saved to slot 0");
    expect((await readdir(join(folder, "states"))).sort()).toEqual(["slot-0.png", "slot-0.state"]);
    pty.type(F[7]);
    await waitForScreen(pty, "loaded slot 0");
    pty.type(F[6]);
    await waitForScreen(pty, "slot 1");
    pty.type(F[7]);
    await waitForScreen(pty, "slot 1 is empty");
    pty.type(`${F[1]}${DOWN}\r`);
    const slots = await waitForScreen(pty, "Save to a slot");
    expect(slots).toMatch(/Slot 0 +\d{4}-\d\d-\d\d \d\d:\d\d/);
    expect(slots).toMatch(/Slot 9 +empty/);
    // The selected slot is the first one on the page.
    pty.type("\r");
    await waitForScreen(pty, "saved to slot 1");
    expect(await readdir(join(folder, "states"))).toHaveLength(4);
    await end(pty);
  });

  test("pause, single frames, slow motion, fast-forward and rewind", async () => {
    await using pty = await start();
    pty.type("p");
    await waitForScreen(pty, "paused");
    await waitForRate(pty, (rate) => rate === 0);
    pty.type("n");
    await waitForRate(pty, (rate) => rate > 0 && rate < 5);
    pty.type("p");
    pty.type("g");
    await waitForScreen(pty, "slow 50 %");
    await waitForRate(pty, (rate) => rate > 10 && rate < 45);
    pty.type("g");
    pty.type("\x06");
    await waitForScreen(pty, "▶▶ fast");
    await waitForRate(pty, (rate) => rate > 100);
    pty.type("\x06");
    pty.type("r");
    await waitForScreen(pty, "◀◀ -0:");
    await waitForRate(pty, (rate) => rate > 30 && rate < 90);
    await end(pty);
  });

  test("rewinding shows where it is, in a pause until the game goes on", async () => {
    await using pty = await start({ settings: { colors: "true" } });
    // Pictures are taken twice a second.
    await waitForRate(pty, (rate) => rate > 30);
    pty.type("p");
    await waitForScreen(pty, "paused");
    pty.type("r");
    const shown = await waitForScreen(pty, /-0:\d\d ━*●─* now/);
    const rows = shown.split("\n");
    const bar = rows.findIndex((row) => row.includes("● now") || row.includes("─ now"));
    // The strip's four rows of half-blocks are above the bar, the states below it.
    expect(rows[bar - 1]).toContain("▀");
    expect(rows[bar + 1]).toContain("◀◀ -0:0");
    // A loaded state is not in the strip.
    pty.type(F[5]);
    await waitForScreen(pty, "saved to slot 0");
    pty.type(F[7]);
    await waitForScreen(pty, /^(?![\s\S]* now)[\s\S]*loaded slot 0/);
    pty.type("r");
    await waitForScreen(pty, / now/);
    pty.type("p");
    await waitForScreen(pty, /^(?![\s\S]* now)[\s\S]*F1 menu/);
    await end(pty);
  });

  test("the menu opens by a click on its name, and closes by one on Esc", async () => {
    await using pty = await start();
    await waitForScreen(pty, "F1 menu");
    pty.type("\x1b[<0;77;24M\x1b[<0;77;24m");
    await waitForScreen(pty, "Back to the game");
    pty.type("\x1b[<0;34;23M\x1b[<0;34;23m");
    await waitForScreen(pty, /^(?![\s\S]*Back to the game)[\s\S]*F1 menu/);
    await end(pty);
  });

  test("a screenshot is a PNG file of the console's picture", async () => {
    await using pty = await start();
    pty.type(F[3]);
    await waitForScreen(pty, ".png");
    const [name = ""] = await readdir(join(folder, "captures"));
    expect(name).toMatch(/^fake-.*\.png$/);
    expect(decode(await readFile(join(folder, "captures", name)))).toMatchObject({ width: 256, height: 240 });
    await end(pty);
  });

  test("a recording becomes an animated GIF", async () => {
    await using pty = await start({ settings: { recordingFormat: "gif" } });
    pty.type(F[4]);
    await waitForScreen(pty, "● REC");
    await Bun.sleep(700);
    pty.type(F[4]);
    await waitForScreen(pty, "frames");
    const [name = ""] = await readdir(join(folder, "captures"));
    const gif = (await readFile(join(folder, "captures", name))).toString("latin1");
    expect(gif.slice(0, 6)).toBe("GIF89a");
    // There is one graphic control extension per frame.
    expect(gif.split("\x21\xf9\x04").length - 1).toBeGreaterThan(8);
    await end(pty);
  });

  test("a recording without a frame leaves no file, and says so", async () => {
    await using pty = await start({ settings: { recordingFormat: "gif" } });
    pty.type("p");
    await waitForScreen(pty, "paused");
    pty.type(F[4]);
    await waitForScreen(pty, "● REC");
    pty.type(F[4]);
    await waitForScreen(pty, "nothing is recorded: no frame has run");
    await end(pty);
    expect(await readdir(join(folder, "captures"))).toEqual([]);
  });

  test("a recording goes to ffmpeg if installed, and is complete if the game ends first", async () => {
    const log = join(folder, "ffmpeg.log");
    // Stores its input in the file named by its last argument, and records the arguments.
    const script = `#!/bin/sh\necho "$@" >> ${log}\nfor last; do :; done\ncase "$*" in *yuv4mpegpipe*) cat > "$last";; *) echo joined > "$last";; esac\n`;
    await writeFile(join(folder, "ffmpeg"), script);
    await chmod(join(folder, "ffmpeg"), 0o755);
    await using pty = await start({}, { PATH: `${folder}:${process.env.PATH}` });
    pty.type(F[4]);
    await waitForScreen(pty, "● REC");
    await Bun.sleep(500);
    await end(pty);
    const names = await readdir(join(folder, "captures"));
    expect(names).toHaveLength(1);
    expect(await readFile(join(folder, "captures", names[0]!), "utf8")).toBe("joined\n");
    const [encode, join2] = (await readFile(log, "utf8")).trim().split("\n");
    expect(encode).toContain("-f yuv4mpegpipe -i -");
    expect(join2).toContain(".sound.raw");
  });

  test("a recording loses nothing while ffmpeg starts slowly", async () => {
    const script = `#!/bin/sh\nfor last; do :; done\ncase "$*" in *yuv4mpegpipe*) sleep 1.5; cat > "$last";; *) echo joined > "$last";; esac\n`;
    await writeFile(join(folder, "ffmpeg"), script);
    await chmod(join(folder, "ffmpeg"), 0o755);
    await using pty = await start({}, { PATH: `${folder}:${process.env.PATH}` });
    pty.type(F[4]);
    await waitForScreen(pty, "● REC");
    await Bun.sleep(1000);
    pty.type(F[4]);
    const [, frames = "", after] = /: (\d+) frames(.*)/.exec(await waitForScreen(pty, / frames/))!;
    expect(Number(frames)).toBeGreaterThan(0);
    expect(after).not.toContain("lost");
    await end(pty);
  });

  test("cheats are typed in, turned off and stored", async () => {
    await using pty = await start();
    pty.type(F[1]);
    const menu = await waitForScreen(pty, "Cheats");
    pty.type(`${keysTo(menu, "Back to the game", "Cheats")}\r`);
    await waitForScreen(pty, "Add a cheat");
    pty.type("\r");
    await waitForScreen(pty, "Code (");
    pty.type("wrong\r");
    await waitForScreen(pty, "is not a cheat");
    pty.type("\rsxiopo\r");
    await waitForScreen(pty, /SXIOPO +on/);
    pty.type(`${DOWN}${DOWN}\r`);
    await waitForScreen(pty, /SXIOPO +off/);
    // The menu shows the change before it is stored.
    while ((await readFile(join(folder, "cheats.txt"), "utf8")) !== "- SXIOPO\n") await Bun.sleep(20);
    await end(pty);
  });

  test("settings change while the game runs", async () => {
    await using pty = await start();
    pty.type(F[1]);
    const menu = await waitForScreen(pty, "Settings");
    pty.type(`${keysTo(menu, "Back to the game", "Settings")}\r`);
    await waitForScreen(pty, "Picture");
    pty.type("\r");
    await waitForScreen(pty, "Overscan");
    pty.type(DOWN);
    await waitForScreen(pty, "colours to use");
    pty.type("\x1b[C\x1b[C\x1b[C");
    await waitForScreen(pty, /Colours +256/);
    // Everything shown from then on has these colours.
    await pty.waitFor("48;5;");
    pty.type("\x1b[27u");
    const pages = await waitForScreen(pty, "Controls");
    pty.type(`${keysTo(pages, "Picture", "Sound")}\r`);
    const sound = await waitForScreen(pty, "Sound channels");
    pty.type(`${keysTo(sound, "Sound system", "Sound channels")}\r`);
    await waitForScreen(pty, /saw +on/);
    pty.type("\r");
    await waitForScreen(pty, /saw +off/);
    await end(pty);
  });

  test("sound gets softer and silent by keys", async () => {
    await writeFile(join(folder, "pw-cat"), "#!/bin/sh\nexec cat > /dev/null\n");
    await chmod(join(folder, "pw-cat"), 0o755);
    await using pty = await start({ sound: "pipe" }, { PATH: `${folder}:${process.env.PATH}` });
    await waitForScreen(pty, "pw-cat 100 %");
    pty.type("--");
    await waitForScreen(pty, "volume 90 %");
    pty.type("m");
    await waitForScreen(pty, "pw-cat muted");
    pty.type("+");
    await waitForScreen(pty, "volume 95 %");
    await waitForScreen(pty, "pw-cat 95 %");
    await end(pty);
  });

  test("GNU screen, which erases in its own colour, gets a black window written as spaces", async () => {
    await using pty = await start(
      { settings: { colors: "auto" } },
      { TERM: "screen-256color", COLORTERM: "" },
    );
    // The last row is the status line.
    const lines = Array.from({ length: 23 }, (_, row) => `\x1b[${row + 1};1H${" ".repeat(80)}`);
    await pty.waitFor(`\x1b[48;5;16m\x1b[2J${lines.join("")}`);
    await end(pty);
  });

  test.each([
    [
      "sixel",
      "\x1b[6;16;8t\x1b[?62;4;22c",
      "\x1bP",
      "the menu's text follows the picture, which would hide it",
    ],
    ["kitty", "\x1b_Gi=31;OK\x1b\\\x1b[?62;22c", "a=p,i=1,", "the picture is shown around the menu"],
  ] as const)("images stay behind the menu: %s", async (renderer, answers, image) => {
    // The menu leaves a part of the picture free.
    const window = { answers, columns: 120, rows: 40 };
    await using pty = await start({ settings: { renderer: "auto", colors: "true" } }, {}, window);
    await pty.waitFor(renderer === "sixel" ? "\x1bP" : "a=T,f=100,i=1,");
    pty.type(F[1]);
    await pty.waitFor("Back to the game");
    const menuFollows = () => {
      const shown = pty.output.slice(pty.output.lastIndexOf("\x1b[2J"));
      const at = shown.lastIndexOf(image);
      return at >= 0 && (renderer === "kitty" || shown.includes("Back to the game", at));
    };
    await pty.waitUntil(menuFollows, "picture behind the menu");
    await end(pty);
  });

  test("the pages of picture settings stand beside the picture, which shows every change", async () => {
    await using pty = await start({ settings: { renderer: "half-block", colors: "true" } });
    pty.type(F[1]);
    const menu = await waitForScreen(pty, "Back to the game");
    pty.type(`${keysTo(menu, "Back to the game", "Settings")}\r`);
    await waitForScreen(pty, "Controls");
    pty.type("\r");
    // The picture of one colour is written as spaces; what was only cleared is not part of a line.
    const isPictureBeside = (shown: string) => shown.split("\n").some((line) => /^.{46} {30,}$/.test(line));
    const shownWith = async (text: RegExp) => {
      for (;;) {
        const shown = await waitForScreen(pty, text);
        if (isPictureBeside(shown)) return;
        await Bun.sleep(50);
      }
    };
    await shownWith(/Pixels +auto/);
    const page = await waitForScreen(pty, "Pixels");
    pty.type(`${keysTo(page, "Render", "Pixels")}\x1b[C\x1b[C`);
    // The game is paused: the picture before the change is drawn again.
    await shownWith(/Pixels +square/);
    await end(pty);
  });

  test("a player with a coarse window is told what helps, after the keys that play", async () => {
    await using pty = await start({ settings: { advises: true, statsLine: false } });
    await waitForScreen(pty, "button A: X");
    pty.type("x");
    await waitForScreen(pty, /text is readable from \d+×\d+ cells/);
    await end(pty);
  });

  test("messages appear without a status line, and disappear", async () => {
    await using pty = await start({ settings: { statusLine: false } });
    // Nothing reports when keys are handled, so the first ones may be too early.
    const isSaved = () => pty.output.includes("saved to slot 0");
    for (let i = 0; i < 100 && !isSaved(); i++) {
      pty.type(F[5]);
      await Bun.sleep(200);
    }
    await waitForScreen(pty, "saved to slot 0");
    // The picture uses its last row again.
    const from = pty.output.length;
    await pty.waitFor("\x1b[2J", from);
    await end(pty);
  });
});
