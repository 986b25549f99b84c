/**
 * Where the pane of a multiplexer lies on the terminal's own screen, in cells from 0. Images pass through the
 * multiplexer to that terminal, as sequences that the multiplexer does not understand.
 */
export interface Passthrough {
  readonly left: number;
  readonly top: number;
}

/** Quotes a sequence for a place inside another that passes through tmux: doubles every ESC. */
export function insideTmux(text: string): string {
  return text.replaceAll("\x1b", "\x1b\x1b");
}

/** The beginning and end of a part of the stream that tmux passes on unchanged (allow-passthrough). */
export const TMUX_BEGIN = "\x1bPtmux;";
export const TMUX_END = "\x1b\\";

/** Wraps a sequence so that tmux passes it on to the terminal. */
export function pastTmux(text: string): string {
  return TMUX_BEGIN + insideTmux(text) + TMUX_END;
}

/**
 * Wraps a sequence of at most 256 bytes so that GNU screen passes it on to the terminal. Strings inside must
 * end with BEL, because ST would end the wrapper.
 */
export function pastScreen(text: string): string {
  return `\x1bP${text.replaceAll("\x1b\\", "\x07")}\x1b\\`;
}
