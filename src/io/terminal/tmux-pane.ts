import type { Passthrough } from "../render/passthrough.ts";

const FORMAT = "#{pane_left} #{pane_top} #{status} #{status-position} #{window_offset_x} #{window_offset_y}";

/** Where the pane lies on the screen of the terminal around tmux; undefined if tmux does not report it. */
export function tmuxPane(): Passthrough | undefined {
  const pane = process.env.TMUX_PANE ?? "";
  const target = pane === "" ? [] : ["-t", pane];
  try {
    const { stdout, exitCode } = Bun.spawnSync(["tmux", "display-message", "-p", ...target, FORMAT], {
      stderr: "ignore",
    });
    if (exitCode !== 0) return undefined;
    return parsePane(stdout.toString());
  } catch {
    return undefined;
  }
}

/**
 * Parses tmux's reply to `FORMAT`. A status line of some rows may stand above the pane, and a window may be
 * larger than its terminal.
 */
export function parsePane(answer: string): Passthrough | undefined {
  const [left, top, status = "", position, offsetX, offsetY] = answer.trimEnd().split(" ");
  const statusRows = status === "on" ? 1 : Number(status) || 0;
  const above = position === "top" ? statusRows : 0;
  const place = {
    left: Number(left) - (Number(offsetX) || 0),
    top: Number(top) + above - (Number(offsetY) || 0),
  };
  return Number.isInteger(place.left) && Number.isInteger(place.top) && left !== "" ? place : undefined;
}
