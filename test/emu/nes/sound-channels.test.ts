import { describe, expect, test } from "bun:test";
import { readNsf } from "../../../src/emu/nes/cartridge/nsf.ts";
import type { Nes } from "../../../src/emu/nes/nes.ts";
import { ChannelReadings, MAX_SOUND_CHANNELS } from "../../../src/emu/sound-channels.ts";
import { sha1Hex } from "../../../src/io/files/hashes.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { buildNsf, RTS, stores } from "../../support/nsf-builder.ts";
import { loudness, periodOf } from "../../support/sound.ts";

type Writes = readonly (readonly [number, number])[];

interface Case {
  readonly channel: string;
  readonly chips: number;
  readonly writes: Writes;
}

/** Writes to registers behind an address port and a data port. */
const through = (address: number, data: number, ...pairs: Writes): Writes =>
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
const CASES: readonly Case[] = [
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

function player({ chips, writes }: Pick<Case, "chips" | "writes">): Nes {
  const init = [...stores(...writes), RTS];
  const program = [...init, RTS];
  return createHeadless(readNsf(buildNsf({ chips, program, play: 0x8000 + init.length }), sha1Hex).image);
}

function run(nes: Nes, frames: number): number[] {
  const samples: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    nes.runFrame();
    samples.push(...nes.samples.subarray(0, nes.sampleCount));
  }
  return samples;
}

// Defaults of the `mixe` chunk, in decibels, of each chip's tone against a pulse of the APU at volume 15. The
// 5B's is for volume 12: three steps of 3 dB below its highest.
// https://www.nesdev.org/wiki/NSFe#mixe
test.each([
  ["VRC7 3", 11],
  ["FDS", 7],
  ["MMC5 pulse 2", 0],
  ["5B B", -1.3 + 3 * 3],
])("%s is %d dB louder than a pulse", (channel, decibels) => {
  const loudnessOf = (name: string): number => {
    const nes = player(CASES.find((one) => one.channel === name)!);
    run(nes, 30);
    return loudness(run(nes, 12));
  };
  const level = 20 * Math.log10(loudnessOf(channel) / loudnessOf("pulse 1"));
  expect(Math.abs(level - decibels)).toBeLessThan(1);
});

function readingOf(nes: Nes) {
  const { soundChannels } = nes.geometry;
  const readings = ChannelReadings.create(soundChannels.length);
  nes.readChannels(readings);
  const sounding = soundChannels.filter((_, channel) => readings.volumes[channel]! > 0);
  return { readings, sounding };
}

/** The machine's part of a state. */
function machineState(nes: Nes): Uint8Array {
  const state = new Uint8Array(nes.stateBytes);
  nes.save(state);
  return state.subarray(0, nes.machineStateBytes);
}

describe("sound channels", () => {
  test.each(CASES.map((one) => [one.channel, one] as const))("%s: pitch, volume and mute", (channel, one) => {
    const heard = player(one);
    const muted = player(one);
    const bit = heard.geometry.soundChannels.indexOf(channel);
    muted.mutedChannels = 1 << bit;
    expect(muted.mutedChannels).toBe(1 << bit);
    run(heard, 20);
    run(muted, 20);
    const tone = run(heard, 30);
    const { readings, sounding } = readingOf(heard);
    expect(sounding).toEqual([channel]);
    expect(48_000 / periodOf(tone) / (readings.milliHertz[bit]! / 1000)).toBeCloseTo(1, 2);
    expect(readings.milliHertz[bit]! / 440_000).toBeCloseTo(1, 2);
    expect(readings.volumes[bit]).toBeGreaterThan(190);
    const wave = readings.waves.subarray(bit * 32, bit * 32 + 32);
    expect(Math.max(...wave) - Math.min(...wave)).toBeGreaterThan(200);
    expect(Math.max(...run(muted, 30).map(Math.abs))).toBeLessThan(40);
    expect(machineState(muted)).toEqual(machineState(heard));
    muted.mutedChannels = 0;
    run(muted, 60);
    run(heard, 60);
    expect(run(muted, 2)).toEqual(run(heard, 2));
  });

  test.each([
    [0x3b, 3 + 6 + 3 + 8 + 3],
    [0xa9, 3 + 3 + 3 + 10],
  ])(
    "chips %i at once: muting every second channel changes samples only, also across states",
    (chips, added) => {
      const all = { chips, writes: CASES.flatMap(({ chips, writes }) => (chips === 4 ? [] : writes)) };
      const heard = player(all);
      const muted = player(all);
      expect(heard.geometry.soundChannels).toHaveLength(5 + added);
      muted.mutedChannels = 0x5555555 & ((1 << (5 + added)) - 1);
      const state = new Uint8Array(muted.stateBytes);
      for (let turn = 0; turn < 5; turn++) {
        const one = run(heard, 3);
        const other = run(muted, 3);
        expect(one).not.toEqual(other);
        expect(machineState(muted)).toEqual(machineState(heard));
        muted.save(state);
        run(muted, 2);
        muted.load(state);
        run(muted, 2);
        run(heard, 2);
      }
    },
  );

  test("with all chips, the channels that have no bit to be muted with sound nevertheless", () => {
    const nes = player({ chips: 0xbf, writes: CASES.at(-1)!.writes });
    expect(nes.geometry.soundChannels).toHaveLength(MAX_SOUND_CHANNELS);
    run(nes, 20);
    expect(48_000 / periodOf(run(nes, 30)) / 440).toBeCloseTo(1, 2);
    expect(readingOf(nes).sounding).toEqual([]);
    nes.mutedChannels = 0x7fffffff;
    expect(nes.mutedChannels).toBe(0x7fffffff);
  });

  test("a state of other muted channels is no fault", () => {
    const nes = player(CASES[0]!);
    run(nes, 10);
    nes.mutedChannels = 1;
    run(nes, 10);
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    nes.mutedChannels = 0;
    nes.load(state);
    run(nes, 60);
    const other = player(CASES[0]!);
    run(other, 80);
    expect(run(nes, 2)).toEqual(run(other, 2));
  });
});
