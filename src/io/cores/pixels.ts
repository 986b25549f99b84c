import { type CorePixelFormat, FORMAT_0RGB1555, FORMAT_RGB565, FORMAT_XRGB8888 } from "./libretro.ts";

/** A core's picture as it delivers it. */
export interface RawPicture {
  readonly bytes: Uint8Array;
  readonly format: CorePixelFormat;
  readonly width: number;
  readonly height: number;
  readonly pitchBytes: number;
  /** Number of quarter turns counterclockwise by which the picture is shown rotated. */
  readonly rotation: number;
}

let table1555: Uint32Array | undefined;
let table565: Uint32Array | undefined;

/**
 * Converts pictures to 0x00RRGGBB, upright, rows without gaps. Components of five and six bits become eight
 * by repeating their highest bits, so that black stays black and white stays white.
 */
export class CorePixelConverter {
  #words16: Uint16Array = new Uint16Array(0);
  #words32: Uint32Array = new Uint32Array(0);
  #memory: ArrayBufferLike | undefined;

  /** Writes `width × height` pixels into `out`. */
  convert(picture: RawPicture, out: Uint32Array): void {
    const { bytes, format, width, height, pitchBytes, rotation } = picture;
    if (bytes.buffer !== this.#memory) this.#look(bytes);
    // The pixel at (x, y) goes to start + x × right + y × down.
    const [start, right, down] = placement(width, height, rotation);
    if (format === FORMAT_XRGB8888) {
      const words = this.#words32;
      const pitch = pitchBytes >> 2;
      for (let y = 0; y < height; y++) {
        let to = start + y * down;
        const row = y * pitch;
        for (let at = row; at < row + width; at++, to += right) out[to] = words[at]! & 0xff_ffff;
      }
      return;
    }
    const table = format === FORMAT_RGB565 ? colors565() : colors1555();
    const words = this.#words16;
    const pitch = pitchBytes >> 1;
    for (let y = 0; y < height; y++) {
      let to = start + y * down;
      const row = y * pitch;
      for (let at = row; at < row + width; at++, to += right) out[to] = table[words[at]!]!;
    }
  }

  #look({ buffer, byteOffset, length }: Uint8Array): void {
    this.#memory = buffer;
    this.#words16 = new Uint16Array(buffer, byteOffset, length >> 1);
    this.#words32 = new Uint32Array(buffer, byteOffset, length >> 2);
  }
}

function placement(width: number, height: number, rotation: number): readonly [number, number, number] {
  switch (rotation & 3) {
    case 1:
      return [(width - 1) * height, -height, 1];
    case 2:
      return [width * height - 1, -1, -width];
    case 3:
      return [height - 1, height, -1];
    default:
      return [0, 1, width];
  }
}

function colors1555(): Uint32Array {
  table1555 ??= Uint32Array.from({ length: 65_536 }, (_, word) => {
    return (five((word >> 10) & 31) << 16) | (five((word >> 5) & 31) << 8) | five(word & 31);
  });
  return table1555;
}

function colors565(): Uint32Array {
  table565 ??= Uint32Array.from({ length: 65_536 }, (_, word) => {
    const green = (word >> 5) & 63;
    return (five(word >> 11) << 16) | (((green << 2) | (green >> 4)) << 8) | five(word & 31);
  });
  return table565;
}

function five(value: number): number {
  return (value << 3) | (value >> 2);
}

/** Bytes of a pixel in a format; undefined for a format that does not exist. */
export function bytesPerPixel(format: number): 2 | 4 | undefined {
  if (format === FORMAT_XRGB8888) return 4;
  return format === FORMAT_0RGB1555 || format === FORMAT_RGB565 ? 2 : undefined;
}
