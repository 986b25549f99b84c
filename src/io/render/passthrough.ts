/**
 * A multiplexer between us and the terminal that shows images: what it would not understand goes past it.
 * The terminal's own screen holds our pane at some place, in cells from 0.
 */
export interface Passthrough {
  readonly left: number;
  readonly top: number;
}

/** The sequence as it stands inside of another that goes past tmux: every ESC twice. */
export function insideTmux(text: string): string {
  return text.replaceAll("\x1b", "\x1b\x1b");
}

/** What begins and ends a part of the stream that tmux hands on as it is (allow-passthrough). */
export const TMUX_BEGIN = "\x1bPtmux;";
export const TMUX_END = "\x1b\\";

/** A sequence that tmux hands on to the terminal. */
export function pastTmux(text: string): string {
  return TMUX_BEGIN + insideTmux(text) + TMUX_END;
}

/**
 * A sequence that GNU screen hands on to the terminal around it, of 256 bytes at most. Strings in it end with
 * BEL, since their other end would be that of what is handed on.
 */
export function pastScreen(text: string): string {
  return `\x1bP${text.replaceAll("\x1b\\", "\x07")}\x1b\\`;
}
