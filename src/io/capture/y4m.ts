import type { Sink } from "../files/sink.ts";
import { toFraction } from "./fraction.ts";
import type { FrameFormat, FrameWriter } from "./frame-writer.ts";

/**
 * Writes uncompressed video that players and encoders read from a pipe: full colour for every pixel (C444),
 * the console's exact frame rate and its pixel aspect. https://wiki.multimedia.cx/index.php/YUV4MPEG2
 */
export class Y4mWriter implements FrameWriter {
  readonly #sink: Sink;
  /** Y, Cb and Cr of each palette entry. */
  readonly #planes: readonly [Uint8Array, Uint8Array, Uint8Array];
  readonly #out: Uint8Array;

  constructor(sink: Sink, format: FrameFormat) {
    this.#sink = sink;
    const { width, height, frameRateHz, pixelAspect } = format.geometry;
    const rate = toFraction(frameRateHz);
    const aspect = toFraction(pixelAspect);
    const header =
      `YUV4MPEG2 W${width} H${height} F${rate.numerator}:${rate.denominator * format.every} Ip ` +
      `A${aspect.numerator}:${aspect.denominator} C444\n`;
    sink.write(new TextEncoder().encode(header));
    this.#planes = yuvPlanes(format.palette);
    this.#out = new Uint8Array(FRAME_TAG.length + 3 * width * height);
    this.#out.set(FRAME_TAG);
  }

  write(_frame: number, pixels: Uint16Array): void {
    let at = FRAME_TAG.length;
    for (const plane of this.#planes) {
      for (let i = 0; i < pixels.length; i++) this.#out[at++] = plane[pixels[i]!]!;
    }
    this.#sink.write(this.#out);
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
  for (const [i, color] of palette.entries()) {
    const red = (color >> 16) & 0xff;
    const green = (color >> 8) & 0xff;
    const blue = color & 0xff;
    y[i] = Math.round(16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255);
    cb[i] = Math.round(128 + (-37.797 * red - 74.203 * green + 112 * blue) / 255);
    cr[i] = Math.round(128 + (112 * red - 93.786 * green - 18.214 * blue) / 255);
  }
  return [y, cb, cr];
}
