import { zipSync } from "fflate";
import { InputError } from "../../emu/input-error.ts";
import { printable } from "../files/text.ts";
import { badText, inFile } from "../files/text-place.ts";
import { isZip, listZip, readZipEntry } from "../files/zip.ts";
import { hashFromText, hashToText } from "./hash-text.ts";
import {
  InputLog,
  MAX_MOVIE_BYTES,
  MAX_MOVIE_FRAMES,
  type Movie,
  type MovieHash,
  type MovieReset,
} from "./movie.ts";

/** BizHawk's movie format: a zip of texts. https://tasvideos.org/Bizhawk/BK2Format */
const HEADER = "Header.txt";
const INPUT_LOG = "Input Log.txt";
const COMMENTS = "Comments.txt";
const HASH_COMMENT = "emu-hash ";
/** Buttons by their names in BizHawk, bit 0 first. */
const BUTTONS = ["A", "B", "Select", "Start", "Up", "Down", "Left", "Right"];
/** The order in which BizHawk writes them, and its letters. */
const LOG_ORDER: readonly (readonly [string, string])[] = [
  ["Up", "U"],
  ["Down", "D"],
  ["Left", "L"],
  ["Right", "R"],
  ["Start", "S"],
  ["Select", "s"],
  ["B", "B"],
  ["A", "A"],
];
/** What a column of a record means: a bit of the mask, or one of these. */
const RESET = -1;
const POWER = -2;
const UNKNOWN = -3;

/** Whether `bytes` are a zip: then a movie can only be a BK2. */
export function isBk2(bytes: Uint8Array): boolean {
  return isZip(bytes);
}

/**
 * Reads a BK2 movie. Throws `InputError` ("data") with the inner file, line and column when it is not one, or
 * when it needs what emu cannot give: a save state, another console, other devices than controllers.
 */
export function parseBk2(bytes: Uint8Array): Movie {
  const entries = listZip(bytes);
  const text = (name: string): string | undefined => {
    const entry = entries.find((each) => each.name === name);
    if (entry === undefined) return undefined;
    return new TextDecoder().decode(readZipEntry(bytes, entry, MAX_MOVIE_BYTES));
  };
  const log = text(INPUT_LOG);
  if (log === undefined) {
    throw new InputError("data", `not a BK2 movie: the zip has no "${INPUT_LOG}"`);
  }
  const values = inFile(HEADER, () => readHeader(text(HEADER) ?? ""));
  const read = inFile(INPUT_LOG, () => readLog(log));
  const hashes = inFile(COMMENTS, () => readHashes(text(COMMENTS) ?? ""));
  const name = values.get("GameName");
  const sha1 = /^[0-9a-f]{40}$/i.exec(values.get("SHA1") ?? "")?.[0].toLowerCase();
  return {
    format: "bk2",
    ...read,
    region: values.get("PAL") === "1" || values.get("PAL") === "True" ? "pal" : "ntsc",
    rom: { ...(name === undefined ? {} : { name }), ...(sha1 === undefined ? {} : { sha1 }) },
    hashes,
  };
}

function readHeader(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const space = line.indexOf(" ");
    if (space < 0) continue;
    const key = line.slice(0, space);
    const value = line.slice(space + 1).trim();
    values.set(key, value);
    if (key === "Platform" && value !== "NES") {
      throw badText(`a movie of the platform NES was expected, not ${printable(value, 40)}`, index + 1, 10);
    }
    if ((key === "StartsFromSavestate" || key === "StartsFromSaveRam") && /^(1|true)$/i.test(value)) {
      throw badText("the movie needs another emulator's state: emu plays from power-on", index + 1, 1);
    }
  }
  return values;
}

type ReadLog = Pick<Movie, "frames" | "input" | "resets" | "fourScore">;

function readLog(text: string): ReadLog {
  const log = new InputLog();
  const resets: MovieReset[] = [];
  let columns: readonly number[] | undefined;
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf("\n", start);
    const next = found < 0 ? text.length : found;
    const end = next > start && text[next - 1] === "\r" ? next - 1 : next;
    line++;
    if (text.startsWith("LogKey:", start)) columns = readKey(text.slice(start + 7, end), line);
    else if (text[start] === "|" && log.length < MAX_MOVIE_FRAMES) {
      columns ??= STANDARD_COLUMNS;
      readRecord(text, start, end, line, columns, log, resets);
    } else if (end > start && !/^\[\/?Input\]\s*$/.test(text.slice(start, end))) {
      throw badText("[Input], LogKey:, [/Input] or a record that begins with | was expected", line, 1);
    }
    start = next + 1;
  }
  const fourScore = columns?.some((bit) => bit >= 16) ?? false;
  return { frames: log.length, input: log.toScript(), resets, fourScore };
}

/** `#Reset|Power|#P1 Up|P1 Down|…`: what each character of a record stands for. */
function readKey(key: string, line: number): number[] {
  return key
    .split("|")
    .map((name) => name.replace(/^#/, ""))
    .filter((name) => name !== "")
    .map((name) => columnOf(name, line));
}

function columnOf(name: string, line: number): number {
  if (name === "Reset") return RESET;
  if (name === "Power") return POWER;
  const match = /^P([1-4]) (\w+)$/.exec(name);
  const bit = BUTTONS.indexOf(match?.[2] ?? "");
  if (match !== null && bit >= 0) return 8 * (Number(match[1]) - 1) + bit;
  if (/ [XY]$|Paddle|Zapper|Position/.test(name)) {
    throw badText(`the movie needs ${printable(name, 40)}: only controllers can be played`, line, 8);
  }
  return UNKNOWN;
}

const STANDARD_COLUMNS: readonly number[] = [
  RESET,
  POWER,
  ...[0, 1].flatMap((port) => LOG_ORDER.map(([name]) => 8 * port + BUTTONS.indexOf(name))),
];

/** Groups stand between bars, a character for each column; a dot is a button that is up. */
function readRecord(
  text: string,
  start: number,
  end: number,
  line: number,
  columns: readonly number[],
  log: InputLog,
  resets: MovieReset[],
): void {
  let column = 0;
  let mask = 0;
  for (let at = start; at < end; at++) {
    const character = text[at];
    if (character === "|") continue;
    if (column === columns.length) {
      throw badText(`${columns.length} buttons were expected, as LogKey names them`, line, at - start + 1);
    }
    const meaning = columns[column++]!;
    if (character === "." || character === " ") continue;
    if (meaning >= 0) mask |= 1 << meaning;
    else if (meaning === UNKNOWN) {
      throw badText("a button is pressed that no controller has", line, at - start + 1);
    } else if (log.length > 0 || meaning === RESET) {
      resets.push({ frame: log.length, kind: meaning === POWER ? "power" : "reset" });
    }
  }
  if (column < columns.length) {
    throw badText(`${columns.length} buttons were expected, as LogKey names them`, line, end - start + 1);
  }
  log.add(mask >>> 0);
}

function readHashes(text: string): MovieHash[] {
  const hashes: MovieHash[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (!line.startsWith(HASH_COMMENT)) continue;
    hashes.push(hashFromText(line.slice(HASH_COMMENT.length), index + 1, HASH_COMMENT.length + 1));
  }
  return hashes;
}

/** Writes a BK2 movie that BizHawk's NesHawk core plays as well; the hashes stand in its comments. */
export function formatBk2(movie: Movie): Uint8Array {
  const { rom, region } = movie;
  const header = [
    "MovieVersion BizHawk v2.0.0",
    "Author emu",
    "emuVersion Version 2.9.1",
    "Platform NES",
    `GameName ${rom.name ?? "game"}`,
    ...(rom.sha1 === undefined ? [] : [`SHA1 ${rom.sha1.toUpperCase()}`]),
    "Core NesHawk",
    "rerecordCount 0",
    ...(region === "pal" ? ["PAL 1"] : []),
  ];
  const files = {
    [HEADER]: `${header.join("\n")}\n`,
    [INPUT_LOG]: formatLog(movie),
    [COMMENTS]: movie.hashes.map((hash) => `${HASH_COMMENT}${hashToText(hash)}\n`).join(""),
    "Subtitles.txt": "",
    "SyncSettings.json": "{}",
  };
  const encoder = new TextEncoder();
  // The same movie gives the same bytes: the archive's own times are fixed.
  return zipSync(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, encoder.encode(text)])),
    { mtime: new Date(1983, 6, 15) },
  );
}

function formatLog(movie: Movie): string {
  const ports = movie.fourScore ? [0, 1, 2, 3] : [0, 1];
  const groups = ports.map((port) => LOG_ORDER.map(([name]) => `P${port + 1} ${name}`).join("|"));
  const lines = ["[Input]", `LogKey:#Reset|Power|#${groups.join("|#")}|`];
  const resets = new Map(movie.resets.map(({ frame, kind }) => [frame, kind]));
  for (let frame = 0; frame < movie.frames; frame++) {
    const kind = resets.get(frame);
    const mask = movie.input.maskAt(frame);
    let line = `|${kind === "reset" ? "r" : "."}${kind === "power" ? "P" : "."}|`;
    for (const port of ports) {
      for (const [name, letter] of LOG_ORDER) {
        line += (mask >>> (8 * port + BUTTONS.indexOf(name))) & 1 ? letter : ".";
      }
      line += "|";
    }
    lines.push(line);
  }
  lines.push("[/Input]");
  return `${lines.join("\n")}\n`;
}
