import { InputError } from "../../emu/input-error.ts";
import { SOUND_SYSTEMS } from "../audio/sink.ts";
import { sourceError } from "../files/documents/source-node.ts";
import { TomlDocument, type TomlEntry, type TomlValue } from "../files/documents/toml-document.ts";
import type { Position } from "../files/text-place.ts";
import { Bindings, type BindingTable, DEFAULT_BINDINGS } from "../input/bindings.ts";
import { RECORDING_FORMATS } from "../record/recording-writer.ts";
import { DEFAULT_DECODER } from "../render/colors/palette.ts";
import { COLOR_MODES } from "../render/encoder.ts";
import { RENDERERS } from "../render/encoders.ts";
import { PICTURE_FILTERS } from "../render/pixels/ntsc-filter.ts";

interface Choice<Value extends string> {
  readonly kind: "choice";
  readonly path: string;
  readonly about: string;
  readonly choices: readonly Value[];
  readonly fallback: Value;
}

interface Range {
  readonly kind: "number";
  readonly path: string;
  readonly about: string;
  readonly min: number;
  readonly max: number;
  /** Step of a change in the menu. With whole steps only whole numbers are valid. */
  readonly step: number;
  readonly fallback: number;
  /** What the menu writes behind the number: ` %`. */
  readonly unit?: string;
}

interface Flag {
  readonly kind: "flag";
  readonly path: string;
  readonly about: string;
  readonly fallback: boolean;
}

interface Text {
  readonly kind: "text";
  readonly path: string;
  readonly about: string;
  readonly fallback: string;
  /** What the menu shows for an empty text. */
  readonly empty: string;
}

/** Several texts, such as folders. */
interface Texts {
  readonly kind: "texts";
  readonly path: string;
  readonly about: string;
  readonly fallback: readonly string[];
}

export type Setting = Choice<string> | Range | Flag | Text | Texts;

function choice<const Value extends string>(
  path: string,
  choices: readonly Value[],
  about: string,
): Choice<Value> {
  return { kind: "choice", path, about, choices, fallback: choices[0]! };
}

function range(
  path: string,
  [min, max, step]: readonly number[],
  fallback: number,
  about: string,
  unit = "",
): Range {
  return { kind: "number", path, about, min: min!, max: max!, step: step!, fallback, unit };
}

function flag(path: string, fallback: boolean, about: string): Flag {
  return { kind: "flag", path, about, fallback };
}

/** Every setting except the keys: its place in the config file, its valid values, and its purpose. */
export const SETTINGS = {
  renderer: choice(
    "picture.render",
    ["auto", ...RENDERERS],
    "how to show the picture: auto is the sharpest way this terminal has",
  ),
  colors: choice(
    "picture.colors",
    ["auto", ...COLOR_MODES],
    "colours to use: auto is what this terminal has",
  ),
  scale: choice("picture.scale", ["fit", "integer"], "fill the window, or use whole multiples"),
  pixels: choice(
    "picture.pixels",
    ["auto", "tv", "square"],
    "shape: a television's (8:7), or square; auto is what the game is drawn for",
  ),
  screens: choice(
    "picture.screens",
    ["one", "both"],
    "of a PlayChoice-10: the screen in use, or both side by side",
  ),
  filter: choice("picture.filter", PICTURE_FILTERS, "composite signal or tube, for images only"),
  overscanLines: range("picture.overscan", [0, 24, 1], 0, "lines cut off at the top and the bottom"),
  statusLine: flag("picture.status-line", true, "a line below the picture: the game and what is on"),
  statsLine: flag("picture.stats-line", false, "frame rate, lateness and bytes in that line"),
  advises: flag("picture.advice", true, "say once if the window is too coarse for the game's text"),
  adaptsDetail: flag("picture.adapt-detail", true, "less detail while a slow link is busy, then all of it"),
  paletteFile: {
    kind: "text",
    path: "picture.palette",
    about: "a .pal file; empty for the colours below",
    fallback: "",
    empty: "none",
  },
  hue: range(
    "picture.television.hue",
    [-180, 180, 5],
    DEFAULT_DECODER.hueDegrees,
    "turns all colours, in degrees",
    "°",
  ),
  saturation: range(
    "picture.television.saturation",
    [0, 4, 0.1],
    DEFAULT_DECODER.saturation,
    "strength of the colours; 0 is grey",
  ),
  contrast: range(
    "picture.television.contrast",
    [0, 4, 0.1],
    DEFAULT_DECODER.contrast,
    "distance between dark and bright",
  ),
  brightness: range(
    "picture.television.brightness",
    [-1, 1, 0.05],
    DEFAULT_DECODER.brightness,
    "added to everything; 0 changes nothing",
  ),
  gamma: range(
    "picture.television.gamma",
    [0.2, 5, 0.1],
    DEFAULT_DECODER.gamma,
    "of the television's tube; more is darker in the middle",
  ),
  phaseDistortion: range(
    "picture.television.phase-distortion",
    [-30, 30, 1],
    DEFAULT_DECODER.phaseDistortionDegrees,
    "how far bright colours turn, in degrees",
    "°",
  ),
  sound: choice(
    "sound.system",
    ["auto", ...SOUND_SYSTEMS],
    "how to play the sound: auto is the first that works, none is silence",
  ),
  volumePercent: range("sound.volume", [0, 100, 5], 70, "how loud emu is, in percent", " %"),
  resumes: flag("play.continue", true, "store your position, and offer to continue from it"),
  runAheadFrames: range(
    "play.run-ahead",
    [0, 3, 1],
    0,
    "frames by which buttons act earlier, to hide a game's own delay; 1 suits most games",
  ),
  slowPercent: range("play.slow", [10, 90, 10], 50, "speed of slow motion, in percent", " %"),
  rewindMebibytes: range(
    "play.rewind-memory",
    [0, 28, 4],
    20,
    "MiB for rewinding; a minute needs one or two, and 0 turns it off",
    " MiB",
  ),
  recordingFormat: choice(
    "play.recordings",
    ["auto", ...RECORDING_FORMATS],
    "format of videos: auto is MP4 with ffmpeg, otherwise GIF",
  ),
  captureFolder: {
    kind: "text",
    path: "play.captures",
    about: "folder of screenshots and videos; empty for the data folder",
    fallback: "",
    empty: "data folder",
  },
  libraryFolders: {
    kind: "texts",
    path: "library.folders",
    about: "folders in which the library finds games; emu run FOLDER adds one",
    fallback: [],
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

type ValueOf<S extends Setting> =
  S extends Choice<infer Value>
    ? Value
    : S extends Range
      ? number
      : S extends Flag
        ? boolean
        : S extends Texts
          ? readonly string[]
          : string;

/** Settings of picture, sound and play: stored in the config file and changed in the menu. */
export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> } & {
  readonly keys: BindingTable;
};

const NAMES = Object.keys(SETTINGS) as readonly SettingName[];

export const DEFAULT_SETTINGS: Settings = {
  ...(Object.fromEntries(NAMES.map((name) => [name, SETTINGS[name].fallback])) as unknown as Omit<
    Settings,
    "keys"
  >),
  keys: DEFAULT_BINDINGS,
};

/**
 * Parses a config file. Throws `InputError` ("data") with the line and column of the error. Missing settings
 * keep their defaults. `path` is the file's name in errors.
 */
export function parseSettings(text: string, path: string): Settings {
  const document = new TomlDocument(text, path);
  const values: Record<string, unknown> = {};
  const known = new Set<string>(NAMES.map((name) => SETTINGS[name].path));
  for (const name of NAMES) {
    const setting: Setting = SETTINGS[name];
    const entry = document.entries.get(setting.path);
    values[name] = entry === undefined ? setting.fallback : check(setting, entry, path);
  }
  const keys: Record<string, readonly string[]> = {};
  const keyPlaces = new Map<string, TomlEntry>();
  for (const [name, entry] of document.entries) {
    if (name.startsWith("keys.")) {
      const target = name.slice("keys.".length);
      keys[target] = checkKeys(target, entry, path);
      keyPlaces.set(target, entry);
    } else if (!known.has(name)) {
      throw wrong(`${name} is not known`, entry, path, `known: ${[...known].join(", ")}`);
    }
  }
  checkTables(document, known, path);
  const table = mergeKeys(keys);
  checkBindings(table, keyPlaces, path);
  return { ...values, keys: table } as Settings;
}

/** Keys of the file take precedence: a key that it binds is removed from its default target. */
function mergeKeys(keys: BindingTable): BindingTable {
  const taken = new Set(Object.values(keys).flat());
  const defaults = Object.entries(DEFAULT_BINDINGS)
    .filter(([target]) => keys[target] === undefined)
    .map(([target, list]) => [target, list.filter((key) => !taken.has(key))] as const);
  const merged = { ...Object.fromEntries(defaults), ...keys };
  const inOrder = [...new Set([...Object.keys(DEFAULT_BINDINGS), ...Object.keys(keys)])];
  return Object.fromEntries(inOrder.map((target) => [target, merged[target]!]));
}

/** Replaces the keys of one target; other targets lose these keys. */
export function withKeys(table: BindingTable, target: string, keys: readonly string[]): BindingTable {
  const others = Object.entries(table).map(
    ([other, list]) => [other, list.filter((key) => !keys.includes(key))] as const,
  );
  return { ...Object.fromEntries(others), [target]: keys };
}

function checkBindings(table: BindingTable, places: ReadonlyMap<string, TomlEntry>, path: string): void {
  try {
    new Bindings(table);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const place = places.get(error.where.replace(/^keys\./, ""));
    if (place === undefined) throw error;
    throw wrong(error.message, place, path, error.remedy);
  }
}

function check(setting: Setting, entry: TomlEntry, path: string): TomlValue {
  const { value } = entry;
  const must = (what: string) => wrong(`${setting.path} must be ${what}`, entry, path, "correct the line");
  switch (setting.kind) {
    case "choice":
      if (!setting.choices.includes(value as string)) throw must(`one of ${setting.choices.join(", ")}`);
      break;
    case "number": {
      const { min, max, step } = setting;
      const isWhole = step % 1 !== 0 || Number.isInteger(value);
      if (typeof value !== "number" || !(value >= min && value <= max) || !isWhole)
        throw must(`a ${step % 1 === 0 ? "whole " : ""}number from ${min} to ${max}`);
      break;
    }
    case "flag":
      if (typeof value !== "boolean") throw must("true or false");
      break;
    case "text":
      if (typeof value !== "string") throw must("a string");
      break;
    case "texts":
      if (!Array.isArray(value) || !value.every((text) => typeof text === "string"))
        throw must("a list of strings");
  }
  return value!;
}

function checkKeys(target: string, entry: TomlEntry, path: string): readonly string[] {
  const list = typeof entry.value === "string" ? [entry.value] : entry.value;
  if (!Array.isArray(list) || !list.every((key) => typeof key === "string"))
    throw wrong(`keys.${target} must be a list of keys`, entry, path, 'such as ["x", "space"]');
  return list as readonly string[];
}

/** An unknown table is an error even if it is empty. */
function checkTables(document: TomlDocument, known: ReadonlySet<string>, path: string): void {
  const paths = [...known, "keys.a", "keys.p1.a", "keys.p2.a", "keys.p3.a", "keys.p4.a"];
  for (const [name, place] of document.tables) {
    if (paths.some((each) => each.startsWith(`${name}.`))) continue;
    throw wrong(`there is no table ${name}`, place, path, "tables: picture, sound, play, library, keys");
  }
}

function wrong(what: string, { at }: { readonly at: Position }, path: string, remedy: string): InputError {
  return sourceError(path, at, what, remedy);
}
