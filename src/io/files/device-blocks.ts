/** The part of a save file after the cartridge's bytes: the memory of devices that were connected. */

/** The memory of one device. */
export interface DeviceBlock {
  readonly device: string;
  readonly bytes: Uint8Array;
}

const NAME_BYTES = 24;
/** Bytes before the memory: the device's name, padded with zeros, and the length as 32 bits, lowest first. */
const HEADER_BYTES = NAME_BYTES + 4;

/** Parses blocks; undefined if `bytes` are something else. */
export function parseBlocks(bytes: Uint8Array): DeviceBlock[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const blocks: DeviceBlock[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + HEADER_BYTES > bytes.length) return undefined;
    const name = new TextDecoder("latin1").decode(bytes.subarray(at, at + NAME_BYTES));
    const device = /^([a-z0-9-]+)\0*$/.exec(name)?.[1];
    const length = view.getUint32(at + NAME_BYTES, true);
    const start = at + HEADER_BYTES;
    if (device === undefined || start + length > bytes.length) return undefined;
    blocks.push({ device, bytes: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return blocks;
}

/** Writes `cartridge` and then the blocks. */
export function withBlocks(cartridge: Uint8Array, blocks: readonly DeviceBlock[]): Uint8Array {
  const parts = blocks.flatMap(({ device, bytes }) => {
    const header = new Uint8Array(HEADER_BYTES);
    header.set(new TextEncoder().encode(device).subarray(0, NAME_BYTES));
    new DataView(header.buffer).setUint32(NAME_BYTES, bytes.length, true);
    return [header, bytes];
  });
  return Buffer.concat([cartridge, ...parts]);
}
