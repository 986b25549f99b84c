import type { ByteWriter } from "./ansi.ts";
import type { EncoderSetup } from "./encoder.ts";
import { IndexedImage } from "./indexed-image.ts";
import { NtscFilter } from "./ntsc-filter.ts";
import { IndexedPngWriter, RgbPngWriter } from "./png.ts";
import { RgbImage } from "./rgb-image.ts";

/** Pictures that image protocols send as files: frames, filtered or unfiltered. */
export interface ImageSource {
  readonly width: number;
  readonly height: number;
  /** No PNG takes more bytes than this. */
  readonly maxPngBytes: number;
  /** Takes a frame. Returns false if it looks like the previous one. */
  take(frame: Uint16Array): boolean;
  /** Marks the next frame as changed. */
  invalidate(): void;
  /** Appends the picture as a PNG file. */
  writePng(out: ByteWriter): void;
}

/** Pictures for terminals that take raw pixels. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** `width × height` pixels of red, green and blue. */
  readonly pixels: Uint8Array;
  /** Takes a frame. Returns false if it looks like the previous one. */
  take(frame: Uint16Array): boolean;
  /** Marks the next frame as changed. */
  invalidate(): void;
}

/** Makes the pixel source that the setup asks for. */
export function pixelSource({ palette, source, frameWidth, filter = "none" }: EncoderSetup): PixelSource {
  return filter === "none"
    ? new RgbImage(palette, source, frameWidth)
    : new NtscFilter(filter, source, frameWidth);
}

/** Makes the PNG source that the setup asks for. */
export function imageSource({ palette, source, frameWidth, filter = "none" }: EncoderSetup): ImageSource {
  if (filter === "none") return plainSource(new IndexedImage(palette, source, frameWidth));
  return filteredSource(new NtscFilter(filter, source, frameWidth));
}

function plainSource(image: IndexedImage): ImageSource {
  const png = new IndexedPngWriter(image);
  return {
    width: image.width,
    height: image.height,
    maxPngBytes: png.maxBytes,
    take: (frame) => image.take(frame),
    invalidate: () => image.invalidate(),
    writePng: (out) => png.write(out),
  };
}

function filteredSource(image: NtscFilter): ImageSource {
  const png = new RgbPngWriter(image);
  return {
    width: image.width,
    height: image.height,
    maxPngBytes: png.maxBytes,
    take: (frame) => image.take(frame),
    invalidate: () => image.invalidate(),
    writePng: (out) => png.write(out),
  };
}
