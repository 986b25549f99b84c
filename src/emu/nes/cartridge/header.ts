import { KIB } from "../../units.ts";
import type { RegionName } from "../region.ts";
import type { CloneChip, ForeignConsole, Mirroring } from "./image.ts";

/** Bytes of the header that iNES and NES 2.0 files begin with. */
export const HEADER_BYTES = 16;
/** Bytes of the trainer that bit 2 of byte 6 announces. */
export const TRAINER_BYTES = 512;

const PRG_UNIT_BYTES = 16 * KIB;
const CHR_UNIT_BYTES = 8 * KIB;

/** Console type, bits 0–1 of byte 7 (and byte 13 when they are 3). */
type ConsoleType = "nes" | "vs" | "playchoice" | "extended";

/**
 * The decoded 16 bytes, not yet checked against the file. Sizes are in bytes. NES 2.0 sizes can be as
 * large as 2^63 and must be checked before use. RAM sizes are undefined if the format has no field for
 * them.
 */
export interface InesHeader {
  /** "archaic" is iNES from before byte 7 had a meaning: tools wrote text there. */
  readonly version: "archaic" | "ines" | "nes2";
  readonly prgRomBytes: number;
  readonly chrRomBytes: number;
  readonly mapper: number;
  readonly submapper: number;
  /** That the header has another number of the same board: a sentence without a full stop. */
  readonly renumbered?: string;
  readonly mirroring: Mirroring;
  readonly battery: boolean;
  readonly trainer: boolean;
  readonly region: RegionName;
  /** True if the header says that the game runs in several regions (NES 2.0 only). */
  readonly multiRegion: boolean;
  readonly consoleType: ConsoleType;
  /** Undefined for NES, Famicom and PlayChoice-10. */
  readonly foreignConsole?: ForeignConsole;
  readonly prgRamBytes?: number;
  readonly prgNvramBytes?: number;
  readonly chrRamBytes?: number;
  readonly chrNvramBytes?: number;
  /** Byte 13 of a VS System file: hardware type << 4 | PPU type; 0 elsewhere. */
  readonly vsHardware: number;
  /** The number of ROMs after CHR ROM (NES 2.0 byte 14). */
  readonly miscRoms: number;
  readonly expansionDevice: number;
  /** Text in bytes 7–15 of an archaic header, such as "DiskDude!"; empty for other versions. */
  readonly dirt: string;
}

/** Returns true if `bytes` begin like an iNES or NES 2.0 file. */
export function isInes(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 4 && bytes[0] === 0x4e && bytes[1] === 0x45 && bytes[2] === 0x53 && bytes[3] === 0x1a
  );
}

/**
 * Decodes the 16-byte header. `bytes` must hold all 16 bytes and pass `isInes`.
 * https://www.nesdev.org/wiki/INES and https://www.nesdev.org/wiki/NES_2.0
 */
export function decodeHeader(bytes: Uint8Array): InesHeader {
  const version = headerVersion(bytes);
  return version === "nes2" ? decodeNes2(bytes) : decodeInes1(bytes, version);
}

/**
 * Detects the version from byte 7, unless that byte is a letter of a text. The NES 2.0 mark counts only
 * if the ROM sizes are valid and fit the file. If the sizes fit in neither format, the file is cut off;
 * it then counts as NES 2.0 so that the error names the right size. Nine printable characters from byte
 * 7 on are text.
 * https://www.nesdev.org/wiki/INES#Variant_comparison
 */
function headerVersion(bytes: Uint8Array): InesHeader["version"] {
  const mark = bytes[7] & 0x0c;
  if (mark === 0x08 && dirtOf(bytes).length < 9) {
    const fits = (header: InesHeader): boolean =>
      neededBytes(header) <= bytes.length && header.chrRomBytes % KIB === 0;
    if (fits(decodeNes2(bytes)) || !fits(decodeInes1(bytes, "archaic"))) return "nes2";
  }
  const tail = bytes[12] | bytes[13] | bytes[14] | bytes[15];
  return mark === 0x00 && tail === 0 ? "ines" : "archaic";
}

/** Returns the file size that the header implies, in bytes. */
function neededBytes({ trainer, prgRomBytes, chrRomBytes }: InesHeader): number {
  return HEADER_BYTES + (trainer ? TRAINER_BYTES : 0) + prgRomBytes + chrRomBytes;
}

/** Returns the printable characters at the start of bytes 7–15. */
function dirtOf(bytes: Uint8Array): string {
  let text = "";
  for (let index = 7; index < HEADER_BYTES; index++) {
    if (bytes[index] < 0x20 || bytes[index] > 0x7e) break;
    text += String.fromCharCode(bytes[index]);
  }
  return text;
}

function decodeInes1(bytes: Uint8Array, version: "archaic" | "ines"): InesHeader {
  const archaic = version === "archaic";
  const numbers = currentNumber((bytes[6] >> 4) | (archaic ? 0 : bytes[7] & 0xf0), 0);
  return {
    version,
    prgRomBytes: bytes[4] * PRG_UNIT_BYTES,
    chrRomBytes: bytes[5] * CHR_UNIT_BYTES,
    ...numbers,
    mirroring: headerMirroring(bytes[6], numbers.mapper),
    battery: (bytes[6] & 2) !== 0,
    trainer: (bytes[6] & 4) !== 0,
    region: !archaic && (bytes[9] & 1) !== 0 ? "pal" : "ntsc",
    multiRegion: false,
    consoleType: archaic ? "nes" : consoleTypeOf(bytes[7] & 3),
    ...(archaic || (bytes[7] & 3) === 3 ? {} : foreignConsole(bytes[7] & 3, 0)),
    // Zero means 8 KiB "for compatibility". The size is unknown, so the caller applies its default.
    ...(archaic || bytes[8] === 0 ? {} : { prgRamBytes: bytes[8] * 8 * KIB }),
    vsHardware: 0,
    miscRoms: 0,
    expansionDevice: 0,
    dirt: archaic ? dirtOf(bytes) : "",
  };
}

const NES2_REGIONS: readonly RegionName[] = ["ntsc", "pal", "ntsc", "dendy"];

/**
 * Second numbers of boards, and the number × 16 + submapper under which emu has them. Unless a note says
 * otherwise, one board or one ROM was given both numbers, as the wiki's pages of the numbers say.
 */
export const DUPLICATES: Readonly<Record<number, number>> = {
  54: 201 * 16, // no image is known; Nestopia has the board of 201
  102: 284 * 16,
  109: 137 * 16,
  110: 243 * 16,
  129: 58 * 16,
  130: 331 * 16,
  131: 205 * 16,
  135: 141 * 16,
  161: 1 * 16,
  169: 15 * 16, // GoodNES's Contra 168-in-1; Yuxing's board of this number has no description
  181: 185 * 16 + 4, // Seicross without its lockout chip
  223: 199 * 16,
  248: 115 * 16,
  251: 45 * 16,
};

/**
 * Submappers of boards that have mapper numbers of their own, in the same form. Most are from the first list
 * of submappers. https://www.nesdev.org/wiki/NES_2.0_submappers
 */
const REASSIGNED: Readonly<Record<number, number>> = {
  [1 * 16 + 3]: 155 * 16, // MMC1A
  [4 * 16 + 5]: 249 * 16, // T9552, as in FCEUmm and puNES
  [16 * 16 + 1]: 159 * 16, // LZ93D50 with a 24C01
  [16 * 16 + 2]: 157 * 16, // Datach
  [16 * 16 + 3]: 153 * 16, // LZ93D50 with RAM
};

/** Returns the number and submapper under which emu has the board of a header. */
function currentNumber(
  number: number,
  submapper: number,
): Pick<InesHeader, "mapper" | "submapper" | "renumbered"> {
  const key = number * 16 + submapper;
  const now = REASSIGNED[key] ?? DUPLICATES[number] ?? key;
  const found = { mapper: now >> 4, submapper: now & 0x0f };
  if (now === key) return found;
  return {
    ...found,
    renumbered: `mapper ${numberText(now)} for ${numberText(key)}: both are numbers of one board`,
  };
}

function numberText(key: number): string {
  return (key & 0x0f) === 0 ? `${key >> 4}` : `${key >> 4} submapper ${key & 0x0f}`;
}

function decodeNes2(bytes: Uint8Array): InesHeader {
  const number = (bytes[6] >> 4) | (bytes[7] & 0xf0) | ((bytes[8] & 0x0f) << 8);
  const numbers = currentNumber(number, bytes[8] >> 4);
  const consoleType = consoleTypeOf(bytes[7] & 3);
  return {
    version: "nes2",
    prgRomBytes: romBytes(bytes[4], bytes[9] & 0x0f, PRG_UNIT_BYTES),
    chrRomBytes: romBytes(bytes[5], bytes[9] >> 4, CHR_UNIT_BYTES),
    ...numbers,
    mirroring: headerMirroring(bytes[6], numbers.mapper),
    battery: (bytes[6] & 2) !== 0,
    trainer: (bytes[6] & 4) !== 0,
    region: NES2_REGIONS[bytes[12] & 3],
    multiRegion: (bytes[12] & 3) === 2,
    consoleType,
    ...foreignConsole(bytes[7] & 3, bytes[13] & 0x0f),
    prgRamBytes: ramBytes(bytes[10] & 0x0f),
    prgNvramBytes: ramBytes(bytes[10] >> 4),
    chrRamBytes: ramBytes(bytes[11] & 0x0f),
    chrNvramBytes: ramBytes(bytes[11] >> 4),
    vsHardware: consoleType === "vs" ? bytes[13] : 0,
    miscRoms: bytes[14] & 3,
    expansionDevice: bytes[15],
    dirt: "",
  };
}

/** The clones from extended type 5 on. */
const FIRST_CLONE = 5;
const CLONES: readonly CloneChip[] = ["VT01", "VT02", "VT03", "VT09", "VT32", "VT369", "UM6578"];

/**
 * Decodes the console type from bits 0–1 of byte 7, and for 3 from the extended type in byte 13.
 * https://www.nesdev.org/wiki/NES_2.0#Extended_Console_Type
 */
function foreignConsole(type: number, extended: number): Pick<InesHeader, "foreignConsole"> {
  switch (type === 3 ? extended : type) {
    case 0:
      return {};
    case 2:
      return { foreignConsole: "playchoice" };
    case 1:
      return { foreignConsole: "vs" };
    case 3:
      return { foreignConsole: "decimal-famiclone" };
    case 4:
      return { foreignConsole: "epsm" };
    case 12:
      return { foreignConsole: "famicom-network" };
    default:
      return { foreignConsole: CLONES[extended - FIRST_CLONE] ?? "other" };
  }
}

function consoleTypeOf(bits: number): ConsoleType {
  return (["nes", "vs", "playchoice", "extended"] as const)[bits];
}

/**
 * Decodes a ROM size: a number of units, or with an upper nibble of 15 the form 2^E × (2M + 1) with E in bits
 * 2–7 and M in bits 0–1.
 */
function romBytes(low: number, high: number, unitBytes: number): number {
  if (high === 0x0f) return 2 ** (low >> 2) * ((low & 3) * 2 + 1);
  return ((high << 8) | low) * unitBytes;
}

function ramBytes(shift: number): number {
  return shift === 0 ? 0 : 64 << shift;
}

/**
 * Decodes bits 0 and 3 of byte 6. Bit 3 means four screens, except on boards where it means a single screen.
 * https://www.nesdev.org/wiki/UNROM_512 and https://www.nesdev.org/wiki/INES_Mapper_218
 */
function headerMirroring(flags: number, mapper: number): Mirroring {
  const vertical = (flags & 1) !== 0;
  if ((flags & 8) === 0) return vertical ? "vertical" : "horizontal";
  if (mapper === 30 && !vertical) return "single-0";
  if (mapper === 218) return vertical ? "single-1" : "single-0";
  return "four-screen";
}
