import { CLEAR_SCREEN, RESET_ATTRIBUTES, SYNC_END } from "../render/ansi.ts";

/** Ends any sequence or string that a killed writer left unfinished. */
const ABORT_SEQUENCE = "\x18\x1b\\";
const ALTERNATE_SCREEN = "\x1b[?1049h";
const MAIN_SCREEN = "\x1b[?1049l";
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
/** Without wrapping, the last column of the last row can be written without scrolling. */
const WRAP_OFF = "\x1b[?7l";
const WRAP_ON = "\x1b[?7h";
const FOCUS_REPORTS_ON = "\x1b[?1004h";
const FOCUS_REPORTS_OFF = "\x1b[?1004l";

/** Pasted text comes between brackets, so that it is not typed into the game, where letters are keys. */
const BRACKETED_PASTE_ON = "\x1b[?2004h";
const BRACKETED_PASTE_OFF = "\x1b[?2004l";

/** The sequence that takes over the screen. Terminals ignore unknown parts, `keyboardFlags` included. */
export function enterSequence(keyboardFlags: number): string {
  const keyboard = keyboardFlags === 0 ? "" : `\x1b[>${keyboardFlags}u`;
  // Keyboard flags belong to a screen: they are pushed and popped on the alternate one.
  return (
    ALTERNATE_SCREEN +
    HIDE_CURSOR +
    WRAP_OFF +
    FOCUS_REPORTS_ON +
    BRACKETED_PASTE_ON +
    keyboard +
    CLEAR_SCREEN
  );
}

/**
 * The sequence that gives the screen back. `afterKill`: another writer may have been stopped in the middle of
 * a sequence. `also` restores other changes, such as the palette.
 */
export function leaveSequence(afterKill: boolean, also: string): string {
  return (
    (afterKill ? ABORT_SEQUENCE + SYNC_END : "") +
    RESET_ATTRIBUTES +
    also +
    "\x1b[<u" +
    FOCUS_REPORTS_OFF +
    BRACKETED_PASTE_OFF +
    WRAP_ON +
    CLEAR_SCREEN +
    MAIN_SCREEN +
    SHOW_CURSOR
  );
}
