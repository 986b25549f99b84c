import { crc32 } from "node:zlib";
import { InputError } from "../../../emu/input-error.ts";
import { MAX_ARCHIVE_ENTRIES } from "../limits.ts";
import { printable } from "../text.ts";
import { inflateCapped, inflateStart } from "./inflate.ts";

const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
/** Zip64 stores these values in fields that are too small, and the real numbers elsewhere. */
const ZIP64_COUNT = 0xffff;
const ZIP64_SIZE = 0xffffffff;

const FLAG_ENCRYPTED = 1;
const METHOD_STORED = 0;
const METHOD_DEFLATED = 8;

/**
 * One file inside a zip, as the directory at its end describes it. Sizes are not verified until it is read.
 */
export interface ZipEntry {
  readonly name: string;
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly claimedBytes: number;
  /** Offset of its local header. */
  readonly localOffset: number;
}

/**
 * Returns the files of a zip, without folders. Throws `InputError` ("data") with a byte offset if the
 * directory is missing or damaged, has more than `maxEntries` entries, or has a path that leads outside. Not
 * done with fflate, which does not check CRC-32, cannot read only the first bytes of an entry, and does not
 * report the offset of damage. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function listZip(bytes: Uint8Array, maxEntries = MAX_ARCHIVE_ENTRIES): ZipEntry[] {
  const view = viewOf(bytes);
  const end = findEnd(bytes, view);
  const count = view.getUint16(end + 10, true);
  if (count === ZIP64_COUNT || view.getUint32(end + 16, true) === ZIP64_SIZE) throw zip64(end);
  if (count > maxEntries) {
    throw new InputError("data", `the zip has ${count} entries, more than ${maxEntries}`, `byte ${end}`);
  }
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > bytes.length || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
      const what = `the zip is damaged: its directory ends at entry ${index}`;
      throw new InputError("data", what, `byte ${at}`, "get a good copy");
    }
    const entry = readEntry(bytes, view, at);
    if (!entry.name.endsWith("/")) entries.push(entry);
    const variable = view.getUint16(at + 28, true) + view.getUint16(at + 30, true);
    at += CENTRAL_BYTES + variable + view.getUint16(at + 32, true);
  }
  return entries;
}

/**
 * Returns the contents of an entry, at most `limit` bytes, and verifies its checksum. Throws `InputError`
 * ("data"), naming the entry, if it is encrypted, packed with an unknown method, damaged or too large.
 */
export function readZipEntry(bytes: Uint8Array, entry: ZipEntry, limit: number): Uint8Array {
  const where = `entry ${printable(entry.name)}`;
  if (entry.encrypted) throw new InputError("data", "the zip entry is encrypted", where, "unpack it first");
  const packed = packedBytes(bytes, entry);
  if (packed === undefined) {
    const what = "the zip is cut off or damaged: the entry lies outside of it";
    throw new InputError("data", what, where, "get a good copy");
  }
  if (entry.method !== METHOD_STORED && entry.method !== METHOD_DEFLATED) {
    const what = `the zip entry is packed with method ${entry.method}, only stored and deflated entries are supported`;
    throw new InputError("data", what, where, "unpack it first");
  }
  const claimed = entry.claimedBytes;
  if (claimed > limit) {
    const what = `the zip entry unpacks to ${claimed} bytes: no ROM is larger than ${limit / 1024 / 1024} MiB`;
    throw new InputError("data", what, where);
  }
  const out = entry.method === METHOD_STORED ? packed : inflateCapped(packed, claimed, where);
  if (out?.length !== claimed) {
    const holds = out === undefined ? "more" : `${out.length}`;
    const what = `the zip says that the entry has ${claimed} bytes, it holds ${holds}`;
    throw new InputError("data", what, where, "get a good copy");
  }
  if (crc32(out) !== entry.crc32) {
    throw new InputError("data", "the checksum of the zip entry does not match", where, "get a good copy");
  }
  return out;
}

/** Returns the first `count` bytes of an entry, or fewer if they cannot be read: enough to identify it. */
export function peekZipEntry(bytes: Uint8Array, entry: ZipEntry, count: number): Uint8Array {
  const packed = entry.encrypted ? undefined : packedBytes(bytes, entry);
  if (packed === undefined) return new Uint8Array(0);
  if (entry.method === METHOD_STORED) return packed.subarray(0, count);
  return entry.method === METHOD_DEFLATED ? inflateStart(packed, count) : new Uint8Array(0);
}

/** The end record comes last, followed at most by a comment. */
function findEnd(bytes: Uint8Array, view: DataView): number {
  const first = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT_BYTES);
  for (let at = bytes.length - END_BYTES; at >= first; at--) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at;
  }
  throw new InputError(
    "data",
    "the zip is cut off: the directory at its end is missing",
    `byte ${bytes.length}`,
    "get a good copy",
  );
}

function readEntry(bytes: Uint8Array, view: DataView, at: number): ZipEntry {
  const nameBytes = bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + view.getUint16(at + 28, true));
  const name = new TextDecoder().decode(nameBytes);
  if (climbsOut(name)) {
    throw new InputError(
      "data",
      `the zip has a path that leads outside of it: ${printable(name)}`,
      `byte ${at}`,
    );
  }
  const numbers = [
    view.getUint32(at + 20, true),
    view.getUint32(at + 24, true),
    view.getUint32(at + 42, true),
  ];
  if (numbers.includes(ZIP64_SIZE)) throw zip64(at);
  return {
    name,
    encrypted: (view.getUint16(at + 8, true) & FLAG_ENCRYPTED) !== 0,
    method: view.getUint16(at + 10, true),
    crc32: view.getUint32(at + 16, true),
    compressedBytes: view.getUint32(at + 20, true),
    claimedBytes: view.getUint32(at + 24, true),
    localOffset: view.getUint32(at + 42, true),
  };
}

function zip64(at: number): InputError {
  const remedy = "no ROM needs one: pack it as a plain zip, or unpack it first";
  return new InputError("data", "zip64 archives are not supported", `byte ${at}`, remedy);
}

/** Nothing is unpacked to disk here, but an archive with such a path cannot be trusted. */
function climbsOut(name: string): boolean {
  const path = name.replaceAll("\\", "/");
  return path.startsWith("/") || /^[A-Za-z]:/.test(path) || path.split("/").includes("..");
}

/** The entry's packed bytes, or undefined if its local header is missing. */
function packedBytes(bytes: Uint8Array, entry: ZipEntry): Uint8Array | undefined {
  const view = viewOf(bytes);
  const at = entry.localOffset;
  if (at + LOCAL_BYTES > bytes.length || view.getUint32(at, true) !== LOCAL_SIGNATURE) return undefined;
  const start = at + LOCAL_BYTES + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const end = start + entry.compressedBytes;
  return end > bytes.length ? undefined : bytes.subarray(start, end);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
