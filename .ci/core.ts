/**
 * Compiles `emuterm/core`, `emuterm/core/full` and `emuterm/core/lean`, which differ in their boards, to one
 * JavaScript module each, without dependencies: `bun .ci/core.ts [folder]`. The default folder is `core/`,
 * where package.json's exports expect them. The modules run in browsers, Node, Deno and Bun.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type MinifyOptions, minify } from "terser";
import { devDependencies } from "../package.json";
import { writeFileWhole } from "../src/io/files/atomic-write.ts";
import { privateNames } from "./core-names.ts";

const root = join(import.meta.dir, "..");
const folder = resolve(process.argv[2] ?? join(root, "core"));
const ENTRY = join(root, "src/io/core/index.ts");
/** The folder of the last results of terser. */
const KEPT = join(root, "node_modules/.cache/emuterm-core");
const CARTRIDGE = join(root, "src/emu/nes/cartridge");

const BANNER = "/*! emuterm/core, MIT */";

/** Take the place of music files and tapes, with their boards: 7 KiB that pages with games do not need. */
const WITHOUT_MUSIC = {
  [join(CARTRIDGE, "studybox-image.ts")]: `import { InputError } from "../../input-error.ts";
export const isStudyBox = (bytes) => /^STBX/.test(String.fromCharCode(...bytes.subarray(0, 4)));
export function readStudyBox() {
  throw new InputError("data", "a tape of the Study Box", "byte 0", "play it with emu run");
}`,
  [join(CARTRIDGE, "boards/unlicensed/study-box.ts")]: "export const BOARDS = [];",
  [join(CARTRIDGE, "nsf.ts")]: `import { InputError } from "../../input-error.ts";
export const isNsf = (bytes) => /^(NESM|NSFE)/.test(String.fromCharCode(...bytes.subarray(0, 4)));
export function readNsf() {
  throw new InputError("data", "a music file, not a game", "byte 0", "play it with emu run");
}`,
  [join(CARTRIDGE, "boards/homebrew/nsf-player.ts")]: "export const BOARDS = [];",
};

/**
 * Takes the place of devices for which the module has no function: those with memory, which only the commands
 * save, and readers of barcodes, which never see one.
 */
const WITHOUT_STORAGE = {
  [join(root, "src/emu/nes/input/storage-devices.ts")]: `import { InputError } from "../../input-error.ts";
export const TAPE_BUTTONS_BYTE = 12;
class Storage {
  constructor() {
    throw new InputError("usage", "emuterm/core has no devices with memory of their own", "", "use the library");
  }
}
export { Storage as BattleBox, Storage as DataRecorder, Storage as TurboFile };`,
  [join(root, "src/emu/nes/input/tape-at-keyboard.ts")]:
    'export { DataRecorder as TapeAtKeyboard } from "./storage-devices.ts";',
  [join(root, "src/emu/nes/input/barcode-readers.ts")]: `class Reader {
  write() {}
  load() {}
  read() {
    return 0;
  }
  lightAt() {
    return 0;
  }
}
export { Reader as BarcodeBattler, Reader as DatachReader };`,
};

/** Take the place of devices that only the commands can move or show. */
const WITHOUT_RARE_DEVICES = {
  // Games of some mappers have this keyboard by default, and the core has no way to press its keys.
  [join(root, "src/emu/nes/input/pec-keyboard.ts")]: `export class PecKeyboard {
  write() {}
  load() {}
  read() {
    return 0;
  }
}`,
  [join(root, "src/emu/nes/input/power-glove.ts")]: rareDevice("PowerGlove", "Power Glove"),
  [join(root, "src/emu/nes/input/robot.ts")]: `${rareDevice("Robot", "R.O.B.")}
export const ROBOT_STATE_WORDS = 0;`,
};

function rareDevice(name: string, label: string): string {
  return `import { InputError } from "../../input-error.ts";
export class ${name} {
  constructor() {
    throw new InputError("usage", "emuterm/core has no ${label}", "", "use the library");
  }
}`;
}

/** Takes the place of the EPSM, which has 4 KiB: games that were made for it run without its sound. */
const WITHOUT_EPSM = {
  [join(root, "src/emu/nes/epsm/epsm.ts")]: `import { InputError } from "../../input-error.ts";
export const isForEpsm = () => false;
export class Epsm {
  constructor() {
    throw new InputError("usage", "emuterm/core has no EPSM", "", "use the library");
  }
}`,
};

/** Take the place of the control side of a PlayChoice-10: its games run alone. */
const WITHOUT_PLAY_CHOICE = {
  [join(root, "src/emu/nes/playchoice/play-choice.ts")]: "export class PlayChoice {}",
  [join(root, "src/emu/nes/playchoice/control-side.ts")]: `export const hasControlSide = () => false;
export const CONTROL_SIDE_BYTES = 0;
export const PLAY_CHOICE_WIDTH = 0;
export const CONTROL_STORAGE = undefined;
export const sideColors = (colors) => colors;`,
  [join(CARTRIDGE, "playchoice-image.ts")]:
    "export const playChoiceRoms = () => ({ bytes: 0, warnings: [] });",
};

/** Takes the place of names of a state's fields, which are shortened or left out. */
const WITHOUT_FIELD_NAMES = {
  [join(root, "src/emu/state-place.ts")]: `export function placeName({ offset, elementBytes }, index) {
  return "byte " + (offset + index * elementBytes);
}`,
};

/**
 * Leaves out texts that the module never shows, 6 KiB gzipped: names of boards and of their documentation,
 * which are for `emu info` and docs/boards.md, the titles of the games whose headers are corrected, the
 * labels of DIP switches, and names of a state's fields by which nothing is looked up.
 */
async function withoutTexts(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const lookedUp = new Set<string>();
  const machine = join(root, "src/emu");
  for await (const path of new Bun.Glob("**/*.ts").scan({ cwd: machine, absolute: true })) {
    const text = await Bun.file(path).text();
    files[path] = text;
    for (const [, name] of text.replaceAll(SLOTS_NAME, "").matchAll(FIELD_NAME)) lookedUp.add(name!);
  }
  for (const [path, text] of Object.entries(files)) {
    files[path] = text.replaceAll(SLOTS_NAME, (call, before, name) =>
      lookedUp.has(name) ? call : `${before}""`,
    );
    if (path.endsWith("input/devices.ts"))
      // The module has no memory of devices, and asks for no device that it lacks: see LEFT_OUT_DEVICES.
      files[path] = files[path]
        .replace(/^const STORAGE: [\s\S]*?^\};$/m, "const STORAGE: Record<string, undefined> = {};")
        .replace(/^ {2}(31|32|33|34|35|46): .*\n/gm, "");
    if (!path.startsWith(CARTRIDGE)) continue;
    files[path] = withBoardsInPlace(files[path])
      .replace(/\b(wiki|lacks|dips): (\[[^\]]*\]|\w+_DIPS),?/g, "")
      .replace(/\b(\w+_DIPS) = \[[^\]]*\]/g, "$1 = []")
      .replace(/^export function switchesOf\([\s\S]*?^\}$/m, "export const switchesOf = () => [];")
      .replace(/\bhasMicrophone: true,?/g, "")
      .replace(/\bname: "[^"]*",/g, "")
      .replace(/\bentry\((\d+), "[^"]*"/g, 'entry($1, ""')
      .replace(/\b(title|why): "[^"]*",?/g, "")
      .replace(/\bgames: \{([^}]*)\}/g, (_, games: string) => `games: "${games.match(CHECKSUM)?.join(" ")}"`)
      .replace("Object.entries(group)", 'group.split(" ").map((crc) => [crc])');
  }
  return files;
}

/** A key of the database of games. */
const CHECKSUM = /\b[0-9a-f]{8}\b/g;
const SLOTS_NAME = /(\.slots\(\s*)"([\w.]+)"/g;
const FIELD_NAME = /"([A-Za-z.]+)"/g;

/** Moves a board that only its descriptor names into the descriptor: 1 KiB gzipped for all boards. */
function withBoardsInPlace(text: string): string {
  let moved = text;
  for (const pattern of [BOARD_CONST, BOARD_CLASS]) {
    for (const [statement, name = "", value = ""] of text.matchAll(pattern)) {
      const uses = moved.match(new RegExp(`\\b${name}\\b`, "g"))!.length;
      const use = `board: ${name}`;
      if (uses !== 2 || !moved.includes(use)) continue;
      const board = pattern === BOARD_CLASS ? `class${value}` : value;
      moved = moved.replace(statement, "").replace(use, () => `board: ${board}`);
    }
  }
  return moved;
}

/** Statements as the formatter writes them: they end in the first line that is not indented. */
const BOARD_CONST = /^const (\w+) = (.*|.*[^;]\n(?:(?: .*)?\n)*[^\s].*);$/gm;
const BOARD_CLASS = /^class (\w+)( .*\{\n(?:(?: .*)?\n)*\})$/gm;

/** Take the place of the facts of 2,000 games whose headers are seldom wrong: 12 KiB. */
const WITHOUT_RARE_GAMES = {
  [join(CARTRIDGE, "database-more-games.ts")]: "export const MORE_GAMES = [];",
  [join(CARTRIDGE, "dump-facts.ts")]: "export const findDump = () => undefined;",
};

/**
 * Takes the place of the Famicom Network System, which has 7 KiB: without its ROMs, which no page has, its
 * cards show hardly more than an error.
 */
const WITHOUT_NETWORK = {
  [join(CARTRIDGE, "boards/network/index.ts")]: "export const NETWORK = [];",
};

/** Takes the place of the names and reasons of mapper numbers without a board, which are for `emu info`. */
const WITHOUT_UNSUPPORTED = {
  [join(CARTRIDGE, "boards/unsupported.ts")]: "export const UNSUPPORTED = [];",
};

/** A module in place of `boards/all.ts`: one of the lists beside it, and the module that has more boards. */
function boardList(file: string, name: string, remedy: string): Record<string, string> {
  const text = `export { ${name} as BOARDS } from "./${file}";
export const MISSING_BOARD_REMEDY = "${remedy}";`;
  return { [join(CARTRIDGE, "boards/all.ts")]: text };
}

/**
 * terser replaces names of constants by their values and drops more dead code than Bun's minifier: 9 percent
 * gzipped. It must leave functions as they are, because the hot ones have the size that engines compile best.
 */
const terserOptions = (names: RegExp): MinifyOptions => ({
  module: true,
  ecma: 2020,
  compress: { inline: 0, reduce_funcs: false, passes: 2, pure_getters: true },
  // `builtins` are members of any object of a browser, most of which the machine does not use.
  mangle: { properties: { regex: names, builtins: true } },
  format: { preamble: BANNER },
});

/**
 * The module `name` as terser shortens it. Shortening takes half a minute for all modules, and a run of CI
 * compiles them twice, so the last result is kept, with a hash of what it was made from.
 */
async function minified(name: string, text: string): Promise<string> {
  const names = await privateNames(text);
  const options = terserOptions(names);
  const inputs = [devDependencies.terser, JSON.stringify(options), String(names), text];
  const key = Bun.SHA256.hash(inputs.join("\n"), "hex");
  const path = join(KEPT, `${name}.js`);
  const kept = existsSync(path) ? await Bun.file(path).text() : "";
  if (kept.startsWith(`${key}\n`)) return kept.slice(key.length + 1);
  const { code } = await minify(text, options);
  mkdirSync(KEPT, { recursive: true });
  await writeFileWhole(path, `${key}\n${code}`);
  return code!;
}

const SHORTENED = {
  ...(await withoutTexts()),
  ...WITHOUT_MUSIC,
  ...WITHOUT_STORAGE,
  ...WITHOUT_RARE_DEVICES,
  ...WITHOUT_EPSM,
  ...WITHOUT_PLAY_CHOICE,
  ...WITHOUT_FIELD_NAMES,
  ...WITHOUT_UNSUPPORTED,
  ...WITHOUT_RARE_GAMES,
  ...WITHOUT_NETWORK,
};

const MODULES = {
  full: {},
  index: boardList("core.ts", "CORE_BOARDS", "emuterm/core/full has all boards of emu"),
  lean: boardList("common.ts", "COMMON_BOARDS", "emuterm/core has more boards, emuterm/core/full all of emu"),
};

for (const [name, boards] of Object.entries(MODULES)) {
  const { outputs } = await Bun.build({
    entrypoints: [ENTRY],
    target: "browser",
    format: "esm",
    minify: true,
    files: { ...SHORTENED, ...boards },
  });
  const text = await outputs[0]!.text();
  const code = await minified(name, text);
  await Bun.write(join(folder, `${name}.js`), code);
  const packedKb = Bun.gzipSync(code, { level: 9 }).length / 1000;
  process.stderr.write(`core/${name}.js: ${packedKb.toFixed(0)} KB gzipped\n`);
}
