import type { FramePixels } from "../../emu/machine.ts";
import type { Sink } from "../files/sink.ts";
import { FixedSize } from "./fixed-size.ts";
import { toFraction } from "./fraction.ts";
import type { FrameFormat, FrameWriter, PictureSize } from "./frame-writer.ts";

/**
 * Writes uncompressed video that players and encoders read from a pipe: full colour for every pixel (C444),
 * the console's exact frame rate and its pixel aspect. https://wiki.multimedia.cx/index.php/YUV4MPEG2
 */
export class Y4mWriter implements FrameWriter {
  readonly #sink: Sink;
  readonly #format: FrameFormat;
  readonly #size = new FixedSize();
  /** Y, Cb and Cr of each palette entry. */
  readonly #planes: readonly [Uint8Array, Uint8Array, Uint8Array];
  #out = new Uint8Array(0);

  constructor(sink: Sink, format: FrameFormat) {
    this.#sink = sink;
    this.#format = format;
    this.#planes = yuvPlanes(format.palette);
  }

  write(_frame: number, picture: FramePixels, _samples?: Int16Array, size?: PictureSize): void {
    const pixels = this.#size.fit(picture, size ?? this.#format.geometry);
    if (this.#out.length === 0) this.#begin();
    if (pixels instanceof Uint32Array) this.#convert(pixels);
    else {
      let at = FRAME_TAG.length;
      for (const plane of this.#planes) {
        for (let i = 0; i < pixels.length; i++) this.#out[at++] = plane[pixels[i]!]!;
      }
    }
    this.#sink.write(this.#out);
  }

  /** Writes the header, which has the size of the first picture. */
  #begin(): void {
    const { geometry, every } = this.#format;
    const { width, height } = this.#size;
    const rate = toFraction(geometry.frameRateHz);
    // The screen keeps its shape if the first picture has not the size of the geometry.
    const isAsAnnounced = width === geometry.width && height === geometry.height;
    const shape = (geometry.pixelAspect * geometry.width * height) / (geometry.height * width);
    const aspect = toFraction(isAsAnnounced ? geometry.pixelAspect : shape);
    const header =
      `YUV4MPEG2 W${width} H${height} F${rate.numerator}:${rate.denominator * every} Ip ` +
      `A${aspect.numerator}:${aspect.denominator} C444\n`;
    this.#sink.write(new TextEncoder().encode(header));
    this.#out = new Uint8Array(FRAME_TAG.length + 3 * width * height);
    this.#out.set(FRAME_TAG);
  }

  #convert(pixels: Uint32Array): void {
    const count = pixels.length;
    const start = FRAME_TAG.length;
    for (let i = 0; i < count; i++) {
      const [y, cb, cr] = yuv(pixels[i]!);
      this.#out[start + i] = y;
      this.#out[start + count + i] = cb;
      this.#out[start + 2 * count + i] = cr;
    }
  }

  commit(): void {
    this.#sink.commit();
  }

  abort(): void {
    this.#sink.abort();
  }
}

const FRAME_TAG = new TextEncoder().encode("FRAME\n");

/** BT.601 with studio levels, which readers assume for C444. */
function yuvPlanes(palette: Uint32Array): [Uint8Array, Uint8Array, Uint8Array] {
  const y = new Uint8Array(palette.length);
  const cb = new Uint8Array(palette.length);
  const cr = new Uint8Array(palette.length);
  for (const [i, color] of palette.entries()) [y[i], cb[i], cr[i]] = yuv(color);
  return [y, cb, cr];
}

function yuv(color: number): [number, number, number] {
  const red = (color >> 16) & 0xff;
  const green = (color >> 8) & 0xff;
  const blue = color & 0xff;
  return [
    Math.round(16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255),
    Math.round(128 + (-37.797 * red - 74.203 * green + 112 * blue) / 255),
    Math.round(128 + (112 * red - 93.786 * green - 18.214 * blue) / 255),
  ];
}
