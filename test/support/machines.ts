import { readFileSync } from "node:fs";
import type { Nes, NesOptions } from "../../src/emu/nes/nes.ts";
import { readRom } from "../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../src/io/shared/headless.ts";
import { sharedFile } from "./shared.ts";

export const FRAME_PIXELS = 256 * 240;

/** A headless console with a ROM from the oracles' `roms/` folder. Only for tests that `SHARED` guards. */
export function consoleWith(rom: string, options: NesOptions = {}): Nes {
  const path = sharedFile(`roms/${rom}`);
  return createHeadless(readRom(readFileSync(path), path).image, options);
}

/** CRC-32 of a picture in the form of golden files: 8 lower-case hex digits, of its little-endian bytes. */
export function frameHash(pixels: Uint16Array): string {
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  return (Bun.hash.crc32(bytes) >>> 0).toString(16).padStart(8, "0");
}

/** Buttons from `[frame, mask]` entries, each held until the next. */
export class ScriptedInput {
  #mask = 0;
  #next = 0;
  readonly #entries: readonly (readonly [number, number])[];

  constructor(entries: readonly (readonly [number, number])[]) {
    this.#entries = entries;
  }

  beginFrame(frame: number): void {
    for (; this.#next < this.#entries.length && this.#entries[this.#next][0] <= frame; this.#next++) {
      this.#mask = this.#entries[this.#next][1];
    }
  }

  latchButtons(): number {
    return this.#mask;
  }
}
