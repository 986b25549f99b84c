import { type ByteWriter, utf8 } from "../ansi.ts";
import { pastScreen } from "../passthrough.ts";

/** Bytes reserved per colour for its SGR parameters: "38;2;255;255;255" has 16. */
const COLOR_STRIDE = 16;
/** The same in words of 32 bits. */
export const COLOR_WORDS = COLOR_STRIDE / 4;

/**
 * SGR parameters that select each colour, ready to be copied into a frame: `COLOR_STRIDE` bytes per colour
 * id, of which the first `length` are used.
 */
export interface ColorTable {
  /** The parameters, four bytes per word. */
  readonly foregroundWords: Int32Array;
  readonly foregroundLength: Uint8Array;
  readonly backgroundWords: Int32Array;
  readonly backgroundLength: Uint8Array;
  /** Maximum number of bytes that `define` writes for a colour. */
  readonly maxDefinitionBytes: number;
  /** Defines a colour whose lengths are 0. Called before the colour's first use. */
  define(id: number, out: ByteWriter): void;
}

/** What all tables share: room for `count` colours. */
export class ColorSlots {
  readonly foreground: Uint8Array;
  readonly foregroundWords: Int32Array;
  readonly foregroundLength: Uint8Array;
  readonly background: Uint8Array;
  readonly backgroundWords: Int32Array;
  readonly backgroundLength: Uint8Array;

  constructor(count: number) {
    this.foreground = new Uint8Array(count * COLOR_STRIDE);
    this.foregroundWords = new Int32Array(this.foreground.buffer);
    this.foregroundLength = new Uint8Array(count);
    this.background = new Uint8Array(count * COLOR_STRIDE);
    this.backgroundWords = new Int32Array(this.background.buffer);
    this.backgroundLength = new Uint8Array(count);
  }

  protected set(id: number, foreground: Uint8Array, background: Uint8Array): void {
    this.foreground.set(foreground, id * COLOR_STRIDE);
    this.foregroundLength[id] = foreground.length;
    this.background.set(background, id * COLOR_STRIDE);
    this.backgroundLength[id] = background.length;
  }
}

/** 24-bit colour: "38;2;r;g;b". */
export class TrueColorTable extends ColorSlots implements ColorTable {
  readonly maxDefinitionBytes = 0;
  readonly #colors: Uint32Array;
  readonly #scratch = new Uint8Array(COLOR_STRIDE);

  /** `colors` are 0xRRGGBB by colour id. */
  constructor(colors: Uint32Array) {
    super(colors.length);
    this.#colors = colors;
  }

  define(id: number): void {
    const color = this.#colors[id]!;
    const length = writeRgb(this.#scratch, color);
    const start = id * COLOR_STRIDE;
    for (let i = 0; i < length; i++) {
      this.foreground[start + i] = this.#scratch[i]!;
      this.background[start + i] = this.#scratch[i]!;
    }
    this.background[start] = BACKGROUND_DIGIT;
    this.foregroundLength[id] = length;
    this.backgroundLength[id] = length;
  }
}

/** The '4' of "48;…", which replaces the '3' of "38;…". */
const BACKGROUND_DIGIT = 0x34;

/** Writes "38;2;r;g;b" into `to`. Returns its length. */
function writeRgb(to: Uint8Array, color: number): number {
  to[0] = 0x33;
  to[1] = 0x38;
  to[2] = 0x3b;
  to[3] = 0x32;
  let at = 4;
  for (let shift = 16; shift >= 0; shift -= 8) {
    const value = (color >> shift) & 0xff;
    to[at++] = 0x3b;
    if (value >= 100) to[at++] = 0x30 + ((value / 100) | 0);
    if (value >= 10) to[at++] = 0x30 + (((value / 10) | 0) % 10);
    to[at++] = 0x30 + (value % 10);
  }
  return at;
}

/**
 * Slots of the terminal's palette that emu uses: games show about 12 colours, and used slots must be
 * restored.
 */
export const UPLOAD_SLOTS = 80;
/** Black in every terminal of 256 colours. Uploads leave it as it is, for what surrounds the picture. */
const BLACK_SLOT = 16;
/** The first sixteen slots have codes of their own: 30–37 and 90–97, 40–47 and 100–107. */
export const SHORT_SLOTS = 16;
/** True for a slot of the 256 colours that no upload changes. */
export function isFixedSlot(slot: number): boolean {
  return slot === BLACK_SLOT || slot >= UPLOAD_SLOTS;
}

/** ESC P ESC ] 4 ; 255 ; rgb:ff/ff/ff BEL ESC \ */
const DEFINITION_BYTES = 28;
const RGB_PREFIX = utf8(";rgb:");
/** Marks the colour's place in the sequence that defines it. */
const COLOR_MARK = "rgb";
const HEX = utf8("0123456789abcdef");

/** SGR parameters that select a slot of the terminal's palette. */
export function slotParameters(slot: number): [foreground: Uint8Array, background: Uint8Array] {
  if (slot >= SHORT_SLOTS) return [utf8(`38;5;${slot}`), utf8(`48;5;${slot}`)];
  if (slot >= 8) return [utf8(`${90 + slot - 8}`), utf8(`${100 + slot - 8}`)];
  return [utf8(`${30 + slot}`), utf8(`${40 + slot}`)];
}

/**
 * Uploads colours into the terminal's own palette (OSC 4) and selects them by slot. This takes half of the
 * bytes of 24-bit colour, or a quarter for the first sixteen slots. Slots are assigned in the order of first
 * use. Colours that find no free slot are selected as they are without uploads.
 */
export class UploadedColorTable extends ColorSlots implements ColorTable {
  readonly maxDefinitionBytes = DEFINITION_BYTES;
  readonly #colors: Uint32Array;
  readonly #rest: ColorTable & ColorSlots;
  readonly #begin: Uint8Array;
  readonly #end: Uint8Array;
  readonly #parameters: readonly [foreground: Uint8Array, background: Uint8Array][];
  #slot: number;

  /**
   * `colors` has 0xRRGGBB by colour id. Only "whole" changes the user's own sixteen colours, which otherwise
   * could not be restored. `rest` serves the colours that find no free slot.
   */
  constructor(colors: Uint32Array, upload: "upper" | "whole" | "past-screen", rest: ColorTable & ColorSlots) {
    super(colors.length);
    const define = `\x1b]4;${COLOR_MARK}\x1b\\`;
    const [begin = "", end = ""] = (upload === "past-screen" ? pastScreen(define) : define).split(COLOR_MARK);
    this.#colors = colors;
    this.#rest = rest;
    this.#begin = utf8(begin);
    this.#end = utf8(end);
    this.#slot = upload === "whole" ? 0 : SHORT_SLOTS;
    this.#parameters = Array.from({ length: UPLOAD_SLOTS }, (_, slot) => slotParameters(slot));
  }

  define(id: number, out: ByteWriter): void {
    if (this.#slot === UPLOAD_SLOTS) {
      this.#rest.define(id, out);
      const start = id * COLOR_STRIDE;
      for (let i = 0; i < COLOR_STRIDE; i++) {
        this.foreground[start + i] = this.#rest.foreground[start + i]!;
        this.background[start + i] = this.#rest.background[start + i]!;
      }
      this.foregroundLength[id] = this.#rest.foregroundLength[id]!;
      this.backgroundLength[id] = this.#rest.backgroundLength[id]!;
      return;
    }
    if (this.#slot === BLACK_SLOT) this.#slot++;
    const slot = this.#slot++;
    const [foreground, background] = this.#parameters[slot]!;
    this.set(id, foreground, background);
    out.append(this.#begin);
    out.decimal(slot);
    out.append(RGB_PREFIX);
    const color = this.#colors[id]!;
    for (let shift = 20; shift >= 0; shift -= 4) {
      out.byte(HEX[(color >> shift) & 15]!);
      if (shift === 16 || shift === 8) out.byte(0x2f);
    }
    out.append(this.#end);
  }
}
