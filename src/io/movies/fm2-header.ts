import { InputError } from "../../emu/input-error.ts";
import { FCEUX_FILL, parseRamFill, type RamFill } from "../../emu/nes/ram-fill.ts";
import { printable } from "../files/text.ts";
import { badText } from "../files/text-place.ts";
import { hashFromText, RAM_COMMENT } from "./hash-text.ts";
import type { MovieHash } from "./movie.ts";

export const FM2_VERSION = 3;
/** FCEUX ignores comments: ours hold the hashes that tell a desync. */
export const HASH_COMMENT = "emu-hash ";
/** What emu's movies have for a GUID. Those without RAMInitOption were recorded with zeros in RAM. */
export const EMU_GUID = "00000000-0000-0000-0000-000000000000";
const PIPE = 0x7c;
const CR = 0x0d;
const LF = 0x0a;

/** Keys that change nothing in how emu plays. */
const NEUTRAL_KEYS = new Set(["emuVersion", "rerecordCount", "romFilename", "guid", "NewPPU", "FDS"]);
/** Keys that the reader asks for. */
const READ_KEYS = new Set(
  "version palFlag romChecksum fourscore microphone port0 port1 port2 length binary savestate saveram RAMInitOption RAMInitSeed".split(
    " ",
  ),
);

/** A header: keys with their values and lines, and what its comments say. */
export class Fm2Header {
  readonly #values = new Map<string, { readonly text: string; readonly line: number }>();
  readonly hashes: MovieHash[] = [];
  readonly warnings: string[] = [];
  /** Where the input log begins, and its line. */
  readonly logOffset: number;
  readonly logLine: number;
  #ramComment: RamFill | undefined;

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
      throw badText(`"${printable(key, 40)}" is no key: a key, a space and a value were expected`, line, 1);
    }
    if (key === "subtitle") return;
    if (key === "comment") {
      this.#readComment(value, line, text.length - value.length + 1);
      return;
    }
    if (!READ_KEYS.has(key) && !NEUTRAL_KEYS.has(key)) {
      this.warnings.push(`line ${line}: the key ${printable(key, 40)} is not known and was ignored`);
    }
    this.#values.set(key, { text: value, line });
  }

  #readComment(value: string, line: number, column: number): void {
    if (value.startsWith(HASH_COMMENT)) {
      this.hashes.push(hashFromText(value.slice(HASH_COMMENT.length), line, column + HASH_COMMENT.length));
    } else if (value.startsWith(RAM_COMMENT)) {
      this.#ramComment = parseRamFill(value.slice(RAM_COMMENT.length).trim());
      if (this.#ramComment === undefined) throw badText("a way to fill RAM was expected", line, column);
    }
  }

  text(key: string): string | undefined {
    return this.#values.get(key)?.text;
  }

  /** The line that a key stands in; 1 where it is missing. */
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

  /** Bytes in base64 ("base64:…") or hexadecimal ("0x…" or bare); undefined when the key is missing or empty. */
  bytes(key: string): Uint8Array | undefined {
    const text = this.text(key);
    if (text === undefined || text === "") return undefined;
    try {
      if (/^base64:/i.test(text)) return Uint8Array.fromBase64(text.slice("base64:".length).trim());
      return Uint8Array.fromHex(text.replace(/^0x/i, ""));
    } catch {
      throw badText(`${key}: bytes in base64 or hexadecimal were expected`, this.line(key), 1);
    }
  }

  /** What RAM held at power-on. FCEUX filled it with one pattern before it had options. */
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

  /** An error for what emu cannot give, at the key that asks for it. */
  refuse(key: string, what: string, remedy = ""): InputError {
    return new InputError("data", what, `line ${this.line(key)}, column 1`, remedy);
  }
}

/** Where the line that begins at `start` ends, its line break left out. */
export function lineEnd(bytes: Uint8Array, start: number): number {
  const at = bytes.indexOf(LF, start);
  const end = at < 0 ? bytes.length : at;
  return end > start && bytes[end - 1] === CR ? end - 1 : end;
}

/** Where the line after the one that ends at `end` begins. */
export function afterLine(bytes: Uint8Array, end: number): number {
  return end + (bytes[end] === CR ? 2 : 1);
}
