import type { Ppu } from "../ppu/ppu.ts";
import type { LightSource } from "./devices.ts";

const WIDTH = 256;
const HEIGHT = 240;

/** The gun's lens gathers light from pixels up to this far from the one that it points at. */
const RADIUS = 3;

/**
 * Levels of the PPU's video signal, in volts, by the upper bits of a colour: the low and the high half of
 * its square wave. https://www.nesdev.org/wiki/NTSC_video#Brightness_Levels
 */
const LOW_VOLTS = [0.35, 0.518, 0.962, 1.55];
const HIGH_VOLTS = [1.094, 1.506, 1.962, 1.962];
const BLACK_VOLTS = 0.518;
const WHITE_VOLTS = 1.962;
/** Emphasis dims the other two thirds of the colour wheel to this. */
const EMPHASIS_DIMS = 0.746;

/**
 * Number of lines for which the gun senses a pixel after the beam has passed, by brightness: 26 for white, 24
 * for light grey, 19 for other bright colours. https://www.nesdev.org/wiki/Zapper#Sensor
 */
const LINES_BY_BRIGHTNESS: readonly (readonly [brightness: number, lines: number])[] = [
  [0.9, 26],
  [0.6, 24],
  [0.3, 19],
];
const MAX_LINES = 26;

/**
 * R.O.B. sees the picture as a whole. Programs may begin a flash below their status line, so what he sees is
 * taken from a grid of points in the lower three quarters.
 */
const GRID_TOP = 64;
const GRID_STEP = 16;
const GRID_POINTS = (WIDTH / GRID_STEP) * ((HEIGHT - GRID_TOP) / GRID_STEP);

/** The position of the beam of a PPU that has caught up with the CPU. */
export interface Beam {
  readonly line: number;
  readonly dot: number;
}

/** The beam of a console's PPU, which catches up with the CPU first. */
export function beamOf({ ppu, cpu }: { readonly ppu: Ppu; readonly cpu: { readonly cycle: number } }): Beam {
  ppu.catchUp(cpu.cycle);
  return ppu.state;
}

/**
 * The light of a screen for a Zapper's sensor: a bright pixel is sensed when the beam paints it and for some
 * lines after. A pixel is a palette index and emphasis, as in the framebuffer.
 */
export class ScreenLight implements LightSource {
  readonly #beam: () => Beam;
  readonly #lines = sensedLines();
  #pixels: Uint16Array = new Uint16Array(WIDTH * HEIGHT);

  /** `beam` lets the PPU catch up and returns the position of its beam. */
  constructor(beam: () => Beam) {
    this.#beam = beam;
  }

  /** Sets the buffer that the frame is painted into. */
  beginFrame(pixels: Uint16Array): void {
    this.#pixels = pixels;
  }

  /**
   * Returns true if the gun senses light at a pixel. A frame begins at line 241 with an array that holds
   * anything, and states hold no pictures: the gun senses nothing of the previous picture.
   */
  lightAt(x: number, y: number): boolean {
    const { line, dot } = this.#beam();
    if (line < 0 || line > HEIGHT) return false;
    const top = Math.max(0, y - RADIUS, line - MAX_LINES);
    const bottom = Math.min(HEIGHT - 1, y + RADIUS, line);
    for (let row = top; row <= bottom; row++) {
      const half = Math.floor(Math.sqrt(RADIUS * RADIUS - (row - y) * (row - y)));
      const last = Math.min(WIDTH - 1, x + half, row === line ? dot - 5 : WIDTH - 1);
      for (let column = Math.max(0, x - half); column <= last; column++) {
        if (line - row <= this.#lines[this.#pixels[row * WIDTH + column] & 0x1ff]) return true;
      }
    }
    return false;
  }

  isPictureBright(): boolean {
    let bright = 0;
    for (let y = GRID_TOP; y < HEIGHT; y += GRID_STEP)
      for (let x = 0; x < WIDTH; x += GRID_STEP)
        if (this.#lines[this.#pixels[y * WIDTH + x] & 0x1ff] >= 0) bright++;
    return 2 * bright > GRID_POINTS;
  }
}

/** For each of the 512 pixel values, the number of lines for which it is sensed; −1 for never. */
function sensedLines(): Int8Array {
  return Int8Array.from({ length: 512 }, (_, pixel) => {
    const brightness = brightnessOf(pixel);
    for (const [least, lines] of LINES_BY_BRIGHTNESS) if (brightness >= least) return lines;
    return -1;
  });
}

/** 0 for black, 1 for white. */
function brightnessOf(pixel: number): number {
  const hue = pixel & 0x0f;
  if (hue >= 0x0e) return 0;
  const row = (pixel >> 4) & 3;
  const low = hue === 0 ? HIGH_VOLTS[row] : LOW_VOLTS[row];
  const high = hue === 0x0d ? LOW_VOLTS[row] : HIGH_VOLTS[row];
  const emphasis = pixel >> 6;
  // With two emphasis bits one third is dimmed; with all three, everything is.
  const bits = (emphasis & 1) + ((emphasis >> 1) & 1) + ((emphasis >> 2) & 1);
  const dimmed = bits === 0 ? 0 : bits === 3 ? 1 : bits / 2;
  const volts = ((low + high) / 2) * (1 - dimmed * (1 - EMPHASIS_DIMS));
  return (volts - BLACK_VOLTS) / (WHITE_VOLTS - BLACK_VOLTS);
}
