/** Lower-case hex SHA-1 of `parts`, one after the other. */
export function sha1Hex(parts: readonly Uint8Array[]): string {
  const hasher = new Bun.CryptoHasher("sha1");
  for (const part of parts) hasher.update(part);
  return hasher.digest("hex");
}

/** CRC-32 of `bytes` as eight lower-case hex digits. */
export function crc32Hex(bytes: Uint8Array): string {
  return Bun.hash.crc32(bytes).toString(16).padStart(8, "0");
}
