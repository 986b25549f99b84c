const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  return crc >>> 0;
});

/**
 * Returns the CRC-32 (IEEE 802.3) of the concatenated `parts` as an unsigned number. The machine also runs
 * in browsers, which have no CRC-32, so it imports nothing. Elsewhere use `crc32` of `node:zlib`.
 */
export function crc32(parts: readonly Uint8Array[]): number {
  let crc = 0xffff_ffff;
  for (const part of parts) {
    for (let index = 0; index < part.length; index++) crc = (crc >>> 8) ^ TABLE[(crc ^ part[index]) & 0xff];
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}
