import { InputError } from "../../emu/input-error.ts";
import { printable } from "../files/text.ts";
import { badText } from "../files/text-place.ts";
import { hashFromText, hashToText } from "./hash-text.ts";
import { InputLog, MAX_MOVIE_FRAMES, type Movie, type MovieHash, type MovieReset } from "./movie.ts";

/** FCEUX's movie format. https://fceux.com/web/help/fm2.html */
const VERSION = 3;
/** Buttons of a text record, bit 7 first. */
const BUTTON_LETTERS = "RLDUTSBA";
const COMMAND_SOFT_RESET = 1;
const COMMAND_HARD_RESET = 2;
const COMMANDS_KNOWN = COMMAND_SOFT_RESET | COMMAND_HARD_RESET;
const DEVICE_NONE = 0;
const DEVICE_GAMEPAD = 1;
/** FCEUX ignores comments: ours holds the hashes that tell a desync. */
const HASH_COMMENT = "emu-hash ";
const PIPE = 0x7c;

const CR = 0x0d;
const LF = 0x0a;

interface Header {
  readonly values: Map<string, string>;
  readonly hashes: MovieHash[];
  /** Where the input log begins, and its line. */
  readonly logOffset: number;
  readonly logLine: number;
}

/**
 * Reads an FM2 movie. Throws `InputError` ("data") with line and column when it is not one, or when it needs
 * what emu cannot give: a save state of FCEUX, other devices than controllers, disk and coin commands.
 */
export function parseFm2(bytes: Uint8Array): Movie {
  const header = readHeader(bytes);
  const { values } = header;
  if (flag(values, "FDS")) throw needs("disk changes", "FDS");
  if (values.has("savestate")) throw needs("one of FCEUX's save states", "savestate");
  const fourScore = flag(values, "fourscore");
  const pads = fourScore ? [0, 1, 2, 3] : connectedPads(values);
  const length = wholeNumber(values, "length") ?? -1;
  const limit = length >= 0 ? Math.min(length, MAX_MOVIE_FRAMES) : MAX_MOVIE_FRAMES;
  const log = new InputLog();
  const resets: MovieReset[] = [];
  if (flag(values, "binary")) readBinaryLog(bytes, header, pads, limit, log, resets);
  else readTextLog(bytes, header, pads, limit, log, resets);
  const md5 = romMd5(values.get("romChecksum"));
  const name = values.get("romFilename");
  return {
    format: "fm2",
    frames: log.length,
    input: log.toScript(),
    resets,
    fourScore,
    region: flag(values, "palFlag") ? "pal" : "ntsc",
    rom: { ...(name === undefined ? {} : { name }), ...(md5 === undefined ? {} : { md5 }) },
    hashes: header.hashes,
  };
}

function readHeader(bytes: Uint8Array): Header {
  const decoder = new TextDecoder();
  const values = new Map<string, string>();
  const hashes: MovieHash[] = [];
  let line = 1;
  let at = 0;
  while (at < bytes.length && bytes[at] !== PIPE) {
    const end = lineEnd(bytes, at);
    const text = decoder.decode(bytes.subarray(at, end));
    const space = text.indexOf(" ");
    const key = space < 0 ? text : text.slice(0, space);
    const value = space < 0 ? "" : text.slice(space + 1);
    if (line === 1 && (key !== "version" || value.trim() !== String(VERSION))) {
      throw badText(`not an FM2 movie: "version ${VERSION}" was expected`, 1, 1);
    }
    if (text !== "" && !/^[A-Za-z0-9_]+$/.test(key)) {
      throw badText(`"${printable(key, 40)}" is no key: a key, a space and a value were expected`, line, 1);
    }
    if (key === "comment" && value.startsWith(HASH_COMMENT)) {
      hashes.push(hashFromText(value.slice(HASH_COMMENT.length), line, key.length + HASH_COMMENT.length + 2));
    } else if (key !== "comment" && key !== "subtitle" && key !== "") values.set(key, value);
    at = afterLine(bytes, end);
    line++;
  }
  if (line === 1) throw badText(`not an FM2 movie: "version ${VERSION}" was expected`, 1, 1);
  return { values, hashes, logOffset: at, logLine: line };
}

function readTextLog(
  bytes: Uint8Array,
  header: Header,
  pads: readonly number[],
  limit: number,
  log: InputLog,
  resets: MovieReset[],
): void {
  let line = header.logLine;
  for (let at = header.logOffset; at < bytes.length && log.length < limit; line++) {
    const end = lineEnd(bytes, at);
    if (bytes[at] === PIPE) readRecord(bytes, at, end, line, pads, log, resets);
    else if (end > at) {
      const found = printable(String.fromCharCode(bytes[at]!));
      throw badText(`a record that begins with | was expected, not ${found}`, line, 1);
    }
    at = afterLine(bytes, end);
  }
}

/** `|commands|port 0|port 1|port 2|`; a button is pressed unless a dot or a space stands for it. */
function readRecord(
  bytes: Uint8Array,
  start: number,
  end: number,
  line: number,
  pads: readonly number[],
  log: InputLog,
  resets: MovieReset[],
): void {
  let at = start + 1;
  let commands = 0;
  for (; at < end && bytes[at] !== PIPE; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9 || commands > 99) {
      throw badText("commands as a number were expected", line, at - start + 1);
    }
    commands = commands * 10 + digit;
  }
  if (at >= end) throw badText("a | was expected after the commands", line, end - start + 1);
  addCommands(commands, log.length, resets, line);
  let mask = 0;
  for (const pad of pads) {
    at++;
    for (let bit = 7; bit >= 0; bit--, at++) {
      if (at >= end || bytes[at] === PIPE) {
        const what = `the eight buttons ${BUTTON_LETTERS} of controller ${pad + 1} were expected`;
        throw badText(what, line, at - start + 1);
      }
      if (bytes[at] !== 0x2e && bytes[at] !== 0x20) mask |= 1 << (8 * pad + bit);
    }
    if (bytes[at] !== PIPE || at >= end) {
      throw badText(`a | was expected after controller ${pad + 1}`, line, at - start + 1);
    }
  }
  log.add(mask >>> 0);
}

/** Behind the first `|`: a byte of commands and a byte for each controller, a record. */
function readBinaryLog(
  bytes: Uint8Array,
  header: Header,
  pads: readonly number[],
  limit: number,
  log: InputLog,
  resets: MovieReset[],
): void {
  const recordBytes = 1 + pads.length;
  let at = header.logOffset + 1;
  for (; at + recordBytes <= bytes.length && log.length < limit; at += recordBytes) {
    addCommands(bytes[at]!, log.length, resets, header.logLine);
    let mask = 0;
    for (const [index, pad] of pads.entries()) mask |= bytes[at + 1 + index]! << (8 * pad);
    log.add(mask >>> 0);
  }
}

function addCommands(commands: number, frame: number, resets: MovieReset[], line: number): void {
  if (commands === 0) return;
  if ((commands & ~COMMANDS_KNOWN) !== 0) {
    const what = `commands ${commands}: only soft reset (1) and power (2) are known, disk and coin commands are not`;
    throw badText(what, line, 2);
  }
  const kind = (commands & COMMAND_HARD_RESET) !== 0 ? "power" : "reset";
  // The first record's reset is the power-on itself.
  if (frame > 0 || kind === "reset") resets.push({ frame, kind });
}

function connectedPads(values: Map<string, string>): number[] {
  const pads: number[] = [];
  for (const port of [0, 1]) {
    const device = wholeNumber(values, `port${port}`) ?? DEVICE_GAMEPAD;
    if (device === DEVICE_GAMEPAD) pads.push(port);
    else if (device !== DEVICE_NONE) throw needs(`device ${device}, no controller`, `port${port}`);
  }
  if (pads.length === 1 && pads[0] === 1) throw needs("a controller in port 1 alone", "port1");
  return pads;
}

function flag(values: Map<string, string>, key: string): boolean {
  return (wholeNumber(values, key) ?? 0) !== 0;
}

function wholeNumber(values: Map<string, string>, key: string): number | undefined {
  const text = values.get(key)?.trim();
  if (text === undefined) return undefined;
  if (!/^-?\d{1,10}$/.test(text)) {
    throw new InputError("data", `${key} ${printable(text, 40)}: a whole number was expected`, "header");
  }
  return Number(text);
}

function needs(what: string, key: string): InputError {
  return new InputError("data", `the movie needs ${what}, which emu cannot give`, `header, ${key}`);
}

function romMd5(checksum: string | undefined): string | undefined {
  const base64 = checksum?.startsWith("base64:") === true ? checksum.slice(7).trim() : undefined;
  if (base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, "base64");
  return bytes.length === 16 ? bytes.toString("hex") : undefined;
}

function lineEnd(bytes: Uint8Array, start: number): number {
  const at = bytes.indexOf(LF, start);
  const end = at < 0 ? bytes.length : at;
  return end > start && bytes[end - 1] === CR ? end - 1 : end;
}

function afterLine(bytes: Uint8Array, end: number): number {
  return end + (bytes[end] === CR ? 2 : 1);
}

/** Writes an FM2 movie that FCEUX plays as well; the hashes stand in comments. */
export function formatFm2(movie: Movie): Uint8Array {
  const lines = [
    `version ${VERSION}`,
    "emuVersion 20604",
    "rerecordCount 0",
    `palFlag ${movie.region === "pal" ? 1 : 0}`,
    `romFilename ${movie.rom.name ?? "game"}`,
    ...(movie.rom.md5 === undefined
      ? []
      : [`romChecksum base64:${Buffer.from(movie.rom.md5, "hex").toString("base64")}`]),
    "guid 00000000-0000-0000-0000-000000000000",
    `fourscore ${movie.fourScore ? 1 : 0}`,
    "microphone 0",
    "port0 1",
    "port1 1",
    "port2 0",
    "FDS 0",
    "NewPPU 1",
    ...movie.hashes.map((hash) => `comment ${HASH_COMMENT}${hashToText(hash)}`),
  ];
  const ports = movie.fourScore ? 4 : 2;
  const resets = new Map(movie.resets.map(({ frame, kind }) => [frame, kind]));
  for (let frame = 0; frame < movie.frames; frame++) {
    const kind = resets.get(frame);
    let line = `|${kind === "power" ? COMMAND_HARD_RESET : kind === "reset" ? COMMAND_SOFT_RESET : 0}|`;
    const mask = movie.input.maskAt(frame);
    for (let port = 0; port < ports; port++) line += `${buttonText((mask >>> (8 * port)) & 0xff)}|`;
    lines.push(movie.fourScore ? line : `${line}|`);
  }
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

function buttonText(buttons: number): string {
  let text = "";
  for (let bit = 7; bit >= 0; bit--) text += (buttons >> bit) & 1 ? BUTTON_LETTERS[7 - bit] : ".";
  return text;
}
