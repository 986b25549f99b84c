import { InputError } from "../../emu/input-error.ts";
import { parseRamFill } from "../../emu/nes/ram-fill.ts";
import { MIB } from "../../emu/units.ts";
import { archiveKind } from "../files/archives/archive-kind.ts";
import { listZip, readZipEntry, type ZipEntry } from "../files/archives/zip.ts";
import { printable } from "../files/text.ts";
import { badText, inFile } from "../files/text-place.ts";
import {
  type Column,
  type Columns,
  columnName,
  DATA_BYTES,
  putAxis,
  readLogKey,
  STANDARD_KEY,
} from "./bk2-columns.ts";
import { readSyncSettings, type SyncSettings } from "./bk2-settings.ts";
import { DeviceLog } from "./device-script.ts";
import { DIP_COMMENT, dipFromText, HASH_COMMENT, hashFromText, RAM_COMMENT } from "./hash-text.ts";
import {
  InputLog,
  MAX_MOVIE_BYTES,
  MAX_MOVIE_FRAMES,
  type Movie,
  type MovieHash,
  type MovieReset,
} from "./movie.ts";
import { inFrameOrder, type MovieEvent } from "./movie-events.ts";

/** BizHawk's movie format: a zip of text files. https://tasvideos.org/Bizhawk/BK2Format */
export const BK2_FILES = {
  header: "Header.txt",
  log: "Input Log.txt",
  comments: "Comments.txt",
  subtitles: "Subtitles.txt",
  settings: "SyncSettings.json",
  saveRam: "MovieSaveRam.bin",
};
/** Limit of the battery RAM that is read: more than any cartridge has. */
const MAX_SAVE_RAM_BYTES = 4 * MIB;

/** Returns true if a zip with these entries is a BK2 movie. */
export function isBk2(entries: readonly ZipEntry[]): boolean {
  return entries.some(({ name }) => name === BK2_FILES.log || name === BK2_FILES.header);
}

/**
 * Reads a BK2 movie. Throws `InputError` ("data") with the inner file, line and column for anything but a BK2
 * movie, and for movies that emu cannot play: those that start from a save state, need another console or use
 * unknown devices.
 */
export function parseBk2(bytes: Uint8Array): Movie {
  if (archiveKind(bytes) !== "zip") throw new InputError("data", "not a BK2 movie: the file is not a zip");
  const entries = listZip(bytes);
  const contents = (name: string, limit = MAX_MOVIE_BYTES): Uint8Array | undefined => {
    const entry = entries.find((each) => each.name === name);
    return entry === undefined ? undefined : readZipEntry(bytes, entry, limit);
  };
  const text = (name: string): string | undefined => {
    const found = contents(name);
    return found === undefined ? undefined : new TextDecoder().decode(found);
  };
  const logText = text(BK2_FILES.log);
  if (logText === undefined) {
    throw new InputError("data", `not a BK2 movie: the zip has no "${BK2_FILES.log}"`);
  }
  const values = inFile(BK2_FILES.header, () => readHeader(text(BK2_FILES.header) ?? ""));
  const settings = readSyncSettings(text(BK2_FILES.settings), values.get("Author") === "emu");
  const log = inFile(BK2_FILES.log, () => new Bk2Log(logText, settings).read());
  const parts = log.parts();
  const comments = inFile(BK2_FILES.comments, () => readComments(text(BK2_FILES.comments) ?? ""));
  const battery = isTrue(values.get("StartsFromSaveRam"))
    ? contents(BK2_FILES.saveRam, MAX_SAVE_RAM_BYTES)
    : undefined;
  if (isTrue(values.get("StartsFromSaveRam")) && battery === undefined) {
    throw new InputError(
      "data",
      `the movie starts from saved RAM, but the zip has no "${BK2_FILES.saveRam}"`,
    );
  }
  return {
    format: "bk2",
    ...parts,
    events: inFrameOrder([...comments.dips, ...parts.events]),
    region: settings.region ?? (isTrue(values.get("PAL")) ? "pal" : "ntsc"),
    ramFill: comments.ramFill ?? settings.ramFill,
    rom: romOf(values),
    hashes: inFrameOrder(comments.hashes),
    warnings: [...settings.warnings, ...coreWarnings(values), ...log.warnings],
    ...(battery === undefined ? {} : { battery }),
  };
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(1|true)$/i.test(value);
}

function readHeader(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const [, key = "", value = ""] = /^\s*(\S+)\s+(.*?)\s*$/.exec(line) ?? [];
    if (key === "") continue;
    values.set(key, value);
    if (key === "Platform" && value !== "NES" && value !== "FDS") {
      throw badText(`a movie of the platform NES was expected, not ${printable(value, 40)}`, index + 1, 10);
    }
    if (key === "StartsFromSavestate" && isTrue(value)) {
      throw badText(
        "the movie starts from a state of another emulator: emu plays movies from power-on only",
        index + 1,
        1,
      );
    }
  }
  return values;
}

/**
 * BizHawk identifies a ROM by the SHA-1 or MD5 of its file. Some versions write the kind of hash before it.
 */
function romOf(values: Map<string, string>): Movie["rom"] {
  const name = values.get("GameName");
  const hash = (values.get("SHA1") ?? values.get("MD5") ?? "").replace(/^(SHA1|MD5):/i, "").toLowerCase();
  return {
    ...(name === undefined ? {} : { name }),
    ...(/^[0-9a-f]{40}$/.test(hash) ? { fileSha1: hash } : {}),
  };
}

function coreWarnings(values: Map<string, string>): string[] {
  const core = values.get("Core") ?? "";
  if (!/subneshawk/i.test(core)) return [];
  return ["made with SubNESHawk, whose records can be shorter than a frame: emu plays one record per frame"];
}

/** Reads the input log. */
class Bk2Log {
  readonly warnings: string[] = [];
  readonly #text: string;
  readonly #settings: SyncSettings;
  readonly #log = new InputLog();
  readonly #devices = new DeviceLog();
  readonly #data = new Uint8Array(DATA_BYTES);
  readonly #resets: MovieReset[] = [];
  readonly #events: MovieEvent[] = [];
  /** Console buttons that are down. Only the first frame of a press counts, as in BizHawk. */
  readonly #held = new Set<Column>();
  #columns: Columns | undefined;

  constructor(text: string, settings: SyncSettings) {
    this.#text = text.replace(/^\uFEFF/, "");
    this.#settings = settings;
  }

  read(): this {
    const text = this.#text;
    let line = 0;
    for (let start = 0; start < text.length; ) {
      const found = text.indexOf("\n", start);
      const next = found < 0 ? text.length : found;
      const end = next > start && text[next - 1] === "\r" ? next - 1 : next;
      line++;
      if (text.startsWith("LogKey:", start)) this.#readKey(text.slice(start + 7, end), line);
      else if (text[start] === "|") {
        if (this.#log.length < MAX_MOVIE_FRAMES) this.#readRecord(start, end, line);
      } else if (end > start && !/^\s*(\[\/?Input\]\s*)?$/.test(text.slice(start, end))) {
        throw badText("[Input], [/Input], LogKey: or a record that begins with | was expected", line, 1);
      }
      start = next + 1;
    }
    return this;
  }

  parts(): Pick<Movie, "frames" | "input" | "resets" | "fourScore" | "devices" | "deviceData"> & {
    readonly events: readonly MovieEvent[];
  } {
    const { devices, fourScore = false } = this.#columns ?? {};
    const deviceData = this.#devices.toScript();
    return {
      frames: this.#log.length,
      input: this.#log.toScript(),
      resets: this.#resets,
      events: this.#events,
      fourScore,
      ...(devices === undefined ? {} : { devices }),
      ...(deviceData === undefined ? {} : { deviceData }),
    };
  }

  #readKey(key: string, line: number): void {
    this.#columns = readLogKey(key, this.#settings);
    for (const column of this.#columns.columns) {
      if (column.kind !== "unknown") continue;
      const what = `emu does not have the input ${columnName(column)}: the movie is played as long as it stays unused`;
      this.warnings.push(`${BK2_FILES.log}, line ${line}: ${what}`);
    }
  }

  /** Groups are separated by bars. A button is one character, a dot when it is up; an axis is `number,`. */
  #readRecord(start: number, end: number, line: number): void {
    const text = this.#text;
    this.#columns ??= readLogKey(STANDARD_KEY, this.#settings);
    const { columns } = this.#columns;
    this.#data.fill(0);
    let column = 0;
    let mask = 0;
    let resetCycle = 0;
    for (let at = start; at < end; ) {
      if (text[at] === "|") {
        at++;
        continue;
      }
      const meaning = columns[column];
      if (meaning === undefined) {
        throw badText(`${columns.length} buttons were expected, as LogKey names them`, line, at - start + 1);
      }
      column++;
      const place = at - start + 1;
      if (isNumeric(meaning)) {
        const comma = text.indexOf(",", at);
        const digits = comma < 0 || comma >= end ? "" : text.slice(at, comma).trim();
        if (!/^-?\d{1,9}$/.test(digits)) throw badText("a number and a comma were expected", line, place);
        const value = Number(digits);
        at = comma + 1;
        if (meaning.kind === "axis") putAxis(this.#data, meaning, value, line, place);
        else if (meaning.kind === "reset-cycle") resetCycle = value;
        continue;
      }
      const isPressed = text[at] !== "." && text[at] !== " ";
      at++;
      if (meaning.kind === "button") mask |= isPressed ? 1 << meaning.bit : 0;
      else if (meaning.kind === "flag") this.#data[meaning.at]! |= isPressed ? 1 << meaning.bit : 0;
      else this.#press(meaning, isPressed, line, place);
    }
    if (column < columns.length) {
      throw badText(`${columns.length} buttons were expected, as LogKey names them`, line, end - start + 1);
    }
    if (resetCycle !== 0 && this.#resets.at(-1)?.frame === this.#log.length) {
      throw badText(`reset in cycle ${resetCycle} of a frame: emu can only reset between frames`, line, 1);
    }
    this.#log.add(mask >>> 0);
    this.#devices.add(this.#data);
  }

  #press(column: Column, isPressed: boolean, line: number, place: number): void {
    const frame = this.#log.length;
    if (!isPressed) {
      this.#held.delete(column);
      return;
    }
    switch (column.kind) {
      case "unknown":
        throw badText(`${columnName(column)} is pressed, which emu cannot play`, line, place);
      case "reset":
        this.#resets.push({ frame, kind: "reset" });
        break;
      case "power":
        // Power in the first frame is the power-on itself.
        if (frame > 0) this.#resets.push({ frame, kind: "power" });
        break;
      case "eject":
        if (!this.#held.has(column)) this.#events.push({ frame, kind: "eject" });
        break;
      case "insert":
        if (!this.#held.has(column)) this.#events.push({ frame, kind: "insert", side: column.side });
        break;
      case "coin":
        this.#events.push({ frame, kind: "coin", slot: column.slot, line });
        break;
      case "service":
        if (!this.#held.has(column)) this.#events.push({ frame, kind: "service", line });
        break;
    }
    this.#held.add(column);
  }
}

function isNumeric(column: Column): boolean {
  return (
    column.kind === "axis" || column.kind === "reset-cycle" || (column.kind === "unknown" && column.numeric)
  );
}

function readComments(text: string): {
  hashes: MovieHash[];
  dips: MovieEvent[];
  ramFill: Movie["ramFill"];
} {
  const hashes: MovieHash[] = [];
  const dips: MovieEvent[] = [];
  let ramFill: Movie["ramFill"];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.startsWith(RAM_COMMENT)) {
      ramFill = parseRamFill(line.slice(RAM_COMMENT.length).trim());
      if (ramFill === undefined) throw badText("a way to fill RAM was expected", index + 1, 1);
    }
    if (line.startsWith(DIP_COMMENT))
      dips.push(dipFromText(line.slice(DIP_COMMENT.length), index + 1, DIP_COMMENT.length + 1));
    if (!line.startsWith(HASH_COMMENT)) continue;
    hashes.push(hashFromText(line.slice(HASH_COMMENT.length), index + 1, HASH_COMMENT.length + 1));
  }
  return { hashes, dips, ramFill };
}
