import type { FramePixels } from "../../emu/machine.ts";
import { crc32Hex } from "../files/hashes.ts";
import type { Sink } from "../files/sink.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { pixelBytes } from "./raw.ts";

/** Writes a line per frame: its number, a tab, and the CRC-32 of its raw bytes. */
export class HashWriter implements FrameWriter {
  readonly #sink: Sink;
  readonly #encoder = new TextEncoder();

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  write(frame: number, pixels: FramePixels): void {
    this.#sink.write(this.#encoder.encode(`${frame}\t${frameHash(pixels)}\n`));
  }

  commit(): void {
    this.#sink.commit();
  }

  abort(): void {
    this.#sink.abort();
  }
}

/** CRC-32 of a frame's little-endian bytes, 8 lower-case hex digits: the form that golden files use. */
export function frameHash(pixels: FramePixels): string {
  return crc32Hex(pixelBytes(pixels));
}
