/** How loud each sound chip is, and that the table in docs/devices.md says so. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { CHANNEL_TONES, type ChannelTone, player, run, through } from "../../support/channel-tones.ts";
import { loudness } from "../../support/sound.ts";
import { ROOT } from "../../support/sources.ts";

const toneOf = (channel: string): ChannelTone => CHANNEL_TONES.find((one) => one.channel === channel)!;

const VRC6_SQUARE: ChannelTone = {
  channel: "VRC6 pulse 1",
  chips: 1,
  writes: [
    [0x9000, 0x7f],
    [0x9001, 0xfd],
    [0x9002, 0x80],
  ],
};

/** The square of an FM channel with full feedback, as the test ROM db_vrc7 plays it. */
const VRC7_SQUARE: ChannelTone = {
  channel: "VRC7 1",
  chips: 2,
  writes: through(
    0x9010,
    0x9030,
    ...([
      [0x00, 0x22],
      [0x01, 0x21],
      [0x02, 0x20],
      [0x03, 0x07],
      [0x04, 0xf0],
      [0x05, 0xf0],
      [0x06, 0x0f],
      [0x07, 0x0f],
      [0x30, 0x00],
      [0x10, 0x22],
      [0x20, 0x19],
    ] as const),
  ),
};

/** The first column of the table in docs/devices.md, the tone, and the published decibels. */
const LEVELS: readonly (readonly [chip: string, tone: ChannelTone, published: number | undefined])[] = [
  ["VRC6 pulse", VRC6_SQUARE, 0],
  ["VRC7 sine", toneOf("VRC7 3"), undefined],
  ["VRC7 square by feedback", VRC7_SQUARE, 11],
  ["FDS square", toneOf("FDS"), 7],
  ["MMC5 pulse", toneOf("MMC5 pulse 2"), 0],
  ["N163 square, one channel", toneOf("N163 1"), 11],
  // The published level is for volume 12, three steps of 3 dB lower.
  ["5B tone, volume 15", toneOf("5B B"), -1.3 + 3 * 3],
  ["EPSM FM operator", toneOf("EPSM FM 5"), undefined],
  ["EPSM SSG tone", toneOf("EPSM C"), undefined],
];

function loudnessOf(tone: ChannelTone): number {
  const nes = player(tone);
  run(nes, 30);
  return loudness(run(nes, 12));
}

/** As in the documentation, with a minus sign. */
function shown(decibels: number): string {
  return decibels.toFixed(1).replace("-0.0", "0.0").replace("-", "−");
}

const pulse = loudnessOf(toneOf("pulse 1"));
const table = await Bun.file(join(ROOT, "docs/devices.md")).text();

test.each(LEVELS)("%s", (chip, tone, published) => {
  const decibels = 20 * Math.log10(loudnessOf(tone) / pulse);
  const row = table.split("\n").find((line) => line.startsWith(`| ${chip} |`)) ?? "";
  const cells = row.split("|").map((cell) => cell.trim());
  expect(cells[2]).toBe(`${shown(decibels)} dB`);
  if (published !== undefined) {
    expect(cells[3]).toStartWith(`${published.toFixed(1)} dB`);
    expect(Math.abs(decibels - published)).toBeLessThan(1);
  }
});
