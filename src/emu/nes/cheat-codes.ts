import { InputError } from "../input-error.ts";
import type { Cheat } from "../machine.ts";

/** The Game Genie's letters by value. https://www.nesdev.org/wiki/Game_Genie */
const LETTERS = "APZLGITYEOXUKSVN";

/** Address, value: `0075:09`; `91D9?01:AD` only where 01 would be read. */
const RAW = /^([0-9A-F]{1,4})(?:\?([0-9A-F]{1,2}))?[:=]([0-9A-F]{1,2})$/;
/** A Pro Action Replay code: six digits of address, which lists shorten to four, and two of value. */
const ACTION_REPLAY = /^(?:00)?([0-9A-F]{4})()([0-9A-F]{2})$/;

/** FCEUX: `S` replaces, `C` compares, and a colon turns the cheat off: `SC:91D9:AD:01:name`. */
const FCEUX = /^(S?)(C?)(:?)([0-9A-F]{4}):([0-9A-F]{2})(?::([0-9A-F]{2}))?(?::(.*))?$/i;

/** Longer than any code; files that hold no codes can have long lines. */
const MAX_SHOWN_CHARACTERS = 60;

/** A cheat as FCEUX writes it in its files. */
interface FceuxCheat {
  /** The code in the form of `parseCheat`: `91D9?01:AD`. */
  readonly code: string;
  readonly isOn: boolean;
  readonly name: string;
}

/** Reads a line of FCEUX's files, also without a name; undefined for anything else. */
export function fceuxCheat(line: string): FceuxCheat | undefined {
  const [, , compares, off, address, value, compare, name = ""] = FCEUX.exec(line.trim()) ?? [];
  if (address === undefined) return undefined;
  const isCompared = compares !== "" && compare !== undefined;
  const code = isCompared ? `${address}?${compare}:${value}` : `${address}:${value}`;
  return { code, isOn: off === "", name };
}

/**
 * The codes of one cheat, which lists join with +, a comma or a semicolon: `SXIOPO+0075:09`. Lines of FCEUX's
 * files become codes that `parseCheat` reads.
 */
export function splitCheats(text: string): string[] {
  const whole = fceuxCheat(text);
  if (whole !== undefined) return [whole.code];
  return text
    .replace(/[;\s]+$/, "")
    .split(/[+,;]/)
    .map((part) => fceuxCheat(part)?.code ?? part);
}

/**
 * Reads a cheat: a Game Genie code of six or eight letters, also in groups (`SXI-OPO`), a Pro Action Replay
 * code of eight or six digits (`00007509`), or bytes in hexadecimal: `0075:09` (address, value), `91D9?01:AD`
 * (only where 01 would be read). Case, spaces, and `$` or `0x` before numbers do not matter. A code that
 * could be both is read as a Game Genie code. Throws `InputError` ("data") for anything else.
 */
export function parseCheat(code: string): Cheat {
  const text = plainCode(code);
  const plain = text.replaceAll("-", "");
  const letters = [...plain].map((letter) => LETTERS.indexOf(letter));
  if ((letters.length === 6 || letters.length === 8) && !letters.includes(-1)) return fromGameGenie(letters);
  const raw = RAW.exec(text) ?? ACTION_REPLAY.exec(plain);
  if (raw !== null) {
    const [, address, compare, value] = raw;
    const cheat = { address: Number.parseInt(address, 16), value: Number.parseInt(value, 16) };
    return compare === undefined || compare === ""
      ? cheat
      : { ...cheat, compare: Number.parseInt(compare, 16) };
  }
  const shown = code.length > MAX_SHOWN_CHARACTERS ? `${code.slice(0, MAX_SHOWN_CHARACTERS)}…` : code;
  throw new InputError("data", `${JSON.stringify(shown)} is not a cheat`, "", remedyFor(plain));
}

/**
 * Describes the error in a text that looks like a Game Genie code; lists the valid forms for any other text.
 */
function remedyFor(text: string): string {
  if (/^[A-Z]{5,9}$/.test(text)) {
    const foreign = [...new Set(text)].filter((letter) => !LETTERS.includes(letter));
    if (foreign.length > 0) return `the Game Genie has no ${foreign.join(", ")}: its letters are ${LETTERS}`;
    return `a Game Genie code has 6 or 8 letters, this has ${text.length}`;
  }
  return "six or eight of the Game Genie's letters, or ADDRESS:VALUE in hexadecimal";
}

/** The code in capitals, without spaces and without the marks of hexadecimal numbers. */
function plainCode(code: string): string {
  return code
    .toUpperCase()
    .replaceAll(/\s+/g, "")
    .replaceAll(/\$|\b0X/g, "");
}

/**
 * Decodes a Game Genie code: its letters' bits are scattered over address and value.
 * https://tuxnes.sourceforge.net/gamegenie.html
 */
function fromGameGenie(n: readonly number[]): Cheat {
  const address =
    0x8000 |
    ((n[3] & 7) << 12) |
    ((n[5] & 7) << 8) |
    ((n[4] & 8) << 8) |
    ((n[2] & 7) << 4) |
    ((n[1] & 8) << 4) |
    (n[4] & 7) |
    (n[3] & 8);
  const last = n[n.length - 1];
  const value = ((n[1] & 7) << 4) | ((n[0] & 8) << 4) | (n[0] & 7) | (last & 8);
  if (n.length === 6) return { address, value };
  const compare = ((n[7] & 7) << 4) | ((n[6] & 8) << 4) | (n[6] & 7) | (n[5] & 8);
  return { address, value, compare };
}
