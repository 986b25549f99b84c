import { dirname, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import type { RegionName } from "../../emu/nes/region.ts";
import { readFileCapped } from "../files/read-file.ts";
import { printable } from "../files/text.ts";
import { DEFAULT_MAX_FRAMES, PROTOCOLS, type ProtocolName, type TestSpec } from "./types.ts";

const MANIFEST_BYTES_MAX = 16 * 1024 * 1024;
const MAX_FRAMES_MAX = 10_000_000;
const REGIONS: readonly RegionName[] = ["ntsc", "pal", "dendy"];
const MMC3_REVISIONS = ["A", "B"] as const;

/** What each protocol cannot do without. */
const REQUIRED: Readonly<Record<ProtocolName, readonly string[]>> = {
  "blargg-6000": [],
  "ram-result": ["address", "pass"],
  "screen-text": ["pass"],
  "screen-crc": ["accept"],
  "golden-log": ["log"],
  "frame-hashes": ["golden"],
  accuracycoin: [],
};

/** Keys that an entry may have; anything else is a mistake that would otherwise go unseen. */
const KEYS = new Set([
  ..."rom sha1 protocol address pass accept maxFrames mmc3Revision region golden log startPc".split(" "),
]);

/**
 * Reads a manifest: a JSON array of tests, file names relative to it. Throws `InputError`: "missing" or
 * "io" when it cannot be opened, "data" with the entry, counted from 0, and the key that is wrong.
 */
export async function loadManifest(path: string): Promise<TestSpec[]> {
  const text = new TextDecoder().decode(await readFileCapped(path, MANIFEST_BYTES_MAX));
  return parseManifest(text, path);
}

/** `loadManifest` for a text that is in memory. `path` is only where it would be. */
export function parseManifest(text: string, path: string): TestSpec[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError("data", `not JSON: ${printable(reason)}`, printable(path));
  }
  if (!Array.isArray(entries)) {
    throw new InputError("data", "a manifest is a JSON array of tests", printable(path));
  }
  return entries.map((entry, index) => new EntryReader(entry, index, path).read());
}

/** Reads the keys of one entry, each of the kind that it must be. */
class EntryReader {
  readonly #entry: Readonly<Record<string, unknown>>;
  readonly #where: string;
  readonly #folder: string;

  constructor(entry: unknown, index: number, path: string) {
    this.#where = `${printable(path)}, entry ${index}`;
    this.#folder = dirname(path);
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
      throw new InputError("data", "is not an object", this.#where);
    }
    this.#entry = entry as Record<string, unknown>;
    const unknown = Object.keys(entry).find((key) => !KEYS.has(key));
    if (unknown !== undefined) throw this.#wrong(unknown, "is no key of a test");
  }

  read(): TestSpec {
    const rom = this.#text("rom");
    if (rom === undefined) throw this.#wrong("rom", "is missing");
    const protocol = this.#choice("protocol", PROTOCOLS);
    if (protocol === undefined) throw this.#wrong("protocol", "is missing");
    const lacking = REQUIRED[protocol].find((key) => this.#entry[key] === undefined);
    if (lacking !== undefined) throw this.#wrong(lacking, `is missing, which ${protocol} needs`);
    return {
      rom,
      romFile: resolve(this.#folder, rom),
      protocol,
      maxFrames: this.#number("maxFrames", 1, MAX_FRAMES_MAX) ?? DEFAULT_MAX_FRAMES,
      ...present({
        sha1: this.#sha1(),
        address: this.#number("address", 0, 0xffff),
        pass: protocol === "ram-result" ? this.#number("pass", 0, 0xff) : this.#text("pass"),
        accept: this.#accept(),
        mmc3Revision: this.#choice("mmc3Revision", MMC3_REVISIONS),
        region: this.#choice("region", REGIONS),
        goldenFile: this.#file("golden"),
        logFile: this.#file("log"),
        startPc: this.#number("startPc", 0, 0xffff),
      }),
    };
  }

  #text(key: string): string | undefined {
    const value = this.#entry[key];
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value === "") throw this.#wrong(key, "must be a text");
    return value;
  }

  #file(key: string): string | undefined {
    const path = this.#text(key);
    return path === undefined ? undefined : resolve(this.#folder, path);
  }

  /** A whole number, or a text of one such as "0x00F8". */
  #number(key: string, min: number, max: number): number | undefined {
    const value = this.#entry[key];
    if (value === undefined) return undefined;
    const isNumberText = typeof value === "string" && /^(0x[0-9a-f]+|\$[0-9a-f]+|\d+)$/i.test(value);
    const number = isNumberText ? Number(value.replace("$", "0x")) : value;
    if (typeof number !== "number" || !Number.isInteger(number) || number < min || number > max) {
      throw this.#wrong(key, `must be a whole number from ${min} to ${max}`);
    }
    return number;
  }

  #choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.#entry[key];
    if (value === undefined) return undefined;
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw this.#wrong(key, `must be one of ${choices.join(", ")}`);
    return choice;
  }

  #sha1(): string | undefined {
    const value = this.#text("sha1");
    if (value !== undefined && !/^[0-9a-f]{40}$/i.test(value))
      throw this.#wrong("sha1", "must be 40 hex digits");
    return value;
  }

  #accept(): string[] | undefined {
    const value = this.#entry.accept;
    if (value === undefined) return undefined;
    const isList = Array.isArray(value) && value.length > 0;
    if (!isList || !value.every((crc) => typeof crc === "string" && /^[0-9a-f]+$/i.test(crc))) {
      throw this.#wrong("accept", "must be a list of hex texts");
    }
    return value as string[];
  }

  #wrong(key: string, what: string): InputError {
    return new InputError("data", `"${printable(key)}" ${what}`, this.#where);
  }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that are undefined. */
function present<T extends object>(object: T): Present<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Present<T>;
}
