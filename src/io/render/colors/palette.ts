import type { MachineGeometry } from "../../../emu/machine.ts";
import { BLACK_VOLTS, BURST_PHASE, signalVolts, WHITE_VOLTS } from "./ntsc-signal.ts";

/** Entries of a palette: 64 colours times 8 combinations of emphasis bits. */
export const PALETTE_ENTRIES = 512;

/** Entries of the longest palette: a PlayChoice-10 has 256 more, for its second screen. */
export const MAX_PALETTE_ENTRIES = 768;

/**
 * 0xRRGGBB by palette index and emphasis bits, `PALETTE_ENTRIES` values. The colours of a second screen may
 * follow, up to `MAX_PALETTE_ENTRIES`.
 */
export type Palette = Uint32Array;

/** Settings of the simulated television that turns the 2C02's signal into red, green and blue. */
export interface DecoderSettings {
  /** Rotates the hue, in degrees. */
  readonly hueDegrees: number;
  /** Multiplies the colour; 1 is the signal as sent. */
  readonly saturation: number;
  /** Multiplies the signal above black; 1 is the signal as sent. */
  readonly contrast: number;
  /** Added to the luminance; 0 is the signal as sent, 1 the whole range. */
  readonly brightness: number;
  /** Exponent between signal and screen; 1 does not change the signal. */
  readonly gamma: number;
  /**
   * Differential phase distortion: brighter colours leave the 2C02G with a rotated hue, by about this much
   * per luminance level. https://www.nesdev.org/wiki/NTSC_video#Differential_Phase_Distortion
   */
  readonly phaseDistortionDegrees: number;
}

export const DEFAULT_DECODER: DecoderSettings = {
  hueDegrees: 0,
  saturation: 1,
  contrast: 1,
  brightness: 0,
  gamma: 1,
  phaseDistortionDegrees: 5,
};

let television: Palette | undefined;
let chosen: Palette | undefined;

/** Sets the palette that the user has chosen: `paletteFor` returns it on this thread from now on. */
export function usePalette(palette: Palette | undefined): void {
  chosen = palette;
}

/** The palette that was chosen on this thread, for threads that it starts; undefined for none. */
export function palettePassedOn(): Palette | undefined {
  return chosen;
}

/**
 * The colours of a machine's pixels: `own` if given, the user's palette, the machine's own, or those that a
 * television with the default settings decodes. All code that makes pictures without settings of its own uses
 * this. Do not change the result.
 */
export function paletteFor({ colors }: Pick<MachineGeometry, "colors"> = {}, own?: Palette): Palette {
  if (own !== undefined) return withSecondScreen(own, colors);
  if (chosen !== undefined) return withSecondScreen(chosen, colors);
  if (colors !== undefined) return colors;
  television ??= decodePalette();
  return television;
}

let joined: { readonly palette: Palette; readonly colors: Palette; readonly all: Palette } | undefined;

/**
 * The user's `palette`, followed by the colours of a second screen that the machine's own `colors` have after
 * the PPU's. Do not change the result.
 */
export function withSecondScreen(palette: Palette, colors: Palette | undefined): Palette {
  if (colors === undefined || colors.length <= palette.length) return palette;
  if (joined?.palette !== palette || joined.colors !== colors) {
    const all = colors.slice();
    all.set(palette);
    joined = { palette, colors, all };
  }
  return joined.all;
}

function toByte(value: number, gamma: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, value)) ** gamma);
}

/** Decodes all 512 colours of a 2C02 as a television with these settings would. */
export function decodePalette(settings: DecoderSettings = DEFAULT_DECODER): Palette {
  const palette = new Uint32Array(PALETTE_ENTRIES);
  const { contrast, brightness, gamma } = settings;
  for (let entry = 0; entry < PALETTE_ENTRIES; entry++) {
    let y = 0;
    let u = 0;
    let v = 0;
    const turnDegrees = settings.hueDegrees + settings.phaseDistortionDegrees * ((entry >> 4) & 3);
    for (let phase = 0; phase < 12; phase++) {
      const level = (contrast * (signalVolts(entry, phase) - BLACK_VOLTS)) / (WHITE_VOLTS - BLACK_VOLTS);
      const angle = (Math.PI / 6) * (phase + BURST_PHASE) + (turnDegrees * Math.PI) / 180;
      y += level / 12;
      u -= (level * Math.cos(angle)) / 6;
      v += (level * Math.sin(angle)) / 6;
    }
    y += brightness;
    u *= settings.saturation;
    v *= settings.saturation;
    // https://en.wikipedia.org/wiki/Y%E2%80%B2UV#SDTV_with_BT.470
    const red = toByte(y + 1.14 * v, gamma);
    const green = toByte(y - 0.395 * u - 0.581 * v, gamma);
    const blue = toByte(y + 2.033 * u, gamma);
    palette[entry] = (red << 16) | (green << 8) | blue;
  }
  return palette;
}
