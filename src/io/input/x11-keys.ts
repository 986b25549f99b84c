import { type Pointer, read } from "bun:ffi";
import { type Xcb, xcb } from "../ffi/xcb.ts";

/** Knows which keys are down, for terminals that do not report releases. */
export interface KeyState {
  /** Returns true if the key with this name, as in bindings, is down now; undefined if that is unknown. */
  isDown(key: string): boolean | undefined;
}

/**
 * X's symbols of keys that are not Latin characters.
 * https://www.x.org/releases/current/doc/xproto/x11protocol.html#keysym_encoding
 */
const SYMBOLS: Readonly<Record<string, readonly number[]>> = {
  backspace: [0xff08],
  tab: [0xff09, 0xfe20],
  enter: [0xff0d, 0xff8d],
  escape: [0xff1b],
  space: [0x20],
  home: [0xff50],
  left: [0xff51, 0xff96],
  up: [0xff52, 0xff97],
  right: [0xff53, 0xff98],
  down: [0xff54, 0xff99],
  page_up: [0xff55],
  page_down: [0xff56],
  end: [0xff57],
  insert: [0xff63],
  delete: [0xffff],
};
/** F1; the others follow in order. */
const F1 = 0xffbe;

const FIRST_KEYCODE = 8;
const KEYCODES = 248;
/** Replies begin with 32 bytes, the second of which is the number of symbols per key. */
const HEAD_BYTES = 32;
/** Offset of the bits in QueryKeymap's reply. */
const KEYMAP_OFFSET = 8;

function symbolsOf(key: string): readonly number[] {
  const symbols = SYMBOLS[key];
  if (symbols !== undefined) return symbols;
  const functionKey = /^f(\d{1,2})$/.exec(key);
  if (functionKey !== null) return [F1 + Number(functionKey[1]) - 1];
  // Symbols of Latin-1 characters equal their code points.
  const code = key.codePointAt(0) ?? 0;
  return key.length === 1 && code < 256 ? [code] : [];
}

/**
 * The keyboard as the X server sees it. The server knows about keys in every window, so emu asks only about a
 * key that the terminal has just sent: our own window certainly has the focus then.
 */
export class X11Keys implements KeyState {
  readonly #xcb: Xcb;
  #connection: Pointer | undefined;
  /** Keycodes by symbol, for the unshifted and shifted positions of each key. */
  readonly #keycodes = new Map<number, number[]>();

  /** Connects to a server such as ":0". Returns undefined if there is no server or no library for it. */
  static open(display: string): X11Keys | undefined {
    const library = xcb();
    if (library === undefined) return undefined;
    const connection = library.xcb_connect(new TextEncoder().encode(`${display}\0`), null);
    if (connection === null) return undefined;
    if (library.xcb_connection_has_error(connection) !== 0) {
      library.xcb_disconnect(connection);
      return undefined;
    }
    return new X11Keys(library, connection as Pointer);
  }

  private constructor(library: Xcb, connection: Pointer) {
    this.#xcb = library;
    this.#connection = connection;
    this.#readMapping(connection);
  }

  isDown(key: string): boolean | undefined {
    const connection = this.#connection;
    if (connection === undefined) return undefined;
    const keycodes = symbolsOf(key).flatMap((symbol) => this.#keycodes.get(symbol) ?? []);
    if (keycodes.length === 0) return undefined;
    const cookie = this.#xcb.xcb_query_keymap(connection);
    const reply = this.#xcb.xcb_query_keymap_reply(connection, cookie, null);
    if (reply === null) {
      // The server is gone.
      this.close();
      return undefined;
    }
    const isDown = keycodes.some(
      (code) => (read.u8(reply, KEYMAP_OFFSET + (code >> 3)) & (1 << (code & 7))) !== 0,
    );
    this.#xcb.free(reply);
    return isDown;
  }

  /** Closes the connection. From then on no key state is known. */
  close(): void {
    if (this.#connection !== undefined) this.#xcb.xcb_disconnect(this.#connection);
    this.#connection = undefined;
  }

  #readMapping(connection: Pointer): void {
    const cookie = this.#xcb.xcb_get_keyboard_mapping(connection, FIRST_KEYCODE, KEYCODES);
    const reply = this.#xcb.xcb_get_keyboard_mapping_reply(connection, cookie, null);
    if (reply === null) return;
    const symbolsPerKey = read.u8(reply, 1);
    for (let key = 0; key < KEYCODES; key++)
      for (let place = 0; place < Math.min(2, symbolsPerKey); place++) {
        const symbol = read.u32(reply, HEAD_BYTES + 4 * (key * symbolsPerKey + place));
        if (symbol === 0) continue;
        const keycodes = this.#keycodes.get(symbol) ?? [];
        this.#keycodes.set(symbol, [...keycodes, FIRST_KEYCODE + key]);
      }
    this.#xcb.free(reply);
  }
}

/**
 * Opens the keyboard state of this terminal's display, if that is possible: the X server that DISPLAY names.
 * Not over ssh, where the display is on another computer or belongs to another user.
 */
export function openKeyState(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): X11Keys | undefined {
  const { DISPLAY = "", SSH_CONNECTION = "", SSH_TTY = "" } = environment;
  if (DISPLAY === "" || SSH_CONNECTION !== "" || SSH_TTY !== "") return undefined;
  return X11Keys.open(DISPLAY);
}
