/** Walks through emu in real terminals and takes a picture at each stop (`bun bench/screens.ts --all`). */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { type Display, until, wayland, x11 } from "./displays.ts";
import { SIZED_TERMINALS, type SizedTerminal } from "./terminals.ts";
import { movingTune } from "./tune.ts";
import { USUAL_WAIT_MS, WALKS, type Walk } from "./walks.ts";

const root = join(import.meta.dir, "..", "..");
/** Between two keys: the menu draws after each. */
const BETWEEN_KEYS_MS = 120;
/** Share of the pixels that differ from the background once emu has drawn. A cursor covers fewer. */
const MIN_DRAWN_SHARE = 0.005;
/** Names of the games in the library, in turn. */
const NAMES = [
  "Star Ferry",
  "Comet Chase",
  "Lantern Keep",
  "Río Bravo Rally",
  "Moss",
  "Paper Kites Forever and Ever",
];

/** Takes the pictures of all walks in all terminals; `only` names one terminal, `walk` one walk. */
export async function takeTour(target: string, only?: string, walk?: string): Promise<void> {
  mkdirSync(target, { recursive: true });
  const wanted = SIZED_TERMINALS.filter(({ name }) => (only ?? name) === name);
  for (const terminal of wanted) {
    const missing = terminal.needs.filter((name) => Bun.which(name) === null);
    if (missing.length > 0) {
      console.log(`${terminal.name}: not installed: ${missing.join(", ")}`);
      continue;
    }
    for (const each of WALKS) {
      if ((walk ?? each.name) !== each.name || (terminal.isShort === true && each.isShort !== true)) continue;
      // A terminal that did not start, on a busy machine, is started once more.
      await takeWalk(terminal, each, target).catch(() => takeWalk(terminal, each, target));
    }
  }
}

async function takeWalk(terminal: SizedTerminal, walk: Walk, target: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "emu-tour-"));
  const display =
    terminal.display === "x11" ? await x11(terminal.pixels) : await wayland(folder, terminal.pixels);
  try {
    await take(display, terminal, walk, folder, target);
  } finally {
    await display.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits until something is drawn in the upper half of the window, above the status line of tmux. */
async function untilDrawn(display: Display): Promise<void> {
  await until(async () => {
    const { width, height, data, channels } = decode(await display.screenshot());
    const counts = new Map<number, number>();
    const pixels = width * (height >> 1);
    for (let at = 0; at < pixels; at++) {
      const color = data[at * channels]! | (data[at * channels + 1]! << 8) | (data[at * channels + 2]! << 16);
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    return Math.max(...counts.values()) < pixels * (1 - MIN_DRAWN_SHARE);
  }, "emu");
}

/** A home folder with the walk's games, and its tune. */
function furnish(
  folder: string,
  { games = 0, config = "" }: Walk,
): { readonly home: string; readonly tune: string } {
  const home = join(folder, "home");
  const library = join(home, "games");
  mkdirSync(library, { recursive: true });
  const tune = join(home, "sixteen-notes.nsfe");
  writeFileSync(tune, movingTune());
  const rom = readFileSync(join(root, "roms", "swingby.nes"));
  for (let game = 0; game < games; game++) {
    // Equal files would be listed as copies of one game.
    rom[rom.length - 0x100] = game;
    const name = `${NAMES[game % NAMES.length]} ${1 + Math.floor(game / NAMES.length)}`;
    writeFileSync(join(library, `${name}.nes`), rom);
  }
  const folders = games > 0 ? '[library]\nfolders = ["~/games"]\n' : "";
  const configFolder = join(home, ".config", "emuterm");
  mkdirSync(configFolder, { recursive: true });
  writeFileSync(join(configFolder, "config.toml"), folders + config);
  return { home, tune };
}

async function take(
  display: Display,
  terminal: SizedTerminal,
  walk: Walk,
  folder: string,
  target: string,
): Promise<void> {
  const { home, tune } = furnish(folder, walk);
  const quoted = walk.args.map((arg) => `'${arg.replace("{tune}", tune)}'`).join(" ");
  const emu = `${process.execPath} ${join(root, "src", "cli", "main.ts")} ${quoted}`;
  const unset = "unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME";
  const script = `cd ${home}; export HOME=${home}; ${unset}; ${emu}; ${walk.isPrint === true ? "sleep 600" : ""}`;
  const { command, env } = terminal.start(script, folder);
  display.own(home);
  const child = display.start(command, env);
  try {
    await display.focus();
    await untilDrawn(display);
    for (const stop of walk.stops) {
      if (stop.resize !== undefined) await display.resize(stop.resize);
      for (const key of stop.keys ?? []) {
        if (typeof key === "string") await display.press(key);
        else {
          await display.hold(key.hold, true);
          await Bun.sleep(key.ms);
          await display.hold(key.hold, false);
        }
        await Bun.sleep(BETWEEN_KEYS_MS);
      }
      if (stop.held !== undefined) await display.hold(stop.held, true);
      await Bun.sleep(stop.waitMs ?? USUAL_WAIT_MS);
      const png = await display.screenshot();
      if (stop.held !== undefined) await display.hold(stop.held, false);
      const name = `${terminal.name} ${walk.name} ${stop.picture}.png`.replaceAll(" ", "-");
      writeFileSync(join(target, name), png);
    }
  } finally {
    child.kill();
    await child.exited;
  }
}
