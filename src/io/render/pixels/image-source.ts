import type { FramePixels } from "../../../emu/machine.ts";
import { ByteWriter } from "../ansi.ts";
import { needsAreaScaling } from "../area-axis.ts";
import { PALETTE_ENTRIES } from "../colors/palette.ts";
import type { EncoderSetup } from "../encoder.ts";
import { AreaImage } from "./area-image.ts";
import { AreaIndexedImage } from "./area-indexed-image.ts";
import { IndexedImage } from "./indexed-image.ts";
import { NtscFilter, type PictureFilter } from "./ntsc-filter.ts";
import type { PixelSource } from "./pixel-source.ts";
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

/** Makes the pixel source that the setup asks for. */
export function pixelSource(setup: EncoderSetup): PixelSource {
  const { pixelSize, scale } = setup;
  const source = unscaledSource(setup);
  if (pixelSize === undefined || !needsAreaScaling(source, pixelSize)) return source;
  return new AreaImage(source, pixelSize, scale);
}

/** The filter that the setup asks for. No PPU sends a second screen: it has no signal to filter. */
function filterOf({ filter = "none", palette }: EncoderSetup): PictureFilter {
  return palette.length > PALETTE_ENTRIES ? "none" : filter;
}

function unscaledSource(setup: EncoderSetup): PixelSource {
  const { palette, source, frameWidth, isDimmed } = setup;
  const filter = filterOf(setup);
  if (setup.isRgb === true) return new RgbFrameImage(source, frameWidth, isDimmed);
  return filter === "none"
    ? new RgbImage(palette, source, frameWidth)
    : new NtscFilter(filter, source, frameWidth, isDimmed);
}

/**
 * True if `imageSource` sends pictures that are scaled by area. Filtered pictures have no sharp edges to
 * keep, and RGB frames may have too many colours for the fast scaling: the terminal scales these.
 */
export function sendsAreaScaled(setup: EncoderSetup): boolean {
  const { source, pixelSize, isRgb } = setup;
  return (
    filterOf(setup) === "none" &&
    isRgb !== true &&
    pixelSize !== undefined &&
    needsAreaScaling(source, pixelSize)
  );
}

/** Makes the PNG source that the setup asks for. */
export function imageSource(setup: EncoderSetup): ImageSource {
  const { palette, source, frameWidth, isDimmed, pixelSize, scale } = setup;
  const filter = filterOf(setup);
  if (setup.isRgb === true) {
    const picture = new RgbFramePng(source, frameWidth, isDimmed);
    return new PngImage(picture, picture);
  }
  if (filter !== "none") {
    const image = new NtscFilter(filter, source, frameWidth, isDimmed);
    return new PngImage(image, new RgbPngWriter(image));
  }
  const image = new IndexedImage(palette, source, frameWidth);
  if (pixelSize === undefined || !sendsAreaScaled(setup))
    return new PngImage(image, new IndexedPngWriter(image));
  const scaled = new AreaIndexedImage(image, pixelSize, scale);
  return new PngImage(scaled, new IndexedPngWriter(scaled));
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
