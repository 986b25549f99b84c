import { basename, dirname, extname, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { EXPANSION_DEVICES, PORT_DEVICES } from "../../emu/nes/input/devices.ts";
import { parseRamFill, RAM_FILL_TEXTS } from "../../emu/nes/ram-fill.ts";
import { MAX_ALIGNMENT, MIN_ALIGNMENT, type RegionName } from "../../emu/nes/region.ts";
import { CONSOLE_MODELS, CPU_REVISIONS, PPU_REVISIONS } from "../../emu/nes/revisions.ts";
import { MIB } from "../../emu/units.ts";
import { parseJsonSource } from "../files/documents/parse-json.ts";
import { parseTomlSource } from "../files/documents/parse-toml.ts";
import { type SourceNode, sourceError } from "../files/documents/source-node.ts";
import { TableReader } from "../files/documents/table-reader.ts";
import { readFileCapped } from "../files/read-file.ts";
import { printable } from "../files/text.ts";
import { readExpectations } from "./expect/read.ts";
import { expandGlob, isGlob } from "./glob.ts";
import { readDeviceInput, readEvents } from "./manifest-devices.ts";
import { readInput, readKnownFailure, readTiles } from "./manifest-values.ts";
import { exists } from "./suites/pull.ts";
import { readSuites, type Suite, suiteFolder } from "./suites/suite.ts";
import { DEFAULT_MAX_FRAMES, PROTOCOLS, type ProtocolName, type TestSpec } from "./types.ts";

const MAX_MANIFEST_BYTES = 16 * MIB;
const MAX_TEST_FRAMES = 10_000_000;
const MAX_DISK_SIDES = 16;
const REGIONS: readonly RegionName[] = ["ntsc", "pal", "dendy"];
const MMC3_REVISIONS = ["A", "B"] as const;

/** The keys that each protocol requires. */
const REQUIRED: Readonly<Record<Exclude<ProtocolName, "fuzz">, readonly string[]>> = {
  "blargg-6000": [],
  "ram-result": ["address", "pass"],
  "screen-text": ["pass"],
  "screen-crc": ["accept"],
  "golden-log": ["log"],
  "frame-hashes": ["golden"],
  accuracycoin: [],
  expect: ["expect"],
  movie: ["input"],
};

/** Keys of a test that are also allowed in "defaults". */
export const SHARED_KEYS: readonly string[] = [
  ..."suite protocol maxFrames mmc3Revision region console cpuRevision ppuRevision port1 port2 expansion fourScore microphone ramFill alignment diskSide".split(
    " ",
  ),
  ..."address pass accept input deviceInput events dip tiles nametables startPc symbols".split(" "),
];
/** All keys of a test. */
export const TEST_KEYS: readonly string[] = [
  "rom",
  "name",
  "sha1",
  "patch",
  "golden",
  "log",
  "expect",
  "knownFailure",
  ...SHARED_KEYS,
];
const TOP_KEYS = ["$schema", "defaults", "test", "suite"];

/** A manifest: its tests and the suites that they come from. */
export interface Manifest {
  readonly tests: readonly TestSpec[];
  readonly suites: readonly Suite[];
}

/**
 * Reads a manifest in TOML or JSON. File names are relative to it. Throws `InputError`: "missing" or "io" if
 * it cannot be opened, "data" with `file:line:column` and what was expected there.
 */
export async function loadManifest(path: string): Promise<Manifest> {
  const text = new TextDecoder().decode(await readFileCapped(path, MAX_MANIFEST_BYTES));
  return parseManifest(text, path);
}

/** Like `loadManifest`, for text in memory. `path` is used for relative names and to recognize TOML. */
export async function parseManifest(text: string, path: string): Promise<Manifest> {
  const { tests, suites } = readDocument(text, path);
  return { suites, tests: (await Promise.all(tests.map((test) => test.expand()))).flat() };
}

/** Reads only the suites, which need not be pulled yet. */
export async function loadSuites(path: string): Promise<readonly Suite[]> {
  const text = new TextDecoder().decode(await readFileCapped(path, MAX_MANIFEST_BYTES));
  return readDocument(text, path).suites;
}

function readDocument(text: string, path: string): { tests: TestEntry[]; suites: Suite[] } {
  const isToml = /\.toml$/i.test(path);
  const root = isToml ? parseTomlSource(text, path) : parseJsonSource(text, path);
  if (root.kind === "list") return { suites: [], tests: root.items.map((item) => new TestEntry(item, path)) };
  if (root.kind !== "table") {
    throw sourceError(path, root.at, "a manifest is a list of tests or a table with the key test");
  }
  const top = new TableReader(root, path, "a manifest", TOP_KEYS);
  const defaults = top.node("defaults");
  if (defaults !== undefined) new TableReader(defaults, path, "the defaults", SHARED_KEYS);
  const suites = readSuites(top.items("suite"), path);
  if (!top.has("test") && suites.length === 0) top.need("test");
  const tests = top.items("test").map((item) => new TestEntry(item, path, defaults, suites));
  return { suites, tests };
}

/** One `[[test]]`, which is one test per matching ROM. */
class TestEntry {
  readonly #reader: TableReader;
  readonly #path: string;
  /** The manifest's folder, which paths are relative to. */
  readonly #folder: string;
  readonly #suite: Suite | undefined;

  constructor(node: SourceNode, path: string, defaults?: SourceNode, suites: readonly Suite[] = []) {
    this.#path = path;
    this.#folder = dirname(path);
    // Checked before merging the defaults, so that errors name the right table.
    new TableReader(node, path, "a test", TEST_KEYS);
    this.#reader = new TableReader(merged(node, defaults), path, "a test", TEST_KEYS);
    this.#suite = this.#findSuite(suites);
  }

  /** All tests of this entry, sorted by ROM name. */
  async expand(): Promise<TestSpec[]> {
    const reader = this.#reader;
    reader.need("rom");
    const patterns = reader.texts("rom") ?? [];
    const protocol = this.#protocol();
    const folder = this.#suite === undefined ? this.#folder : suiteFolder(this.#suite);
    if (this.#suite !== undefined && !(await exists(folder))) {
      const at = reader.node("suite")?.at ?? reader.at;
      const { name } = this.#suite;
      throw new InputError(
        "missing",
        `the suite ${JSON.stringify(printable(name))} is not in the cache`,
        `${printable(this.#path)}:${at.line}:${at.column}`,
        `emu suites pull ${printable(this.#path)} fetches it`,
      );
    }
    const roms: string[] = [];
    for (const [index, pattern] of patterns.entries()) {
      if (!isGlob(pattern)) {
        roms.push(pattern);
        continue;
      }
      const found = await expandGlob(pattern, folder);
      if (found.length === 0) {
        const at = reader.items("rom")[index]?.at ?? reader.at;
        throw sourceError(this.#path, at, `no file is called ${JSON.stringify(printable(pattern))}`);
      }
      roms.push(...found);
    }
    const isOne = roms.length === 1;
    return roms.map((rom) => this.#read(rom, folder, protocol, isOne));
  }

  #findSuite(suites: readonly Suite[]): Suite | undefined {
    const name = this.#reader.text("suite");
    if (name === undefined) return undefined;
    const found = suites.find((suite) => suite.name === name);
    if (found === undefined) throw this.#reader.wrong("suite", "must be the name of a [[suite]]");
    return found;
  }

  #protocol(): ProtocolName | "detect" {
    const reader = this.#reader;
    const given = reader.choice("protocol", [...PROTOCOLS, "detect"]);
    const protocol = given ?? (reader.has("expect") ? "expect" : undefined);
    if (protocol === undefined) {
      const what = `a test needs "expect", or "protocol": one of ${PROTOCOLS.join(", ")} or detect`;
      throw sourceError(this.#path, reader.at, what);
    }
    if (protocol !== "expect" && protocol !== "movie" && reader.has("expect")) {
      throw reader.wrong("protocol", 'cannot stand beside "expect"');
    }
    for (const key of REQUIRED[protocol as keyof typeof REQUIRED] ?? [])
      reader.need(key, `which ${protocol} needs`);
    return protocol;
  }

  #read(rom: string, folder: string, protocol: ProtocolName | "detect", isOne: boolean): TestSpec {
    const reader = this.#reader;
    const name = reader.text("name");
    const inName = (path: string): string => path.replaceAll("{name}", basename(rom, extname(rom)));
    const fromHere = (path: string): string => resolve(this.#folder, inName(path));
    const file = (key: string): string | undefined => {
      const path = reader.text(key);
      return path === undefined ? undefined : resolve(folder, inName(path));
    };
    const diskSide = reader.number("diskSide", 1, MAX_DISK_SIDES);
    const { line, column } = reader.at;
    return {
      rom,
      name: name === undefined ? rom : isOne ? name : `${name}: ${rom}`,
      romFile: resolve(folder, rom),
      protocol,
      maxFrames: reader.number("maxFrames", 1, MAX_TEST_FRAMES) ?? DEFAULT_MAX_FRAMES,
      source: { file: this.#path, line, column },
      ...present({
        sha1: reader.matching("sha1", /^[0-9a-f]{40}$/i, "40 hex digits"),
        address: reader.number("address", 0, 0xffff),
        pass: protocol === "ram-result" ? reader.number("pass", 0, 0xff) : reader.text("pass"),
        accept: this.#accept(),
        mmc3Revision: reader.choice("mmc3Revision", MMC3_REVISIONS),
        region: reader.choice("region", REGIONS),
        console: reader.choice("console", CONSOLE_MODELS),
        cpuRevision: reader.choice("cpuRevision", CPU_REVISIONS),
        ppuRevision: reader.choice("ppuRevision", PPU_REVISIONS),
        devices: this.#devices(),
        ramFill: this.#ramFill(),
        alignment: reader.number("alignment", MIN_ALIGNMENT, MAX_ALIGNMENT),
        diskSide: diskSide === undefined ? undefined : diskSide - 1,
        ...readInput(reader, fromHere),
        deviceInput: readDeviceInput(reader),
        events: readEvents(reader),
        tiles: readTiles(reader),
        goldenFile: file("golden"),
        logFile: file("log"),
        startPc: reader.number("startPc", 0, 0xffff),
        patchFiles: reader.texts("patch")?.map(fromHere),
        symbolFiles: reader.texts("symbols")?.map(fromHere),
        expect: reader.has("expect")
          ? readExpectations(reader.items("expect"), this.#path, fromHere)
          : undefined,
        knownFailure: readKnownFailure(reader, "knownFailure"),
      }),
    };
  }

  #devices(): TestSpec["devices"] {
    const devices = present({
      port1: this.#reader.choice("port1", PORT_DEVICES),
      port2: this.#reader.choice("port2", PORT_DEVICES),
      expansion: this.#reader.choice("expansion", EXPANSION_DEVICES),
      fourScore: this.#reader.flag("fourScore"),
      microphone: this.#reader.flag("microphone"),
    });
    return Object.keys(devices).length === 0 ? undefined : devices;
  }

  #ramFill(): TestSpec["ramFill"] {
    const node = this.#reader.node("ramFill");
    if (node?.kind !== "text") return this.#reader.number("ramFill", 0, 0xffff_ffff);
    const fill = parseRamFill(this.#reader.text("ramFill") ?? "");
    if (fill === undefined) throw this.#reader.wrong("ramFill", `must be ${RAM_FILL_TEXTS}`);
    return fill;
  }

  #accept(): string[] | undefined {
    const accept = this.#reader.texts("accept");
    const wrong = accept?.find((crc) => !/^[0-9a-f]+$/i.test(crc));
    if (wrong !== undefined) throw this.#reader.wrong("accept", "must be a list of hex texts");
    return accept;
  }
}

/** The keys of a test, with missing ones from the defaults. */
function merged(node: SourceNode, defaults: SourceNode | undefined): SourceNode {
  if (node.kind !== "table" || defaults?.kind !== "table") return node;
  return { ...node, entries: new Map([...defaults.entries, ...node.entries]) };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Removes keys that are undefined. */
function present<T extends object>(object: T): Present<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Present<T>;
}
