import { deflateRawSync } from "node:zlib";
import type { MachineGeometry } from "../../emu/machine.ts";
import { frameHash } from "../capture/hash.ts";
import { encodePng } from "../capture/png.ts";
import type { Palette } from "../render/palette.ts";

/** Bytes before the pixels of a packed picture: frame number (4), width (2), height (2), little-endian. */
export const PACKED_HEADER_BYTES = 8;
/** The fastest level. Pictures with few colours compress well anyway. */
const DEFLATE_LEVEL = 1;

/**
 * The newest picture. Valid in this turn of the event loop only: later the machine may overwrite it. Each
 * encoding is made once, however many peers want it.
 */
export class ServedPicture {
  /** Frame number, counted as in `emu dump`. */
  readonly frame: number;
  /** Palette indices with emphasis bits. */
  readonly pixels: Uint16Array;
  #hash: string | undefined;
  #png: Uint8Array | undefined;
  #pngText: string | undefined;
  #packed: Uint8Array<ArrayBuffer> | undefined;

  constructor(frame: number, pixels: Uint16Array) {
    this.frame = frame;
    this.pixels = pixels;
  }

  /** CRC-32 as in golden files and `emu dump --format hash`. */
  hash(): string {
    this.#hash ??= frameHash(this.pixels);
    return this.#hash;
  }

  /** A PNG file in base64. */
  png(geometry: MachineGeometry, palette: Palette): string {
    this.#pngText ??= this.pngFile(geometry, palette).toBase64();
    return this.#pngText;
  }

  pngFile(geometry: MachineGeometry, palette: Palette): Uint8Array {
    this.#png ??= encodePng(this.pixels, geometry, palette);
    return this.#png;
  }

  /**
   * For viewers that draw the picture themselves: the header, then, raw-deflated, the low bytes of all pixels
   * (six bits of colour, two lower bits of emphasis) and their high bytes.
   */
  packed({ width, height }: MachineGeometry): Uint8Array<ArrayBuffer> {
    if (this.#packed === undefined) {
      const count = width * height;
      const planes = new Uint8Array(2 * count);
      for (let i = 0; i < count; i++) {
        const pixel = this.pixels[i]!;
        planes[i] = pixel & 0xff;
        planes[count + i] = pixel >> 8;
      }
      const body = deflateRawSync(planes, { level: DEFLATE_LEVEL });
      const packed = new Uint8Array(PACKED_HEADER_BYTES + body.length);
      const header = new DataView(packed.buffer);
      header.setUint32(0, this.frame >>> 0, true);
      header.setUint16(4, width, true);
      header.setUint16(6, height, true);
      packed.set(body, PACKED_HEADER_BYTES);
      this.#packed = packed;
    }
    return this.#packed;
  }
}
