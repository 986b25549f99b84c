/** Writes patches for tests, as simply as the formats allow. */

/** An IPS patch that writes each run of bytes that differ, and cuts the file off if the target is shorter. */
export function buildIps(source: Uint8Array, target: Uint8Array): Uint8Array {
  const bytes = [...Buffer.from("PATCH")];
  for (let at = 0; at < target.length; ) {
    if (target[at] === source[at]) {
      at++;
      continue;
    }
    let end = at + 1;
    while (end < target.length && end - at < 0xffff && target[end] !== source[end]) end++;
    // An offset that reads "EOF" would end the patch: begin one byte earlier.
    const from = at === 0x45_4f46 ? at - 1 : at;
    bytes.push(...big(from, 3), ...big(end - from, 2), ...target.subarray(from, end));
    at = end;
  }
  bytes.push(...Buffer.from("EOF"));
  if (target.length < source.length) bytes.push(...big(target.length, 3));
  return Uint8Array.from(bytes);
}

function big(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => (value >> (8 * (count - 1 - at))) & 0xff);
}

/** A UPS patch. */
export function buildUps(source: Uint8Array, target: Uint8Array): Uint8Array {
  const bytes = [...Buffer.from("UPS1"), ...number(source.length), ...number(target.length)];
  let last = 0;
  const length = Math.max(source.length, target.length);
  for (let at = 0; at < length; at++) {
    if ((source[at] ?? 0) === (target[at] ?? 0)) continue;
    bytes.push(...number(at - last));
    for (; at < length && (source[at] ?? 0) !== (target[at] ?? 0); at++)
      bytes.push((source[at] ?? 0) ^ (target[at] ?? 0));
    bytes.push(0);
    last = at + 1;
  }
  return withChecksums(bytes, source, target);
}

/** One action of a BPS patch: its kind (0 to 3), how many bytes, and its data or relative move. */
export type BpsAction = readonly [kind: number, count: number, data?: readonly number[] | number];

/** A BPS patch of these actions. */
export function buildBps(source: Uint8Array, target: Uint8Array, actions: readonly BpsAction[]): Uint8Array {
  const bytes = [...Buffer.from("BPS1"), ...number(source.length), ...number(target.length), ...number(0)];
  for (const [kind, count, data] of actions) {
    bytes.push(...number((count - 1) * 4 + kind));
    if (typeof data === "number") bytes.push(...number(Math.abs(data) * 2 + (data < 0 ? 1 : 0)));
    else if (data !== undefined) bytes.push(...data);
  }
  return withChecksums(bytes, source, target);
}

/** A number as BPS and UPS write it. */
function number(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (;;) {
    const low = left % 128;
    left = Math.floor(left / 128);
    if (left === 0) return [...bytes, low | 0x80];
    bytes.push(low);
    left--;
  }
}

function withChecksums(bytes: number[], source: Uint8Array, target: Uint8Array): Uint8Array {
  const patch = new Uint8Array(bytes.length + 12);
  patch.set(bytes);
  const view = new DataView(patch.buffer);
  view.setUint32(bytes.length, Bun.hash.crc32(source), true);
  view.setUint32(bytes.length + 4, Bun.hash.crc32(target), true);
  view.setUint32(bytes.length + 8, Bun.hash.crc32(patch.subarray(0, -4)), true);
  return patch;
}
