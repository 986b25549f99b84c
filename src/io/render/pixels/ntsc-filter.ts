import { ChangedRows } from "../changed-rows.ts";
import { BLACK_VOLTS, BURST_PHASE, signalVolts, WHITE_VOLTS } from "../colors/ntsc-signal.ts";
import { PALETTE_ENTRIES } from "../colors/palette.ts";
import type { SourceArea } from "../scale.ts";

/** Filters for pictures that go to the terminal as images. */
export const PICTURE_FILTERS = ["none", "ntsc", "crt"] as const;
export type PictureFilter = (typeof PICTURE_FILTERS)[number];

/**
 * The PPU sends 8 samples per pixel; the colour carrier's period is 12 samples.
 * https://www.nesdev.org/wiki/NTSC_video
 */
const PIXEL_SAMPLES = 8;
const PERIOD_SAMPLES = 12;
/** A line has 341 pixels, so each line begins 4 samples later in the period than the previous one. */
const LINE_SAMPLES = 4;
/** The carrier has one of three phases at a pixel. */
const PHASES = 3;
/** Output pixels per input pixel. The signal has no finer detail. */
const WIDTH_FACTOR = 2;
const OUT_SAMPLES = PIXEL_SAMPLES / WIDTH_FACTOR;
/** Half the width, in samples, of the windows over which a television averages luminance and colour. */
const LUMINANCE_REACH = 6;
const COLOR_REACH = 12;
/** Output pixels that an input pixel affects, and how many of them lie before its own first one. */
const TAPS = (PIXEL_SAMPLES + 2 * COLOR_REACH) / OUT_SAMPLES;
const LEAD = COLOR_REACH / OUT_SAMPLES;
const COMPONENTS = 3;
const KERNEL = TAPS * COMPONENTS;
/** Black pixels on either side of a row that affect the row. */
const MARGIN = 2;
const BLACK_ENTRY = 0x0f;
/** Sums are integers, in which white is 255 << this. Adding fractions takes five times as long. */
const FRACTION_BITS = 14;
const WHITE = 255 << FRACTION_BITS;
/** Light between the lines of a tube, as 256ths of a line's light. */
const GAP_LIGHT = 154;

/**
 * Computes what each colour, sent as one pixel in each carrier phase, adds to the pixels around it: red,
 * green and blue of `TAPS` pixels. The picture is the sum, since decoding is linear.
 */
function makeKernels(isDimmed: boolean): Int32Array {
  const kernels = new Float64Array(PALETTE_ENTRIES * PHASES * KERNEL);
  for (let entry = 0; entry < PALETTE_ENTRIES; entry++)
    for (let phase = 0; phase < PHASES; phase++) addKernel(kernels, entry, phase);
  const white = isDimmed ? WHITE / 2 : WHITE;
  return Int32Array.from(kernels, (part) => Math.round(part * white));
}

function addKernel(kernels: Float64Array, entry: number, phase: number): void {
  const start = (entry * PHASES + phase) * KERNEL;
  for (let sample = 0; sample < PIXEL_SAMPLES; sample++) {
    const at = (phase * LINE_SAMPLES + sample) % PERIOD_SAMPLES;
    const level = (signalVolts(entry, at) - BLACK_VOLTS) / (WHITE_VOLTS - BLACK_VOLTS);
    const angle = (Math.PI / 6) * (at + BURST_PHASE);
    for (let tap = 0; tap < TAPS; tap++) {
      // Distance from the sample to the middle of the output pixel.
      const distance = Math.abs((tap - LEAD + 0.5) * OUT_SAMPLES - (sample + 0.5));
      const y = distance < LUMINANCE_REACH ? level / (2 * LUMINANCE_REACH) : 0;
      const color = distance < COLOR_REACH ? (2 * level) / (2 * COLOR_REACH) : 0;
      const u = -color * Math.cos(angle);
      const v = color * Math.sin(angle);
      const to = start + tap * COMPONENTS;
      kernels[to] = kernels[to]! + y + 1.14 * v;
      kernels[to + 1] = kernels[to + 1]! + y - 0.395 * u - 0.581 * v;
      kernels[to + 2] = kernels[to + 2]! + y + 2.033 * u;
    }
  }
}

/**
 * Shows pictures as a television shows the console's composite signal: colours bleed sideways, and fine
 * detail turns into colour. `crt` adds the dark gaps between the lines of a tube.
 */
export class NtscFilter {
  readonly width: number;
  readonly height: number;
  /** `width × height` pixels of red, green and blue. */
  readonly pixels: Uint8Array;
  readonly #source: SourceArea;
  readonly #frameWidth: number;
  readonly #rows: ChangedRows;
  readonly #kernels: Int32Array;
  /** Offset in `#kernels` of each pixel of the row, with black before and after. */
  readonly #bases: Int32Array;
  readonly #rowsOut: number;

  /**
   * Frames have rows of `frameWidth` pixels, of which `source` is shown; at half brightness if `isDimmed`.
   */
  constructor(filter: "ntsc" | "crt", source: SourceArea, frameWidth: number, isDimmed = false) {
    this.#kernels = makeKernels(isDimmed);
    this.#rowsOut = filter === "crt" ? 2 : 1;
    this.width = source.width * WIDTH_FACTOR;
    this.height = source.height * this.#rowsOut;
    this.pixels = new Uint8Array(this.width * this.height * COMPONENTS);
    this.#source = source;
    this.#frameWidth = frameWidth;
    this.#rows = new ChangedRows(source, frameWidth);
    this.#bases = new Int32Array(source.width + 2 * MARGIN).fill(BLACK_ENTRY * PHASES * KERNEL);
  }

  /** By row of the source: 1 if the last frame changed it. */
  get isChanged(): Uint8Array {
    return this.#rows.isChanged;
  }

  /** Marks the next frame as changed. */
  invalidate(): void {
    this.#rows.invalidate();
  }

  /** Takes a frame. Returns false if it looks like the previous one. */
  take(frame: Uint16Array): boolean {
    if (this.#rows.take(frame) === 0) return false;
    for (let row = 0; row < this.#source.height; row++)
      if (this.#rows.isChanged[row] !== 0) {
        this.#look(frame, row);
        this.#decode(row);
      }
    return true;
  }

  /** Finds the kernels of a row's pixels. */
  #look(frame: Uint16Array, row: number): void {
    const bases = this.#bases;
    const { x: left, y: top, width } = this.#source;
    const start = (top + row) * this.#frameWidth + left;
    // Phase in units of 4 samples, three per period: 8 samples per pixel, 4 per line.
    let phase = (2 * left + top + row) % PHASES;
    for (let x = 0; x < width; x++) {
      const entry = frame[start + x]! & (PALETTE_ENTRIES - 1);
      bases[x + MARGIN] = (entry * PHASES + phase) * KERNEL;
      phase = phase === 0 ? PHASES - 1 : phase - 1;
    }
  }

  /**
   * Adds the kernels up. Four input pixels affect each output pixel, each with every other one of its taps.
   */
  #decode(row: number): void {
    const bases = this.#bases;
    const kernels = this.#kernels;
    const pixels = this.pixels;
    const bytes = this.width * COMPONENTS;
    const start = row * this.#rowsOut * bytes;
    let to = start;
    let first = bases[0]!;
    let second = bases[1]!;
    let third = bases[2]!;
    let fourth = bases[3]!;
    for (let x = 2 * MARGIN; x < bases.length; x++) {
      const fifth = bases[x]!;
      for (let i = 0; i < COMPONENTS; i++, to++) {
        const even = kernels[first + 7 * COMPONENTS + i]! + kernels[second + 5 * COMPONENTS + i]!;
        const evenRest = kernels[third + 3 * COMPONENTS + i]! + kernels[fourth + COMPONENTS + i]!;
        pixels[to] = toByte((even + evenRest) | 0);
        const odd = kernels[second + 6 * COMPONENTS + i]! + kernels[third + 4 * COMPONENTS + i]!;
        const oddRest = kernels[fourth + 2 * COMPONENTS + i]! + kernels[fifth + i]!;
        pixels[to + COMPONENTS] = toByte((odd + oddRest) | 0);
      }
      to += COMPONENTS;
      first = second;
      second = third;
      third = fourth;
      fourth = fifth;
    }
    if (this.#rowsOut === 1) return;
    for (let at = start; at < start + bytes; at++) pixels[at + bytes] = (pixels[at]! * GAP_LIGHT) >> 8;
  }
}

function toByte(sum: number): number {
  const value = (sum + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
