import type { ByteWriter } from "./ansi.ts";
import type { EncoderSetup } from "./encoder.ts";
import { IndexedImage } from "./indexed-image.ts";
import { NtscFilter } from "./ntsc-filter.ts";
import { PngWriter, RgbPngWriter } from "./png.ts";

/** The pictures that image protocols send: frames, filtered or as they are. */
export interface ImageSource {
  readonly width: number;
  readonly height: number;
  /** No PNG takes more bytes. */
  readonly maxPngBytes: number;
  /** Takes a frame. False when it looks as the one before. */
  take(frame: Uint16Array): boolean;
  /** The next frame counts as changed. */
  invalidate(): void;
  /** Appends the picture as a PNG file. */
  writePng(out: ByteWriter): void;
  /** Writes the picture as red, green and blue bytes, `width × height` of each. */
  writeRgb(into: Uint8Array): void;
}

/** What the setup asks for. */
export function imageSource({ palette, source, frameWidth, filter = "none" }: EncoderSetup): ImageSource {
  if (filter === "none") return plainSource(new IndexedImage(palette, source, frameWidth));
  return filteredSource(new NtscFilter(filter, source, frameWidth));
}

function plainSource(image: IndexedImage): ImageSource {
  const png = new PngWriter(image);
  return {
    width: image.width,
    height: image.height,
    maxPngBytes: png.maxBytes,
    take: (frame) => image.take(frame),
    invalidate: () => image.invalidate(),
    writePng: (out) => png.write(out),
    writeRgb: (into) => {
      const { pixels, colors } = image;
      for (let at = 0, i = 0; i < pixels.length; i++, at += 3) {
        const rgb = colors[pixels[i]!]!;
        into[at] = rgb >> 16;
        into[at + 1] = (rgb >> 8) & 0xff;
        into[at + 2] = rgb & 0xff;
      }
    },
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
    writeRgb: (into) => into.set(image.pixels),
  };
}
