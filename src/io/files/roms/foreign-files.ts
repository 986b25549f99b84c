/** Describes files that are not ROMs, and what to do about them. */
import { extname } from "node:path";
import { KIB } from "../../../emu/units.ts";
import { NES_EXTENSIONS, systemOf } from "./core-systems.ts";

export interface ForeignFile {
  /** With its article, as in "a 7z archive". */
  readonly what: string;
  readonly remedy: string;
}

interface Signature extends ForeignFile {
  /** Bytes as text with one character per byte. */
  readonly magic: string;
  readonly at?: number;
}

const UNPACK = "unpack it first; files in .zip, .gz, .7z and .rar are read as they are";
const OTHER_CONSOLE =
  "only emu run, emu dump and emu serve play some of those, with libretro cores: see emu cores";
const PATCH = "give the game, and the patch with --patch";
const XDELTA = "apply it to the ROM that it is made for with xdelta, then open the patched ROM";
const MOVIE = "give the game, and the movie with --input";
const STATE = "open the game; states of other emulators cannot be loaded";
const NO_GAME = "choose a .nes, .unf or .fds file";

const GB_LOGO = "\xce\xed\x66\x66\xcc\x0d\x00\x0b";
const GBA_LOGO = "\x24\xff\xae\x51\x69\x9a\xa2\x21";

const SIGNATURES: readonly Signature[] = [
  { magic: "7z\xbc\xaf\x27\x1c", what: "a 7z archive", remedy: UNPACK },
  { magic: "Rar!\x1a\x07", what: "a RAR archive", remedy: UNPACK },
  { magic: "PK\x03\x04", what: "a zip archive inside of another archive", remedy: UNPACK },
  { magic: "\xfd7zXZ\x00", what: "an xz file", remedy: UNPACK },
  { magic: "BZh", what: "a bzip2 file", remedy: UNPACK },
  { magic: "\x28\xb5\x2f\xfd", what: "a Zstandard file", remedy: UNPACK },
  { magic: "\x04\x22\x4d\x18", what: "an LZ4 file", remedy: UNPACK },
  { magic: "\x1f\x8b", what: "a gzip file inside of another archive", remedy: UNPACK },
  { magic: "ustar", at: 257, what: "a tar archive", remedy: UNPACK },
  { magic: "PATCH", what: "an IPS patch", remedy: PATCH },
  { magic: "BPS1", what: "a BPS patch", remedy: PATCH },
  { magic: "UPS1", what: "a UPS patch", remedy: PATCH },
  { magic: "\xd6\xc3\xc4", what: "a VCDIFF patch (xdelta)", remedy: XDELTA },
  { magic: "FCSX", what: "a save state of FCEUX", remedy: STATE },
  { magic: "MSS", what: "a save state of Mesen", remedy: STATE },
  { magic: "NST\x1a", what: "a save state of Nestopia", remedy: STATE },
  { magic: "FCM\x1a", what: "an FCM movie of FCE Ultra", remedy: MOVIE },
  { magic: "VMV\x1a", what: "a movie of VirtuaNES", remedy: MOVIE },
  { magic: "TNES", what: "a ROM of Nintendo's Virtual Console (TNES)", remedy: "convert it to .nes" },
  { magic: GB_LOGO, at: 0x104, what: "a Game Boy ROM", remedy: OTHER_CONSOLE },
  { magic: GBA_LOGO, at: 4, what: "a Game Boy Advance ROM", remedy: OTHER_CONSOLE },
  { magic: "\x80\x37\x12\x40", what: "a Nintendo 64 ROM", remedy: OTHER_CONSOLE },
  { magic: "\x37\x80\x40\x12", what: "a Nintendo 64 ROM", remedy: OTHER_CONSOLE },
  { magic: "SEGA", at: 0x100, what: "a Mega Drive ROM", remedy: OTHER_CONSOLE },
  { magic: " SEGA", at: 0x100, what: "a Mega Drive ROM", remedy: OTHER_CONSOLE },
  { magic: "TMR SEGA", at: 0x7ff0, what: "a Master System or Game Gear ROM", remedy: OTHER_CONSOLE },
  { magic: "LYNX", what: "an Atari Lynx ROM", remedy: OTHER_CONSOLE },
  { magic: "ATARI7800", at: 1, what: "an Atari 7800 ROM", remedy: OTHER_CONSOLE },
  { magic: "\x89PNG", what: "a PNG picture", remedy: NO_GAME },
  { magic: "\xff\xd8\xff", what: "a JPEG picture", remedy: NO_GAME },
  { magic: "GIF8", what: "a GIF picture", remedy: NO_GAME },
  { magic: "%PDF", what: "a PDF document", remedy: NO_GAME },
  { magic: "\x7fELF", what: "a program for Linux", remedy: NO_GAME },
  { magic: "MZ", what: "a program for Windows", remedy: NO_GAME },
];

const HTML = /^\s*<(?:!doctype|html|head|body|\?xml|!--)/i;
const LFS = /^version https:\/\/git-lfs\.github\.com\/spec\//;
const TEXT_START_BYTES = 512;
/** How far to search for a misplaced iNES header. Copiers and web servers put fewer bytes before it. */
const MISPLACED_HEADER_BYTES = 4096;

/**
 * Identifies a file that is not a ROM by its contents, or else by the extension in `name`; undefined if
 * unknown.
 */
export function identifyForeign(bytes: Uint8Array, name = ""): ForeignFile | undefined {
  const signature = SIGNATURES.find(({ magic, at = 0 }) => latin1(bytes, at, magic.length) === magic);
  if (signature !== undefined) return { what: signature.what, remedy: signature.remedy };
  return (
    identifyText(bytes) ??
    identifyMisplaced(bytes) ??
    identifySnes(bytes) ??
    identifyBlank(bytes) ??
    identifyExtension(name) ??
    identifyHeaderless(bytes)
  );
}

function identifyText(bytes: Uint8Array): ForeignFile | undefined {
  const start = latin1(bytes, 0, TEXT_START_BYTES).replace(/^\xef\xbb\xbf/, "");
  if (LFS.test(start)) {
    return {
      what: "a Git LFS pointer: the file itself was not downloaded",
      remedy: "run git lfs pull in its repository",
    };
  }
  if (HTML.test(start)) {
    return {
      what: "a web page: the download was a page about the file",
      remedy: "open the page in a browser and download the file from there",
    };
  }
  if (/^version \d+\r?\nemuVersion /.test(start)) return { what: "an FM2 movie", remedy: MOVIE };
  const isText = start.length > 0 && /^[\t\n\r\x20-\x7e]*$/.test(start);
  return isText ? { what: "a text file", remedy: NO_GAME } : undefined;
}

/** Finds a header after other bytes, or one whose fourth byte was changed by a text-mode transfer. */
function identifyMisplaced(bytes: Uint8Array): ForeignFile | undefined {
  const start = latin1(bytes, 0, MISPLACED_HEADER_BYTES);
  const at = start.indexOf("NES\x1a");
  if (at > 0) {
    return {
      what: `an iNES file behind ${at} other bytes`,
      remedy: `cut them off: tail -c +${at + 1} game.nes > fixed.nes`,
    };
  }
  if (!start.startsWith("NES")) return undefined;
  return { what: "an iNES file with a damaged header: byte 3 is not $1A", remedy: "get a good copy" };
}

/**
 * Checks the checksum in a SNES header and its complement, with or without a copier's 512 bytes before it.
 */
function identifySnes(bytes: Uint8Array): ForeignFile | undefined {
  const copier = bytes.length % 1024 === 512 ? 512 : 0;
  for (const header of [0x7fc0, 0xffc0]) {
    const at = copier + header;
    const word = (offset: number): number => bytes[at + offset]! | (bytes[at + offset + 1]! << 8);
    const complement = word(0x1c);
    const hasTitle = /^[\x20-\x7e]{21}$/.test(latin1(bytes, at, 21));
    if (hasTitle && complement !== 0 && (complement ^ word(0x1e)) === 0xffff)
      return { what: "a Super Nintendo ROM", remedy: OTHER_CONSOLE };
  }
  return undefined;
}

function identifyBlank(bytes: Uint8Array): ForeignFile | undefined {
  const [first] = bytes;
  if (first === undefined || bytes.some((byte) => byte !== first)) return undefined;
  return {
    what: `${bytes.length} bytes of $${hexByte(first)}`,
    remedy: "the download failed: get a good copy",
  };
}

/** Most consoles' games have no signature; `emu run` chooses cores by the extension too. */
function identifyExtension(name: string): ForeignFile | undefined {
  const extension = extname(name).slice(1).toLowerCase();
  const system = NES_EXTENSIONS.includes(extension) ? undefined : systemOf(extension);
  if (system === undefined) return undefined;
  return { what: `a game for another console (${system.name}) by its extension`, remedy: OTHER_CONSOLE };
}

const PRG_UNIT_BYTES = 16 * KIB;
const CHR_UNIT_BYTES = 8 * KIB;

/**
 * Identifies a dump without a header: whole units of ROM, with 6502 vectors at the end of one. For small
 * games, the remedy is to add a header for mapper 0.
 */
function identifyHeaderless(bytes: Uint8Array): ForeignFile | undefined {
  if (bytes.length % CHR_UNIT_BYTES !== 0 || bytes.length < PRG_UNIT_BYTES) return undefined;
  const prgUnits = prgUnitsByVectors(bytes);
  if (prgUnits === undefined) return undefined;
  const chrUnits = (bytes.length - prgUnits * PRG_UNIT_BYTES) / CHR_UNIT_BYTES;
  const what = "a ROM without an iNES header: nothing says which board it needs";
  if (prgUnits > 2 || chrUnits > 1)
    return { what, remedy: "get a dump with a header, or write one: https://www.nesdev.org/wiki/INES" };
  const sizes = `\\x${hexByte(prgUnits)}\\x${hexByte(chrUnits)}`;
  const header = `printf 'NES\\x1a${sizes}\\x01${"\\0".repeat(9)}'`;
  return {
    what,
    remedy: `if it has no mapper: (${header}; cat game.nes) > fixed.nes, with \\x00 for \\x01 if it scrolls wrongly`,
  };
}

/** The size of PRG ROM, the first place where a reset vector into $8000–$FFFF ends a unit. */
function prgUnitsByVectors(bytes: Uint8Array): number | undefined {
  const units = Math.floor(bytes.length / PRG_UNIT_BYTES);
  // Try the usual small sizes first: 32 KiB and 16 KiB of PRG ROM with 8 KiB of CHR ROM or none.
  for (const prg of [2, 1, ...Array.from({ length: Math.max(0, units - 2) }, (_, index) => index + 3)]) {
    const end = prg * PRG_UNIT_BYTES;
    if (end <= bytes.length && bytes[end - 3]! >= 0x80 && bytes[end - 3]! < 0xff) return prg;
  }
  return undefined;
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, "0");
}

function latin1(bytes: Uint8Array, at: number, length: number): string {
  let text = "";
  for (const byte of bytes.subarray(at, at + length)) text += String.fromCharCode(byte);
  return text;
}
