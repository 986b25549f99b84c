import { parseRamFill, RAM_FILL_TEXTS } from "../../emu/nes/ram-fill.ts";
import { REGIONS, type RegionName } from "../../emu/nes/region.ts";
import { MIB } from "../../emu/units.ts";
import { toBase64 } from "../files/binary-text.ts";
import { type JsonText, parseJsonText } from "../files/documents/parse-json.ts";
import { printable } from "../files/text.ts";
import { InputScript } from "./input-script.ts";
import { deviceEntries, eventEntry, readDeviceData, readDevices, readEvent } from "./json-devices.ts";
import { bad, base64, integer, isObject, keyPath, list, type Path, REMEDY } from "./json-values.ts";
import { MAX_MOVIE_FRAMES, type Movie, type MovieHash, type MovieReset } from "./movie.ts";
import { inFrameOrder } from "./movie-events.ts";

const VERSION = 1;
const KNOWN_KEYS =
  "emuMovie rom region fourScore devices ramFill battery diskSides frames input deviceData resets events hashes".split(
    " ",
  );
const MAX_BATTERY_BYTES = 4 * MIB;

/**
 * Reads emu's own format: either a bare input script, `[[frame, mask], …]`, or an object with `emuMovie: 1`,
 * `frames`, `input` and the optional keys below. Throws `InputError` ("data") with line and column.
 */
export function parseJsonMovie(text: string): Movie {
  const json = parseJsonText(text, REMEDY);
  if (Array.isArray(json.value)) {
    const input = readInput(json, json.value, []);
    return {
      format: "json",
      frames: Number.POSITIVE_INFINITY,
      input,
      resets: [],
      fourScore: false,
      rom: {},
      hashes: [],
    };
  }
  const object = json.value;
  if (!isObject(object)) throw bad(json, [], `[[frame, mask], …] or an object was expected`);
  if (object.emuMovie !== VERSION) {
    throw bad(json, keyPath(object, "emuMovie"), `"emuMovie": ${VERSION} was expected`);
  }
  for (const key of Object.keys(object)) {
    if (!KNOWN_KEYS.includes(key)) {
      const what = `"${printable(key, 40)}" is not known: one of ${KNOWN_KEYS.join(", ")} was expected`;
      throw bad(json, [key], what);
    }
  }
  if (object.frames === undefined)
    throw bad(json, [], '"frames": N was expected, the number of frames of the movie');
  const frames = integer(json, object.frames, ["frames"], MAX_MOVIE_FRAMES);
  if (!Array.isArray(object.input)) {
    throw bad(json, keyPath(object, "input"), '"input": [[frame, mask], …] was expected');
  }
  const region = readRegion(json, object.region);
  return {
    format: "json",
    frames,
    input: readInput(json, object.input, ["input"]),
    resets: list(json, object, "resets", readReset).toSorted((a, b) => a.frame - b.frame),
    fourScore: object.fourScore === true,
    ...(region === undefined ? {} : { region }),
    rom: readRom(json, object.rom),
    hashes: inFrameOrder(list(json, object, "hashes", readHash)),
    ...readMachine(json, object),
  };
}

/** Reads the keys for devices, disks, RAM and the battery. */
function readMachine(json: JsonText, object: Record<string, unknown>): Partial<Movie> {
  const { ramFill, battery, diskSides } = object;
  const fill = ramFill === undefined ? undefined : parseRamFill(String(ramFill));
  if (ramFill !== undefined && fill === undefined)
    throw bad(json, ["ramFill"], `${RAM_FILL_TEXTS} was expected`);
  const devices = readDevices(json, object.devices);
  const events = inFrameOrder(list(json, object, "events", readEvent));
  const setup = { ...devices, fourScore: object.fourScore === true };
  const deviceData = readDeviceData(json, object.deviceData, setup);
  return {
    ...(fill === undefined ? {} : { ramFill: fill }),
    ...(battery === undefined ? {} : { battery: base64(json, battery, ["battery"], MAX_BATTERY_BYTES) }),
    ...(diskSides === undefined ? {} : { diskSides: integer(json, diskSides, ["diskSides"], 16) }),
    ...(devices === undefined ? {} : { devices }),
    ...(events.length === 0 ? {} : { events }),
    ...(deviceData === undefined ? {} : { deviceData }),
  };
}

function readInput(json: JsonText, entries: readonly unknown[], path: Path): InputScript {
  const frames = new Float64Array(entries.length);
  const masks = new Uint32Array(entries.length);
  for (const [index, entry] of entries.entries()) {
    const at = [...path, index];
    if (!Array.isArray(entry) || entry.length !== 2) throw bad(json, at, "a pair [frame, mask] was expected");
    frames[index] = integer(json, entry[0], [...at, 0], MAX_MOVIE_FRAMES);
    masks[index] = integer(json, entry[1], [...at, 1], 0xffff_ffff);
    if (index > 0 && frames[index]! <= frames[index - 1]!) {
      throw bad(json, [...at, 0], `a frame after ${frames[index - 1]} was expected: frames must ascend`);
    }
  }
  return new InputScript(frames, masks);
}

function readReset(json: JsonText, entry: unknown, path: Path): MovieReset {
  if (!Array.isArray(entry) || (entry[1] !== "reset" && entry[1] !== "power")) {
    throw bad(json, path, '[frame, "reset"] or [frame, "power"] was expected');
  }
  return { frame: integer(json, entry[0], [...path, 0], MAX_MOVIE_FRAMES), kind: entry[1] };
}

function readHash(json: JsonText, entry: unknown, path: Path): MovieHash {
  if (!Array.isArray(entry) || entry.length < 2 || entry.length > 3) {
    throw bad(json, path, '[frame, "picture"] or [frame, "picture", "ram"] was expected');
  }
  const frame = integer(json, entry[0], [...path, 0], MAX_MOVIE_FRAMES);
  for (const [index, hash] of entry.slice(1).entries()) {
    if (typeof hash !== "string" || !/^[0-9a-f]{8}$/.test(hash)) {
      throw bad(json, [...path, index + 1], "8 lower-case hexadecimal digits were expected");
    }
  }
  const [, picture, ram] = entry;
  return { frame, picture, ...(ram === undefined ? {} : { ram }) };
}

function readRegion(json: JsonText, region: unknown): RegionName | undefined {
  if (region === undefined) return undefined;
  if (typeof region === "string" && Object.hasOwn(REGIONS, region)) return region as RegionName;
  throw bad(json, ["region"], `one of ${Object.keys(REGIONS).join(", ")} was expected`);
}

function readRom(json: JsonText, rom: unknown): Movie["rom"] {
  if (rom === undefined) return {};
  if (!isObject(rom)) throw bad(json, ["rom"], 'an object with "name" and "sha1" was expected');
  const { name, sha1 } = rom;
  if (name !== undefined && typeof name !== "string") throw bad(json, ["rom", "name"], "a text was expected");
  if (sha1 !== undefined && (typeof sha1 !== "string" || !/^[0-9a-f]{40}$/.test(sha1))) {
    throw bad(json, ["rom", "sha1"], "40 lower-case hexadecimal digits were expected");
  }
  return { ...(name === undefined ? {} : { name }), ...(sha1 === undefined ? {} : { sha1 }) };
}

/** Writes emu's own format, one key per line, so that diffs are readable. */
export function formatJsonMovie(movie: Movie): string {
  const input: [number, number][] = [];
  for (let entry = 0; entry < movie.input.length; entry++) input.push(movie.input.entry(entry));
  const { name, sha1 } = movie.rom;
  const rom = { ...(name === undefined ? {} : { name }), ...(sha1 === undefined ? {} : { sha1 }) };
  const parts: Record<string, unknown> = {
    emuMovie: VERSION,
    rom,
    ...(movie.region === undefined ? {} : { region: movie.region }),
    ...(movie.fourScore ? { fourScore: true } : {}),
    ...(movie.devices === undefined ? {} : { devices: movie.devices }),
    ...(movie.ramFill === undefined ? {} : { ramFill: movie.ramFill }),
    ...(movie.battery === undefined ? {} : { battery: toBase64(movie.battery) }),
    ...(movie.diskSides === undefined ? {} : { diskSides: movie.diskSides }),
    frames: movie.frames,
    input,
    ...(movie.deviceData === undefined ? {} : { deviceData: deviceEntries(movie.deviceData) }),
    ...(movie.resets.length === 0 ? {} : { resets: movie.resets.map(({ frame, kind }) => [frame, kind]) }),
    ...(movie.events === undefined || movie.events.length === 0
      ? {}
      : { events: movie.events.map(eventEntry) }),
    ...(movie.hashes.length === 0 ? {} : { hashes: movie.hashes.map(hashEntry) }),
  };
  const lines = Object.entries(parts).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}

function hashEntry({ frame, picture, ram }: MovieHash): unknown[] {
  return ram === undefined ? [frame, picture] : [frame, picture, ram];
}
