/** How each terminal is started without a user. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Size } from "./displays.ts";

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
  /** True if only the walks with `isShort` are taken here, because its text looks as in another terminal. */
  readonly isShort?: true;
  start(program: string, folder: string): { command: string[]; env?: Record<string, string> };
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
