import { deflateRawSync } from "node:zlib";
import type { FramePixels, MachineGeometry } from "../../../emu/machine.ts";
import { frameHash } from "../../capture/hash.ts";
import { encodePng } from "../../capture/png.ts";
import type { Palette } from "../../render/colors/palette.ts";

/** Bytes before the pixels of a packed picture: frame number (4), width (2), height (2), little-endian. */
export const PACKED_HEADER_BYTES = 8;
/** Planes of a packed picture: of palette indices, and of colours. */
export const INDEX_PLANES = 2;
export const RGB_PLANES = 3;
/** The fastest level. Pictures with few colours compress well anyway. */
const DEFLATE_LEVEL = 1;

/** How a picture is shown. */
export type ServedShape = Pick<MachineGeometry, "width" | "height" | "pixelAspect" | "frameRateHz">;

/**
 * The newest picture. Valid in this turn of the event loop only: later the machine may overwrite it. Each
 * encoding is made once, however many peers want it.
 */
export class ServedPicture {
  /** Frame number, counted as in `emu dump`. */
  readonly frame: number;
  readonly pixels: FramePixels;
  readonly width: number;
  readonly height: number;
  readonly shape: ServedShape;
  #hash: string | undefined;
  #png: Uint8Array | undefined;
  #pngText: string | undefined;
  #packed: Uint8Array<ArrayBuffer> | undefined;

  /** `pixels` may be longer than the picture. */
  constructor(frame: number, pixels: FramePixels, shape: ServedShape) {
    const { width, height } = shape;
    this.frame = frame;
    this.shape = shape;
    this.pixels = pixels.length === width * height ? pixels : pixels.subarray(0, width * height);
    this.width = width;
    this.height = height;
  }

  /** CRC-32 as in golden files and `emu dump --format hash`. */
  hash(): string {
    this.#hash ??= frameHash(this.pixels);
    return this.#hash;
  }

  /** A PNG file in base64. */
  png(palette: Palette): string {
    this.#pngText ??= this.pngFile(palette).toBase64();
    return this.#pngText;
  }

  pngFile(palette: Palette): Uint8Array {
    this.#png ??= encodePng(this.pixels, this, palette);
    return this.#png;
  }

  /**
   * For viewers that draw the picture themselves: the header, then, raw-deflated, the planes. Palette indices
   * have two, the low bytes of all pixels (six bits of colour, two lower bits of emphasis) and their high
   * bytes; colours have three: red, green and blue.
   */
  packed(): Uint8Array<ArrayBuffer> {
    if (this.#packed === undefined) {
      const { width, height } = this;
      const planes = planesOf(this.pixels);
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

function planesOf(pixels: FramePixels): Uint8Array {
  const count = pixels.length;
  if (pixels instanceof Uint32Array) {
    const planes = new Uint8Array(RGB_PLANES * count);
    for (let i = 0; i < count; i++) {
      const pixel = pixels[i]!;
      planes[i] = pixel >> 16;
      planes[count + i] = pixel >> 8;
      planes[2 * count + i] = pixel;
    }
    return planes;
  }
  const planes = new Uint8Array(INDEX_PLANES * count);
  for (let i = 0; i < count; i++) {
    const pixel = pixels[i]!;
    planes[i] = pixel & 0xff;
    planes[count + i] = pixel >> 8;
  }
  return planes;
}
