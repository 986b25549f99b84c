import { basename } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { boardOf } from "../../../emu/nes/cartridge/boards/index.ts";
import { regionFromName } from "../../../emu/nes/cartridge/database.ts";
import type { CartridgeImage, ParsedImage } from "../../../emu/nes/cartridge/image.ts";
import { readRomImage, romFormat } from "../../../emu/nes/cartridge/rom-image.ts";
import { hasBoard, supportGaps } from "../../../emu/nes/cartridge/support.ts";
import { isForEpsm } from "../../../emu/nes/epsm/epsm.ts";
import { splitArchivePath } from "../archives/archive-path.ts";
import { type Unpacked, unpackRom, unpackZipOrGzip, type WantedFile } from "../archives/unpack-rom.ts";
import { crc32Hex, sha1Hex } from "../hashes.ts";
import { MAX_ROM_BYTES } from "../limits.ts";
import { readFileCapped } from "../read-file.ts";
import { inFile, locatedIn } from "../text-place.ts";
import { findBios, findDrumRom, findNetworkRoms, missingBios, needsBios } from "./bios.ts";
import { type BuiltInName, builtInBytes, builtInFor } from "./built-in-game.ts";
import { findControlRoms } from "./control-roms-file.ts";
import { identifyForeign } from "./foreign-files.ts";
import { NES_FILE_NAME } from "./rom-file-name.ts";
import { patchedByFound, patchedByNamed } from "./rom-patches.ts";
import { readTape } from "./tape-file.ts";

/** A ROM and facts about its file. */
export interface LoadedRom {
  readonly image: CartridgeImage;
  /** File name of the ROM, without folders; in an archive, that of the inner file. */
  readonly fileName: string;
  /** The whole path as given. */
  readonly path: string;
  /** The files that were read for it: the ROM or its archive, patches, and a BIOS that was named. */
  readonly files: readonly string[];
  readonly container: Unpacked["container"];
  /** Size, SHA-1 and CRC-32 (hex) of the ROM file, unpacked and with its header. */
  readonly fileBytes: number;
  readonly fileSha1: string;
  readonly fileCrc32: string;
  /** Number of ignored bytes after the last ROM. */
  readonly trailingBytes: number;
  /** What differs from the header, because of the database, the file's name or a patch, and why. */
  readonly overrides: readonly string[];
  /** What the machine lacks for this game; empty if it is supported. Sentences without a full stop. */
  readonly gaps: readonly string[];
  /** Reasons why the game may not run correctly, the gaps included. */
  readonly cautions: readonly string[];
  /** What else was odd, guessed or ignored, as sentences without a full stop. */
  readonly warnings: readonly string[];
}

export interface RomLoadOptions {
  /** File with the disk system's or the Study Box's BIOS; by default `findBios` looks for one. */
  readonly fdsBios?: string;
  /** A PlayChoice-10's control side: a zip or folder of ROMs, "built-in" or "none"; see `findControlRoms`. */
  readonly controlRoms?: string;
  /** The device in the expansion port: an EPSM may need its ROM. */
  readonly expansion?: string | undefined;
  /**
   * Patches to apply, in this order; by default the one with the ROM's name beside its file, or beside it in
   * its archive.
   */
  readonly patches?: readonly string[] | undefined;
  /** Describe a game that cannot run: its board is not supported, or the BIOS of its disk is not found. */
  readonly describeOnly?: boolean;
}

/**
 * Loads a ROM: .nes, .unf, .fds, .qd, .nsf or .nsfe, also in .gz, .zip, .7z or .rar. The format is detected
 * from the contents, not the name. `archive.zip#inner.nes` and `archive.zip/inner.nes` choose one of several.
 * `swingby` and `test-card` are the games that come with emu, unless there is a file of that name.
 * Reading is asynchronous and never uses more than 64 MiB in all, whatever an archive claims. Throws
 * `InputError`: "missing", "io" or "data", with the file and the byte in `where`; also if the game's board is
 * not supported.
 */
export async function loadRom(path: string, options: RomLoadOptions = {}): Promise<LoadedRom> {
  return (await loadRomFile(path, options)).rom;
}

/** A ROM with the bytes of its file, unpacked, and the BIOS that a disk needs. */
export interface RomFile {
  readonly rom: LoadedRom;
  readonly bytes: Uint8Array;
  readonly fdsBios: Uint8Array | undefined;
}

/** `loadRom`, with the file's bytes. */
export async function loadRomFile(path: string, options: RomLoadOptions = {}): Promise<RomFile> {
  const { file, unpacked: original, isBuiltIn } = await readUnpacked(path);
  const named = options.patches ?? (isBuiltIn ? [] : undefined);
  const patched = named === undefined ? patchedByFound(original, file) : patchedByNamed(original, named);
  const { unpacked, applied, warnings, files: patches } = await patched;
  const format = romFormat(unpacked.bytes);
  const bios = needsBios(format) ? await findBios(format, file, options.fdsBios) : undefined;
  const parsed = inFile(file, () => parseUnpacked(unpacked, bios));
  const { parsed: whole, files: controlFiles } = await withControl(parsed, file, options.controlRoms);
  const described = describe(await withUserRoms(whole, file, options), unpacked, path);
  const files = [
    ...(isBuiltIn ? [] : [file]),
    ...patches,
    ...(options.fdsBios === undefined ? [] : [options.fdsBios]),
    ...controlFiles,
  ];
  const rom = {
    ...described,
    files,
    overrides: [...applied, ...described.overrides],
    warnings: [...warnings, ...described.warnings],
  };
  if (options.describeOnly !== true) {
    inFile(file, () => boardOf(rom.image));
    if (needsBios(format) && bios === undefined) throw missingBios(format, file);
  }
  return { rom, bytes: unpacked.bytes, fdsBios: bios };
}

/** Chooses a game of emu's own machine in an archive. */
const NES_GAME = gameFile((_name, start) => isRom(start));

function gameFile(isWanted: WantedFile["isWanted"]): WantedFile {
  return {
    noun: "ROM",
    plural: "ROMs",
    isWanted,
    isNamed: (name) => NES_FILE_NAME.test(name),
    explain: identifyForeign,
  };
}

/** A game's file, unpacked from its archive. */
export interface UnpackedFile {
  /** The path of the file that was read, an archive or the game itself. */
  readonly file: string;
  readonly unpacked: Unpacked;
  /** True for a game that comes with emu: there is no file. */
  readonly isBuiltIn: boolean;
}

/**
 * Reads a file as `loadRom` does, without identifying it. `isGame` chooses among the files of an archive.
 * Throws `InputError`: "missing", "io" or "data".
 */
export async function readUnpacked(path: string, isGame?: WantedFile["isWanted"]): Promise<UnpackedFile> {
  const builtIn = await builtInFor(path);
  if (builtIn !== undefined) {
    const unpacked: Unpacked = {
      bytes: await builtInBytes(builtIn),
      name: `${builtIn}.nes`,
      container: "none",
      patches: [],
    };
    return { file: path, unpacked, isBuiltIn: true };
  }
  const { file, inner } = await splitArchivePath(path);
  const wanted = isGame === undefined ? NES_GAME : gameFile(isGame);
  const bytes = (await readTape(file)) ?? (await readFileCapped(file, MAX_ROM_BYTES));
  try {
    return { file, unpacked: await unpackRom(bytes, file, inner, wanted), isBuiltIn: false };
  } catch (error) {
    throw error instanceof InputError ? locatedIn(file, error) : error;
  }
}

/** Loads a game that comes with emu, also if there is a file of its name. */
export async function loadBuiltInGame(name: BuiltInName = "swingby"): Promise<LoadedRom> {
  return readRom(await builtInBytes(name), `${name}.nes`);
}

/** Like `loadRom`, for bytes in memory and without patches. `path` is only their name. */
export function readRom(bytes: Uint8Array, path: string, inner?: string, fdsBios?: Uint8Array): LoadedRom {
  const name = inner === undefined ? path : `${path}#${inner}`;
  return inFile(path, () => {
    const unpacked = unpackZipOrGzip(bytes, path, inner, NES_GAME);
    return describe(parseUnpacked(unpacked, fdsBios), unpacked, name);
  });
}

/** Like `loadRom`, for bytes in memory. `path` is only their name: there is nothing beside them. */
export async function readRomWith(
  bytes: Uint8Array,
  path: string,
  { patches: named, fdsBios, controlRoms }: RomLoadOptions,
): Promise<LoadedRom> {
  const original = inFile(path, () => unpackZipOrGzip(bytes, path, undefined, NES_GAME));
  const patched = named === undefined ? patchedByFound(original, undefined) : patchedByNamed(original, named);
  const { unpacked, applied, warnings, files: patches } = await patched;
  const format = romFormat(unpacked.bytes);
  const isNamed = fdsBios !== undefined && needsBios(format);
  const bios = isNamed ? await findBios(format, path, fdsBios) : undefined;
  const parsed = inFile(path, () => parseUnpacked(unpacked, bios));
  const { parsed: whole, files } = await withControl(parsed, path, controlRoms ?? "none");
  const described = describe(whole, unpacked, path);
  inFile(path, () => boardOf(described.image));
  return {
    ...described,
    files: [path, ...patches, ...files],
    overrides: [...applied, ...described.overrides],
    warnings: [...warnings, ...described.warnings],
  };
}

function parseUnpacked(unpacked: Unpacked, bios: Uint8Array | undefined): ParsedImage {
  const fileName = fileNameOf(unpacked);
  return hintRegion(parseRom(unpacked.bytes, fileName, bios), fileName);
}

function fileNameOf({ name }: Unpacked): string {
  return basename(name.replaceAll("\\", "/"));
}

/** Adds the ROMs of the control side to a PlayChoice-10's game, if the user has them or chooses emu's own. */
async function withControl(
  parsed: ParsedImage,
  file: string,
  choice: string | undefined,
): Promise<{ readonly parsed: ParsedImage; readonly files: readonly string[] }> {
  const { image, cautions } = parsed;
  if (image.playChoice === undefined) return { parsed, files: [] };
  const { roms, files, cautions: more } = await findControlRoms(file, choice);
  const whole = roms === undefined ? image : { ...image, controlRoms: roms };
  return { parsed: { ...parsed, image: whole, cautions: [...cautions, ...more] }, files };
}

/**
 * Adds the ROMs that the user has: the samples of the EPSM's drums, if the game or the options connect one,
 * and those of the Famicom Network System.
 */
async function withUserRoms(
  parsed: ParsedImage,
  file: string,
  { expansion }: RomLoadOptions,
): Promise<ParsedImage> {
  if (hasBoard(parsed.image) && boardOf(parsed.image).console === "famicom-network") {
    return { ...parsed, image: { ...parsed.image, ...(await findNetworkRoms(file)) } };
  }
  if (expansion !== "epsm" && !isForEpsm(parsed.image)) return parsed;
  const drumRom = await findDrumRom(file);
  return drumRom === undefined ? parsed : { ...parsed, image: { ...parsed.image, drumRom } };
}

function describe(parsed: ParsedImage, unpacked: Unpacked, path: string): LoadedRom {
  const gaps = supportGaps(parsed.image);
  return {
    ...parsed,
    gaps,
    cautions: [...gaps, ...parsed.cautions],
    fileName: fileNameOf(unpacked),
    path,
    files: [path],
    container: unpacked.container,
    fileBytes: unpacked.bytes.length,
    fileSha1: sha1Hex([unpacked.bytes]),
    fileCrc32: crc32Hex(unpacked.bytes),
  };
}

function parseRom(bytes: Uint8Array, fileName: string, bios: Uint8Array | undefined): ParsedImage {
  if (bytes.length === 0) throw new InputError("data", "the file is empty");
  const format = romFormat(bytes);
  if (format !== undefined) return readRomImage(bytes, format, sha1Hex, bios);
  const foreign = identifyForeign(bytes, fileName);
  if (foreign !== undefined)
    throw new InputError("data", `cannot be run: it is ${foreign.what}`, "", foreign.remedy);
  throw new InputError("data", "not a ROM: the file has no known signature", "byte 0", REMEDY);
}

/**
 * iNES 1.0 has a bit for PAL that most tools leave at 0. A tag in the file's name then decides, unless the
 * database does. That is a guess, so it is reported.
 */
function hintRegion(parsed: ParsedImage, fileName: string): ParsedImage {
  const { image, overrides } = parsed;
  const region = regionFromName(fileName);
  if (image.exactHeader || image.region !== "ntsc" || region === undefined || region === "ntsc")
    return parsed;
  const text = `region ${region} for ntsc: a guess from the file's name, --region decides`;
  return { ...parsed, image: { ...image, region }, overrides: [...overrides, text] };
}

const REMEDY = "iNES, NES 2.0, UNIF, .fds, .qd, NSF and NSFe files are read, also in .zip, .gz, .7z and .rar";

/** Returns true for the beginning of a file that emu's own machine plays. */
export function isRom(start: Uint8Array): boolean {
  return romFormat(start) !== undefined;
}
