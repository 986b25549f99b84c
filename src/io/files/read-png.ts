import { decode } from "fast-png";
import { InputError } from "../../emu/input-error.ts";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "../../emu/nes/ppu/ppu.ts";
import { inflateCapped } from "./archives/inflate.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Length, type and checksum of a chunk. */
const CHUNK_OVERHEAD_BYTES = 12;
const IHDR_BYTES = 13;
/** zlib's header and checksum around deflated data. */
const ZLIB_HEADER_BYTES = 2;
const ZLIB_TRAILER_BYTES = 4;
/** Samples per pixel by colour type: grey, colours, palette, grey with alpha, colours with alpha. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** Chunks that the pixels need. Others are not read, since they may decompress without limit. */
const NEEDED = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

/** A decoded picture, row by row. */
export interface PngPicture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of every pixel. */
  readonly rgb: Uint8Array;
  /** 0 to 255 per pixel. */
  readonly alpha: Uint8Array;
}

/** Throws `InputError` for an unwanted picture size; `where` is the place of the size in the file. */
export type SizeCheck = (width: number, height: number, where: string) => void;

/** Reads a PNG of 256 × 240 pixels as `readPng` does. */
export function readScreenPng(bytes: Uint8Array, path: string): PngPicture {
  return readPng(bytes, path, (width, height, where) => {
    if (width === SCREEN_WIDTH && height === SCREEN_HEIGHT) return;
    const what = `the picture is ${width} × ${height} pixels, a screen is ${SCREEN_WIDTH} × ${SCREEN_HEIGHT}`;
    throw new InputError("data", what, where, "emu dump writes pictures of the right size");
  });
}

/** Accepts pictures of at most this many pixels. */
export function atMostPixels(limit: number): SizeCheck {
  return (width, height, where) => {
    if (width > 0 && height > 0 && width * height <= limit) return;
    throw new InputError("data", `a picture of ${width} × ${height} pixels is not supported`, where);
  };
}

/**
 * Reads a PNG: grey, colours or a palette, with or without alpha, any depth, not interlaced. It never uses
 * more memory than a picture whose size `checkSize` accepts. Throws `InputError` ("data") with the byte
 * offset of the error.
 */
export function readPng(bytes: Uint8Array, path: string, checkSize: SizeCheck): PngPicture {
  const chunks = listChunks(bytes, path);
  const { depth, type, width, height } = checkHeader(bytes, path, checkSize);
  const where = (chunk: Chunk | undefined): string => `${path}, byte ${chunk?.offset ?? bytes.length}`;
  const firstData = chunks.find(({ name }) => name === "IDAT");
  if (firstData === undefined) throw new InputError("data", "the PNG has no pixels (IDAT)", where(undefined));
  const deflated = joined(
    bytes,
    chunks.filter(({ name }) => name === "IDAT"),
  );
  const rowBytes = 1 + Math.ceil((width * depth * CHANNELS[type]!) / 8);
  const expected = rowBytes * height;
  const body = deflated.subarray(ZLIB_HEADER_BYTES, Math.max(2, deflated.length - ZLIB_TRAILER_BYTES));
  const rows = inflateCapped(body, expected, where(firstData));
  if (rows?.length !== expected) {
    const what = rows === undefined ? "more pixels than its size says" : "fewer pixels than its size says";
    throw new InputError("data", `the PNG holds ${what}`, where(firstData));
  }
  const needed = chunks.filter(({ name }) => NEEDED.has(name));
  try {
    return unpack(decode(rebuilt(bytes, needed), { checkCrc: true }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError("data", `the PNG is damaged: ${why}`, path);
  }
}

interface Chunk {
  readonly name: string;
  readonly offset: number;
  readonly dataBytes: number;
}

function listChunks(bytes: Uint8Array, path: string): Chunk[] {
  if (bytes.length === 0) throw new InputError("data", "the file is empty, a PNG was expected", path);
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) {
    throw new InputError("data", "not a PNG: it does not begin like one", `${path}, byte 0`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; ; ) {
    const dataBytes = at + CHUNK_OVERHEAD_BYTES <= bytes.length ? view.getUint32(at) : Number.NaN;
    if (!(at + CHUNK_OVERHEAD_BYTES + dataBytes <= bytes.length)) {
      throw new InputError("data", "the PNG is cut off: a chunk was expected", `${path}, byte ${at}`);
    }
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks.push({ name, offset: at, dataBytes });
    if (name === "IEND") return chunks;
    at += CHUNK_OVERHEAD_BYTES + dataBytes;
  }
}

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly type: number;
}

/** Reads and checks IHDR. */
function checkHeader(bytes: Uint8Array, path: string, checkSize: SizeCheck): PngHeader {
  const at = SIGNATURE.length;
  const where = `${path}, byte ${at + 8}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  if (name !== "IHDR" || view.getUint32(at) !== IHDR_BYTES) {
    throw new InputError("data", "the PNG must begin with IHDR", `${path}, byte ${at}`);
  }
  const [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
  checkSize(width, height, where);
  const [depth = 0, type = 0, compression, filter, interlace] = bytes.subarray(at + 16, at + 21);
  if (DEPTHS[type]?.includes(depth) !== true || compression !== 0 || filter !== 0) {
    throw new InputError("data", `colour type ${type} with ${depth} bits is not valid in a PNG`, where);
  }
  if (interlace !== 0) {
    throw new InputError("data", "the PNG is interlaced", where, "save it without interlacing");
  }
  return { width, height, depth, type };
}

function joined(bytes: Uint8Array, chunks: readonly Chunk[]): Uint8Array {
  const total = chunks.reduce((sum, { dataBytes }) => sum + dataBytes, 0);
  const out = new Uint8Array(total);
  let at = 0;
  for (const { offset, dataBytes } of chunks) {
    out.set(bytes.subarray(offset + 8, offset + 8 + dataBytes), at);
    at += dataBytes;
  }
  return out;
}

/** A PNG of only these chunks. */
function rebuilt(bytes: Uint8Array, chunks: readonly Chunk[]): Uint8Array {
  const parts = chunks.map(({ offset, dataBytes }) =>
    bytes.subarray(offset, offset + CHUNK_OVERHEAD_BYTES + dataBytes),
  );
  return Buffer.concat([Uint8Array.from(SIGNATURE), ...parts]);
}

function unpack(png: ReturnType<typeof decode>): PngPicture {
  const { width, height, channels, depth, palette } = png;
  const pixels = width * height;
  const rgb = new Uint8Array(3 * pixels);
  const alpha = new Uint8Array(pixels).fill(0xff);
  const sampleAt = sampler(png);
  const full = (1 << depth) - 1;
  const toByte = (sample: number): number => (depth === 8 ? sample : Math.round((255 * sample) / full));
  for (let i = 0; i < pixels; i++) {
    if (palette !== undefined) {
      const index = sampleAt(i, 0);
      const entry = palette[index];
      if (entry === undefined) throw new Error(`pixel ${i} has colour ${index}, which its palette has not`);
      rgb.set([entry[0]!, entry[1]!, entry[2]!], 3 * i);
      alpha[i] = entry[3] ?? 0xff;
      continue;
    }
    for (let color = 0; color < 3; color++) {
      rgb[3 * i + color] = toByte(sampleAt(i, channels < 3 ? 0 : color));
    }
    if (channels === 2 || channels === 4) alpha[i] = toByte(sampleAt(i, channels - 1));
  }
  return { width, height, rgb, alpha };
}

/** Samples of 1, 2 and 4 bits are packed in bytes; each row begins a new byte. */
function sampler({
  data,
  width,
  depth,
  channels,
}: ReturnType<typeof decode>): (pixel: number, channel: number) => number {
  if (depth >= 8) return (pixel, channel) => data[pixel * channels + channel]!;
  const rowBytes = Math.ceil((width * depth) / 8);
  return (pixel) => {
    const x = pixel % width;
    const bit = x * depth;
    const byte = data[((pixel - x) / width) * rowBytes + (bit >> 3)]!;
    return (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  };
}
