import { InputError } from "../../input-error.ts";
import { KIB } from "../../units.ts";
import { crc32 } from "./crc32.ts";
import { correctionsOf, describeCorrections, findGame } from "./database.ts";
import { decodeHeader, HEADER_BYTES, type InesHeader, isInes, TRAINER_BYTES } from "./header.ts";
import type { CartridgeImage, ParsedImage, Sha1 } from "./image.ts";
import { playChoiceRoms } from "./playchoice-image.ts";
import { type RamSizes, ramDefaults } from "./ram-defaults.ts";
import { unknownVsHardware } from "./vs-hardware.ts";

/**
 * Reads an iNES 1.0 file (including archaic ones with text in the header) or a NES 2.0 file. Corrects
 * games whose iNES headers are known to be wrong. The image's ROM arrays are views of `bytes`. Throws
 * `InputError` ("data") with the offset of the invalid byte.
 */
export function readInes(bytes: Uint8Array, sha1: Sha1): ParsedImage {
  if (!isInes(bytes))
    throw new InputError("data", `not an iNES file: it does not begin with "NES" and $1A`, "byte 0");
  if (bytes.length < HEADER_BYTES) {
    throw new InputError(
      "data",
      `the header is cut off: ${bytes.length} of ${HEADER_BYTES} bytes`,
      `byte ${bytes.length}`,
    );
  }
  const header = decodeHeader(bytes);
  const layout = cutRoms(bytes, header);
  const { prgRom, chrRom, trainer, miscRom, trailingBytes } = layout;
  const image: CartridgeImage = {
    format: header.version === "nes2" ? "nes2" : "ines",
    mapper: header.mapper,
    submapper: header.submapper,
    mirroring: header.mirroring,
    battery: header.battery || (header.prgNvramBytes ?? 0) + (header.chrNvramBytes ?? 0) > 0,
    region: header.region,
    prgRom,
    chrRom,
    ...ramSizes(header),
    ...(trainer === undefined ? {} : { trainer }),
    ...(miscRom === undefined ? {} : { miscRom }),
    exactHeader: header.version === "nes2",
    sha1: sha1([prgRom, chrRom]),
    expansionDevice: header.expansionDevice,
    vsHardware: header.vsHardware,
    ...(header.foreignConsole === undefined ? {} : { console: header.foreignConsole }),
  };
  const extra = playChoiceRoms(header, bytes.subarray(bytes.length - trailingBytes));
  const warnings = [...warningsOf(header), ...extra.warnings, ...restOf(header, trailingBytes, extra.bytes)];
  const { image: known, overrides } = corrected(image, header);
  return {
    image: extra.playChoice === undefined ? known : { ...known, playChoice: extra.playChoice },
    overrides: header.renumbered === undefined ? overrides : [header.renumbered, ...overrides],
    trailingBytes,
    cautions: cautionsOf(header, miscRom),
    warnings,
  };
}

/** Corrects an iNES 1.0 header from the database. NES 2.0 headers are not changed. */
function corrected(image: CartridgeImage, header: InesHeader): Pick<ParsedImage, "image" | "overrides"> {
  const game = image.exactHeader ? undefined : findGame(crc32([image.prgRom, image.chrRom]));
  if (game === undefined) return { image, overrides: [] };
  const is = correctionsOf(game, image);
  const { mapper, battery } = { ...image, ...is };
  const ram = ramDefaults(mapper, battery, header.chrRomBytes, header.prgRamBytes);
  const text = describeCorrections(game, is, image);
  return { image: { ...image, ...ram, ...is }, overrides: text === "" ? [] : [text] };
}

interface Roms {
  readonly prgRom: Uint8Array;
  readonly chrRom: Uint8Array;
  readonly trainer?: Uint8Array;
  readonly miscRom?: Uint8Array;
  readonly trailingBytes: number;
}

/** Splits the file into the parts that the header announces. Throws if the file is too short. */
function cutRoms(bytes: Uint8Array, header: InesHeader): Roms {
  const { prgRomBytes, chrRomBytes } = header;
  let position = HEADER_BYTES;
  let trainer: Uint8Array | undefined;
  if (header.trainer) {
    requireBytes(bytes, position, TRAINER_BYTES, "a trainer", "byte 6");
    trainer = bytes.subarray(position, position + TRAINER_BYTES);
    position += TRAINER_BYTES;
  }
  if (prgRomBytes === 0) throw new InputError("data", "header says that there is no PRG ROM", "byte 4");
  requirePages(prgRomBytes, 2 * KIB, "PRG ROM", "byte 4");
  requirePages(chrRomBytes, KIB, "CHR ROM", "byte 5");
  requireBytes(bytes, position, prgRomBytes, "PRG ROM", "byte 4");
  const prgRom = bytes.subarray(position, position + prgRomBytes);
  position += prgRomBytes;
  requireBytes(bytes, position, chrRomBytes, "CHR ROM", "byte 5");
  const chrRom = bytes.subarray(position, position + chrRomBytes);
  position += chrRomBytes;
  const hasMiscRom = usesMiscRom(header) && position < bytes.length;
  return {
    prgRom,
    chrRom,
    ...(trainer === undefined ? {} : { trainer }),
    ...(hasMiscRom ? { miscRom: bytes.subarray(position) } : {}),
    trailingBytes: hasMiscRom ? 0 : bytes.length - position,
  };
}

function requireBytes(bytes: Uint8Array, from: number, needed: number, what: string, where: string): void {
  const held = Math.max(0, bytes.length - from);
  if (held >= needed) return;
  throw new InputError(
    "data",
    `header says ${sizeText(needed)} of ${what}, the file holds ${sizeText(held)}`,
    where,
    "the file is cut off or its header is wrong: get a good copy",
  );
}

/** Throws if a ROM is not whole pages. Page tables and the address decoding of boards need whole pages. */
function requirePages(size: number, pageBytes: number, what: string, where: string): void {
  if (size % pageBytes === 0) return;
  const pages = sizeText(pageBytes);
  throw new InputError("data", `header says ${size} bytes of ${what}, not whole pages of ${pages}`, where);
}

/** Formats a size in MiB or KiB if it is a whole number of them, else in bytes. */
export function sizeText(size: number): string {
  if (size >= 1024 * KIB && size % (1024 * KIB) === 0) return `${size / (1024 * KIB)} MiB`;
  if (size >= KIB && size % KIB === 0) return `${size / KIB} KiB`;
  return size === 1 ? "1 byte" : `${size} bytes`;
}

/** Returns the RAM sizes of a NES 2.0 header, or the mapper's usual sizes for an older header. */
function ramSizes(header: InesHeader): RamSizes {
  if (header.version === "nes2") {
    return {
      prgRamBytes: header.prgRamBytes ?? 0,
      prgNvramBytes: header.prgNvramBytes ?? 0,
      chrRamBytes: header.chrRamBytes ?? 0,
      chrNvramBytes: header.chrNvramBytes ?? 0,
    };
  }
  return ramDefaults(header.mapper, header.battery, header.chrRomBytes, header.prgRamBytes);
}

/** Mappers whose boards have a further ROM, and what it is. */
const WITH_MISC_ROM: Readonly<Record<number, string>> = {
  355: "program of its PIC16C54",
  413: "ROM with the game's samples",
};
/** Mappers of RAM cartridges: the further ROM of some games is loaded into RAM. */
const WITH_LOADED_ROM = [561, 562];

function usesMiscRom({ mapper, miscRoms }: InesHeader): boolean {
  return miscRoms > 0 && (WITH_MISC_ROM[mapper] !== undefined || WITH_LOADED_ROM.includes(mapper));
}

/** Mappers that store tiles in the console's own CIRAM. */
const TILES_IN_CIRAM = [218];

function cautionsOf(header: InesHeader, miscRom: Uint8Array | undefined): string[] {
  const { version, mapper, chrRomBytes, chrRamBytes, chrNvramBytes } = header;
  const cautions = unknownVsHardware(header.vsHardware);
  const misc = WITH_MISC_ROM[mapper];
  const chrBytes = chrRomBytes + (chrRamBytes ?? 0) + (chrNvramBytes ?? 0);
  if (misc !== undefined && miscRom === undefined)
    cautions.push(`the file lacks the ${misc}, after CHR ROM (byte 14)`);
  else if (version === "nes2" && chrBytes === 0 && !TILES_IN_CIRAM.includes(mapper))
    cautions.push("the header has neither CHR ROM nor CHR RAM: nothing can be drawn (bytes 5 and 11)");
  return cautions;
}

function warningsOf({ version, dirt }: InesHeader): string[] {
  if (version !== "archaic") return [];
  const text = dirt === "" ? "no valid iNES fields" : `the text ${JSON.stringify(dirt)}`;
  return [`bytes 7-15 of the header hold ${text}: they are ignored, the mapper is below 16`];
}

/** What the file has after its ROMs, except `usedBytes` of it. */
function restOf(header: InesHeader, trailingBytes: number, usedBytes: number): string[] {
  const otherRoms = header.miscRoms - (usedBytes > 0 || usesMiscRom(header) ? 1 : 0);
  if (otherRoms > 0) return [`${otherRoms} further ROM(s) in the file are not used`];
  const rest = trailingBytes - usedBytes;
  return rest > 0 ? [`${sizeText(rest)} after the ROMs are ignored`] : [];
}
