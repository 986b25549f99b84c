import { crc32 } from "node:zlib";
import { InputError } from "../../../emu/input-error.ts";
import { inflateCapped } from "./inflate.ts";

const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const FLAG_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/**
 * Unpacks a gzip file of one member (RFC 1952) to at most `limit` bytes and verifies its checksum. Throws
 * `InputError` ("data") with a byte offset if it is truncated, damaged or too large.
 */
export function gunzipCapped(bytes: Uint8Array, limit: number): Uint8Array {
  const start = dataStart(bytes);
  const end = bytes.length - TRAILER_BYTES;
  if (end <= start)
    throw new InputError("data", "the gzip file is cut off", `byte ${bytes.length}`, "get a good copy");
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + end, TRAILER_BYTES);
  const crc = trailer.getUint32(0, true);
  const claimedBytes = trailer.getUint32(4, true);
  // A truncated file has compressed data in place of the size, which only the checksum detects.
  const maxBytes = Math.min(claimedBytes, limit);
  const out = inflateCapped(bytes.subarray(start, end), maxBytes, `byte ${start}`);
  if (out === undefined && claimedBytes > limit) {
    throw new InputError("data", `unpacks to more than ${limit / 1024 / 1024} MiB: no ROM is that large`);
  }
  if (out?.length !== claimedBytes || crc32(out) !== crc) {
    throw new InputError(
      "data",
      "the gzip checksum does not match",
      `byte ${end}`,
      "the file is cut off, damaged or several gzip files in one: get a good copy",
    );
  }
  return out;
}

/** Offset of the deflate stream, after the optional fields of the header. */
function dataStart(bytes: Uint8Array): number {
  const flags = bytes[3] ?? 0;
  let at = HEADER_BYTES;
  if ((flags & FLAG_EXTRA) !== 0) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  if ((flags & FLAG_NAME) !== 0) at = afterZero(bytes, at);
  if ((flags & FLAG_COMMENT) !== 0) at = afterZero(bytes, at);
  if ((flags & FLAG_CRC) !== 0) at += 2;
  return at;
}

function afterZero(bytes: Uint8Array, from: number): number {
  const zero = bytes.indexOf(0, from);
  return zero < 0 ? bytes.length : zero + 1;
}
