/** The part of gifenc 1.0.3 that emu uses; the package has no types. */
declare module "gifenc" {
  export interface GifFrameOptions {
    /** 1 to 256 RGB triples. */
    readonly palette: readonly (readonly number[])[];
    readonly delay: number;
    readonly transparent?: boolean;
    readonly transparentIndex?: number;
    readonly dispose?: number;
  }

  export interface GifStream {
    reset(): void;
  }

  export interface GifEncoder {
    readonly stream: GifStream;
    /** The first frame's palette becomes the global one. `delay` is in milliseconds. */
    writeFrame(indices: Uint8Array, width: number, height: number, options: GifFrameOptions): void;
    finish(): void;
    /** Bytes written since the stream's last reset; valid until the next write. */
    bytesView(): Uint8Array;
  }

  export function GIFEncoder(): GifEncoder;

  /** At most `maxColors` RGB triples that fit the picture, 8 bits each of red, green, blue and alpha. */
  export function quantize(rgba: Uint8Array, maxColors: number): [number, number, number][];

  /** The nearest colour of the palette for each pixel. */
  export function applyPalette(rgba: Uint8Array, palette: readonly (readonly number[])[]): Uint8Array;
}
