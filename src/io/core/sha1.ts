const BLOCK_BYTES = 64;
const LENGTH_AT = 56;
const ROUNDS = 80;
const INITIAL: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
const CONSTANTS: readonly number[] = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

/**
 * The lower-case hex SHA-1 of the concatenated parts. Pages have no function for it that is not asynchronous,
 * and libraries take 2 KiB gzipped. https://www.rfc-editor.org/rfc/rfc3174
 */
export function portableSha1(parts: readonly Uint8Array[]): string {
  const state = Int32Array.from(INITIAL, (word) => word | 0);
  const block = new DataView(new ArrayBuffer(BLOCK_BYTES));
  const words = new Int32Array(ROUNDS);
  let length = 0;
  const put = (byte: number): void => {
    block.setUint8(length++ % BLOCK_BYTES, byte);
    if (length % BLOCK_BYTES === 0) compress(state, block, words);
  };
  for (const part of parts) for (const byte of part) put(byte);
  const bits = length * 8;
  put(0x80);
  while (length % BLOCK_BYTES !== LENGTH_AT) put(0);
  for (let shift = 7; shift >= 0; shift--) put(Math.floor(bits / 2 ** (8 * shift)) % 256);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

function compress(state: Int32Array, block: DataView, words: Int32Array): void {
  for (let i = 0; i < ROUNDS; i++) {
    words[i] =
      i < 16
        ? block.getInt32(i * 4)
        : rotate(words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!, 1);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let i = 0; i < ROUNDS; i++) {
    const kind = Math.floor(i / 20);
    const mixed = kind === 0 ? (b & c) | (~b & d) : kind === 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
    const next = (rotate(a, 5) + mixed + e + CONSTANTS[kind]! + words[i]!) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (const [index, word] of [a, b, c, d, e].entries()) state[index]! += word;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
