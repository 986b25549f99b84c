import { InputError } from "../../input-error.ts";
import type { CartridgeImage } from "./image.ts";
import type { ParsedImage, Sha1 } from "./ines.ts";

const KIB = 1024;

/** The BIOS in the RAM adapter, which the user supplies: at the start of an FDS image's `prgRom`. */
export const FDS_BIOS_BYTES = 8 * KIB;
/** A side as the head sees it, gaps and checksums included: what a disk holds in the 7.2 s of a turn. */
export const FDS_SIDE_BYTES = 88 * KIB;
/** The mark that ends a gap: a single 1 bit after all the 0s. */
export const FDS_GAP_END = 0x80;

const HEADER_BYTES = 16;
/** A side in the file: the blocks alone. */
const FILE_SIDE_BYTES = 65_500;
/** No game came on more than two disks. */
const MAX_SIDES = 16;

// Gap lengths that the BIOS writes, in bytes. https://www.nesdev.org/wiki/FDS_disk_format
const FIRST_GAP_BYTES = Math.floor(28_300 / 8);
const GAP_BYTES = 976 / 8;

const BLOCK_DISK_INFO = 1;
const BLOCK_FILE_COUNT = 2;
const BLOCK_FILE_HEADER = 3;
const BLOCK_FILE_DATA = 4;

const MAGIC = "*NINTENDO-HVC*";

/** Whether `bytes` begin like a disk image, with fwNES's header or without. */
export function isFds(bytes: Uint8Array): boolean {
  return hasHeader(bytes) || (bytes[0] === BLOCK_DISK_INFO && textAt(bytes, 1, MAGIC.length) === MAGIC);
}

/**
 * Reads a .fds file. The image's `prgRom` is the BIOS followed by the sides as the head sees them:
 * blocks between gaps, each after its mark and before its checksum. Without `bios` the image describes
 * the disk but cannot run. Throws `InputError` ("data") with a byte offset.
 * https://www.nesdev.org/wiki/FDS_file_format
 */
export function readFds(bytes: Uint8Array, sha1: Sha1, bios?: Uint8Array): ParsedImage {
  if (bios !== undefined && bios.length !== FDS_BIOS_BYTES) {
    throw new InputError("data", `the disk system's BIOS has ${FDS_BIOS_BYTES} bytes, not ${bios.length}`);
  }
  const start = hasHeader(bytes) ? HEADER_BYTES : 0;
  const sides = sideCount(bytes, start);
  const prgRom = new Uint8Array(FDS_BIOS_BYTES + sides * FDS_SIDE_BYTES);
  if (bios !== undefined) prgRom.set(bios);
  const warnings: string[] = [];
  for (let side = 0; side < sides; side++) {
    const at = start + side * FILE_SIDE_BYTES;
    const disk = prgRom.subarray(FDS_BIOS_BYTES + side * FDS_SIDE_BYTES).subarray(0, FDS_SIDE_BYTES);
    const blocks = writeSide(disk, bytes.subarray(at, at + FILE_SIDE_BYTES), at);
    if (blocks === 0) warnings.push(`side ${side + 1} of the disk is blank`);
  }
  const end = start + sides * FILE_SIDE_BYTES;
  if (bytes.length > end) warnings.push(`${bytes.length - end} bytes behind the last side ignored`);
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
  return { image, trailingBytes: bytes.length - end, overrides: [], warnings };
}

/** How many sides follow the BIOS in an FDS image's `prgRom`. */
export function fdsSideCount(prgRom: Uint8Array): number {
  return Math.floor((prgRom.length - FDS_BIOS_BYTES) / FDS_SIDE_BYTES);
}

/** Checks the file's length against its header, or against whole sides where it has none. */
function sideCount(bytes: Uint8Array, start: number): number {
  const held = Math.floor((bytes.length - start) / FILE_SIDE_BYTES);
  const claimed = start > 0 && bytes[4] > 0 ? bytes[4] : held;
  if (held < claimed || held === 0) {
    const needed = Math.max(1, claimed) * FILE_SIDE_BYTES;
    const what = `${Math.max(1, claimed)} sides need ${needed} bytes, the file holds ${bytes.length - start}`;
    throw new InputError("data", what, start > 0 ? "byte 4" : `byte ${bytes.length}`, "get a good copy");
  }
  if (claimed > MAX_SIDES) {
    throw new InputError("data", `${claimed} sides of disk: no game has more than ${MAX_SIDES}`, "byte 4");
  }
  return claimed;
}

/** Writes the blocks of a side with gaps and checksums; returns how many there were. */
function writeSide(disk: Uint8Array, file: Uint8Array, fileOffset: number): number {
  let at = FIRST_GAP_BYTES;
  let from = 0;
  let dataBytes = 0;
  let blocks = 0;
  while (from < file.length) {
    const kind = file[from];
    const length = blockBytes(kind, dataBytes);
    if (length === 0) break;
    const block = file.subarray(from, from + length);
    if (block.length < length || at + 1 + length + 2 > disk.length) {
      const what = `a block of ${length} bytes does not fit the side of the disk`;
      throw new InputError("data", what, `byte ${fileOffset + from}`, "get a good copy");
    }
    if (kind === BLOCK_FILE_HEADER) dataBytes = block[13] | (block[14] << 8);
    disk[at] = FDS_GAP_END;
    disk.set(block, at + 1);
    const crc = fdsCrc(disk.subarray(at, at + 1 + length));
    disk[at + 1 + length] = crc & 0xff;
    disk[at + 2 + length] = crc >> 8;
    at += 3 + length + GAP_BYTES;
    from += length;
    blocks++;
  }
  return blocks;
}

/** Length of a block by its first byte; 0 where the recorded part of the disk ends. */
function blockBytes(kind: number, dataBytes: number): number {
  switch (kind) {
    case BLOCK_DISK_INFO:
      return 56;
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

/** One byte more through the adapter's checksum register: CRC-16, polynomial $8408, low bit first. */
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
 * The checksum of a block, the mark in front of it included, as it stands behind it, low byte first. Reading
 * block and checksum back through `updateFdsCrc` gives 0.
 */
export function fdsCrc(markedBlock: Uint8Array): number {
  let crc = 0;
  for (const byte of markedBlock) crc = updateFdsCrc(crc, byte);
  return updateFdsCrc(updateFdsCrc(crc, 0), 0);
}

function hasHeader(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && textAt(bytes, 0, 4) === "FDS\x1a";
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
