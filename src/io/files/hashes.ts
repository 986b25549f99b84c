import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** Lower-case hex SHA-1 of `parts`, one after the other. */
export function sha1Hex(parts: readonly Uint8Array[]): string {
  const hasher = createHash("sha1");
  for (const part of parts) hasher.update(part);
  return hasher.digest("hex");
}

/** Lower-case hex SHA-256. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** CRC-32 of `bytes` as eight lower-case hex digits. */
export function crc32Hex(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, "0");
}
