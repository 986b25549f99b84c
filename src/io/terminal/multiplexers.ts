/**
 * Returns true inside tmux or screen: these take a kitty query for a window title, and would not show the
 * image.
 */
export function isMultiplexed(): boolean {
  return isTmux() || /^(screen|tmux)/.test(terminalName());
}

/**
 * Returns true inside GNU screen, which sets STY to its session's name. It passes sequences on, but cannot
 * pass images.
 */
export function isScreen(environment: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return (environment.STY ?? "") !== "" && /^screen/.test(environment.TERM ?? "");
}

/** The terminal's name in the environment; empty if there is none. */
export function terminalName(): string {
  return process.env.TERM ?? "";
}

/** Returns true inside tmux. The terminal around it can be queried if tmux allows passthrough. */
export function isTmux(): boolean {
  return (process.env.TMUX ?? "") !== "";
}
