import { InputError } from "../../emu/input-error.ts";
import { PIXEL_FORMATS } from "../capture/pixel-layout.ts";
import type { EnvOptions } from "./options.ts";

const MAX_FRAME_SKIP = 60;
const MAX_NOOPS = 10_000;
const MAX_STARTS = 1024;
const MAX_INFO = 64;
const MAX_STEPS = 2 ** 31 - 1;
const MAX_DISK_SIDE = 255;
const FORMATS: readonly string[] = [...PIXEL_FORMATS, "ram"];

/** The numbers of `EnvOptions`, checked and filled in. */
export interface EnvNumbers {
  readonly players: number;
  readonly frameSkip: number;
  readonly sticky: number;
  readonly noops: number;
  readonly maxSteps: number;
}

/** The options that choose the hardware. */
export const HARDWARE_OPTIONS = [
  "region",
  "ramFill",
  "alignment",
  "mmc3Revision",
  "cpuRevision",
  "ppuRevision",
  "console",
  "diskSide",
  "exact",
] as const satisfies (keyof EnvOptions)[];

const KNOWN_OPTIONS = new Set<string>([
  "observation",
  "actions",
  "players",
  "frameSkip",
  "maxLastTwo",
  "sticky",
  "noops",
  "starts",
  "reward",
  "end",
  "info",
  "maxSteps",
  "symbols",
  "fdsBios",
  "patches",
  "palette",
  ...HARDWARE_OPTIONS,
] satisfies (keyof EnvOptions)[]);

/** Throws `InputError` ("usage") if an option is unknown or a number is out of range. */
export function checkOptions(options: EnvOptions, known: readonly string[] = []): EnvNumbers {
  for (const name of Object.keys(options)) {
    if (!KNOWN_OPTIONS.has(name) && !known.includes(name))
      throw new InputError(
        "usage",
        `unknown option ${name.slice(0, 40)}`,
        "",
        `one of ${[...KNOWN_OPTIONS, ...known].join(", ")}`,
      );
  }
  const { starts, info, sticky = 0, maxLastTwo, observation } = options;
  if (!(typeof sticky === "number" && sticky >= 0 && sticky <= 1))
    throw new InputError("usage", `sticky ${String(sticky)}: 0 to 1 was expected`);
  if (starts !== undefined && !(Array.isArray(starts) && starts.length >= 1 && starts.length <= MAX_STARTS))
    throw new InputError("usage", `starts must be a list of 1 to ${MAX_STARTS}`);
  checkObservation(observation);
  for (const start of starts ?? []) if (isObject(start)) checkStart(start);
  checkMachineOptions(options);
  if (info !== undefined) expectObject("info", info);
  if (info !== undefined && Object.keys(info).length > MAX_INFO)
    throw new InputError("usage", `info can have ${MAX_INFO} values`);
  const { format } = observation ?? {};
  if (maxLastTwo === true && (format === "ram" || format === "indices"))
    throw new InputError("usage", `maxLastTwo is for "rgb" and "gray", not "${format}"`);
  return {
    players: options.players ?? 1,
    frameSkip: whole("frameSkip", options.frameSkip ?? 4, 1, MAX_FRAME_SKIP),
    sticky,
    noops: whole("noops", options.noops ?? 0, 0, MAX_NOOPS),
    maxSteps: options.maxSteps === undefined ? 0 : whole("maxSteps", options.maxSteps, 1, MAX_STEPS),
  };
}

const PICTURE_KEYS = ["format", "crop", "width", "height", "stack"];
const RAM_KEYS = ["format", "from", "bytes", "stack"];

function checkObservation(observation: unknown): void {
  if (observation === undefined) return;
  const { format, crop } = expectObject("observation", observation);
  if (format !== undefined && !FORMATS.includes(String(format)))
    throw new InputError("usage", `unknown format ${String(format)}`, "", `one of ${FORMATS.join(", ")}`);
  expectKeys("observation", observation as object, format === "ram" ? RAM_KEYS : PICTURE_KEYS);
  if (crop === undefined) return;
  expectObject("crop", crop);
  expectKeys("crop", crop as object, ["x", "y", "width", "height"]);
}

function checkStart(start: Readonly<Record<string, unknown>>): void {
  expectKeys("start", start, ["state", "movie", "frames"]);
  const { movie } = start;
  if (movie !== undefined && typeof movie !== "string" && !isObject(movie))
    throw new InputError("usage", `movie ${String(movie)}: a file or a movie was expected`);
}

/** The options of which the machine does not check the kind of the value. */
function checkMachineOptions(options: EnvOptions): void {
  const { mmc3Revision, diskSide, patches, symbols } = options;
  for (const name of ["maxLastTwo", "exact"] as const)
    if (![undefined, true, false].includes(options[name]))
      throw new InputError("usage", `${name} ${String(options[name])}: true or false was expected`);
  if (![undefined, "A", "B"].includes(mmc3Revision))
    throw new InputError("usage", `mmc3Revision ${String(mmc3Revision)}: A or B was expected`);
  if (diskSide !== undefined) whole("diskSide", diskSide, 0, MAX_DISK_SIDE);
  for (const name of ["fdsBios", "palette"] as const)
    if (options[name] !== undefined && typeof options[name] !== "string")
      throw new InputError("usage", `${name} ${String(options[name])}: a file was expected`);
  if (patches !== undefined && !(Array.isArray(patches) && patches.every((file) => typeof file === "string")))
    throw new InputError("usage", `patches ${String(patches)}: a list of files was expected`);
  const isFiles = [symbols].flat().every((file) => typeof file === "string");
  if (symbols !== undefined && symbols !== false && !isFiles)
    throw new InputError(
      "usage",
      `symbols ${String(symbols)}: a file, a list of files or false was expected`,
    );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function expectObject(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw new InputError("usage", `${name} must be an object, not ${JSON.stringify(value)?.slice(0, 40)}`);
}

function expectKeys(name: string, value: object, known: readonly string[]): void {
  for (const key of Object.keys(value))
    if (!known.includes(key))
      throw new InputError(
        "usage",
        `${name} has an unknown key ${key.slice(0, 40)}`,
        "",
        `one of ${known.join(", ")}`,
      );
}

/** Returns `value` if it is a whole number of this range. Throws `InputError` ("usage") otherwise. */
export function whole(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InputError(
    "usage",
    `${name} ${String(value)}: a whole number from ${min} to ${max} was expected`,
  );
}
