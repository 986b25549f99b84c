import { InputError } from "../../emu/input-error.ts";
import { FCEUX_FILL, parseRamFill, type RamFill } from "../../emu/nes/ram-fill.ts";
import { fromBase64, fromHex } from "../files/binary-text.ts";
import { printable } from "../files/text.ts";
import { badText } from "../files/text-place.ts";
import {
  DENDY_COMMENT,
  DIP_COMMENT,
  dipFromText,
  HASH_COMMENT,
  hashFromText,
  RAM_COMMENT,
} from "./hash-text.ts";
import type { MovieHash } from "./movie.ts";
import type { MovieEvent } from "./movie-events.ts";

export const FM2_VERSION = 3;
/** The GUID of emu's movies. Those without RAMInitOption were recorded with zeros in RAM. */
export const EMU_GUID = "00000000-0000-0000-0000-000000000000";
const PIPE = 0x7c;
const CR = 0x0d;
const LF = 0x0a;

/** Keys that do not affect how emu plays a movie. */
const NEUTRAL_KEYS = new Set(["emuVersion", "rerecordCount", "romFilename", "guid", "NewPPU", "FDS"]);
/** Keys that the parser reads. */
const READ_KEYS = new Set(
  "version palFlag romChecksum fourscore microphone port0 port1 port2 length binary savestate saveram RAMInitOption RAMInitSeed".split(
    " ",
  ),
);

/** The header of an FM2 movie: its keys with values and line numbers, and its comments. */
export class Fm2Header {
  readonly #values = new Map<string, { readonly text: string; readonly line: number }>();
  readonly hashes: MovieHash[] = [];
  /** Changes of DIP switches. */
  readonly dips: MovieEvent[] = [];
  readonly warnings: string[] = [];
  /** Offset of the input log, and its line number. */
  readonly logOffset: number;
  readonly logLine: number;
  #ramComment: RamFill | undefined;
  #isDendy = false;

  /** Throws `InputError` ("data") with line and column. */
  constructor(bytes: Uint8Array) {
    const decoder = new TextDecoder();
    let line = 1;
    let at = 0;
    while (at < bytes.length && bytes[at] !== PIPE) {
      const end = lineEnd(bytes, at);
      this.#readLine(decoder.decode(bytes.subarray(at, end)), line);
      at = afterLine(bytes, end);
      line++;
    }
    if (line === 1) throw badText(`not an FM2 movie: "version ${FM2_VERSION}" was expected`, 1, 1);
    this.logOffset = at;
    this.logLine = line;
  }

  #readLine(text: string, line: number): void {
    const [, key = "", value = ""] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(text) ?? [];
    if (line === 1 && (key !== "version" || value !== String(FM2_VERSION))) {
      throw badText(`not an FM2 movie: "version ${FM2_VERSION}" was expected`, 1, 1);
    }
    if (key === "") return;
    if (!/^[A-Za-z0-9_]+$/.test(key)) {
      throw badText(
        `"${printable(key, 40)}" is not a key: a key, a space and a value were expected`,
        line,
        1,
      );
    }
    if (key === "subtitle") return;
    if (key === "comment") {
      this.#readComment(value, line, text.length - value.length + 1);
      return;
    }
    if (!READ_KEYS.has(key) && !NEUTRAL_KEYS.has(key)) {
      this.warnings.push(`line ${line}: the unknown key ${printable(key, 40)} was ignored`);
    }
    this.#values.set(key, { text: value, line });
  }

  #readComment(value: string, line: number, column: number): void {
    if (value.startsWith(HASH_COMMENT)) {
      this.hashes.push(hashFromText(value.slice(HASH_COMMENT.length), line, column + HASH_COMMENT.length));
    } else if (value.startsWith(DIP_COMMENT)) {
      this.dips.push(dipFromText(value.slice(DIP_COMMENT.length), line, column + DIP_COMMENT.length));
    } else if (value === DENDY_COMMENT) {
      this.#isDendy = true;
    } else if (value.startsWith(RAM_COMMENT)) {
      this.#ramComment = parseRamFill(value.slice(RAM_COMMENT.length).trim());
      if (this.#ramComment === undefined) throw badText("a way to fill RAM was expected", line, column);
    }
  }

  get region(): "ntsc" | "pal" | "dendy" {
    if (this.#isDendy) return "dendy";
    return this.flag("palFlag") ? "pal" : "ntsc";
  }

  text(key: string): string | undefined {
    return this.#values.get(key)?.text;
  }

  /** The line number of a key; 1 if the key is missing. */
  line(key: string): number {
    return this.#values.get(key)?.line ?? 1;
  }

  flag(key: string): boolean {
    const text = this.text(key);
    if (text === undefined || /^(false|no)$/i.test(text)) return false;
    return /^(true|yes)$/i.test(text) || this.number(key) !== 0;
  }

  number(key: string): number | undefined {
    const text = this.text(key);
    if (text === undefined || text === "") return undefined;
    if (!/^-?\d{1,10}$/.test(text)) {
      throw badText(`${key} ${printable(text, 40)}: a whole number was expected`, this.line(key), 1);
    }
    return Number(text);
  }

  /**
   * Bytes in base64 ("base64:…") or hexadecimal ("0x…" or bare); undefined if the key is missing or empty.
   */
  bytes(key: string): Uint8Array | undefined {
    const text = this.text(key);
    if (text === undefined || text === "") return undefined;
    try {
      if (/^base64:/i.test(text)) return fromBase64(text.slice("base64:".length).trim());
      return fromHex(text.replace(/^0x/i, ""));
    } catch {
      throw badText(`${key}: bytes in base64 or hexadecimal were expected`, this.line(key), 1);
    }
  }

  /** RAM contents at power-on. FCEUX always used the same pattern before it had options for it. */
  ramFill(): RamFill {
    if (this.#ramComment !== undefined) return this.#ramComment;
    const option = this.number("RAMInitOption");
    const seed = (this.number("RAMInitSeed") ?? 0) >>> 0;
    if (option === undefined) return this.text("guid") === EMU_GUID ? "zero" : FCEUX_FILL;
    switch (option) {
      case 0:
        return FCEUX_FILL;
      case 1:
        return "ones";
      case 2:
        return "zero";
      case 3:
        return `fceux:${seed}`;
      default:
        throw badText(`RAMInitOption ${option}: 0 to 3 was expected`, this.line("RAMInitOption"), 1);
    }
  }

  /** Returns an error for a key that asks for something that emu does not support. */
  refuse(key: string, what: string, remedy = ""): InputError {
    return new InputError("data", what, `line ${this.line(key)}, column 1`, remedy);
  }
}

/** Offset of the end of the line that begins at `start`, without its line break. */
export function lineEnd(bytes: Uint8Array, start: number): number {
  const at = bytes.indexOf(LF, start);
  const end = at < 0 ? bytes.length : at;
  return end > start && bytes[end - 1] === CR ? end - 1 : end;
}

/** Offset of the start of the line after the one that ends at `end`. */
export function afterLine(bytes: Uint8Array, end: number): number {
  return end + (bytes[end] === CR ? 2 : 1);
}
