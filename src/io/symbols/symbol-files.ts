import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { readFileCapped } from "../files/read-file.ts";
import { printable } from "../files/text.ts";
import { inFile } from "../files/text-place.ts";
import { parseDbg } from "./dbg.ts";
import { parseMlb } from "./mlb.ts";
import { parseNl } from "./nl.ts";
import { MAX_SYMBOL_FILE_BYTES, NO_SYMBOLS, type SymbolData, Symbols } from "./symbols.ts";

const INES_HEADER_BYTES = 16;
const TRAINER_BYTES = 512;

/**
 * Reads symbol files: ld65's `.dbg`, Mesen's `.mlb`, FCEUX's `.nl`; together where there are several. Throws
 * `InputError`: "missing", "io", "usage" for another kind of file, or "data" with file, line and column.
 */
export async function loadSymbols(paths: readonly string[], image: CartridgeImage): Promise<Symbols> {
  const parts = await Promise.all(paths.map((path) => loadOne(path, image)));
  if (parts.length === 0) return NO_SYMBOLS;
  // Lines name their file by its index: only one part, the debug info, has any.
  const withLines = parts.find((part) => part.files.length > 0);
  return new Symbols({
    symbols: parts.flatMap((part) => part.symbols),
    files: withLines?.files ?? [],
    lines: withLines?.lines ?? [],
    routines: withLines?.routines ?? [],
  });
}

/**
 * The symbol files that lie beside a ROM: `game.dbg`, else `game.mlb`, else all of `game.nes.*.nl`. Debug
 * info that is older than the ROM is used all the same: builds write both.
 */
export async function findSymbolFiles(romPath: string): Promise<string[]> {
  const stem = romPath.slice(0, romPath.length - extname(romPath).length);
  for (const path of [`${stem}.dbg`, `${romPath}.dbg`, `${stem}.mlb`]) if (await isFile(path)) return [path];
  const folder = dirname(resolve(romPath));
  const names = await readdir(folder).catch(() => []);
  const prefix = `${basename(romPath)}.`;
  return names
    .filter((name) => name.startsWith(prefix) && bankOf(name) !== undefined)
    .sort()
    .map((name) => join(folder, name));
}

async function loadOne(path: string, image: CartridgeImage): Promise<SymbolData> {
  const extension = extname(path).toLowerCase();
  const bank = bankOf(basename(path));
  if (extension !== ".dbg" && extension !== ".mlb" && bank === undefined) {
    const remedy = "one of .dbg, .mlb, .ram.nl or .0.nl was expected";
    throw new InputError("usage", "no symbol file that is known", printable(path), remedy);
  }
  const text = new TextDecoder().decode(await readFileCapped(path, MAX_SYMBOL_FILE_BYTES));
  return inFile(path, () => {
    if (extension === ".dbg") {
      const headerBytes = INES_HEADER_BYTES + (image.trainer === undefined ? 0 : TRAINER_BYTES);
      return parseDbg(text, headerBytes, image.prgRom.length);
    }
    return extension === ".mlb" ? parseMlb(text) : parseNl(text, bank ?? "ram");
  });
}

/** The bank that a name list's name ends in, `.A.nl` being 10; undefined when it is none. */
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
