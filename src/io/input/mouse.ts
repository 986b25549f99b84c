import type { Token } from "./escape-buffer.ts";

/** A mouse event in the window; cells count from 0. */
export interface MouseEvent {
  readonly column: number;
  readonly row: number;
  /** The button that was pressed or released: 0 left, 1 middle, 2 right; undefined for movement alone. */
  readonly button: number | undefined;
  readonly isDown: boolean;
  /** −1 if the wheel was turned up (away from the player), 1 if down. */
  readonly wheel?: -1 | 1;
}

/** Reports every movement, in the SGR format, which does not limit the column. */
export const MOUSE_ON = "\x1b[?1003h\x1b[?1006h";
/** Reports clicks and the wheel only, for the menu. */
export const CLICKS_ON = "\x1b[?1000h\x1b[?1006h";
export const MOUSE_OFF = "\x1b[?1006l\x1b[?1003l\x1b[?1000l";

const MOTION = 0x20;
const WHEEL_OR_MORE = 0xc0;
const WHEEL_UP = 0x40;
const WHEEL_DOWN = 0x41;
const MODIFIERS = 0x1c;
const SGR_MOUSE = /^<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])$/;
/** The older format, of terminals that do not know the SGR format: button, column and row as characters. */
const X10_MOUSE = /^M([ -\xff])([!-\xff])([!-\xff])$/s;
const X10_RELEASE = 3;

/** Parses a token as a mouse report; undefined if it is none. Wheel events press no button. */
export function mouseOf(token: Token): MouseEvent | undefined {
  if (token.kind !== "csi") return undefined;
  const sgr = SGR_MOUSE.exec(token.text);
  if (sgr !== null) return eventOf(Number(sgr[1]), Number(sgr[2]), Number(sgr[3]), sgr[4] === "M");
  const x10 = X10_MOUSE.exec(token.text);
  if (x10 === null) return undefined;
  const [code = 0, column = 0, row = 0] = x10.slice(1).map((character) => character.charCodeAt(0) - 0x20);
  // A release does not name its button: it counts as the left one's, the only one that games hold.
  const isRelease = (code & (MOTION | WHEEL_OR_MORE | 3)) === X10_RELEASE;
  return eventOf(isRelease ? code & ~3 : code, column, row, !isRelease);
}

function eventOf(code: number, column: number, row: number, isDown: boolean): MouseEvent {
  const moves = (code & (MOTION | WHEEL_OR_MORE)) !== 0;
  const plain = code & ~MODIFIERS;
  return {
    ...(plain === WHEEL_UP ? { wheel: -1 } : plain === WHEEL_DOWN ? { wheel: 1 } : {}),
    column: Math.max(0, column - 1),
    row: Math.max(0, row - 1),
    button: moves ? undefined : code & 3,
    isDown,
  };
}
