import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { MIB } from "../../emu/units.ts";
import { encodeRgbPng } from "../capture/png.ts";
import { readFileCappedSync } from "../files/read-file.ts";
import type { Game } from "./game.ts";
import {
  comparePictures,
  differencePicture,
  type PictureTolerance,
  type RgbPicture,
  showDifference,
} from "./picture-diff.ts";
import { decodePicture, screenPicture } from "./picture-file.ts";

export interface PictureOptions extends PictureTolerance {
  /** Number of pixels that may differ; 0 by default. */
  readonly maxPixels?: number;
  /** Folder of the pictures; `__pictures__` beside the test file by default. */
  readonly folder?: string;
}

/** The result of a matcher. */
export interface MatcherVerdict {
  readonly pass: boolean;
  message(): string;
}

const FOLDER = "__pictures__";
const FAILED = "failed";
const MAX_PICTURE_BYTES = 4 * MIB;
const DEFAULT_COLUMNS = 120;
/** Wider panels would not be more readable. */
const MAX_COLUMNS = 240;

/**
 * Compares the screen with the PNG of that name. A missing PNG is written, but in CI it is a failure.
 * `EMU_UPDATE=1` writes it again. `testFile` is the test's own file, if the framework names it. A failure
 * shows both pictures in the terminal and writes them to files.
 */
export function matchPicture(
  game: Game,
  name: string,
  options: PictureOptions = {},
  testFile = mainFile(),
): MatcherVerdict {
  const folder = options.folder ?? join(dirname(testFile), FOLDER);
  if (!/^[\w.-]+$/.test(name)) {
    throw new InputError(
      "usage",
      `"${name}" is not a picture name: letters, digits, . - and _ were expected`,
    );
  }
  const path = join(folder, `${name}.png`);
  const actual = screenPicture(game.screen);
  if (!existsSync(path) || process.env.EMU_UPDATE === "1") return writeNew(path, actual);
  const expected = decodePicture(readFileCappedSync(path, MAX_PICTURE_BYTES), path);
  if (expected.width !== actual.width || expected.height !== actual.height) {
    const sizes = `${expected.width} × ${expected.height}, the screen ${actual.width} × ${actual.height}`;
    throw new InputError("data", `the picture has ${sizes} pixels`, path);
  }
  const difference = comparePictures(expected, actual, options);
  const failedPaths = ["actual", "difference"].map((kind) => join(folder, FAILED, `${name}.${kind}.png`));
  if (difference.pixels <= (options.maxPixels ?? 0)) {
    for (const failed of failedPaths) rmSync(failed, { force: true });
    return { pass: true, message: () => `the screen looks like ${here(path)}, but should not` };
  }
  mkdirSync(join(folder, FAILED), { recursive: true });
  writeFileSync(failedPaths[0]!, encodeRgbPng(actual));
  writeFileSync(failedPaths[1]!, encodeRgbPng(differencePicture(actual, difference)));
  return {
    pass: false,
    message: () => {
      const { x = 0, y = 0, width = 0, height = 0 } = difference.box ?? {};
      const total = actual.width * actual.height;
      return [
        `the screen does not look like ${here(path)}`,
        `  ${difference.pixels} of ${total} pixels differ, from (${x}, ${y}) to (${x + width - 1}, ${y + height - 1})`,
        `  at ${game.place}`,
        "",
        showDifference(expected, actual, difference, columns(), hasColor()),
        "",
        `full pictures: ${failedPaths.map(here).join(", ")}`,
        "to accept the new picture: run the tests with EMU_UPDATE=1",
      ].join("\n");
    },
  };
}

/** `bun test` and `node --test` start each test file as the main program. */
function mainFile(): string {
  return typeof Bun === "undefined" ? (process.argv[1] ?? "") : Bun.main;
}

function writeNew(path: string, actual: RgbPicture): MatcherVerdict {
  const isUpdate = process.env.EMU_UPDATE === "1";
  if (!isUpdate && isCi()) {
    const message = `no picture ${here(path)} to compare with: run the tests once outside CI and commit it`;
    return { pass: false, message: () => message };
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, encodeRgbPng(actual));
  process.stderr.write(`emu: wrote ${here(path)}\n`);
  return { pass: true, message: () => `${here(path)} was just written` };
}

function isCi(): boolean {
  const { CI } = process.env;
  return CI !== undefined && CI !== "" && CI !== "0" && CI !== "false";
}

function columns(): number {
  const wanted = process.stderr.columns ?? Number(process.env.COLUMNS);
  return Math.min(MAX_COLUMNS, wanted > 0 ? wanted : DEFAULT_COLUMNS);
}

/** GitHub shows colours in its logs, although they are not a terminal. https://no-color.org */
function hasColor(): boolean {
  const { NO_COLOR, FORCE_COLOR, GITHUB_ACTIONS } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  return FORCE_COLOR !== undefined || GITHUB_ACTIONS === "true" || process.stderr.isTTY === true;
}

function here(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") ? path : fromHere;
}
