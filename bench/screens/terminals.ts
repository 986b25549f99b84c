/** Starts each terminal without a user, and takes screenshots of it. */
import { chmodSync, chownSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";

export interface TerminalCase {
  readonly name: string;
  /** Programs that it needs. */
  readonly needs: readonly string[];
  readonly display: "x11" | "wayland";
  /** Font sizes: one that makes images large, one with which 256 × 120 cells fit the display. */
  readonly fonts: { readonly images: number; readonly cells: number };
  /** The command that shows `program` (a shell command) in a separate window. `folder` is for its files. */
  start(program: string, font: number, folder: string): { command: string[]; env?: Record<string, string> };
}

/** A terminal with a fixed size, in which the tour walks through emu. */
export interface SizedTerminal extends Pick<TerminalCase, "name" | "needs" | "display"> {
  /** The size of the display, which holds the window. */
  readonly pixels: Size;
  /** True if only the walks that are marked so are of interest: the text is the same as in another one. */
  readonly isShort?: true;
  start(program: string, folder: string): { command: string[]; env?: Record<string, string> };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const FONT = "DejaVu Sans Mono";

const kitty = (font: number): string[] => [
  "kitty",
  "--config=NONE",
  "-o=remember_window_size=no",
  `-o=initial_window_width=${font < 5 ? 1290 : 1100}`,
  `-o=initial_window_height=${font < 5 ? 1080 : 880}`,
  `-o=font_size=${font}`,
  "-o=sync_to_monitor=no",
  "-o=update_check_interval=0",
  "-o=confirm_os_window_close=0",
];

/** xterm's size is given in cells. */
const xterm = (font: number, ...extra: string[]): string[] => [
  ...["xterm", "-b", "0", "+sb", "-fa", FONT, "-fs", String(font)],
  ...["-geometry", font < 5 ? "300x124+0+0" : "120x50+0+0", ...extra, "-e"],
];

function tmuxConfig(folder: string): string {
  const file = join(folder, "tmux.conf");
  writeFileSync(
    file,
    "set -g allow-passthrough on\nset -g status on\nset -g escape-time 0\nset -ga terminal-overrides ',*:Tc'\nset -g destroy-unattached on\n",
  );
  return file;
}

const SOFTWARE_GL = { LIBGL_ALWAYS_SOFTWARE: "1" };

export const TERMINALS: readonly TerminalCase[] = [
  {
    name: "xterm",
    needs: ["xterm"],
    display: "x11",
    fonts: { images: 6, cells: 4.5 },
    start: (program, font) => ({ command: [...xterm(font), "sh", "-c", program] }),
  },
  {
    name: "xterm -ti vt340",
    needs: ["xterm"],
    display: "x11",
    fonts: { images: 6, cells: 4.5 },
    start: (program, font) => ({
      command: [
        ...xterm(font, "-ti", "vt340", "-xrm", "XTerm*decTerminalID: vt340"),
        ...["sh", "-c", program],
      ],
    }),
  },
  {
    name: "kitty",
    needs: ["kitty"],
    display: "x11",
    fonts: { images: 6, cells: 3.5 },
    start: (program, font) => ({ command: [...kitty(font), "sh", "-c", program], env: SOFTWARE_GL }),
  },
  {
    name: "foot",
    needs: ["foot", "sway", "grim"],
    display: "wayland",
    fonts: { images: 6, cells: 3.5 },
    start: (program, font) => ({
      command: ["foot", "-o", `font=${FONT}:size=${font}`, "-o", "pad=0x0", "sh", "-c", program],
    }),
  },
  {
    name: "konsole",
    needs: ["konsole", "dbus-run-session"],
    display: "x11",
    fonts: { images: 6, cells: 4.5 },
    start: (program, font, folder) => ({
      command: [
        ...["dbus-run-session", "konsole", "--nofork", "--hide-menubar", "--hide-tabbar"],
        ...["-p", `Font=${FONT},${font},-1,5,50,0,0,0,0,0`],
        ...(font < 5
          ? ["-p", "TerminalColumns=300", "-p", "TerminalRows=124"]
          : ["-p", "TerminalColumns=120", "-p", "TerminalRows=60"]),
        ...["-e", "sh", "-c", program],
      ],
      // It remembers the size of its last window.
      env: { QT_QPA_PLATFORM: "xcb", XDG_CONFIG_HOME: mkdtempSync(join(folder, "konsole-")) },
    }),
  },
  {
    name: "tmux in kitty",
    needs: ["kitty", "tmux"],
    display: "x11",
    fonts: { images: 6, cells: 3.5 },
    start: (program, font, folder) => ({
      command: [...kitty(font), "tmux", "-L", "emu-bench", "-f", tmuxConfig(folder), "new", program],
      env: SOFTWARE_GL,
    }),
  },
  {
    name: "screen in xterm",
    needs: ["xterm", "screen"],
    display: "x11",
    fonts: { images: 6, cells: 4.5 },
    start: (program, font) => ({
      command: [
        ...xterm(font, "-tn", "xterm-256color"),
        ...["screen", "-c", "/dev/null", "-T", "screen-256color", "-S", "emu-bench", "sh", "-c", program],
      ],
    }),
  },
];

const sized = (cells: string, ...extra: string[]): string[] => [
  ...["xterm", "-b", "0", "-bw", "0", "+sb", "-fa", FONT, "-fs", "10"],
  ...["-geometry", `${cells}+0+0`, ...extra, "-e"],
];

/** xterm's own theme is light. */
const DARK = ["-bg", "black", "-fg", "gray90"];
const SMALL: Size = { width: 640, height: 408 };
const LARGE: Size = { width: 1040, height: 816 };
const kittySized = (program: string): string[] => [
  ...["kitty", "--config=NONE", "-o=remember_window_size=no", "-o=font_size=10", "-o=sync_to_monitor=no"],
  ...[`-o=initial_window_width=${LARGE.width}`, `-o=initial_window_height=${LARGE.height}`],
  ...["-o=update_check_interval=0", "-o=confirm_os_window_close=0", "sh", "-c", program],
];

/** The terminals of the tour. */
export const SIZED_TERMINALS: readonly SizedTerminal[] = [
  {
    name: "xterm 80x24",
    needs: ["xterm"],
    display: "x11",
    pixels: SMALL,
    start: (program) => ({ command: [...sized("80x24", ...DARK), "sh", "-c", program] }),
  },
  {
    name: "xterm 130x48",
    needs: ["xterm"],
    display: "x11",
    pixels: LARGE,
    start: (program) => ({ command: [...sized("130x48", ...DARK), "sh", "-c", program] }),
  },
  {
    name: "xterm light",
    needs: ["xterm"],
    display: "x11",
    pixels: SMALL,
    isShort: true,
    start: (program) => ({
      command: [...sized("80x24", "-bg", "#fffff0", "-fg", "#222222"), "sh", "-c", program],
    }),
  },
  {
    name: "kitty",
    needs: ["kitty"],
    display: "x11",
    pixels: LARGE,
    start: (program) => ({ command: kittySized(program), env: SOFTWARE_GL }),
  },
  {
    name: "tmux in xterm",
    needs: ["xterm", "tmux"],
    display: "x11",
    pixels: SMALL,
    start: (program, folder) => ({
      command: [
        ...sized("80x24", ...DARK),
        "tmux",
        "-L",
        socketOf(folder),
        "-f",
        tmuxConfig(folder),
        "new",
        program,
      ],
    }),
  },
  {
    name: "konsole",
    needs: ["konsole", "dbus-run-session"],
    display: "x11",
    pixels: LARGE,
    isShort: true,
    start: (program, folder) => ({
      command: [
        ...["dbus-run-session", "konsole", "--nofork", "--hide-menubar", "--hide-tabbar"],
        ...["-p", `Font=${FONT},10,-1,5,50,0,0,0,0,0`, "-p", "TerminalColumns=120", "-p", "TerminalRows=40"],
        ...["-e", "sh", "-c", program],
      ],
      env: { QT_QPA_PLATFORM: "xcb", XDG_CONFIG_HOME: mkdtempSync(join(folder, "konsole-")) },
    }),
  },
  {
    name: "foot",
    needs: ["foot", "sway", "grim", "wtype"],
    display: "wayland",
    pixels: LARGE,
    isShort: true,
    start: (program) => ({
      command: ["foot", "-o", `font=${FONT}:size=10`, "-o", "pad=0x0", "sh", "-c", program],
    }),
  },
];

/** A name that no other tmux uses. */
function socketOf(folder: string): string {
  return `emu-${folder.slice(-6)}`;
}

/** A display without a screen. */
export interface Display {
  start(command: string[], env?: Record<string, string>): Subprocess;
  /** Gives a folder to the user who runs the terminals. */
  own(folder: string): void;
  /** Waits for a window, which then receives the keys. */
  focus(): Promise<void>;
  /** Presses and releases a key of this X name. */
  press(key: string): Promise<void>;
  hold(key: string, isDown: boolean): Promise<void>;
  /** Changes the size of the window by a factor. Only X has this. */
  resize(factor: number): Promise<void>;
  /** A PNG of the whole display. */
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

const USUAL_PIXELS: Size = { width: 1300, height: 1100 };
const START_TIMEOUT_MS = 30_000;
/** sway gives a new window the keys as soon as it is there. */
const WINDOW_MS = 1500;
/** A window learns of wtype's keyboard some time after it has come, and loses keys after it has gone. */
const SETTLE_MS = "250";

/** Waits until the condition shows that a display is ready. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what} does not start`);
    await Bun.sleep(100);
  }
}

function quiet(command: string[], env: Record<string, string | undefined>): Subprocess {
  return Bun.spawn(command, { env, stdout: "ignore", stderr: "ignore", stdin: "ignore" });
}

/** Starts an X server on a free display, by Xvfb. */
export async function x11({ width, height }: Size = USUAL_PIXELS): Promise<Display> {
  // Xvfb finds a free display number and prints it when it is ready.
  const server = Bun.spawn(["Xvfb", "-displayfd", "1", "-screen", "0", `${width}x${height}x24`], {
    stdin: "ignore",
    stderr: "ignore",
  });
  const { value } = await server.stdout.getReader().read();
  const number = new TextDecoder().decode(value).trim();
  if (number === "") throw new Error("Xvfb does not start");
  const env = {
    ...process.env,
    DISPLAY: `:${number}`,
    TERM: undefined,
    COLORTERM: undefined,
    TMUX: undefined,
  };
  const xdotool = async (...words: string[]) => {
    const tool = Bun.spawn(["xdotool", ...words], { env, stderr: "ignore" });
    return await tool.stdout.text();
  };
  const window = async () =>
    (await xdotool("search", "--onlyvisible", "--name", ".")).trim().split("\n").at(-1)!;
  return {
    start: (command, extra = {}) => quiet(command, { ...env, ...extra }),
    own() {},
    async focus() {
      await until(async () => (await window()) !== "", "the terminal");
      // Without a window manager the keys go to the window below the pointer.
      await xdotool("mousemove", String(width >> 1), String(height >> 1));
    },
    async press(key) {
      await xdotool("key", key);
    },
    async hold(key, isDown) {
      await xdotool(isDown ? "keydown" : "keyup", key);
    },
    async resize(factor) {
      const id = await window();
      const [, across, down] = /(\d+)x(\d+)\s*$/.exec(await xdotool("getwindowgeometry", id)) ?? [];
      const side = (pixels: string | undefined) => String(Math.round(Number(pixels) * factor));
      await xdotool("windowsize", id, side(across), side(down));
    },
    async screenshot() {
      const shot = Bun.spawn(["sh", "-c", "xwd -root -silent | convert xwd:- png24:-"], {
        env,
        stderr: "ignore",
      });
      return await shot.stdout.bytes();
    },
    async close() {
      server.kill();
      await server.exited;
    },
  };
}

/** The user that runs sway, which refuses to run as root. */
const USER = "1234";

/** Starts a Wayland compositor without a screen, by sway. */
export async function wayland(folder: string, { width, height }: Size = USUAL_PIXELS): Promise<Display> {
  const config = join(folder, "sway.conf");
  writeFileSync(
    config,
    `output HEADLESS-1 resolution ${width}x${height}\ndefault_border none\nseat * hide_cursor 1\n`,
  );
  const runtime = join(folder, "xdg");
  await Bun.$`mkdir -p ${runtime} && chmod 700 ${runtime}`;
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await Bun.$`chown ${USER}:${USER} ${runtime}`;
  chmodSync(folder, 0o777);
  const asUser = isRoot ? ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"] : [];
  const env = {
    ...process.env,
    XDG_RUNTIME_DIR: runtime,
    HOME: runtime,
    WLR_BACKENDS: "headless",
    WLR_RENDERER: "pixman",
    WLR_LIBINPUT_NO_DEVICES: "1",
    WAYLAND_DISPLAY: undefined,
    DISPLAY: undefined,
    TERM: undefined,
    COLORTERM: undefined,
    TMUX: undefined,
  };
  const compositor = quiet([...asUser, "sway", "-c", config], env);
  const client = { ...env, WAYLAND_DISPLAY: "wayland-1" };
  const isUp = async () => (await quiet([...asUser, "grim", "-"], client).exited) === 0;
  await until(isUp, "sway");
  const wtype = async (...words: string[]) => {
    await quiet([...asUser, "wtype", ...words], client).exited;
  };
  /** wtype releases its keys when it ends, so it stays until the key is released. */
  let holder: Subprocess | undefined;
  return {
    start: (command, extra = {}) => quiet([...asUser, ...command], { ...client, ...extra }),
    own(owned) {
      if (isRoot) chownSync(owned, Number(USER), Number(USER));
    },
    async focus() {
      await Bun.sleep(WINDOW_MS);
    },
    press: (key) => wtype("-s", SETTLE_MS, "-k", key, "-s", SETTLE_MS),
    async hold(key, isDown) {
      if (isDown) holder = quiet([...asUser, "wtype", "-P", key, "-s", "60000"], client);
      else {
        holder?.kill();
        await holder?.exited;
      }
    },
    async resize() {
      throw new Error("sway gives windows their size");
    },
    async screenshot() {
      const shot = Bun.spawn([...asUser, "grim", "-"], { env: client, stderr: "ignore" });
      return await shot.stdout.bytes();
    },
    async close() {
      compositor.kill();
      await compositor.exited;
    },
  };
}
