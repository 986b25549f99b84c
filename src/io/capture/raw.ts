import type { Sink } from "../files/sink.ts";
import type { FrameWriter } from "./frame-writer.ts";

/** Writes palette indices with emphasis bits unchanged: little-endian uint16, row by row. */
export class RawWriter implements FrameWriter {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  write(_frame: number, pixels: Uint16Array): void {
    this.#sink.write(pixelBytes(pixels));
  }

  commit(): void {
    this.#sink.commit();
  }

  abort(): void {
    this.#sink.abort();
  }
}

/**
 * A frame as the bytes of its little-endian uint16 values. Every platform that Bun runs on is little-endian.
 */
export function pixelBytes(pixels: Uint16Array): Uint8Array {
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}
