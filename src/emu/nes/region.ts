/** Television systems of the consoles; Dendy is the PAL famiclone with NTSC CPU timing. */
export type RegionName = "ntsc" | "pal" | "dendy";

/**
 * Clocks and picture timing of a region. Times are whole master clocks.
 * https://www.nesdev.org/wiki/Cycle_reference_chart
 */
export interface RegionTiming {
  readonly name: RegionName;
  /** Exact master clock as a fraction, so that rates do not drift: numerator / denominator Hz. */
  readonly masterClockHz: { readonly numerator: number; readonly denominator: number };
  readonly masterClocksPerCpuCycle: number;
  readonly masterClocksPerDot: number;
  readonly linesPerFrame: number;
  /** The line at whose dot 1 the vertical blank flag is set. */
  readonly vblankLine: number;
  /** True if the pre-render line of odd frames is one dot shorter while rendering. */
  readonly skipsOddDot: boolean;
  /** DMC, noise and frame counter tables: PAL has its own, Dendy has those of NTSC. */
  readonly apuTables: "ntsc" | "pal";
}

export const REGIONS: Readonly<Record<RegionName, RegionTiming>> = {
  ntsc: {
    name: "ntsc",
    masterClockHz: { numerator: 236_250_000, denominator: 11 },
    masterClocksPerCpuCycle: 12,
    masterClocksPerDot: 4,
    linesPerFrame: 262,
    vblankLine: 241,
    skipsOddDot: true,
    apuTables: "ntsc",
  },
  pal: {
    name: "pal",
    masterClockHz: { numerator: 53_203_425, denominator: 2 },
    masterClocksPerCpuCycle: 16,
    masterClocksPerDot: 5,
    linesPerFrame: 312,
    vblankLine: 241,
    skipsOddDot: false,
    apuTables: "pal",
  },
  dendy: {
    name: "dendy",
    masterClockHz: { numerator: 53_203_425, denominator: 2 },
    masterClocksPerCpuCycle: 15,
    masterClocksPerDot: 5,
    linesPerFrame: 312,
    vblankLine: 291,
    skipsOddDot: false,
    apuTables: "ntsc",
  },
};

/**
 * Maxima over all regions, for checks of states: lines of a frame, and CPU cycles between an event and now.
 */
export const MAX_LINES = 312;
export const MAX_CYCLES = 45_000;

/** Dots in a line, in every region. */
export const DOTS_PER_LINE = 341;

/**
 * The range of `NesOptions.alignment`, in master clocks: when the CPU starts, the PPU is ahead by up to an
 * NTSC frame, or behind by less than a dot. See docs/power-on.md.
 */
export const MIN_ALIGNMENT = -357_368;
export const MAX_ALIGNMENT = 3;

/** CPU cycles per second as a double, which is exact enough for rates. */
export function cpuClockHz(region: RegionTiming): number {
  const { numerator, denominator } = region.masterClockHz;
  return numerator / denominator / region.masterClocksPerCpuCycle;
}

/** Frames per second with rendering on: NTSC drops a dot every second frame. */
export function frameRateHz(region: RegionTiming): number {
  const { numerator, denominator } = region.masterClockHz;
  const dots = DOTS_PER_LINE * region.linesPerFrame - (region.skipsOddDot ? 0.5 : 0);
  return numerator / denominator / (dots * region.masterClocksPerDot);
}
