/** The drums of the YM2413, in the cartridge of mapper 515. */
import { describe, expect, test } from "bun:test";
import { BoardHarness, testImage } from "../../../../support/board-harness.ts";
import { ports } from "./data/sound.ts";

const CYCLES_PER_SAMPLE = 36;
const RHYTHM = 0x20;
/** Bits of register $0E. */
const DRUMS = { "bass drum": 0x10, "snare drum": 0x08, "tom-tom": 0x04, cymbal: 0x02, "hi-hat": 0x01 };
/** The frequencies and octaves that Yamaha's manual recommends for the drums. */
const FREQUENCIES = { 22: 0x20, 23: 0x50, 24: 0xc0, 38: 0x05, 39: 0x05, 40: 0x01 };
const LOUD = { 54: 0, 55: 0, 56: 0 };

function chip(...registers: Readonly<Record<number, number>>[]): BoardHarness {
  const harness = new BoardHarness(testImage({ mapper: 515, prgKib: 128 }));
  for (const each of registers) write(harness, each);
  return harness;
}

function write(harness: BoardHarness, registers: Readonly<Record<number, number>>): void {
  for (const [address, value] of ports(0x6000, 0x6001, registers)) harness.write(address, value);
}

/** The level of each of the next `count` samples. */
function samples(harness: BoardHarness, count: number): number[] {
  const levels: number[] = [];
  harness.board.connectSound({
    setExpansionLevel(_cycle, level) {
      levels.push(level);
    },
  });
  harness.idle(count * CYCLES_PER_SAMPLE);
  return levels;
}

const peak = (levels: readonly number[]): number => Math.max(...levels.map(Math.abs));

describe.each(Object.entries(DRUMS))("%s", (_, bit) => {
  test("sounds from its key on, fades, and sounds again", () => {
    const harness = chip(LOUD, FREQUENCIES, { 14: RHYTHM });
    expect(peak(samples(harness, 1000))).toBe(0);
    write(harness, { 14: RHYTHM | bit });
    const first = peak(samples(harness, 4000));
    expect(first).toBeGreaterThan(0);
    write(harness, { 14: RHYTHM });
    samples(harness, 60_000);
    expect(peak(samples(harness, 1000))).toBe(0);
    write(harness, { 14: RHYTHM | bit });
    expect(peak(samples(harness, 4000)) / first).toBeCloseTo(1, 0);
  });

  test("is silent without rhythm mode", () => {
    expect(peak(samples(chip(LOUD, FREQUENCIES, { 14: bit }), 4000))).toBe(0);
  });

  test("has a volume of its own: 3 dB a step", () => {
    const place = { 16: [0x36, 0], 8: [0x37, 0], 4: [0x38, 4], 2: [0x38, 0], 1: [0x37, 4] }[bit]!;
    const at = (volume: number): number => {
      const quiet = { ...LOUD, [place[0]!]: volume << place[1]! };
      return peak(samples(chip(quiet, FREQUENCIES, { 14: RHYTHM | bit }), 4000));
    };
    expect(20 * Math.log10(at(0) / at(4))).toBeCloseTo(12, 0);
    const others = { 54: 0xff, 55: 0xff, 56: 0xff };
    const alone = { ...others, [place[0]!]: 0xff & ~(0xf << place[1]!) };
    expect(peak(samples(chip(alone, FREQUENCIES, { 14: RHYTHM | bit }), 4000))).toBe(at(0));
  });
});

// https://github.com/andete/ym2413/blob/master/results/lfsr/lfsr.txt: a snare drum of frequency 0 shows the
// noise as two values of one sign, which obey this recurrence.
test("the noise is as measured: x^23 + x^9 + x^8 + x + 1", () => {
  const harness = chip(LOUD, { 14: RHYTHM | DRUMS["snare drum"] });
  samples(harness, 5000);
  const levels = samples(harness, 400);
  expect(Math.min(...levels)).toBeGreaterThanOrEqual(0);
  // The envelope falls while they are taken, but the smaller value is far below the larger.
  const bits = levels.map((level) => Number(Math.abs(level) > peak(levels) / 4));
  expect(new Set(bits).size).toBe(2);
  const expected = bits.map((bit, i) =>
    i < 23 ? bit : bits[i - 1]! ^ bits[i - 8]! ^ bits[i - 9]! ^ bits[i - 23]!,
  );
  expect(bits).toEqual(expected);
});

describe("registers", () => {
  const note = (channel: number) => ({
    [0x30 + channel]: 0x30,
    [0x10 + channel]: 0x80,
    [0x20 + channel]: 0x19,
  });

  test("an index from $40 on selects nothing", () => {
    const harness = chip({ 48: 0x30, 16: 0x80 });
    write(harness, { 96: 0x19, 160: 0x19, 224: 0x19 });
    expect(peak(samples(harness, 2000))).toBe(0);
  });

  test.each([0, 5, 6, 8])("channel %i is also the one nine after it, where there are 16", (channel) => {
    const expected = samples(chip(note(channel)), 2000);
    expect(peak(expected)).toBeGreaterThan(0);
    const again = chip({ 48: 0, 49: 0 }, note(channel));
    if (channel + 9 < 16) write(again, note(channel + 9));
    expect(peak(samples(again, 2000)) / peak(expected)).toBeCloseTo(1, 1);
  });

  test("the program reads the test register", () => {
    const harness = chip({ 15: 0x05 });
    expect([harness.read(0x6000), harness.board.peekRegister(0x7ffc, 0)]).toEqual([0x05, 0x05]);
  });

  test("all instruments sound, and differ", () => {
    const heard = Array.from({ length: 15 }, (_, i) =>
      samples(chip({ ...note(0), 48: (i + 1) << 4 }), 3000).join(),
    );
    expect(new Set(heard).size).toBe(15);
  });
});

test("channels are muted one by one, without effect on the others", () => {
  const harness = chip(LOUD, FREQUENCIES, { 48: 0x30, 16: 0x80, 32: 0x19, 14: RHYTHM | 0x10 });
  const { soundChip } = harness.board;
  expect(soundChip!.channels).toHaveLength(9);
  const heard: number[][] = [];
  for (const muted of [0, 1, 1 << 6, 0x1ff]) {
    soundChip!.muted = muted;
    expect(soundChip!.muted).toBe(muted);
    const levels: number[] = [];
    harness.board.connectSound({ setExpansionLevel: (_, level, part) => levels.push(level - part) });
    harness.idle(50 * CYCLES_PER_SAMPLE);
    heard.push(levels);
  }
  expect(heard.map((levels) => peak(levels) > 0)).toEqual([false, true, true, true]);
});
