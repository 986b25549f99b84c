import { type ByteWriter, utf8 } from "../ansi.ts";

const ALPHABET = utf8("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const PADDING = 0x3d;

/** Number of base64 characters for `bytes` bytes. */
export function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

/** Appends bytes `start` to `end` of `from` as base64, with padding. */
export function writeBase64(out: ByteWriter, from: Uint8Array, start: number, end: number): void {
  const to = out.bytes;
  let at = out.length;
  let i = start;
  for (; i + 2 < end; i += 3) {
    const bits = (from[i]! << 16) | (from[i + 1]! << 8) | from[i + 2]!;
    to[at] = ALPHABET[bits >> 18]!;
    to[at + 1] = ALPHABET[(bits >> 12) & 63]!;
    to[at + 2] = ALPHABET[(bits >> 6) & 63]!;
    to[at + 3] = ALPHABET[bits & 63]!;
    at += 4;
  }
  if (i < end) {
    const second = i + 1 < end ? from[i + 1]! : 0;
    const bits = (from[i]! << 16) | (second << 8);
    to[at++] = ALPHABET[bits >> 18]!;
    to[at++] = ALPHABET[(bits >> 12) & 63]!;
    to[at++] = i + 1 < end ? ALPHABET[(bits >> 6) & 63]! : PADDING;
    to[at++] = PADDING;
  }
  out.length = at;
}
