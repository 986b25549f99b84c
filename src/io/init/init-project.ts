import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { applyEdits, modify } from "jsonc-parser";
import { InputError } from "../../emu/input-error.ts";
import { MIB } from "../../emu/units.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import { parseJsonText } from "../files/documents/parse-json.ts";
import { readFileCapped } from "../files/read-file.ts";
import { inFile } from "../files/text-place.ts";
import { loadCartridge } from "../library/load.ts";
import { checkFolder, findRom, romWithin } from "./find-rom.ts";
import { type GameFacts, lookAtGame } from "./look-at-game.ts";
import {
  type BuildSteps,
  MANIFEST_FILE,
  manifestFile,
  PICTURE_FILE,
  type Project,
  packageFile,
  TEST_FILE,
  testFile,
  WORKFLOW_FILE,
  workflowFile,
} from "./templates.ts";

export interface InitOptions {
  /** The game's folder. */
  readonly folder: string;
  /** Its ROM; by default the only one in the folder. */
  readonly rom?: string;
  /** Overwrite existing files. */
  readonly force: boolean;
  /** Version of this package that package.json will depend on. */
  readonly version: string;
}

export interface InitReport {
  /** Relative to the folder. */
  readonly rom: string;
  readonly written: readonly string[];
  /** Existing files that were not changed. */
  readonly kept: readonly string[];
  /** A crash of the game under random buttons: the test for it fails until the game is fixed. */
  readonly crash?: string;
}

const MAX_TEXT_BYTES = MIB;
/** Files that installing, building, and the tests here and in docs/ci.md create. */
const IGNORED = [
  "node_modules/",
  "build/",
  "coverage/",
  "report/",
  "report.xml",
  "tests/__pictures__/failed/",
  "tests/__traces__/",
  "failed/",
];
const FORMATTING = { formattingOptions: { insertSpaces: true, tabSize: 2 } };

/**
 * Writes a test, a manifest, a golden picture and a workflow for a game, and adds this package to
 * package.json. Existing files stay, unless `force` is set. Throws `InputError` if the ROM cannot be found or
 * read, or a file cannot be written.
 */
export async function initProject(options: InitOptions): Promise<InitReport> {
  const folder = resolve(options.folder);
  await checkFolder(options.folder);
  const rom = options.rom === undefined ? await findRom(folder) : romWithin(folder, options.rom);
  const cartridge = await loadCartridge(join(folder, rom));
  const facts = await lookAtGame(cartridge);
  const project = { rom, build: await findBuild(folder) };
  const written: string[] = [];
  const kept: string[] = [];
  for (const [path, contents] of await filesFor(folder, project, facts, options.version)) {
    if (contents === undefined || (existsSync(join(folder, path)) && !canReplace(path, options.force))) {
      kept.push(path);
      continue;
    }
    await writeFileWhole(join(folder, path), contents);
    written.push(path);
  }
  return { rom, written, kept, ...(facts.crash === undefined ? {} : { crash: facts.crash }) };
}

/** package.json and .gitignore are extended; other existing files are only replaced with `force`. */
function canReplace(path: string, force: boolean): boolean {
  return force || path === "package.json" || path === ".gitignore";
}

type Contents = string | Uint8Array | undefined;

/** Each file and its new contents; undefined if it needs no change. */
async function filesFor(
  folder: string,
  project: Project,
  facts: GameFacts,
  version: string,
): Promise<[string, Contents][]> {
  return [
    [TEST_FILE, testFile(project, facts)],
    [PICTURE_FILE, facts.titlePng],
    [MANIFEST_FILE, manifestFile(project, facts)],
    [WORKFLOW_FILE, workflowFile(project)],
    ["package.json", await packageWith(folder, version)],
    [".gitignore", await ignoreWith(folder, project)],
  ];
}

/** package.json with this package added to the development dependencies, otherwise unchanged. */
async function packageWith(folder: string, version: string): Promise<string | undefined> {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return packageFile(packageName(folder), version);
  const text = await readText(path);
  const { scripts, dependencies, devDependencies } = inFile(path, () => packageFields(text));
  let changed = text;
  if (dependencies?.emuterm === undefined && devDependencies?.emuterm === undefined) {
    const edits = modify(changed, ["devDependencies", "emuterm"], `^${version}`, FORMATTING);
    changed = applyEdits(changed, edits);
  }
  if (scripts?.test === undefined) {
    changed = applyEdits(changed, modify(changed, ["scripts", "test"], "bun test", FORMATTING));
  }
  return changed === text ? undefined : changed;
}

type PackageField = "scripts" | "dependencies" | "devDependencies";
type PackageFields = Partial<Record<PackageField, Record<string, unknown>>>;

/** The fields that are extended. Throws `InputError` ("data") if one of them is not an object. */
function packageFields(text: string): PackageFields {
  const { value, place } = parseJsonText(text);
  const fields: PackageFields = {};
  if (!isObject(value)) throw new InputError("data", "an object was expected", place());
  for (const name of ["scripts", "dependencies", "devDependencies"] as const) {
    const field = Object.hasOwn(value, name) ? value[name] : undefined;
    if (field === undefined) continue;
    if (!isObject(field)) throw new InputError("data", `${name}: an object was expected`, place(name));
    fields[name] = field;
  }
  return fields;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A package name that npm allows, made from the folder's name. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return name === "" ? "game" : name;
}

/** .gitignore with missing entries added. A ROM that no build makes must be committed, wherever it is. */
async function ignoreWith(folder: string, { rom, build }: Project): Promise<string | undefined> {
  const path = join(folder, ".gitignore");
  const text = existsSync(path) ? await readText(path) : "";
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const wanted = IGNORED.filter((line) => build !== undefined || !rom.startsWith(line));
  const isMissing = (line: string): boolean => {
    const name = line.replace(/\/$/, "");
    return ![name, `${name}/`, `/${name}`, `/${name}/`].some((form) => lines.includes(form));
  };
  const missing = wanted.filter(isMissing);
  if (missing.length === 0) return undefined;
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${separator}${missing.join("\n")}\n`;
}

/** The build steps of the ROM, from the Makefile or the script in package.json. */
async function findBuild(folder: string): Promise<BuildSteps | undefined> {
  const makefile = ["Makefile", "makefile", "GNUmakefile"].find((name) => existsSync(join(folder, name)));
  if (makefile === undefined) return undefined;
  const text = await readText(join(folder, makefile));
  const usesCc65 = /\b(c[acl]65|ld65)\b/.test(text);
  const install = usesCc65
    ? ["sudo apt-get update", "sudo apt-get install --yes cc65"]
    : ["# install the assembler that the Makefile calls here"];
  return { commands: [...install, "make"] };
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readFileCapped(path, MAX_TEXT_BYTES));
}
