/**
 * One complete unit of a terminal's input. `text` is one character. `csi` is the body after ESC [ with its
 * final byte, or M and the three characters of a mouse report; `ss3` is the body after ESC O. `alt` is the
 * character that followed ESC. `osc`, `dcs` and `apc` are string bodies without their terminator. `escape` is
 * the Escape key by itself. `paste` is pasted text, cut to `MAX_PASTE` bytes.
 */
export interface Token {
  readonly kind: "text" | "csi" | "ss3" | "alt" | "escape" | "osc" | "dcs" | "apc" | "paste";
  readonly text: string;
  /** True for a key's sequence after another ESC: how rxvt, PuTTY and iTerm2 send Alt. */
  readonly alt?: true;
}

const GROUND = 0;
const AFTER_ESCAPE = 1;
const IN_CSI = 2;
const AFTER_SS3 = 3;
const IN_STRING = 4;
/** An ESC inside a string: the first half of its terminator. */
const STRING_ESCAPE = 5;
/** Function keys of the Linux console: ESC [ [ and a letter. */
const LINUX_KEY = 6;
const UTF8_TAIL = 7;
/** After a second ESC: either Escape twice, or Alt with a key that sends a sequence. */
const AFTER_TWO_ESCAPES = 8;
/** Between the brackets that a terminal puts around pasted text. */
const IN_PASTE = 9;
/** After an ESC that has become the Escape key, although the rest of its sequence may still come. */
const AFTER_LATE_ESCAPE = 10;
/** After that, the character that would follow ESC in a sequence. */
const LATE_SEQUENCE = 11;
/** The three bytes after ESC [ M. */
const X10_MOUSE = 12;

const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;

/**
 * CSI bodies, with the final byte, that are keys. Reports have a private marker or another final byte, or are
 * the cursor's position, which ends as F3 does but has numbers.
 */
const KEY_SEQUENCE = /^(?:[\d;:]*[A-HPQSZa-d~^@$]|R)$/;
/** rxvt ends its Shift keys with `$`. Elsewhere that is an intermediate byte, as in the report "1;2$y". */
const RXVT_SHIFT = /^\d+$/;
/**
 * What follows ESC in keys and reports, and the characters that can come next. Both together, faster than
 * anyone types, are the rest of a sequence.
 */
const LATE_SEQUENCES: Readonly<Record<string, RegExp>> = {
  "[": /[\dA-Z?<>]/,
  O: /[\dA-Z]/,
  "]": /\d/,
  P: /[01>!]/,
  _: /G/,
};
/** Bytes of a mouse report after ESC [ M, in terminals without the SGR format, such as GNU screen 4. */
const X10_MOUSE_BYTES = 3;
const MAX_SS3 = 8;
const PASTE_BEGIN = "200~";
const PASTE_END = Array.from("\x1b[201~", (character) => character.charCodeAt(0));
const MAX_PASTE = 1024;
/** Longest CSI and string bodies that are stored. Longer ones are consumed and not reported. */
const MAX_CSI = 256;
const MAX_STRING = 65_536;

/**
 * Splits a terminal's byte stream into tokens. Reads may cut a sequence anywhere; the tokens are the same for
 * every cut. Only `flush` depends on time: a lone ESC is a key press if nothing follows. If the rest of a
 * sequence follows after that, it becomes a token too, and not keys.
 */
export class EscapeBuffer {
  readonly #emit: (token: Token) => void;
  #state = GROUND;
  #stringKind: "osc" | "dcs" | "apc" = "osc";
  #body = "";
  #overlong = false;
  #isAlt = false;
  #codePoint = 0;
  /** Number of `PASTE_END` bytes seen so far. */
  #pasteEndBytes = 0;
  #tailBytes = 0;
  #tailAlt = false;
  /** The character in `LATE_SEQUENCE`. */
  #lateByte = 0;

  constructor(emit: (token: Token) => void) {
    this.#emit = emit;
  }

  /** True if a possible key waits for more bytes. Call `flush` if none come within about 25 ms. */
  get isKeyPending(): boolean {
    return this.#state === AFTER_ESCAPE || this.#state === AFTER_TWO_ESCAPES || this.#state === LATE_SEQUENCE;
  }

  /** Processes the next bytes of the stream. */
  feed(bytes: Uint8Array): void {
    for (const byte of bytes) this.#byte(byte);
  }

  /** Call when no more bytes have come: what waits becomes a key, such as Escape. */
  flush(): void {
    if (!this.isKeyPending) return;
    if (this.#state === LATE_SEQUENCE) {
      this.#state = GROUND;
      this.#character(this.#lateByte, false);
      return;
    }
    if (this.#state === AFTER_TWO_ESCAPES) this.#emit({ kind: "escape", text: "" });
    this.#state = AFTER_LATE_ESCAPE;
    this.#emit({ kind: "escape", text: "" });
  }

  #byte(byte: number): void {
    switch (this.#state) {
      case GROUND:
        if (byte === ESC) this.#state = AFTER_ESCAPE;
        else this.#character(byte, false);
        break;
      case AFTER_ESCAPE:
        this.#isAlt = false;
        this.#afterEscape(byte);
        break;
      case AFTER_TWO_ESCAPES:
        this.#afterTwoEscapes(byte);
        break;
      case IN_CSI:
        this.#inCsi(byte);
        break;
      case AFTER_SS3:
        this.#inSs3(byte);
        break;
      case IN_PASTE:
        this.#inPaste(byte);
        break;
      case LINUX_KEY:
        this.#state = GROUND;
        this.#emitSequence("csi", `[${String.fromCharCode(byte)}`);
        break;
      case UTF8_TAIL:
        this.#utf8Tail(byte);
        break;
      case AFTER_LATE_ESCAPE:
        this.#afterLateEscape(byte);
        break;
      case LATE_SEQUENCE:
        this.#lateSequence(byte);
        break;
      case X10_MOUSE:
        this.#x10Mouse(byte);
        break;
      default:
        this.#inString(byte);
    }
  }

  #afterEscape(byte: number): void {
    this.#state = GROUND;
    this.#body = "";
    this.#overlong = false;
    if (byte === 0x5b) this.#state = IN_CSI;
    else if (byte === 0x4f) this.#state = AFTER_SS3;
    else if (byte === 0x5d) this.#startString("osc");
    else if (byte === 0x50) this.#startString("dcs");
    else if (byte === 0x5f) this.#startString("apc");
    else if (byte === ESC) this.#state = AFTER_TWO_ESCAPES;
    else this.#character(byte, true);
  }

  #afterTwoEscapes(byte: number): void {
    this.#isAlt = byte === 0x5b || byte === 0x4f;
    if (!this.#isAlt) this.#emit({ kind: "escape", text: "" });
    this.#afterEscape(byte);
  }

  #afterLateEscape(byte: number): void {
    this.#state = GROUND;
    if (LATE_SEQUENCES[String.fromCharCode(byte)] === undefined) {
      this.#byte(byte);
      return;
    }
    this.#lateByte = byte;
    this.#state = LATE_SEQUENCE;
  }

  #lateSequence(byte: number): void {
    const next = LATE_SEQUENCES[String.fromCharCode(this.#lateByte)];
    this.#state = GROUND;
    if (next?.test(String.fromCharCode(byte)) === true) {
      this.#isAlt = false;
      this.#afterEscape(this.#lateByte);
    } else this.#character(this.#lateByte, false);
    this.#byte(byte);
  }

  #x10Mouse(byte: number): void {
    this.#body += String.fromCharCode(byte);
    if (this.#body.length < X10_MOUSE_BYTES) return;
    this.#state = GROUND;
    this.#emit({ kind: "csi", text: `M${this.#body}` });
  }

  #inSs3(byte: number): void {
    const isParameter = (byte >= 0x30 && byte <= 0x39) || byte === 0x3b;
    if (isParameter && this.#body.length < MAX_SS3) {
      this.#append(byte, MAX_SS3);
      return;
    }
    this.#state = GROUND;
    if (byte === ESC) {
      this.#endAlt();
      this.#state = AFTER_ESCAPE;
    } else this.#emitSequence("ss3", this.#body + String.fromCharCode(byte));
  }

  #inPaste(byte: number): void {
    if (byte === PASTE_END[this.#pasteEndBytes]) this.#pasteEndBytes++;
    else {
      for (const held of PASTE_END.slice(0, this.#pasteEndBytes)) this.#append(held, MAX_PASTE);
      this.#pasteEndBytes = byte === ESC ? 1 : 0;
      if (byte !== ESC) this.#append(byte, MAX_PASTE);
    }
    if (this.#pasteEndBytes < PASTE_END.length) return;
    this.#state = GROUND;
    const bytes = Uint8Array.from(this.#body, (character) => character.charCodeAt(0));
    this.#emit({ kind: "paste", text: new TextDecoder().decode(bytes) });
  }

  /** An ESC before something that is not a key was the Escape key. */
  #emitSequence(kind: "csi" | "ss3", text: string): void {
    if (
      this.#isAlt &&
      text !== PASTE_BEGIN &&
      (kind === "ss3" || text.startsWith("[") || KEY_SEQUENCE.test(text))
    ) {
      this.#emit({ kind, text, alt: true });
      return;
    }
    this.#endAlt();
    if (kind === "csi" && text === PASTE_BEGIN) {
      this.#state = IN_PASTE;
      this.#body = "";
      this.#pasteEndBytes = 0;
    } else this.#emit({ kind, text });
  }

  #endAlt(): void {
    if (this.#isAlt) this.#emit({ kind: "escape", text: "" });
    this.#isAlt = false;
  }

  #startString(kind: "osc" | "dcs" | "apc"): void {
    this.#stringKind = kind;
    this.#state = IN_STRING;
  }

  #inCsi(byte: number): void {
    if (byte === ESC) {
      this.#endAlt();
      this.#state = AFTER_ESCAPE;
    } else if (byte === CAN || byte === SUB) {
      this.#endAlt();
      this.#state = GROUND;
    } else if (byte === 0x5b && this.#body === "") {
      this.#state = LINUX_KEY;
    } else if (byte === 0x4d && this.#body === "") {
      this.#endAlt();
      this.#state = X10_MOUSE;
    } else if ((byte >= 0x40 && byte <= 0x7e) || (byte === 0x24 && RXVT_SHIFT.test(this.#body))) {
      this.#state = GROUND;
      if (!this.#overlong) this.#emitSequence("csi", this.#body + String.fromCharCode(byte));
      else this.#endAlt();
    } else this.#append(byte, MAX_CSI);
  }

  #inString(byte: number): void {
    if (this.#state === STRING_ESCAPE) {
      if (byte === 0x5c) this.#endString();
      else this.#afterEscape(byte);
    } else if (byte === ESC) this.#state = STRING_ESCAPE;
    else if (byte === BEL && this.#stringKind === "osc") this.#endString();
    else if (byte === CAN || byte === SUB) this.#state = GROUND;
    else this.#append(byte, MAX_STRING);
  }

  #endString(): void {
    this.#state = GROUND;
    if (!this.#overlong) this.#emit({ kind: this.#stringKind, text: this.#body });
  }

  #append(byte: number, limit: number): void {
    if (this.#body.length >= limit) this.#overlong = true;
    else this.#body += String.fromCharCode(byte);
  }

  /** Processes the first byte of a character. Bytes that cannot start one are dropped. */
  #character(byte: number, alt: boolean): void {
    if (byte < 0x80) {
      this.#emit({ kind: alt ? "alt" : "text", text: String.fromCharCode(byte) });
      return;
    }
    if (byte < 0xc2 || byte > 0xf4) return;
    this.#tailBytes = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    this.#codePoint = byte & (0x3f >> this.#tailBytes);
    this.#tailAlt = alt;
    this.#state = UTF8_TAIL;
  }

  #utf8Tail(byte: number): void {
    if ((byte & 0xc0) !== 0x80) {
      this.#state = GROUND;
      this.#byte(byte);
      return;
    }
    this.#codePoint = (this.#codePoint << 6) | (byte & 0x3f);
    if (--this.#tailBytes > 0) return;
    this.#state = GROUND;
    if (this.#codePoint > 0x10ffff) return;
    this.#emit({ kind: this.#tailAlt ? "alt" : "text", text: String.fromCodePoint(this.#codePoint) });
  }
}
