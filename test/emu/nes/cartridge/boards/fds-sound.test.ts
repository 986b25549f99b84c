import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  FDS_SOUND_BYTES,
  FDS_SOUND_WORDS,
  FdsSound,
} from "../../../../../src/emu/nes/cartridge/boards/nintendo/fds-sound.ts";
import { soakSize } from "../../../../support/soak.ts";

const FULL = 63 * 32 * 30;
const RUNS = soakSize(200, 20_000);

/** The envelope of the modulation depth changes the pitch in the last cycle of the run. */
const BENT_IN_MID_RUN = [
  { address: 0x4083, value: 1, cycles: 0 },
  { address: 0x4085, value: 1, cycles: 2 },
  { address: 0x4084, value: 0x40, cycles: 1_864 },
];

/** A separate channel. Its levels are sample × volume × thirtieths, and are recorded by cycle. */
class Channel {
  readonly bytes = new Uint8Array(FDS_SOUND_BYTES);
  readonly words = new Int32Array(FDS_SOUND_WORDS);
  readonly sound = new FdsSound(this.bytes, this.words, FULL);
  readonly levels = new Map<number, number>();
  cycle = -1;

  constructor() {
    this.sound.powerOn();
  }

  write(address: number, value: number): void {
    this.sound.write(address, value);
    this.setExpansionLevel(this.cycle, this.sound.level);
  }

  run(cycles: number): void {
    this.sound.run(cycles, this.cycle + 1, this);
    this.cycle += cycles;
  }

  setExpansionLevel(cycle: number, level: number): void {
    this.levels.set(cycle, level);
  }

  /** The level in each cycle up to now. */
  history(): number[] {
    let level = 0;
    return Array.from({ length: this.cycle + 1 }, (_, cycle) => {
      level = this.levels.get(cycle) ?? level;
      return level;
    });
  }
}

function withWave(sample: (position: number) => number): Channel {
  const channel = new Channel();
  channel.write(0x4089, 0x80);
  for (let position = 0; position < 64; position++) channel.write(0x4040 + position, sample(position));
  channel.write(0x4089, 0);
  return channel;
}

describe("FDS sound", () => {
  test("running at once or cycle by cycle gives the same levels and state", () => {
    const writes = fc.array(
      fc.record({
        address: fc.integer({ min: 0x4080, max: 0x408a }),
        value: fc.nat(255),
        cycles: fc.oneof(fc.nat(3), fc.nat(3_000)),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(writes, (steps) => {
        const [whole, single] = [withWave((p) => p), withWave((p) => p)];
        for (const { address, value, cycles } of steps) {
          whole.write(address, value);
          single.write(address, value);
          whole.run(cycles);
          for (let cycle = 0; cycle < cycles; cycle++) single.run(1);
        }
        expect(whole.bytes).toEqual(single.bytes);
        expect(whole.words).toEqual(single.words);
        expect(whole.history()).toEqual(single.history());
      }),
      { numRuns: RUNS, examples: [[BENT_IN_MID_RUN]] },
    );
  });

  test("a sample lasts 65,536 / frequency cycles", () => {
    const channel = withWave((position) => position);
    channel.write(0x4080, 0x80 | 32);
    channel.write(0x4082, 0x00);
    channel.write(0x4083, 0x04); // 1,024: 64 cycles per sample
    channel.run(64 * 64 * 2);
    const history = channel.history();
    for (const position of [0, 1, 30, 63]) {
      expect(history[64 * position + 31]).toBe(position * 32 * 30);
      expect(history[64 * (64 + position) + 31]).toBe(position * 32 * 30);
    }
  });

  test.each([
    [0, 30],
    [1, 20],
    [2, 15],
    [3, 12],
  ])("master volume %i is %i thirtieths", (setting, thirtieths) => {
    const channel = withWave(() => 63);
    channel.write(0x4080, 0x80 | 20);
    channel.write(0x4089, setting);
    expect(channel.sound.level).toBe(63 * 20 * thirtieths);
  });

  test("volumes above 32 are clamped, and the gain can be read back", () => {
    const channel = withWave(() => 63);
    channel.write(0x4080, 0x80 | 63);
    expect(channel.sound.level).toBe(FULL);
    expect(channel.sound.read(0x4090, 0)).toBe(0x40 | 63);
  });

  test("an envelope steps every 8 × (speed + 1) × (common speed + 1) cycles, up to 32 and down to 0", () => {
    const channel = withWave(() => 63);
    channel.write(0x408a, 9);
    channel.write(0x4083, 0);
    channel.write(0x4080, 0x80);
    channel.write(0x4080, 0x40 | 4); // up, speed 4: every 400 cycles
    const gains: number[] = [];
    for (let count = 0; count < 40; count++) {
      channel.run(400);
      gains.push(channel.sound.read(0x4090, 0) & 0x3f);
    }
    expect(gains).toEqual(Array.from({ length: 40 }, (_, index) => Math.min(32, index + 1)));
    channel.write(0x4080, 4);
    channel.run(400 * 40);
    expect(channel.sound.read(0x4090, 0) & 0x3f).toBe(0);
  });

  /** The formula of the wiki's page, step by step. */
  function bentPitch(pitch: number, counter: number, gain: number): number {
    let temp = (counter * gain) & 0xfff; // 12 bits, signed
    if ((temp & 0x0f) !== 0 && (temp & 0x800) === 0) temp += 0x20;
    temp += 0x400;
    temp = (temp >> 4) & 0xff;
    return (pitch * temp) & 0xfffff;
  }

  test("the pitch is bent by counter and gain", () => {
    fc.assert(
      fc.property(fc.nat(0xfff), fc.nat(127), fc.nat(63), (pitch, counter, gain) => {
        const channel = new Channel();
        channel.write(0x4082, pitch & 0xff);
        channel.write(0x4083, 0x80 | (pitch >> 8));
        channel.write(0x4084, 0x80 | gain);
        channel.write(0x4085, counter);
        const signed = counter >= 64 ? counter - 128 : counter;
        expect(channel.words[4]).toBe(bentPitch(pitch, signed, gain));
      }),
    );
  });

  test("each entry of the modulation table changes the counter twice; 4 sets it to 0", () => {
    const channel = new Channel();
    channel.write(0x4087, 0x80);
    for (let entry = 0; entry < 32; entry++) channel.write(0x4088, [1, 2, 3, 7, 6, 5, 4, 0][entry & 7]!);
    channel.write(0x4085, 10);
    channel.write(0x4086, 0x00);
    channel.write(0x4087, 0x08); // 2,048: a step every 32 cycles
    const counters: number[] = [];
    for (let step = 0; step < 16; step++) {
      channel.run(32);
      counters.push((channel.bytes[138]! << 25) >> 25);
    }
    expect(counters).toEqual([11, 12, 14, 16, 20, 24, 23, 22, 20, 18, 14, 10, 0, 0, 0, 0]);
  });

  test("samples can be written only while the waveform is held", () => {
    const channel = withWave(() => 5);
    channel.write(0x4040, 60);
    expect(channel.bytes[0]).toBe(5);
    channel.write(0x4089, 0x80);
    channel.write(0x4040, 60);
    expect(channel.sound.read(0x4040, 0x40)).toBe(0x40 | 60);
  });
});
