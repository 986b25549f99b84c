import { describe, expect, test } from "bun:test";
import type { Nes } from "../../../src/emu/nes/nes.ts";
import { ChannelReadings, MAX_SOUND_CHANNELS } from "../../../src/emu/sound-channels.ts";
import { CHANNEL_TONES, player, run } from "../../support/channel-tones.ts";
import { periodOf } from "../../support/sound.ts";

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
  test.each(CHANNEL_TONES.map((one) => [one.channel, one] as const))(
    "%s: pitch, volume and mute",
    (channel, one) => {
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
    },
  );

  test.each([
    [0x3b, 3 + 6 + 3 + 8 + 3],
    [0xa9, 3 + 3 + 3 + 10],
  ])(
    "chips %i at once: muting every second channel changes samples only, also across states",
    (chips, added) => {
      const all = {
        chips,
        writes: CHANNEL_TONES.flatMap(({ chips, writes }) => (chips === 4 ? [] : writes)),
      };
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
    const nes = player({ chips: 0xbf, writes: CHANNEL_TONES.at(-1)!.writes });
    expect(nes.geometry.soundChannels).toHaveLength(MAX_SOUND_CHANNELS);
    run(nes, 20);
    expect(48_000 / periodOf(run(nes, 30)) / 440).toBeCloseTo(1, 2);
    expect(readingOf(nes).sounding).toEqual([]);
    nes.mutedChannels = 0x7fffffff;
    expect(nes.mutedChannels).toBe(0x7fffffff);
  });

  test("a state of other muted channels is no fault", () => {
    const nes = player(CHANNEL_TONES[0]!);
    run(nes, 10);
    nes.mutedChannels = 1;
    run(nes, 10);
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    nes.mutedChannels = 0;
    nes.load(state);
    run(nes, 60);
    const other = player(CHANNEL_TONES[0]!);
    run(other, 80);
    expect(run(nes, 2)).toEqual(run(other, 2));
  });
});
