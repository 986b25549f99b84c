/**
 * Sets the last four bytes of `bytes` so that its CRC-32 becomes `wanted`: for ROMs that cannot be in the
 * project.
 */
export function forgeCrc32(bytes: Uint8Array, wanted: number): void {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
    return crc >>> 0;
  });
  let before = 0xffff_ffff;
  for (const byte of bytes.subarray(0, -4)) before = (before >>> 8) ^ table[(before ^ byte) & 0xff]!;
  // Works backwards from the wanted end: the top byte of a state shows which table entry produced it.
  let after = (wanted ^ 0xffff_ffff) >>> 0;
  for (let count = 0; count < 4; count++) {
    const entry = table.findIndex((each) => each >>> 24 === after >>> 24);
    after = (((after ^ table[entry]!) << 8) | entry) >>> 0;
  }
  new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).setUint32(
    0,
    (after ^ before) >>> 0,
    true,
  );
}
