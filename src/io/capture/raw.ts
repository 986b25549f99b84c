import type { FramePixels } from "../../emu/machine.ts";
import type { Sink } from "../files/sink.ts";
import type { FrameWriter } from "./frame-writer.ts";

/** Writes pixels unchanged, row by row: palette indices as little-endian uint16, colours as uint32. */
export class RawWriter implements FrameWriter {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  write(_frame: number, pixels: FramePixels): void {
    this.#sink.write(pixelBytes(pixels));
  }

  commit(): void {
    this.#sink.commit();
  }

  abort(): void {
    this.#sink.abort();
  }
}

/** A frame as the bytes of its little-endian values. Every platform that Bun runs on is little-endian. */
export function pixelBytes(pixels: FramePixels): Uint8Array {
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}
