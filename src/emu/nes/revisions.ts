/**
 * Chips and consoles that programs can distinguish, and their differences, as far as they have been measured.
 * https://www.nesdev.org/wiki/CPU_variants, https://www.nesdev.org/wiki/PPU_variants
 */
export const CPU_REVISIONS = ["letterless", "E", "G", "H", "UA6527P"] as const;
const RP2C02_REVISIONS = ["letterless", "A", "B", "C", "D", "E", "G", "H"] as const;
const RGB_PPUS = [
  "2C03",
  "2C04-0001",
  "2C04-0002",
  "2C04-0003",
  "2C04-0004",
  "2C05-01",
  "2C05-02",
  "2C05-03",
  "2C05-04",
] as const;
export const PPU_REVISIONS = [...RP2C02_REVISIONS, ...RGB_PPUS] as const;
export const CONSOLE_MODELS = ["nes", "top-loader", "famicom", "av-famicom"] as const;

/** RP2A03 by its letter. G covers those made before 1990; later ones behave like H. */
export type CpuRevision = (typeof CPU_REVISIONS)[number];
/** RP2C02 by its letter, or an RGB PPU by its number. */
export type PpuRevision = (typeof PPU_REVISIONS)[number];
/** A PPU of an arcade board, a PlayChoice-10 or a Famicom television. */
export type RgbPpu = (typeof RGB_PPUS)[number];
/** NES-001, NES-101, HVC-001 and HVC-101. */
export type ConsoleModel = (typeof CONSOLE_MODELS)[number];

export interface CpuTraits {
  /** True if bit 7 of $400E selects short noise. */
  readonly tonalNoise: boolean;
  /** True if the reset button restarts the frame counter. */
  readonly restartsFrameCounter: boolean;
  /**
   * True if the end of a DMC output cycle also uses a byte that was fetched only one cycle earlier. A sample
   * of one byte can then be fetched twice. https://www.nesdev.org/wiki/DMA#Bugs
   */
  readonly takesNewSample: boolean;
  /**
   * True if SHA and SHS also AND the value with A in the high address byte when their index crosses a page.
   * AccuracyCoin accepts both behaviours.
   */
  readonly storesHighByA: boolean;
  /** True if the duty cycles of 25 % and 50 % are swapped, as in UMC's clones. */
  readonly swapsDuty: boolean;
}

const RP2A03G: CpuTraits = {
  tonalNoise: true,
  restartsFrameCounter: true,
  takesNewSample: false,
  storesHighByA: true,
  swapsDuty: false,
};

export const CPU_TRAITS: Readonly<Record<CpuRevision, CpuTraits>> = {
  letterless: { ...RP2A03G, tonalNoise: false, restartsFrameCounter: false },
  E: RP2A03G,
  G: RP2A03G,
  H: { ...RP2A03G, takesNewSample: true, storesHighByA: false },
  UA6527P: { ...RP2A03G, swapsDuty: true },
};

export interface PpuTraits {
  /** True if $2004 and palette RAM can be read; otherwise reads return the bus latch and the read buffer. */
  readonly readsBack: boolean;
  /** True if a row of OAM is lost when rendering is turned off within the picture. */
  readonly losesOamRows: boolean;
  /** True for RGB PPUs, which drop no dot and have colours of their own (`ppu/rgb-colors.ts`). */
  readonly isRgb: boolean;
  /** True if $2000 is PPUMASK and $2001 is PPUCTRL. */
  readonly swapsRegisters: boolean;
  /** The constant in the low bits of $2002, and which bits those are; a mask of 0 means open bus. */
  readonly signature: number;
  readonly signatureMask: number;
}

const BEFORE_E: PpuTraits = {
  readsBack: false,
  losesOamRows: false,
  isRgb: false,
  swapsRegisters: false,
  signature: 0,
  signatureMask: 0,
};
const RP2C02G: PpuTraits = { ...BEFORE_E, readsBack: true, losesOamRows: true };
const RGB: PpuTraits = { ...BEFORE_E, isRgb: true };
const RC2C05: PpuTraits = { ...RGB, swapsRegisters: true };

export const PPU_TRAITS: Readonly<Record<PpuRevision, PpuTraits>> = {
  letterless: BEFORE_E,
  A: BEFORE_E,
  B: BEFORE_E,
  C: BEFORE_E,
  D: BEFORE_E,
  E: { ...BEFORE_E, losesOamRows: true },
  G: RP2C02G,
  H: RP2C02G,
  "2C03": RGB,
  "2C04-0001": RGB,
  "2C04-0002": RGB,
  "2C04-0003": RGB,
  "2C04-0004": RGB,
  // The only game with a 2C05-01 does not read the signature, which is unknown.
  // https://www.nesdev.org/wiki/NES_2.0#Vs._System_Type
  "2C05-01": RC2C05,
  "2C05-02": { ...RC2C05, signature: 0x3d, signatureMask: 0x3f },
  "2C05-03": { ...RC2C05, signature: 0x1c, signatureMask: 0x1f },
  "2C05-04": { ...RC2C05, signature: 0x1b, signatureMask: 0x1f },
};

export interface ConsoleTraits {
  /** True if the reset button resets the PPU. https://www.nesdev.org/wiki/PPU_power_up_state */
  readonly resetsPpu: boolean;
  /** True if the PPU leaves its own reset about a frame before the CPU starts. */
  readonly startsPpuEarly: boolean;
  /** True if each read clocks a controller; false if reads in adjacent cycles clock it once. */
  readonly clocksEachRead: boolean;
  /** Bits of $4016 and $4017 that nothing drives. https://www.nesdev.org/wiki/Controller_reading */
  readonly openBits: readonly [port1: number, port2: number];
}

const FAMICOM: ConsoleTraits = {
  resetsPpu: false,
  startsPpuEarly: true,
  clocksEachRead: true,
  openBits: [0xf8, 0xe0],
};

export const CONSOLE_TRAITS: Readonly<Record<ConsoleModel, ConsoleTraits>> = {
  nes: { resetsPpu: true, startsPpuEarly: false, clocksEachRead: false, openBits: [0xe0, 0xe0] },
  "top-loader": { resetsPpu: false, startsPpuEarly: true, clocksEachRead: false, openBits: [0xe4, 0xe4] },
  famicom: FAMICOM,
  "av-famicom": { ...FAMICOM, clocksEachRead: false },
};
