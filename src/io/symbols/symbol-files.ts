import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { readFileCapped } from "../files/read-file.ts";
import { printable } from "../files/text.ts";
import { locatedIn } from "../files/text-place.ts";
import { parseFns, parseListing, parseMap, parseVice } from "./address-lists.ts";
import { parseDbg } from "./dbg.ts";
import { locateOutputs } from "./dbg-outputs.ts";
import { parseMlb } from "./mlb.ts";
import { parseNl } from "./nl.ts";
import { MAX_SYMBOL_FILE_BYTES, NO_SYMBOLS, type SymbolData, Symbols } from "./symbols.ts";

/** Parses the text of one kind of symbol file. */
type Parser = (text: string, image: CartridgeImage, path: string) => SymbolData | Promise<SymbolData>;

const PARSERS: Readonly<Record<string, Parser>> = {
  ".dbg": async (text, image, path) =>
    parseDbg(text, await locateOutputs(path, text, image), image.prgRom.length, image.prgRom),
  ".mlb": parseMlb,
  ".lbl": (text, { prgRom }) => parseVice(text, prgRom.length),
  ".fns": (text, { prgRom }) => parseFns(text, prgRom.length),
  ".map": (text, { prgRom }) => parseMap(text, prgRom.length),
  ".lst": (text, { prgRom }) => parseListing(text, prgRom.length),
};

/** Other extensions of VICE label files. */
const VICE_EXTENSIONS = [".labels", ".lab", ".vice", ".vs", ".sym"];
/** Symbol files beside a ROM, the most detailed first. FCEUX name lists come after `.mlb`. */
const BESIDE = [".dbg", ".mlb"];
const BESIDE_WITHOUT_BANKS = [".lbl", ...VICE_EXTENSIONS, ".fns", ".map", ".lst"];

/**
 * Reads symbol files and merges them: ld65's `.dbg`, Mesen's `.mlb`, FCEUX's `.nl`, VICE labels (`ld65 -Ln`),
 * NESASM's `.fns`, maps and listings. What was skipped is in the warnings of the result, after the file name.
 * Throws `InputError`: "missing", "io", "usage" for other kinds of files, or "data" with file, line and
 * column.
 */
export async function loadSymbols(paths: readonly string[], image: CartridgeImage): Promise<Symbols> {
  return merged(paths, await Promise.all(paths.map((path) => loadOne(path, image))));
}

/** The symbols of files that were found, not named. */
export interface SymbolsBeside {
  readonly files: readonly string[];
  readonly symbols: Symbols;
}

/**
 * Reads the symbol files beside a ROM. The user has not named them, so a file that cannot be read is not an
 * error: it is ignored, and the warnings of the result say why.
 */
export async function loadSymbolsBeside(romPath: string, image: CartridgeImage): Promise<SymbolsBeside> {
  const files = await findSymbolFiles(romPath);
  const parts = files.map(async (path) => {
    try {
      return await loadOne(path, image);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const place = error.where.slice(printable(path).length).replace(/^, (.*)/, " ($1)");
      const remedy = error.remedy === "" ? "" : `: ${error.remedy}`;
      return { ...NOTHING, warnings: [`ignored: ${error.message}${place}${remedy}`] };
    }
  });
  return { files, symbols: merged(files, await Promise.all(parts)) };
}

const NOTHING: SymbolData = { symbols: [], files: [], lines: [], routines: [] };

function merged(paths: readonly string[], parts: readonly SymbolData[]): Symbols {
  if (parts.length === 0) return NO_SYMBOLS;
  // Lines refer to their file by index, and only one part, the debug info, has lines.
  const withLines = parts.find((part) => part.files.length > 0);
  return new Symbols({
    symbols: parts.flatMap((part) => part.symbols),
    files: withLines?.files ?? [],
    lines: withLines?.lines ?? [],
    routines: withLines?.routines ?? [],
    variables: withLines?.variables ?? [],
    warnings: parts.flatMap((part, index) =>
      (part.warnings ?? []).map((warning) => `${printable(paths[index] ?? "")}: ${warning}`),
    ),
  });
}

/**
 * Finds the symbol files beside a ROM: `game.dbg`, else `game.mlb`, else all `game.nes.*.nl`, else VICE or
 * NESASM labels, else a map or a listing. Debug info that is older than the ROM is still used, because a
 * build writes both.
 */
export async function findSymbolFiles(romPath: string): Promise<string[]> {
  const stem = romPath.slice(0, romPath.length - extname(romPath).length);
  const beside = BESIDE.flatMap((extension) => [stem + extension, romPath + extension]);
  for (const path of beside) if (await isFile(path)) return [path];
  const folder = dirname(resolve(romPath));
  const names = await readdir(folder).catch(() => []);
  const prefix = `${basename(romPath)}.`;
  const lists = names.filter((name) => name.startsWith(prefix) && bankOf(name) !== undefined);
  if (lists.length > 0) return lists.sort().map((name) => join(folder, name));
  for (const extension of BESIDE_WITHOUT_BANKS)
    for (const path of [stem + extension, romPath + extension]) if (await isFile(path)) return [path];
  return [];
}

async function loadOne(path: string, image: CartridgeImage): Promise<SymbolData> {
  const bank = bankOf(basename(path));
  const parser: Parser | undefined = bank === undefined ? parserOf(path) : (text) => parseNl(text, bank);
  if (parser === undefined) {
    const remedy = "one of .dbg, .mlb, .ram.nl, .0.nl, .lbl, .fns, .map or .lst was expected";
    throw new InputError("usage", "unknown kind of symbol file", printable(path), remedy);
  }
  const text = new TextDecoder().decode(await readFileCapped(path, MAX_SYMBOL_FILE_BYTES));
  try {
    return await parser(text, image, path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const remedy = error.remedy === "" ? "rebuild the symbol file, or remove it" : error.remedy;
    throw locatedIn(path, new InputError(error.kind, error.message, error.where, remedy));
  }
}

function parserOf(path: string): Parser | undefined {
  const extension = extname(path).toLowerCase();
  return PARSERS[VICE_EXTENSIONS.includes(extension) ? ".lbl" : extension];
}

/** The bank number in the name of a name list, 10 for `.A.nl`; undefined for other files. */
function bankOf(name: string): number | "ram" | undefined {
  const match = /\.(ram|[0-9a-f]{1,2})\.nl$/i.exec(name);
  if (match === null) return undefined;
  const [, bank = ""] = match;
  return bank.toLowerCase() === "ram" ? "ram" : Number.parseInt(bank, 16);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
}
