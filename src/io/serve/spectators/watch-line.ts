import { InputError } from "../../../emu/input-error.ts";
import { utf8 } from "../../render/ansi.ts";
import { MAX_PALETTE_ENTRIES, PALETTE_ENTRIES, type Palette } from "../../render/colors/palette.ts";
import { COLOR_MODES, type ColorMode } from "../../render/encoder.ts";
import { MIN_COLUMNS, MIN_ROWS } from "../../render/scale.ts";
import type { ServedShape } from "../machine/served-picture.ts";
import type { WatchedGame } from "../machine/watched-game.ts";

/**
 * A spectator that reads nothing for this long, while the kernel's buffers are full, is disconnected. It gets
 * no message, because a picture is being sent.
 */
export const SPECTATOR_STALL_SECONDS = 60;

/** The settings of a spectator. */
export interface WatchWish {
  /** Coloured characters for any terminal, or packed pictures for a viewer that draws them itself. */
  readonly format: "cells" | "packed";
  readonly columns: number;
  readonly rows: number;
  readonly colors: ColorMode;
  /** Pictures per second. */
  readonly fps: number;
  /** True if it wants to press buttons too. */
  readonly play: boolean;
  readonly token: string;
}

/** What a viewer of packed pictures must know of them. */
export interface WatchShape extends ServedShape {
  /** Present if pictures are colours. Each has its own size, of at most this many pixels. */
  readonly rgb?: { readonly mostPixels: number };
  /** Buttons per port. Default: 8. */
  readonly portBits?: number;
  /** The machine's own colours, as `colorsText` writes them. Absent if a television decides. */
  readonly colors?: string;
}

/** The first line that a viewer of packed pictures receives, as JSON. */
export interface WatchHello extends WatchShape {
  /** The controller port that it may use, or null. */
  readonly port: number | null;
}

/** Bit of the length before a packed picture: the shape of the next pictures follows instead, as JSON. */
export const SHAPE_FLAG = 0x8000_0000;

const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;
const MAX_COLUMNS = 400;
const MAX_ROWS = 200;
const USUAL_FPS = 15;
const MAX_FPS = 120;

const COLOR_BYTES = 3;

/** A palette as base64: three bytes for each entry, red first. */
function colorsText(palette: Palette): string {
  return Uint8Array.from([...palette].flatMap((color) => [color >> 16, color >> 8, color])).toBase64();
}

/** Reverses `colorsText`. Returns undefined for anything else. */
export function parseColorsText(text: unknown): Palette | undefined {
  if (typeof text !== "string") return undefined;
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(text);
  } catch {
    return undefined;
  }
  const length = bytes.length / COLOR_BYTES;
  if (length !== PALETTE_ENTRIES && length !== MAX_PALETTE_ENTRIES) return undefined;
  return Uint32Array.from({ length }, (_, entry) => {
    const at = COLOR_BYTES * entry;
    return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  });
}

/** Describes pictures of this shape for a viewer of packed ones. */
export function watchShape(
  shape: ServedShape,
  { colors, isRgb, mostPixels, portBits }: WatchedGame,
): WatchShape {
  const { width, height, pixelAspect, frameRateHz } = shape;
  return {
    width,
    height,
    pixelAspect,
    frameRateHz,
    ...(isRgb ? { rgb: { mostPixels }, portBits } : {}),
    ...(colors === undefined ? {} : { colors: colorsText(colors) }),
  };
}

/** The record that tells a viewer of packed pictures the shape of the next ones. */
export function shapeRecord(shape: ServedShape, game: WatchedGame): Uint8Array<ArrayBuffer> {
  const text = utf8(JSON.stringify(watchShape(shape, game)));
  const record = new Uint8Array(4 + text.length);
  new DataView(record.buffer).setUint32(0, SHAPE_FLAG + text.length, true);
  record.set(text, 4);
  return record;
}

/** Returns true if the first line of a connection asks for pictures instead of being a request. */
export function isWatchLine(line: string): boolean {
  return /^watch( |$)/.test(line);
}

/** The line with which a viewer requests these settings. */
export function watchLine(wish: Partial<WatchWish>): string {
  const words = Object.entries(wish).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return ["watch", ...words].join(" ");
}

/**
 * Parses `watch` and the words after it: `columns=80 rows=24 fps=15 colors=true|256|16|mono
 * format=cells|packed play=true token=…`. Throws `InputError` ("usage") for anything else.
 */
export function parseWatchLine(line: string): WatchWish {
  const words = new Map<string, string>();
  for (const word of line
    .split(" ")
    .slice(1)
    .filter((each) => each !== "")) {
    const at = word.indexOf("=");
    words.set(at < 0 ? word : word.slice(0, at), at < 0 ? "true" : word.slice(at + 1));
  }
  const take = (name: string, fallback: string): string => {
    const value = words.get(name) ?? fallback;
    words.delete(name);
    return value;
  };
  const number = (name: string, usual: number, least: number, most: number): number => {
    const text = take(name, String(usual));
    const value = Number(text);
    if (!/^\d{1,4}$/.test(text) || value < least || value > most)
      throw wrong(name, `a whole number from ${least} to ${most}`);
    return value;
  };
  const choice = <T extends string>(name: string, values: readonly T[], usual: T): T => {
    const text = take(name, usual);
    const found = values.find((each) => each === text);
    if (found === undefined) throw wrong(name, `one of ${values.join(", ")}`);
    return found;
  };
  const wish: WatchWish = {
    format: choice("format", ["cells", "packed"], "cells"),
    columns: number("columns", USUAL_COLUMNS, MIN_COLUMNS, MAX_COLUMNS),
    rows: number("rows", USUAL_ROWS, MIN_ROWS, MAX_ROWS),
    colors: choice("colors", COLOR_MODES, "true"),
    fps: number("fps", USUAL_FPS, 1, MAX_FPS),
    play: choice("play", ["true", "false"], "false") === "true",
    token: decode(take("token", "")),
  };
  for (const name of words.keys()) throw wrong(name.slice(0, 20), "omitted: it is unknown");
  return wish;
}

/** Reverses `encodeURIComponent`. Returns invalid text unchanged. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function wrong(name: string, wanted: string): InputError {
  return new InputError("usage", `"${name}" must be ${wanted}`, "watch");
}
