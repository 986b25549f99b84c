import type { ByteWriter } from "../ansi.ts";
import { ColorSlots, type ColorTable, SHORT_SLOTS, slotParameters } from "./colors.ts";

/** xterm's colour cube: six levels per component from slot 16 on, then 24 greys from slot 232 on. */
const CUBE_LEVELS = [0, 95, 135, 175, 215, 255];
const CUBE_START = 16;
const GREYS_START = 232;
const GREYS = 24;

/** xterm's default for the first sixteen colours, 0xRRGGBB. */
export const USUAL_SIXTEEN: readonly number[] = [
  0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000,
  0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
];

/** 0xRRGGBB by slot. */
export type FixedPalette = Map<number, number>;

/** The part of the 256 colours that is the same in every terminal. */
export function cube(): FixedPalette {
  const slots = new Map<number, number>();
  for (let at = 0; at < 216; at++) {
    const red = CUBE_LEVELS[Math.floor(at / 36)]!;
    const green = CUBE_LEVELS[Math.floor(at / 6) % 6]!;
    const blue = CUBE_LEVELS[at % 6]!;
    slots.set(CUBE_START + at, (red << 16) | (green << 8) | blue);
  }
  for (let at = 0; at < GREYS; at++) slots.set(GREYS_START + at, (8 + 10 * at) * 0x010101);
  return slots;
}

/**
 * The first sixteen colours: those that the terminal has `reported` ("rgb:cdcd/0000/0000"), and xterm's for
 * the others.
 */
export function sixteen(reported: readonly (string | undefined)[]): FixedPalette {
  const slots = new Map<number, number>();
  for (let slot = 0; slot < SHORT_SLOTS; slot++)
    slots.set(slot, parseColor(reported[slot]) ?? USUAL_SIXTEEN[slot]!);
  return slots;
}

/** Parses "rgb:cdcd/0000/0000", with one to four digits per component, into 0xRRGGBB. */
export function parseColor(text: string | undefined): number | undefined {
  const match = /^rgb:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})$/i.exec(text ?? "");
  if (match === null) return undefined;
  return match.slice(1).reduce((color, digits) => {
    const full = 16 ** digits.length - 1;
    return (color << 8) | Math.round((Number.parseInt(digits, 16) * 255) / full);
  }, 0);
}

/** Colours of a palette that cannot be changed: each colour uses the slot that looks most like it. */
export class FixedColorTable extends ColorSlots implements ColorTable {
  readonly maxDefinitionBytes = 0;
  readonly #colors: Uint32Array;
  readonly #slots: readonly (readonly [slot: number, color: number])[];

  /** `colors` has 0xRRGGBB by colour id. */
  constructor(colors: Uint32Array, slots: FixedPalette) {
    super(colors.length);
    this.#colors = colors;
    this.#slots = [...slots];
  }

  define(id: number, _out: ByteWriter): void {
    const color = this.#colors[id]!;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const [slot, shown] of this.#slots) {
      const error = difference(color, shown);
      if (error >= least) continue;
      least = error;
      best = slot;
    }
    const [foreground, background] = slotParameters(best);
    this.set(id, foreground, background);
  }
}

/**
 * How different two colours look; the weights depend on the red component.
 * https://www.compuphase.com/cmetric.htm
 */
function difference(one: number, other: number): number {
  const red = (one >> 16) - (other >> 16);
  const green = ((one >> 8) & 0xff) - ((other >> 8) & 0xff);
  const blue = (one & 0xff) - (other & 0xff);
  const mean = ((one >> 16) + (other >> 16)) / 2;
  return (2 + mean / 256) * red * red + 4 * green * green + (2 + (255 - mean) / 256) * blue * blue;
}
