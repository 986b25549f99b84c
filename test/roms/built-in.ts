import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Nes, NesOptions } from "../../src/emu/nes/nes.ts";
import { readRom } from "../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../src/io/shared/headless.ts";

export const ROMS_FOLDER = join(import.meta.dir, "../../roms");

export const BUTTON_A = 0x01;
export const BUTTON_B = 0x02;
export const BUTTON_START = 0x08;

/** Modes of Swingby, at `SWINGBY.mode`. */
export const MODE_TITLE = 0;
export const MODE_PLAY = 1;
export const MODE_OVER = 2;
export const MODE_PAUSE = 3;

/** Where Swingby stores what tests read; listed in roms/README.md. */
export const SWINGBY = {
  mode: 0x300,
  lag: 0x301,
  splitMissed: 0x302,
  comet: 0x303,
  score: 0x304,
  lives: 0x30a,
  multiplier: 0x30b,
  hops: 0x30c,
  best: 0x30e,
} as const;

/** One of this project's ROMs in a headless console, run frame by frame. */
export class BuiltInRom {
  readonly console: Nes;
  readonly pixels = new Uint16Array(256 * 240);
  #buttons = 0;

  constructor(name: "swingby" | "test-card", options: NesOptions = {}) {
    const path = join(ROMS_FOLDER, `${name}.nes`);
    this.console = createHeadless(readRom(readFileSync(path), path).image, options);
    this.console.setInput({ latchButtons: () => this.#buttons });
  }

  /** Runs this many frames with these buttons of pad 1 held. */
  run(frames: number, buttons = 0): void {
    this.#buttons = buttons;
    for (let i = 0; i < frames; i++) this.console.runFrame(this.pixels);
  }

  /** Presses buttons for three frames and releases them for `rest`. */
  press(buttons: number, rest = 3): void {
    this.run(3, buttons);
    this.run(rest);
  }

  byte(address: number): number {
    return this.console.peek("cpu", address);
  }

  /** Six decimal digits, the highest first. */
  digits(address: number): number {
    return Number([0, 1, 2, 3, 4, 5].map((i) => this.byte(address + i)).join(""));
  }
}
