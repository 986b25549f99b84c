/** A tone of each kind of sound channel, as a music file plays it. */
import { readNsf } from "../../src/emu/nes/cartridge/nsf.ts";
import type { Nes } from "../../src/emu/nes/nes.ts";
import { sha1Hex } from "../../src/io/files/hashes.ts";
import { createHeadless } from "../../src/io/shared/headless.ts";
import { buildNsf, RTS, stores } from "./nsf-builder.ts";

/** Address and value. */
export type Writes = readonly (readonly [number, number])[];

/** Writes that let one channel of a chip play a tone of about 440 Hz, as loud as it can. */
export interface ChannelTone {
  readonly channel: string;
  /** NSF's bits of the chips that are connected. */
  readonly chips: number;
  readonly writes: Writes;
}

/** Writes to registers behind an address port and a data port. */
export const through = (address: number, data: number, ...pairs: Writes): Writes =>
  pairs.flatMap(
    ([register, value]): Writes => [
      [address, register],
      [data, value],
    ],
  );

const FDS_SQUARE = Array.from({ length: 64 }, (_, at): readonly [number, number] => [
  0x4040 + at,
  at < 32 ? 63 : 0,
]);
const N163_SQUARE: Writes = [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff].map((byte, at) => [at, byte]);

/** Each channel plays a tone of about 440 Hz. */
export const CHANNEL_TONES: readonly ChannelTone[] = [
  {
    channel: "pulse 1",
    chips: 0,
    writes: [
      [0x4015, 1],
      [0x4000, 0xbf],
      [0x4001, 0x08],
      [0x4002, 0xfd],
      [0x4003, 0],
    ],
  },
  {
    channel: "pulse 2",
    chips: 0,
    writes: [
      [0x4015, 2],
      [0x4004, 0x7f],
      [0x4005, 0x08],
      [0x4006, 0xfd],
      [0x4007, 0],
    ],
  },
  {
    channel: "triangle",
    chips: 0,
    writes: [
      [0x4015, 4],
      [0x4008, 0xff],
      [0x400a, 0x7e],
      [0x400b, 0],
    ],
  },
  {
    channel: "VRC6 pulse 2",
    chips: 1,
    writes: [
      [0xa000, 0x3f],
      [0xa001, 0xfd],
      [0xa002, 0x80],
    ],
  },
  {
    channel: "VRC6 saw",
    chips: 1,
    writes: [
      [0xb000, 0x20],
      [0xb001, 0x21],
      [0xb002, 0x81],
    ],
  },
  {
    channel: "VRC7 3",
    chips: 2,
    writes: through(
      0x9010,
      0x9030,
      ...([
        [0, 0x21],
        [1, 0x21],
        [2, 0x3f],
        [5, 0xf0],
        [0x32, 0x00],
        [0x12, 0x22],
        [0x22, 0x19],
      ] as const),
    ),
  },
  {
    channel: "FDS",
    chips: 4,
    writes: [[0x4089, 0x80], ...FDS_SQUARE, [0x4089, 0], [0x4080, 0xa0], [0x4082, 0x07], [0x4083, 0x04]],
  },
  {
    channel: "MMC5 pulse 2",
    chips: 8,
    writes: [
      [0x5015, 2],
      [0x5004, 0xbf],
      [0x5006, 0xfd],
      [0x5007, 0],
    ],
  },
  {
    channel: "N163 1",
    chips: 16,
    writes: through(
      0xf800,
      0x4800,
      ...N163_SQUARE,
      ...([
        [0x78, 0x1a],
        [0x7a, 0x0f],
        [0x7c, 0xf0],
        [0x7e, 0],
        [0x7f, 0x0f],
      ] as const),
    ),
  },
  {
    channel: "5B B",
    chips: 32,
    writes: through(
      0xc000,
      0xe000,
      ...([
        [2, 127],
        [3, 0],
        [7, 0x3d],
        [9, 15],
      ] as const),
    ),
  },
  {
    channel: "EPSM FM 5",
    chips: 128,
    writes: [
      ...through(0x401c, 0x401d, [0x29, 0x80]),
      ...through(
        0x401e,
        0x401f,
        ...([
          [0x41, 0x7f],
          [0x45, 0x7f],
          [0x49, 0x7f],
          [0x3d, 0x01],
          [0x5d, 0x1f],
          [0x8d, 0x0f],
          [0xb1, 0x07],
          [0xa5, 0x24],
          [0xa1, 0x0e],
        ] as const),
      ),
      ...through(0x401c, 0x401d, [0x28, 0xf5]),
    ],
  },
  {
    channel: "EPSM C",
    chips: 128,
    writes: through(
      0x401c,
      0x401d,
      ...([
        [4, 284 & 0xff],
        [5, 284 >> 8],
        [7, 0x3b],
        [10, 15],
      ] as const),
    ),
  },
];

/** A machine that plays a tone from its start. */
export function player({ chips, writes }: Pick<ChannelTone, "chips" | "writes">): Nes {
  const init = [...stores(...writes), RTS];
  const program = [...init, RTS];
  return createHeadless(readNsf(buildNsf({ chips, program, play: 0x8000 + init.length }), sha1Hex).image);
}

/** The samples of the next frames. */
export function run(nes: Nes, frames: number): number[] {
  const samples: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    nes.runFrame();
    samples.push(...nes.samples.subarray(0, nes.sampleCount));
  }
  return samples;
}
