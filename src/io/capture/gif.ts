import { GIFEncoder } from "gifenc";
import type { FramePixels } from "../../emu/machine.ts";
import type { Sink } from "../files/sink.ts";
import { FixedSize } from "./fixed-size.ts";
import type { FrameFormat, FrameWriter, PictureSize } from "./frame-writer.ts";
import { toIndexed } from "./local-palette.ts";

/**
 * The format counts in hundredths of a second, and browsers slow down any delay below two of them. So a GIF
 * plays at 50 frames per second with --every 1, and at the right speed from --every 2 on.
 */
const MIN_DELAY_CENTISECONDS = 2;
const MAX_COLORS = 256;
/** Disposal method: the next frame is drawn over this one. */
const KEEP = 1;

/**
 * Writes a GIF that loops forever. Each frame has its own palette; pixels equal to the previous frame's are
 * transparent.
 */
export class GifWriter implements FrameWriter {
  readonly #sink: Sink;
  readonly #format: FrameFormat;
  readonly #encoder = GIFEncoder();
  readonly #size = new FixedSize();
  /** The picture already shown. */
  #last: FramePixels | undefined;
  #written = 0;

  constructor(sink: Sink, format: FrameFormat) {
    this.#sink = sink;
    this.#format = format;
  }

  write(_frame: number, picture: FramePixels, _samples?: Int16Array, size?: PictureSize): void {
    const pixels = this.#size.fit(picture, size ?? this.#format.geometry);
    const { width, height } = this.#size;
    const { indices, colors } = toIndexed(pixels, this.#format.palette);
    const transparentIndex = this.#written > 0 && colors.length < MAX_COLORS ? colors.length : -1;
    const last = this.#last;
    if (transparentIndex >= 0 && last !== undefined) {
      colors.push([0, 0, 0]);
      for (let i = 0; i < pixels.length; i++) if (pixels[i] === last[i]) indices[i] = transparentIndex;
    }
    this.#encoder.writeFrame(indices, width, height, {
      palette: colors,
      delay: 10 * this.#delayCentiseconds(),
      transparent: transparentIndex >= 0,
      transparentIndex,
      dispose: KEEP,
    });
    if (last === undefined) this.#last = pixels.slice();
    else last.set(pixels);
    this.#written++;
    this.#drain();
  }

  /**
   * The delay of the next frame. Rounding errors do not add up: each frame ends at the hundredth nearest to
   * its true end.
   */
  #delayCentiseconds(): number {
    const { geometry, every } = this.#format;
    const endOf = (frame: number): number => Math.round((100 * every * frame) / geometry.frameRateHz);
    return Math.max(MIN_DELAY_CENTISECONDS, endOf(this.#written + 1) - endOf(this.#written));
  }

  /** Writes out the encoded data, so that a long GIF needs no memory. */
  #drain(): void {
    this.#sink.write(this.#encoder.bytesView());
    this.#encoder.stream.reset();
  }

  commit(): void {
    this.#encoder.finish();
    this.#drain();
    this.#sink.commit();
  }

  abort(): void {
    this.#sink.abort();
  }
}
