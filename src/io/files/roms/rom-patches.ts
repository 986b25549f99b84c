import { stat } from "node:fs/promises";
import { basename, dirname, join, parse } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { splitArchivePath } from "../archives/archive-path.ts";
import { type Unpacked, unpackRom, type WantedFile } from "../archives/unpack-rom.ts";
import { MAX_ROM_BYTES } from "../limits.ts";
import { readFileCapped } from "../read-file.ts";
import { printable, shellWord, shortList } from "../text.ts";
import { locatedIn } from "../text-place.ts";
import { undecodedPath } from "../undecoded-path.ts";
import { applyPatch, isPatch, PATCH_EXTENSIONS, patchRank } from "./patch.ts";

/** A ROM with the patches that were applied. */
export interface PatchedRom {
  readonly unpacked: Unpacked;
  /** A text about each applied patch. */
  readonly applied: readonly string[];
  /** Sentences about patches in the archive that were not applied. */
  readonly warnings: readonly string[];
  /** The files that were read for patches, without the ROM's own archive. */
  readonly files: readonly string[];
}

/** Where a patch was found, and how to read it. */
interface FoundPatch {
  /** Names it in texts, as in "game.ips in the archive". */
  readonly text: string;
  /** Names it in errors. */
  readonly where: string;
  /** The file that is read for it; undefined inside the ROM's archive. */
  readonly file?: string;
  read(): Promise<Uint8Array>;
}

const REMEDY_NAMED = "give --patch an IPS, BPS or UPS file that is made for this ROM";
const REMEDY_FOUND =
  "it was found with the ROM: --no-patch ignores it; for commands without --no-patch, rename or remove it";

/**
 * Applies the named patches in their order. A patch can be in an archive: alone, or named as in
 * `archive.zip#fix.ips`. Throws `InputError` with the patch's path.
 */
export async function patchedByNamed(original: Unpacked, paths: readonly string[]): Promise<PatchedRom> {
  let unpacked = original;
  const applied: string[] = [];
  const files: string[] = [];
  for (const path of paths) {
    const { file, inner } = await splitArchivePath(path);
    const text = printable(basename(path));
    const read = async () =>
      (await unpackRom(await readFileCapped(file, MAX_ROM_BYTES), file, inner, PATCH_FILE)).bytes;
    const patch = { text, where: path, file, read };
    unpacked = await patchedBy(unpacked, patch, (remedy) => (remedy === "" ? REMEDY_NAMED : remedy));
    applied.push(`patched by ${text}`);
    files.push(file);
  }
  return { unpacked, applied, warnings: [], files };
}

/**
 * Applies the first patch with the ROM's name: those beside the file `file` come before those beside the ROM
 * in its archive. Beside an archive, a patch has the archive's name, or else that of the ROM in it. `file` is
 * undefined for bytes in memory. Throws `InputError` with the patch's path.
 */
export async function patchedByFound(original: Unpacked, file: string | undefined): Promise<PatchedRom> {
  const beside = file === undefined ? [] : (await patchesBesideGame(original, file)).map(patchFile);
  const inside = original.patches
    .filter(({ isForGame }) => isForGame)
    .map(
      ({ name, read }): FoundPatch => ({
        text: `${printable(basename(name))} in the archive`,
        where: `${file ?? "memory"}#${name}`,
        read,
      }),
    );
  const [first, ...others] = [...beside, ...inside];
  if (first === undefined)
    return { unpacked: original, applied: [], warnings: aboutStrays(original, file), files: [] };
  const unpacked = await patchedBy(original, first, (remedy) =>
    remedy === "" ? REMEDY_FOUND : `${remedy}; ${REMEDY_FOUND}`,
  );
  const ignored = others.map(({ text }) => text).join(" and ");
  const applied = `patched by ${first.text}${ignored === "" ? "" : `; ${ignored} ignored`}`;
  return { unpacked, applied: [applied], warnings: [], files: first.file === undefined ? [] : [first.file] };
}

/** The patches beside the file `file` of a game: of its name, then of the name of the game in an archive. */
export async function patchesBesideGame(
  { container, name }: Pick<Unpacked, "container" | "name">,
  file: string,
): Promise<string[]> {
  const found = await patchesBeside(file);
  const inner = container === "none" ? [] : await patchesBeside(join(dirname(file), basename(name)));
  return [...new Set([...found, ...inner])];
}

/** Says that the archive's patches have other names than the game, and how to apply one. */
function aboutStrays({ patches }: Unpacked, file: string | undefined): string[] {
  const [first] = patches;
  if (first === undefined || file === undefined) return [];
  const names = patches.map(({ name }) => printable(basename(name)));
  const list = shortList(names, MAX_STRAYS);
  const [are, their] = patches.length === 1 ? ["is", "its name is"] : ["are", "their names are"];
  const how = `--patch ${shellWord(`${file}#${first.name}`)}`;
  return [`${list} in the archive ${are} not applied, because ${their} not the game's (${how} applies it)`];
}

/** Longest list of patches in a warning. */
const MAX_STRAYS = 4;

function patchFile(file: string): FoundPatch {
  const text = printable(basename(file));
  return { text, where: file, file, read: () => readFileCapped(file, MAX_ROM_BYTES) };
}

const PATCH_FILE: WantedFile = {
  noun: "patch",
  plural: "patches",
  isWanted: (_name, start) => isPatch(start),
  isNamed: (name) => patchRank(name) >= 0,
};

async function patchedBy(
  original: Unpacked,
  { where, file, read }: FoundPatch,
  remedyAfter: (remedy: string) => string,
): Promise<Unpacked> {
  try {
    return { ...original, bytes: applyPatch(original.bytes, await read()) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // An error about reading a file names it already.
    const located = error.where.startsWith(printable(file ?? where)) ? error : locatedIn(where, error);
    const { kind, message, where: place, remedy } = located;
    throw new InputError(kind, message, place, remedyAfter(remedy));
  }
}

/**
 * The patches beside a file with the same name, in the order of `PATCH_EXTENSIONS`. The extension can be in
 * capitals, as in GAME.IPS.
 */
async function patchesBeside(file: string): Promise<string[]> {
  const { dir, name } = parse(file);
  const found: string[] = [];
  for (const extension of PATCH_EXTENSIONS) {
    for (const written of [extension, extension.toUpperCase()]) {
      const path = join(dir, `${name}${written}`);
      const status = await stat(undecodedPath(path)).catch(() => undefined);
      if (status?.isFile() !== true) continue;
      found.push(path);
      // Where case does not matter, both names are the same file.
      break;
    }
  }
  return found;
}
