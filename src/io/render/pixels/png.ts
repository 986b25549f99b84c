import type { ByteWriter } from "../ansi.ts";
import { type IndexedImage, MAX_INDEXED_COLORS } from "./indexed-image.ts";

/** https://www.w3.org/TR/png-3/ */
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const COLOR_TYPE_RGB = 2;
const COLOR_TYPE_INDEXED = 3;
const RGB_BYTES = 3;
/** Row filter types: unfiltered, or differences from the row above. */
const FILTER_NONE = 0;
const FILTER_UP = 2;
/** zlib's two bytes before deflated data: window of 32 KiB, fastest compression. */
const ZLIB_HEADER = Uint8Array.of(0x78, 0x01);
/** Bytes that PNG adds around the compressed rows. */
const OVERHEAD_BYTES = 8 + 25 + 12 + 3 * MAX_INDEXED_COLORS + 12 + 6 + 12;

/** Deflate stores data that it cannot shrink, in blocks with a five-byte header. */
function maxPngBytes(rowBytes: number): number {
  return OVERHEAD_BYTES + rowBytes + 5 * Math.ceil(rowBytes / 10_000);
}

/** The parts of an indexed picture that are written. */
export type IndexedPixels = Pick<IndexedImage, "width" | "height" | "pixels" | "colors" | "colorCount">;

/** A picture in red, green and blue. */
interface RgbPixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Writes a picture's current content as PNG. */
export interface PngSource {
  /** No picture takes more bytes than this. */
  readonly maxBytes: number;
  /** Appends the picture in its current state. */
  write(out: ByteWriter): void;
}

/**
 * Writes indexed pictures as PNG, with as few bits per pixel as the colours need and libdeflate's fastest
 * level: half the bytes of 8 bits per pixel with zlib's level 1, in the same time (measured, 256 × 240). Not
 * done with fast-png, which does not pack pixels and allocates for every picture; it writes the files, in
 * `capture/png.ts`.
 */
export class IndexedPngWriter implements PngSource {
  readonly maxBytes: number;
  readonly #image: IndexedPixels;
  readonly #rows: Uint8Array<ArrayBuffer>;

  constructor(image: IndexedPixels) {
    this.#image = image;
    this.#rows = new Uint8Array((image.width + 1) * image.height);
    this.maxBytes = maxPngBytes(this.#rows.length);
  }

  write(out: ByteWriter): void {
    const { width, height, colorCount, colors } = this.#image;
    const bits = colorCount <= 2 ? 1 : colorCount <= 4 ? 2 : colorCount <= 16 ? 4 : 8;
    const length = this.#packRows(bits);
    writeHeader(out, width, height, bits, COLOR_TYPE_INDEXED);
    const palette = beginChunk(out, 3 * colorCount, "PLTE");
    for (let color = 0; color < colorCount; color++) {
      const rgb = colors[color]!;
      out.byte(rgb >> 16);
      out.byte((rgb >> 8) & 0xff);
      out.byte(rgb & 0xff);
    }
    endChunk(out, palette);
    writeRows(out, this.#rows, length);
  }

  /** Packs pixels into rows of a filter byte (none) and `bits` per pixel. Returns the number of bytes. */
  #packRows(bits: number): number {
    const { width, height, pixels } = this.#image;
    const rows = this.#rows;
    let to = 0;
    for (let y = 0, at = 0; y < height; y++) {
      rows[to++] = FILTER_NONE;
      if (bits === 8) {
        for (let x = 0; x < width; x++) rows[to++] = pixels[at++]!;
        continue;
      }
      const perByte = 8 / bits;
      for (let x = 0; x < width; x += perByte) {
        let packed = 0;
        for (let i = 0; i < perByte; i++) {
          packed <<= bits;
          if (x + i < width) packed |= pixels[at++]!;
        }
        rows[to++] = packed;
      }
    }
    return to;
  }
}

/** Writes RGB pictures as PNG. Rows are stored as differences from the row above. */
export class RgbPngWriter implements PngSource {
  readonly maxBytes: number;
  readonly #image: RgbPixels;
  readonly #rows: Uint8Array<ArrayBuffer>;

  constructor(image: RgbPixels) {
    this.#image = image;
    this.#rows = new Uint8Array((image.width * RGB_BYTES + 1) * image.height);
    this.maxBytes = maxPngBytes(this.#rows.length);
  }

  write(out: ByteWriter): void {
    const { width, height, pixels } = this.#image;
    const rows = this.#rows;
    const bytes = width * RGB_BYTES;
    let to = 0;
    for (let y = 0, at = 0; y < height; y++) {
      rows[to++] = y === 0 ? FILTER_NONE : FILTER_UP;
      if (y === 0) for (let i = 0; i < bytes; i++) rows[to++] = pixels[at++]!;
      else for (let i = 0; i < bytes; i++, at++) rows[to++] = (pixels[at]! - pixels[at - bytes]!) & 0xff;
    }
    writeHeader(out, width, height, 8, COLOR_TYPE_RGB);
    writeRows(out, rows, to);
  }
}

function writeHeader(out: ByteWriter, width: number, height: number, bits: number, colorType: number): void {
  out.append(SIGNATURE);
  const header = beginChunk(out, 13, "IHDR");
  word(out, width);
  word(out, height);
  out.byte(bits);
  out.byte(colorType);
  for (let zero = 0; zero < 3; zero++) out.byte(0);
  endChunk(out, header);
}

/** Writes the compressed rows and the end of the file. */
function writeRows(out: ByteWriter, buffer: Uint8Array<ArrayBuffer>, length: number): void {
  const rows = buffer.subarray(0, length);
  const deflated = Bun.deflateSync(rows, { level: 1, library: "libdeflate" });
  const data = beginChunk(out, ZLIB_HEADER.length + deflated.length + 4, "IDAT");
  out.append(ZLIB_HEADER);
  out.append(deflated);
  word(out, Bun.hash.adler32(rows));
  endChunk(out, data);
  endChunk(out, beginChunk(out, 0, "IEND"));
}

/** Starts a chunk. Returns the offset of its type. */
function beginChunk(out: ByteWriter, length: number, type: string): number {
  word(out, length);
  const start = out.length;
  for (let i = 0; i < 4; i++) out.byte(type.charCodeAt(i));
  return start;
}

function endChunk(out: ByteWriter, start: number): void {
  word(out, Bun.hash.crc32(out.bytes.subarray(start, out.length)));
}

/** Writes 32 bits, most significant byte first. */
function word(out: ByteWriter, value: number): void {
  out.byte((value >>> 24) & 0xff);
  out.byte((value >>> 16) & 0xff);
  out.byte((value >>> 8) & 0xff);
  out.byte(value & 0xff);
}
