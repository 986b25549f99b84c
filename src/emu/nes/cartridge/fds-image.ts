import { InputError } from "../../input-error.ts";
import { KIB } from "../../units.ts";
import type { CartridgeImage, ParsedImage, Sha1 } from "./image.ts";

/** Size of the RAM adapter's BIOS. The user supplies it; it is at the start of an FDS image's `prgRom`. */
export const FDS_BIOS_BYTES = 8 * KIB;
/** Size of a side as the head reads it in one turn of 7.2 s, including gaps and checksums. */
export const FDS_SIDE_BYTES = 88 * KIB;
/** The mark that ends a gap: a single 1 bit after all the 0s. */
export const FDS_GAP_END = 0x80;

const HEADER_BYTES = 16;
/** A side in a .fds file: only the blocks. */
const FILE_SIDE_BYTES = 65_500;
/** A side in a .qd file: the blocks, each with its checksum. */
const QD_SIDE_BYTES = 65_536;
/** No game came on more than two disks. */
const MAX_SIDES = 16;

// Gap lengths that the BIOS writes, in bytes. https://www.nesdev.org/wiki/FDS_disk_format
const FIRST_GAP_BYTES = Math.floor(28_300 / 8);
const GAP_BYTES = 976 / 8;

const BLOCK_DISK_INFO = 1;
const BLOCK_FILE_COUNT = 2;
const BLOCK_FILE_HEADER = 3;
const BLOCK_FILE_DATA = 4;

const DISK_INFO_BYTES = 56;
const MAGIC = "*NINTENDO-HVC*";

/** Returns true if `bytes` begin like a disk image (.fds or .qd), with fwNES's header or without. */
export function isFds(bytes: Uint8Array): boolean {
  return hasHeader(bytes) || beginsSide(bytes, 0);
}

/** How a file lays out its sides. */
interface Layout {
  readonly name: ".fds" | ".qd";
  /** Offset of the first side. */
  readonly start: number;
  /** Bytes of a side in the file. */
  readonly sideBytes: number;
  /** Bytes of checksum that follow each block in the file. */
  readonly crcBytes: number;
}

/**
 * Reads a .fds or .qd file. The image's `prgRom` is the BIOS followed by the sides as the head sees them:
 * blocks between gaps, each with a mark before it and a checksum after it. Data after the last block gets
 * a mark too, because games hide data there. Short files are padded and wrong side counts are corrected,
 * each with a warning. Without `bios` the image describes the disk but cannot run. Throws `InputError`
 * ("data") with a byte offset.
 * https://www.nesdev.org/wiki/FDS_file_format
 */
export function readFds(bytes: Uint8Array, sha1: Sha1, bios?: Uint8Array): ParsedImage {
  if (bios !== undefined && bios.length !== FDS_BIOS_BYTES) {
    throw new InputError("data", `the disk system's BIOS has ${FDS_BIOS_BYTES} bytes, not ${bios.length}`);
  }
  const layout = layoutOf(bytes);
  const { start, sideBytes } = layout;
  const warnings: string[] = [];
  const cautions: string[] = [];
  const sides = sideCount(bytes, layout, warnings);
  const end = start + sides * sideBytes;
  const prgRom = new Uint8Array(FDS_BIOS_BYTES + sides * FDS_SIDE_BYTES);
  if (bios !== undefined) prgRom.set(bios);
  for (let side = 0; side < sides; side++) {
    const file = new Uint8Array(sideBytes);
    file.set(bytes.subarray(start + side * sideBytes, start + (side + 1) * sideBytes));
    const disk = prgRom.subarray(FDS_BIOS_BYTES + side * FDS_SIDE_BYTES).subarray(0, FDS_SIDE_BYTES);
    const warning = writeSide(disk, file, layout);
    if (warning !== undefined) warnings.push(`side ${side + 1} of the disk ${warning}`);
  }
  const trailingBytes = Math.max(0, bytes.length - end);
  if (bytes.length < end) cautions.push(`the file is ${end - bytes.length} bytes short: zeros added`);
  if (trailingBytes > 0) warnings.push(`${trailingBytes} bytes after the last side are ignored`);
  const image: CartridgeImage = {
    format: "fds",
    mapper: 20,
    submapper: 0,
    mirroring: "horizontal",
    battery: true,
    region: "ntsc",
    prgRom,
    chrRom: new Uint8Array(0),
    prgRamBytes: 32 * KIB,
    prgNvramBytes: 0,
    chrRamBytes: 8 * KIB,
    chrNvramBytes: 0,
    exactHeader: true,
    sha1: sha1([bytes.subarray(start, end)]),
    expansionDevice: 0,
    vsHardware: 0,
  };
  return { image, trailingBytes, overrides: [], cautions, warnings };
}

/** Returns the number of sides after the BIOS in an FDS image's `prgRom`. */
export function fdsSideCount(prgRom: Uint8Array): number {
  return Math.floor((prgRom.length - FDS_BIOS_BYTES) / FDS_SIDE_BYTES);
}

/** Detects the format. After the first block, a .qd file has a checksum, a .fds file the next block. */
function layoutOf(bytes: Uint8Array): Layout {
  const start = hasHeader(bytes) ? HEADER_BYTES : 0;
  const info = bytes.subarray(start, start + DISK_INFO_BYTES);
  const crcAt = start + DISK_INFO_BYTES;
  const hasCrc =
    fdsCrc(new Uint8Array([FDS_GAP_END, ...info])) === (bytes[crcAt]! | (bytes[crcAt + 1]! << 8));
  const fitsQd = bytes.length > start && (bytes.length - start) % QD_SIDE_BYTES === 0;
  const isQd = beginsSide(bytes, start) && (hasCrc || (fitsQd && bytes[crcAt] !== BLOCK_FILE_COUNT));
  return isQd
    ? { name: ".qd", start, sideBytes: QD_SIDE_BYTES, crcBytes: 2 }
    : { name: ".fds", start, sideBytes: FILE_SIDE_BYTES, crcBytes: 0 };
}

/**
 * Returns the number of sides in the file. A partial side counts if it is the only one, if it begins like
 * a side, or if the header announces it. If the header and the file disagree, the file wins.
 */
function sideCount(bytes: Uint8Array, { name, start, sideBytes }: Layout, warnings: string[]): number {
  const held = bytes.length - start;
  const whole = Math.floor(held / sideBytes);
  const claimed = start > 0 ? bytes[4]! : 0;
  let sides = whole;
  if (held % sideBytes > 0) {
    const isSide = whole === 0 || claimed > whole || beginsSide(bytes, start + whole * sideBytes);
    if (isSide) sides++;
  }
  // Sides beyond the header's count are real if they begin like one.
  if (claimed > 0) while (sides > claimed && !beginsSide(bytes, start + (sides - 1) * sideBytes)) sides--;
  if (sides === 0) {
    throw new InputError(
      "data",
      `the ${name} file holds no side of a disk`,
      `byte ${start}`,
      "get a good copy",
    );
  }
  if (sides > MAX_SIDES) {
    throw new InputError(
      "data",
      `${sides} sides of disk: no game has more than ${MAX_SIDES}`,
      `byte ${start}`,
    );
  }
  if (claimed > 0 && claimed !== sides)
    warnings.push(`the header says ${plural(claimed, "side")}, the file holds ${sides}`);
  return sides;
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

/** Writes a side with gaps, marks and checksums; returns a warning if the side is malformed. */
function writeSide(disk: Uint8Array, file: Uint8Array, { crcBytes }: Layout): string | undefined {
  let at = FIRST_GAP_BYTES;
  let from = 0;
  let dataBytes = 0;
  let warning: string | undefined;
  while (from < file.length) {
    const kind = file[from]!;
    const length = blockBytes(kind, dataBytes);
    if (length === 0) break;
    const block = file.subarray(from, from + length);
    if (from + length + crcBytes > file.length || at + 1 + length + 2 > disk.length) {
      warning = `has a block of ${length} bytes that does not fit: the rest of the side is kept as it is`;
      break;
    }
    if (kind === BLOCK_FILE_HEADER) dataBytes = block[13]! | (block[14]! << 8);
    disk[at] = FDS_GAP_END;
    disk.set(block, at + 1);
    const crc = fdsCrc(disk.subarray(at, at + 1 + length));
    const inFile = file.subarray(from + length, from + length + crcBytes);
    disk.set(crcBytes > 0 ? inFile : [crc & 0xff, crc >> 8], at + 1 + length);
    at += 3 + length + GAP_BYTES;
    from += length + crcBytes;
  }
  const rest = file.subarray(from, from + Math.max(0, disk.length - at - 1));
  if (rest.every((byte) => byte === 0)) return from === 0 ? "is blank" : warning;
  disk[at] = FDS_GAP_END;
  disk.set(rest, at + 1);
  return from === 0 ? (warning ?? "has no blocks: its bytes are kept as they are") : warning;
}

/** Length of a block by its first byte; 0 at the end of the recorded part of the disk. */
function blockBytes(kind: number, dataBytes: number): number {
  switch (kind) {
    case BLOCK_DISK_INFO:
      return DISK_INFO_BYTES;
    case BLOCK_FILE_COUNT:
      return 2;
    case BLOCK_FILE_HEADER:
      return 16;
    case BLOCK_FILE_DATA:
      return 1 + dataBytes;
    default:
      return 0;
  }
}

/** Adds one byte to the adapter's checksum register: CRC-16, polynomial $8408, low bit first. */
export function updateFdsCrc(crc: number, byte: number): number {
  let sum = crc;
  for (let bit = 0; bit < 8; bit++) {
    const carry = sum & 1;
    sum = (sum >> 1) | (((byte >> bit) & 1) << 15);
    if (carry === 1) sum ^= 0x8408;
  }
  return sum;
}

/**
 * The checksum of a block, including the mark before it, in the form stored after the block, low byte first.
 * Passing block and checksum through `updateFdsCrc` gives 0.
 */
export function fdsCrc(markedBlock: Uint8Array): number {
  let crc = 0;
  for (const byte of markedBlock) crc = updateFdsCrc(crc, byte);
  return updateFdsCrc(updateFdsCrc(crc, 0), 0);
}

function hasHeader(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && textAt(bytes, 0, 4) === "FDS\x1a";
}

function beginsSide(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === BLOCK_DISK_INFO && textAt(bytes, at + 1, MAGIC.length) === MAGIC;
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
