import type { TestCartridge } from "../../../../../support/board-harness.ts";
import type { Write } from "../board-case.ts";

/** What a channel must sound like after some writes. */
export interface SoundCase {
  readonly name: string;
  readonly cartridge: TestCartridge;
  readonly writes: readonly Write[];
  /** Cycles of one period of the wave. */
  readonly period: number;
  /** Share of the period that the level is above the middle. */
  readonly high: number;
  /** From lowest to highest, in levels of an APU pulse at its loudest. */
  readonly swing: number;
}

/** A data port behind an address port. */
export function ports(select: number, data: number, values: Readonly<Record<string, number>>): Write[] {
  return Object.entries(values).flatMap(([register, value]): Write[] => [
    [select, Number(register)],
    [data, value],
  ]);
}

const VRC6 = { mapper: 24 };
const FME7 = { mapper: 69 };
const MMC5 = { mapper: 5 };

/** A sine of frequency number 290 in octave 4, with the instrument that the program defines. */
function opllSine(select: number, data: number, channel: number): Write[] {
  const instrument = [0x01, 0x21, 0x3f, 0x00, 0xf0, 0xf0, 0x0f, 0x0f];
  return [
    ...ports(select, data, Object.fromEntries(instrument.entries())),
    ...ports(select, data, { [0x10 + channel]: 290 & 0xff, [0x30 + channel]: 0x00 }),
    ...ports(select, data, { [0x20 + channel]: 0x10 | (4 << 1) | 1 }),
  ];
}

/** Namco 163: a square of all sixteen steps in eight samples, as the only channel. */
const NAMCO_163_SQUARE: SoundCase["writes"] = [
  [0xe000, 0x00],
  [0xf800, 0x80],
  [0x4800, 0x00],
  [0x4800, 0x00],
  [0x4800, 0xff],
  [0x4800, 0xff],
  [0xf800, 0x78],
  [0x4800, 0x00],
  [0xf800, 0x7a],
  [0x4800, 0x20],
  [0xf800, 0x7c],
  [0x4800, 0xf8],
  [0xf800, 0x7e],
  [0x4800, 0x00],
  [0xf800, 0x7f],
  [0x4800, 0x0f],
];

/** One channel of each chip, and its variations. */
export const SOUND_CASES: readonly SoundCase[] = [
  {
    name: "VRC6 pulse at 4/16",
    cartridge: VRC6,
    writes: [
      [0x9000, 0x3f],
      [0x9001, 0x63],
      [0x9002, 0x80],
    ],
    period: 16 * 100,
    high: 4 / 16,
    swing: 1,
  },
  {
    name: "VRC6 second pulse, sixteen times faster",
    cartridge: VRC6,
    writes: [
      [0x9003, 0x02],
      [0xa000, 0x78],
      [0xa001, 0x40],
      [0xa002, 0x86],
    ],
    period: 16 * (0x64 + 1),
    high: 8 / 16,
    swing: 8 / 15,
  },
  {
    name: "VRC6 saw: six steps and a rest in fourteen clocks",
    cartridge: VRC6,
    writes: [
      [0xb000, 0x28],
      [0xb001, 0x63],
      [0xb002, 0x80],
    ],
    period: 14 * 100,
    high: 4 / 7,
    swing: 30 / 15,
  },
  {
    name: "5B tone at volume 15",
    cartridge: FME7,
    writes: ports(0xc000, 0xe000, { 0: 0x64, 1: 0, 7: 0x3e, 8: 0x0f }),
    period: 32 * 100,
    high: 1 / 2,
    swing: 2.43,
  },
  {
    name: "5B tone at volume 13: 6 dB less",
    cartridge: FME7,
    writes: ports(0xc000, 0xe000, { 4: 0x64, 5: 0, 7: 0x3b, 10: 0x0d }),
    period: 32 * 100,
    high: 1 / 2,
    swing: 2.43 * 10 ** (-6 / 20),
  },
  {
    name: "MMC5 pulse",
    cartridge: MMC5,
    writes: [
      [0x5015, 1],
      [0x5000, 0xbf],
      [0x5002, 0x63],
      [0x5003, 0x00],
    ],
    period: 8 * 2 * 100,
    high: 1 / 2,
    swing: 1,
  },
  {
    name: "Namco 163 with one channel: a square in eight samples",
    cartridge: { mapper: 19 },
    writes: NAMCO_163_SQUARE,
    // Eight samples, an eighth of one at each update.
    period: 8 * 8 * 15,
    high: 1 / 2,
    swing: 3.55,
  },
  {
    name: "Namco 163 that is louder by its submapper",
    cartridge: { mapper: 19, submapper: 4 },
    writes: NAMCO_163_SQUARE,
    // Eight samples, an eighth of one at each update.
    period: 8 * 8 * 15,
    high: 1 / 2,
    swing: 6.7,
  },
  {
    name: "Rainbow pulse at 4/16 and half the master volume",
    cartridge: { mapper: 682 },
    writes: [
      [0x41aa, 0x08],
      [0x41a0, 0x3f],
      [0x41a1, 0x63],
      [0x41a2, 0x80],
    ],
    period: 16 * 100,
    high: 4 / 16,
    swing: 8 / 15,
  },
  {
    name: "Drip: samples from a FIFO",
    cartridge: { mapper: 284 },
    writes: [
      [0x8006, 4000 & 0xff],
      [0x8007, 0xf0 | (4000 >> 8)],
      ...Array.from({ length: 257 }, (_, i): Write => [0x8005, (i & 1) === 0 ? 0x40 : 0xc0]),
    ],
    period: 2 * 4000,
    high: 1 / 2,
    swing: 1,
  },
  {
    name: "VRC7: a sine of frequency number 290 in octave 4",
    cartridge: { mapper: 85, submapper: 2 },
    writes: opllSine(0x9010, 0x9030, 0),
    period: (36 * 2 ** (19 - 4)) / 290,
    high: 1 / 2,
    swing: 3.9,
  },
  ...[0, 8].map((channel) => ({
    name: `YM2413: the same sine on channel ${channel + 1}`,
    cartridge: { mapper: 515 },
    writes: opllSine(0x6000, 0x6001, channel),
    period: (36 * 2 ** (19 - 4)) / 290,
    high: 1 / 2,
    swing: 2,
  })),
];
