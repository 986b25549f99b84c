import { describe, expect, test } from "bun:test";
import { FM_BYTES, FM_WORDS, OpnFm } from "../../../../src/emu/nes/epsm/opn-fm.ts";
import { frequencyOf, loudness, periodOf } from "../../../support/sound.ts";

const RATE_HZ = 8_000_000 / 144;
/** Behind each other in the registers: the first, the third, the second and the fourth operator. */
const OFFSETS = [0, 8, 4, 12] as const;
const ALL_KEYS = 0xf0;
/** The largest output of an operator, in the channel's units. */
const FULL = 4084;

interface Operator {
  readonly multiple?: number;
  readonly detune?: number;
  readonly level?: number;
  readonly attack?: number;
  readonly scale?: number;
  readonly decay?: number;
  readonly sustainRate?: number;
  readonly sustainLevel?: number;
  readonly release?: number;
  readonly tremolo?: boolean;
  readonly ssg?: number;
}

const OFF: Operator = { level: 127 };

/** A chip with functions for what tests write. Channels and operators count from 1. */
class Chip {
  readonly fm = new OpnFm(new Int32Array(FM_WORDS), new Uint8Array(FM_BYTES));

  constructor() {
    this.fm.powerOn();
    this.fm.write(0x29, 0x80);
  }

  patch(channel: number, algorithm: number, operators: readonly Operator[], feedback = 0): this {
    const { fm } = this;
    for (const [at, one] of operators.entries()) {
      const register = (base: number): number => bankOf(channel) + base + OFFSETS[at]!;
      fm.write(register(0x30), ((one.detune ?? 0) << 4) | (one.multiple ?? 1));
      fm.write(register(0x40), one.level ?? 0);
      fm.write(register(0x50), ((one.scale ?? 0) << 6) | (one.attack ?? 31));
      fm.write(register(0x60), (one.tremolo === true ? 0x80 : 0) | (one.decay ?? 0));
      fm.write(register(0x70), one.sustainRate ?? 0);
      fm.write(register(0x80), ((one.sustainLevel ?? 0) << 4) | (one.release ?? 15));
      fm.write(register(0x90), one.ssg ?? 0);
    }
    fm.write(bankOf(channel) + 0xb0, (feedback << 3) | algorithm);
    return this;
  }

  pitch(channel: number, block: number, frequency: number): this {
    this.fm.write(bankOf(channel) + 0xa4, (block << 3) | (frequency >> 8));
    this.fm.write(bankOf(channel) + 0xa0, frequency & 0xff);
    return this;
  }

  keys(channel: number, keys = ALL_KEYS): this {
    this.fm.write(0x28, keys | (channel <= 3 ? channel - 1 : channel));
    return this;
  }

  samples(count: number): number[] {
    return Array.from({ length: count }, () => {
      this.fm.sample();
      return this.fm.output;
    });
  }
}

function bankOf(channel: number): number {
  return channel <= 3 ? channel - 1 : 0x100 + channel - 4;
}

/** A chip whose channel 1 plays one operator, the fourth, alone. */
function sine(fourth: Operator, block = 4, frequency = 1000): Chip {
  return new Chip().patch(1, 7, [OFF, OFF, OFF, fourth]).pitch(1, block, frequency).keys(1);
}

function peakOf(samples: readonly number[]): number {
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}

/** Loudest sample of each stretch of `length`. */
function peaks(samples: readonly number[], length: number): number[] {
  return Array.from({ length: Math.floor(samples.length / length) }, (_, at) =>
    peakOf(samples.slice(at * length, (at + 1) * length)),
  );
}

const decibels = (ratio: number): number => 20 * Math.log10(ratio);

describe("pitch", () => {
  // YM2608 application manual: F-Number × φM × 2^(Block − 1) / (144 × 2^20)
  test.each([
    [1, 1, 4, 1038, 440],
    [2, 1, 4, 1038, 440],
    [3, 2, 3, 1038, 440],
    [4, 1, 5, 617, 523.25],
    [5, 4, 1, 2047, 433.8],
    [6, 0, 5, 1038, 440],
    [1, 15, 2, 1100, 1748.6],
  ])(
    "channel %i, multiple %i, block %i, F-number %i: %d Hz",
    (channel, multiple, block, frequency, hertz) => {
      const chip = new Chip().patch(channel, 7, [OFF, OFF, OFF, { multiple }]);
      const samples = chip.pitch(channel, block, frequency).keys(channel).samples(40_000);
      expect(frequencyOf(samples, RATE_HZ) / hertz).toBeCloseTo(1, 3);
      expect(peakOf(samples)).toBe(FULL);
    },
  );

  test("detune moves by the same steps up and down, more at a higher key code", () => {
    const hertz = (detune: number, block: number): number =>
      frequencyOf(sine({ detune }, block, 1038).samples(111_111), RATE_HZ);
    const step = RATE_HZ / 2 ** 20;
    // Key codes 4 × block + 2.
    for (const [block, steps] of [
      [3, [0, 2, 4, 6]],
      [5, [0, 4, 9, 13]],
    ] as const)
      for (let detune = 0; detune < 4; detune++) {
        expect((hertz(detune, block) - hertz(0, block)) / step).toBeCloseTo(steps[detune]!, 0);
        expect((hertz(detune + 4, block) - hertz(0, block)) / step).toBeCloseTo(-steps[detune]!, 0);
      }
  });

  test("the high bits of a frequency take effect with its low byte", () => {
    const chip = sine({}, 4, 1038);
    chip.fm.write(0xa4, (6 << 3) | 4);
    expect(frequencyOf(chip.samples(20_000), RATE_HZ)).toBeCloseTo(440, 0);
    chip.fm.write(0xa0, 1038 & 0xff);
    expect(frequencyOf(chip.samples(20_000), RATE_HZ)).toBeCloseTo(1760, 0);
  });

  test.each([
    ["third", 2, 0xa8],
    ["first", 0, 0xa9],
    ["second", 1, 0xaa],
  ])("in channel 3's special mode, the %s operator has the frequency at its own registers", (_, at, low) => {
    const operators = [OFF, OFF, OFF, OFF].with(at, {});
    const chip = new Chip().patch(3, 7, operators).pitch(3, 4, 1038);
    chip.fm.write(low + 4, (5 << 3) | (1038 >> 8));
    chip.fm.write(low, 1038 & 0xff);
    chip.keys(3);
    expect(frequencyOf(chip.samples(20_000), RATE_HZ)).toBeCloseTo(440, 0);
    chip.fm.write(0x27, 0x40);
    expect(frequencyOf(chip.samples(20_000), RATE_HZ)).toBeCloseTo(880, 0);
  });
});

describe("connections", () => {
  /** The operators that are heard with each algorithm. */
  const CARRIERS = [[4], [4], [4], [4], [2, 4], [2, 3, 4], [2, 3, 4], [1, 2, 3, 4]];

  test.each(CARRIERS.map((carriers, algorithm) => [algorithm, carriers] as const))(
    "algorithm %i is heard through operators %j",
    (algorithm, carriers) => {
      for (let operator = 1; operator <= 4; operator++) {
        const operators = [1, 2, 3, 4].map((one) => (one === operator ? {} : OFF));
        const peak = peakOf(new Chip().patch(1, algorithm, operators).pitch(1, 4, 1000).keys(1).samples(500));
        expect([operator, peak]).toEqual([operator, carriers.includes(operator) ? FULL : 0]);
      }
    },
  );

  /** Which operators modulate a heard one, directly or through others. */
  const MODULATED = [[1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 3], [1], [1], []];

  test.each(MODULATED.map((modulators, algorithm) => [algorithm, modulators] as const))(
    "algorithm %i is modulated by operators %j",
    (algorithm, modulators) => {
      const play = (level: number, changed: number): number[] => {
        const operators = [1, 2, 3, 4].map((one) => ({ level: one === changed ? level : 20, multiple: one }));
        return new Chip().patch(2, algorithm, operators).pitch(2, 4, 1000).keys(2).samples(500);
      };
      for (let operator = 1; operator <= 3; operator++) {
        if (CARRIERS[algorithm]!.includes(operator)) continue;
        expect(modulators).toContain(operator);
        expect(play(40, operator)).not.toEqual(play(20, operator));
      }
    },
  );

  test("a modulator moves the phase by up to ±4 periods: the spectrum has its sidebands", () => {
    const level = (samples: readonly number[], hertz: number): number => {
      let real = 0;
      let imaginary = 0;
      for (const [at, sample] of samples.entries()) {
        real += sample * Math.cos((2 * Math.PI * hertz * at) / RATE_HZ);
        imaginary += sample * Math.sin((2 * Math.PI * hertz * at) / RATE_HZ);
      }
      return (2 * Math.hypot(real, imaginary)) / samples.length;
    };
    // Carrier and modulator have the same pitch; at a modulation index of 1, the second harmonic is J1 + J3.
    const index = (tl: number): number => (8 * Math.PI * FULL * 2 * 10 ** ((-0.75 * tl) / 20)) / 8192;
    const tl = Math.round(Math.log10(index(0)) / (0.75 / 20));
    const chip = new Chip()
      .patch(1, 4, [{ level: tl }, {}, OFF, OFF])
      .pitch(1, 4, 1038)
      .keys(1);
    const samples = chip.samples(55_556);
    expect(level(samples, 880) / FULL).toBeCloseTo(0.4401 + 0.0196, 1);
    expect(level(samples, 440) / FULL).toBeCloseTo(0.7652 - 0.1149, 1);
  });

  test("feedback makes a sine brighter with each step", () => {
    const brightness = (feedback: number): number => {
      const chip = new Chip().patch(1, 7, [{}, OFF, OFF, OFF], feedback).pitch(1, 3, 1000).keys(1);
      const samples = chip.samples(4000);
      return loudness(samples.slice(1).map((sample, at) => sample - samples[at]!));
    };
    const steps = Array.from({ length: 8 }, (_, feedback) => brightness(feedback));
    expect(steps.slice(0, 6)).toEqual(steps.slice(0, 6).toSorted((a, b) => a - b));
    // The two strongest make noise.
    expect(Math.min(steps[6]!, steps[7]!) / steps[0]!).toBeGreaterThan(40);
  });

  test("without bit 7 of $29 only three channels are heard; both sides off are silence, one is half", () => {
    const chip = new Chip().patch(5, 7, [OFF, OFF, OFF, {}]).pitch(5, 4, 1000).keys(5);
    expect(peakOf(chip.samples(500))).toBe(FULL);
    for (const [sides, share] of [
      [0x80, 0.5],
      [0x40, 0.5],
      [0, 0],
      [0xc0, 1],
    ] as const) {
      chip.fm.write(0x1b5, sides);
      expect(peakOf(chip.samples(500)) / FULL).toBe(share);
    }
    chip.fm.write(0x29, 0);
    expect(peakOf(chip.samples(500))).toBe(0);
  });

  test("each side clips at 16 bits", () => {
    const chip = new Chip();
    for (let channel = 1; channel <= 6; channel++)
      chip.patch(channel, 7, [{}, {}, {}, {}]).pitch(channel, 4, 1000).keys(channel);
    expect(peakOf(chip.samples(500))).toBe(32_767);
  });
});

describe("envelopes", () => {
  test("total level is 0.75 dB a step", () => {
    const peak = (level: number): number => peakOf(sine({ level }).samples(500));
    expect(decibels(peak(0) / peak(8))).toBeCloseTo(6.02, 1);
    expect(decibels(peak(0) / peak(40))).toBeCloseTo(30.1, 1);
    expect(peak(127)).toBe(0);
  });

  /** Seconds of decay by 48 dB at a rate: halved by every four rates, in steps of 4, 5, 6 and 7. */
  const decaySeconds = (rate: number): number =>
    (3 / RATE_HZ) * 512 * 2 ** (11 - (rate >> 2)) * (8 / (4 + (rate & 3)));

  test.each([
    [16, 0, 0, 32],
    [18, 0, 0, 36],
    [20, 0, 0, 40],
    [17, 0, 0, 34],
    [16, 3, 3, 44], // key code 12 of block 3 is added at key scale 3
    [16, 1, 4, 36], // a quarter of key code 16
  ])("decay rate %i with key scale %i in block %i is the rate %i", (decay, scale, block, rate) => {
    const multiple = 15;
    const samples = sine({ decay, scale, sustainLevel: 15, multiple }, block, 500).samples(RATE_HZ);
    const period = Math.ceil(2 ** 20 / (500 * 2 ** (block - 1) * multiple));
    const loud = peaks(samples, period);
    const end = loud.findIndex((peak) => peak < FULL / 256);
    expect((end * period) / RATE_HZ / decaySeconds(rate)).toBeWithin(0.93, 1.07);
  });

  test("a decay stops at the sustain level, 3 dB a step, and goes on at the sustain rate", () => {
    const held = sine({ decay: 31, sustainLevel: 4 }).samples(20_000);
    expect(decibels(FULL / peakOf(held.slice(10_000)))).toBeCloseTo(12, 0);
    const fading = sine({ decay: 31, sustainLevel: 4, sustainRate: 20 }).samples(20_000);
    expect(peakOf(fading.slice(19_000))).toBeLessThan(FULL / 100);
  });

  test("an attack rises ever more slowly, and a released key falls by its release rate", () => {
    const chip = sine({ attack: 10, release: 9 }, 5, 1000); // 9 × 4 + 2, and an eighth of the key code
    const rise = peaks(chip.samples(RATE_HZ / 2), 500);
    expect(rise[0]).toBeLessThan(20);
    expect(rise.at(-1)).toBe(FULL);
    expect(rise).toEqual(rise.toSorted((a, b) => a - b));
    const fall = peaks(chip.keys(1, 0).samples(RATE_HZ), 500);
    const end = fall.findIndex((peak) => peak < FULL / 256);
    expect((end * 500) / RATE_HZ / decaySeconds(40)).toBeWithin(0.9, 1.1);
    expect(peakOf(chip.samples(100))).toBe(0);
  });

  test("rate 0 holds", () => {
    expect(peakOf(sine({ decay: 0, sustainLevel: 15 }).samples(100_000).slice(90_000))).toBe(FULL);
    expect(peakOf(sine({ attack: 0 }).samples(50_000))).toBe(0);
  });

  describe("of the SSG type", () => {
    /** Loudness in each 100 samples: an envelope lasts about 1,750. */
    const shape = (ssg: number): number[] =>
      peaks(sine({ decay: 18, sustainRate: 18, sustainLevel: 15, ssg }, 7, 1500).samples(20_000), 100);
    const rises = (levels: readonly number[]): number =>
      levels.filter((level, at) => at > 0 && level > 2 * (levels[at - 1]! + 10)).length;

    test("8 repeats the decay, 12 its inversion", () => {
      expect(rises(shape(8))).toBeGreaterThan(10);
      expect(shape(12).slice(1, 4)[0]).toBeLessThan(FULL / 4);
      expect(shape(12).filter((level) => level > 0.8 * FULL).length).toBeGreaterThan(5);
    });

    test("9 decays once and is silent; 13 rises once and holds", () => {
      expect(peakOf(shape(9).slice(-100))).toBe(0);
      expect(
        shape(13)
          .slice(-100)
          .every((level) => level === FULL),
      ).toBe(true);
    });

    test("11 decays once, then holds the top; 15 rises once, then is silent", () => {
      expect(
        shape(11)
          .slice(-100)
          .every((level) => level === FULL),
      ).toBe(true);
      expect(peakOf(shape(15).slice(-100))).toBe(0);
    });

    test("10 and 14 turn round, in opposite phase", () => {
      const [down, up] = [shape(10), shape(14)];
      expect(down[1]).toBeGreaterThan(FULL / 4);
      expect(up[1]).toBeLessThan(FULL / 4);
      for (const levels of [down, up]) {
        expect(levels.filter((level) => level > FULL / 2).length).toBeWithin(20, 80);
        expect(levels.filter((level) => level < FULL / 16).length).toBeGreaterThan(40);
      }
    });
  });
});

describe("LFO", () => {
  // YM2608 application manual, with a clock of 8 MHz.
  test.each([3.98, 5.56, 6.02, 6.37, 6.88, 9.63, 48.1, 72.2].map((hertz, rate) => [rate, hertz] as const))(
    "rate %i is %d Hz",
    (rate, hertz) => {
      const chip = sine({ tremolo: true }, 7, 1500);
      chip.fm.write(0xb4, 0xf0);
      chip.fm.write(0x22, 8 | rate);
      const loud = peaks(chip.samples(RATE_HZ * 2), 24);
      const mean = loud.reduce((sum, level) => sum + level, 0) / loud.length;
      expect(RATE_HZ / 24 / periodOf(loud.map((level) => level - mean)) / hertz).toBeWithin(0.99, 1.01);
    },
  );

  test.each([
    [0, 0],
    [1, 1.4],
    [2, 5.9],
    [3, 11.8],
  ])("tremolo with sensitivity %i is %d dB deep, only where it is enabled", (sensitivity, depth) => {
    const play = (tremolo: boolean): number => {
      const chip = sine({ tremolo }, 7, 1500);
      chip.fm.write(0xb4, 0xc0 | (sensitivity << 4));
      chip.fm.write(0x22, 8 | 5);
      return decibels(FULL / Math.min(...peaks(chip.samples(RATE_HZ / 2), 100)));
    };
    expect(play(true)).toBeWithin(depth - 0.2, depth + 0.2);
    expect(play(false)).toBeCloseTo(0, 1);
  });

  test.each([
    [0, 0],
    [1, 3.4],
    [2, 6.7],
    [3, 10],
    [4, 14],
    [5, 20],
    [6, 40],
    [7, 80],
  ])("vibrato with sensitivity %i is ±%d cents", (sensitivity, cents) => {
    const chip = sine({}, 7, 1500);
    chip.fm.write(0xb4, 0xc0 | sensitivity);
    chip.fm.write(0x22, 8); // 14,000 samples a cycle
    const samples = chip.samples(14_000);
    const hertz = Array.from({ length: 56 }, (_, at) =>
      frequencyOf(samples.slice(at * 250, at * 250 + 250), RATE_HZ),
    );
    const centre = (1500 * 64 * RATE_HZ) / 2 ** 20;
    expect(1200 * Math.log2(Math.max(...hertz) / centre)).toBeWithin(cents * 0.9 - 1, cents * 1.1 + 1);
    expect(1200 * Math.log2(centre / Math.min(...hertz))).toBeWithin(cents * 0.9 - 1, cents * 1.1 + 1);
  });
});
