/** Starts each terminal without a user, and takes screenshots of it. */
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
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
    "set -g allow-passthrough on\nset -g status on\nset -g escape-time 0\nset -ga terminal-overrides ',*:Tc'\n",
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

/** A display without a screen. */
export interface Display {
  start(command: string[], env?: Record<string, string>): Subprocess;
  /** A PNG of the whole display. */
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

const WIDTH = 1300;
const HEIGHT = 1100;
const START_TIMEOUT_MS = 15_000;

/** Waits until the condition shows that a display is ready. */
async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
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
export async function x11(): Promise<Display> {
  // Xvfb finds a free display number and prints it when it is ready.
  const server = Bun.spawn(["Xvfb", "-displayfd", "1", "-screen", "0", `${WIDTH}x${HEIGHT}x24`], {
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
  return {
    start: (command, extra = {}) => quiet(command, { ...env, ...extra }),
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
export async function wayland(folder: string): Promise<Display> {
  const config = join(folder, "sway.conf");
  writeFileSync(
    config,
    `output HEADLESS-1 resolution ${WIDTH}x${HEIGHT}\ndefault_border none\nseat * hide_cursor 1\n`,
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
  return {
    start: (command, extra = {}) => quiet([...asUser, ...command], { ...client, ...extra }),
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
