/** The screen that tmux makes of a stream of bytes, as a second reference beside xterm.js. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const HAS_TMUX: boolean = Bun.which("tmux") !== null;

export interface ScreenCell {
  char: string;
  /** 0xRRGGBB, a slot of the palette as −2 − slot, or −1 for the default. */
  foreground: number;
  background: number;
}

const DEFAULT_COLOR = -1;
const MARK = "emu-shown";

function slot(index: number): number {
  return -2 - index;
}

/** Colours by SGR parameter, for parameters that are a colour: 30–37, 90–97 and their backgrounds. */
function shortColor(parameter: number, base: number): number | undefined {
  if (parameter >= base && parameter < base + 8) return slot(parameter - base);
  if (parameter >= base + 60 && parameter < base + 68) return slot(parameter - base - 60 + 8);
  return parameter === base + 9 ? DEFAULT_COLOR : undefined;
}

/**
 * Reads `capture-pane -e`: text with SGR sequences. Each line starts with the attributes at the end of the
 * previous one.
 */
function parse(capture: string, columns: number, rows: number): ScreenCell[][] {
  let foreground = DEFAULT_COLOR;
  let background = DEFAULT_COLOR;
  const apply = (parameters: number[]) => {
    for (let at = 0; at < parameters.length; at++) {
      const parameter = parameters[at];
      if (parameter === 0) foreground = background = DEFAULT_COLOR;
      else if (parameter === 38 || parameter === 48) {
        const isRgb = parameters[at + 1] === 2;
        const color = isRgb
          ? (parameters[at + 2] << 16) | (parameters[at + 3] << 8) | parameters[at + 4]
          : slot(parameters[at + 2]);
        if (parameter === 38) foreground = color;
        else background = color;
        at += isRgb ? 4 : 2;
      } else {
        foreground = shortColor(parameter, 30) ?? foreground;
        background = shortColor(parameter, 40) ?? background;
      }
    }
  };
  const lines = capture.split("\n");
  return Array.from({ length: rows }, (_, row) => {
    const cells: ScreenCell[] = [];
    const [start = "", ...parts] = (lines[row] ?? "").split("\x1b[");
    const put = (text: string) => {
      for (const char of text) cells.push({ char, foreground, background });
    };
    put(start);
    for (const part of parts) {
      const end = part.indexOf("m");
      apply(part.slice(0, end).split(/[;:]/).map(Number));
      put(part.slice(end + 1));
    }
    while (cells.length < columns)
      cells.push({ char: " ", foreground: DEFAULT_COLOR, background: DEFAULT_COLOR });
    return cells;
  });
}

/** Shows `bytes` in a separate tmux and returns its cells, row by row. */
export async function tmuxScreen(bytes: Uint8Array, columns: number, rows: number): Promise<ScreenCell[][]> {
  const folder = mkdtempSync(join(tmpdir(), "emu-tmux-"));
  const socket = join(folder, "socket");
  const file = join(folder, "bytes");
  writeFileSync(file, bytes);
  const tmux = (...args: string[]) =>
    Bun.spawnSync(["tmux", "-S", socket, "-f", "/dev/null", ...args], { env: { ...process.env, TMUX: "" } });
  try {
    // The title shows when everything has been processed: tmux handles its input in order.
    const show = `stty raw -echo; printf '\\033[?7l'; cat '${file}'; printf '\\033]2;${MARK}\\033\\\\'; sleep 60`;
    const size = ["-x", String(columns), "-y", String(rows)];
    const { exitCode, stderr } = tmux("new-session", "-d", ...size, show, ";", "set", "-g", "status", "off");
    if (exitCode !== 0) throw new Error(`tmux: ${stderr.toString()}`);
    const deadline = performance.now() + 50_000;
    while (tmux("display", "-p", "#{pane_title}").stdout.toString().trim() !== MARK) {
      if (performance.now() > deadline) throw new Error("tmux does not come to the end");
      await Bun.sleep(30);
    }
    return parse(tmux("capture-pane", "-e", "-p", "-N").stdout.toString(), columns, rows);
  } finally {
    tmux("kill-server");
    rmSync(folder, { recursive: true, force: true });
  }
}
