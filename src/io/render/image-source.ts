import type { FramePixels } from "../../emu/machine.ts";
import { ByteWriter } from "./ansi.ts";
import type { EncoderSetup } from "./encoder.ts";
import { IndexedImage } from "./indexed-image.ts";
import { NtscFilter } from "./ntsc-filter.ts";
import { IndexedPngWriter, type PngSource, RgbPngWriter } from "./png.ts";
import { RgbFrameImage, RgbFramePng } from "./rgb-frame-image.ts";
import { RgbImage } from "./rgb-image.ts";

/** Pictures that image protocols send as files: frames, filtered or unfiltered. */
export interface ImageSource {
  readonly width: number;
  readonly height: number;
  /** No PNG takes more bytes than this. */
  readonly maxPngBytes: number;
  /**
   * Takes a frame. Returns its PNG file, valid until the next frame; undefined if it looks like the previous
   * frame.
   */
  take(frame: FramePixels): ByteWriter | undefined;
  /** Marks the next frame as changed. */
  invalidate(): void;
}

/** Pictures for terminals that take raw pixels. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** `width × height` pixels of red, green and blue. */
  readonly pixels: Uint8Array;
  /** Takes a frame. Returns false if it looks like the previous one. */
  take(frame: FramePixels): boolean;
  /** Marks the next frame as changed. */
  invalidate(): void;
}

/** Makes the pixel source that the setup asks for. */
export function pixelSource(setup: EncoderSetup): PixelSource {
  const { palette, source, frameWidth, filter = "none", isDimmed } = setup;
  if (setup.isRgb === true) return new RgbFrameImage(source, frameWidth, isDimmed);
  return filter === "none"
    ? new RgbImage(palette, source, frameWidth)
    : new NtscFilter(filter, source, frameWidth, isDimmed);
}

/** Makes the PNG source that the setup asks for. */
export function imageSource(setup: EncoderSetup): ImageSource {
  const { palette, source, frameWidth, filter = "none", isDimmed } = setup;
  if (setup.isRgb === true) {
    const picture = new RgbFramePng(source, frameWidth, isDimmed);
    return new PngImage(picture, picture);
  }
  if (filter !== "none") {
    const image = new NtscFilter(filter, source, frameWidth, isDimmed);
    return new PngImage(image, new RgbPngWriter(image));
  }
  const image = new IndexedImage(palette, source, frameWidth);
  return new PngImage(image, new IndexedPngWriter(image));
}

/** Takes frames and finds out if they differ. */
interface FrameImage {
  readonly width: number;
  readonly height: number;
  take(frame: FramePixels): boolean;
  invalidate(): void;
}

/** A picture and the writer of its PNG. */
class PngImage implements ImageSource {
  readonly width: number;
  readonly height: number;
  readonly maxPngBytes: number;
  readonly #image: FrameImage;
  readonly #png: PngSource;
  readonly #file: ByteWriter;

  constructor(image: FrameImage, png: PngSource) {
    this.width = image.width;
    this.height = image.height;
    this.maxPngBytes = png.maxBytes;
    this.#image = image;
    this.#png = png;
    this.#file = new ByteWriter(new Uint8Array(png.maxBytes));
  }

  take(frame: FramePixels): ByteWriter | undefined {
    if (!this.#image.take(frame)) return undefined;
    this.#file.length = 0;
    this.#png.write(this.#file);
    return this.#file;
  }

  invalidate(): void {
    this.#image.invalidate();
  }
}
