import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PULSE_LEVELS } from "../../../../src/emu/nes/apu/levels.ts";
import type { CartridgeImage } from "../../../../src/emu/nes/cartridge/image.ts";
import type { NesOptions } from "../../../../src/emu/nes/nes.ts";
import { cpuClockHz, REGIONS } from "../../../../src/emu/nes/region.ts";
import { testImage } from "../../../support/board-harness.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";
import { frequencyOf, periodOf } from "../../../support/sound.ts";
import { ALL_DRUMS, direct, latched, Module, type Pairs, playing, run, swing } from "./epsm-bench.ts";

/** Channel 1 plays one operator at its loudest: F-number 1038 in block 4 is 440 Hz. */
const FM_TONE: Pairs = [
  [0x29, 0x80],
  [0x40, 0x7f],
  [0x44, 0x7f],
  [0x48, 0x7f],
  [0x3c, 0x01],
  [0x5c, 0x1f],
  [0x8c, 0x0f],
  [0xb0, 0x07],
  [0xa4, 0x24],
  [0xa0, 0x0e],
  [0x28, 0xf0],
];
/** Tone A of the SSG at its loudest: a period of 284 is 440 Hz. */
const SSG_TONE: Pairs = [
  [7, 0x3e],
  [0, 284 & 0xff],
  [1, 284 >> 8],
  [8, 15],
];

describe("the module alone", () => {
  test.each(["ntsc", "pal", "dendy"] as const)("pitches do not depend on the region: %s", (name) => {
    const region = REGIONS[name];
    for (const tone of [FM_TONE, SSG_TONE]) {
      const levels = new Module(region).write(...tone).run(300_000);
      const middle = tone === FM_TONE ? 0 : swing(levels) / 2;
      const hertz = frequencyOf(
        levels.map((level) => level - middle),
        cpuClockHz(region),
      );
      expect(hertz / 440).toBeCloseTo(1, 3);
    }
  });

  // No measurement is published: the ratios are those of Mesen's output.
  test("an operator has 2.74 times the amplitude of a pulse, a tone of the SSG 0.914 times", () => {
    expect(swing(new Module().write(...FM_TONE).run(20_000)) / PULSE_LEVELS[15]!).toBeCloseTo(2.74, 2);
    expect(swing(new Module().write(...SSG_TONE).run(20_000)) / PULSE_LEVELS[15]!).toBeCloseTo(0.914, 2);
  });

  test("the SSG's volumes are 3 dB apart, and 0 is silence", () => {
    const module = new Module().write(...SSG_TONE);
    const swings = Array.from({ length: 16 }, (_, volume) => swing(module.write([8, volume]).run(20_000)));
    expect(swings[0]).toBe(0);
    for (let volume = 2; volume < 16; volume++)
      expect(20 * Math.log10(swings[volume]! / swings[volume - 1]!)).toBeCloseTo(3, 1);
  });

  test("the SSG's envelope: 7,812.5 Hz divided by its period", () => {
    const saw: Pairs = [
      [7, 0x3f],
      [8, 0x10],
      [11, 100],
      [12, 0],
      [13, 0x08],
    ];
    const levels = new Module().write(...saw).run(400_000);
    const middle = swing(levels) / 2;
    const hertz = frequencyOf(
      levels.map((level) => level - middle),
      cpuClockHz(REGIONS.ntsc),
    );
    expect(hertz).toBeCloseTo(78.125, 1);
  });

  test("noise has no pitch and is the slower, the longer its period", () => {
    const changes = (period: number): number => {
      const levels = new Module().write([7, 0x37], [6, period], [8, 15]).run(200_000);
      return levels.filter((level, at) => at > 0 && level !== levels[at - 1]).length;
    };
    // 125 kHz divided by the period; a bit differs from the one before it half of the time.
    expect(changes(1) / (125_000 * 0.5 * (200_000 / cpuClockHz(REGIONS.ntsc)))).toBeCloseTo(1, 1);
    expect(changes(1) / changes(31)).toBeWithin(25, 38);
  });

  test("the I/O ports are silent, and so are the drums without their ROM", () => {
    const module = new Module().write(...ALL_DRUMS, [0x0e, 0xff]);
    expect(swing(module.run(50_000))).toBe(0);
  });

  test("data for the bank that is not selected is dropped", () => {
    const { epsm } = new Module();
    const heard = (bank: number): number => {
      const module = new Module();
      module.write(...FM_TONE.slice(0, -1));
      module.epsm.write(bank, 0x28, 0);
      module.epsm.write(1, 0xf0, 0);
      return swing(module.run(20_000));
    };
    expect(heard(0)).toBeGreaterThan(0);
    expect(heard(2)).toBe(0);
    expect(epsm.channels).toHaveLength(10);
  });
});

/** The tones of channel 6 and of the SSG, which need both banks. */
const BOTH: Pairs = [
  ...FM_TONE.map(([register, value]): readonly [number, number] =>
    register >= 0x30 ? [0x102 + register, value] : [register, register === 0x28 ? 0xf6 : value],
  ),
  ...SSG_TONE,
];

describe("in the console", () => {
  test("$401C-$401F and OUT1 of $4016 transmit the same", () => {
    for (const tone of [FM_TONE, BOTH.slice(0, FM_TONE.length), SSG_TONE]) {
      const expected = run(playing(direct(tone)), 60).slice(-800);
      const heard = run(playing(latched(tone)), 60).slice(-800);
      expect(swing(expected)).toBeGreaterThan(2000);
      expect(swing(heard) / swing(expected)).toBeCloseTo(1, 1);
    }
  });

  test("FM and SSG are heard at their pitch", () => {
    for (const tone of [FM_TONE, SSG_TONE]) {
      const nes = playing(latched(tone));
      run(nes, 10);
      expect(48_000 / periodOf(run(nes, 30)) / 440).toBeCloseTo(1, 3);
    }
  });

  test("by the header, by the option, and not at all", () => {
    const samples = (options: NesOptions, image: Partial<CartridgeImage>): number =>
      swing(run(playing(direct(FM_TONE), options, image), 30).slice(-800));
    const plain = { console: undefined } as unknown as Partial<CartridgeImage>;
    expect(samples({}, {})).toBeGreaterThan(2000);
    expect(samples({ devices: { port2: "zapper" } }, {})).toBe(samples({}, {}));
    expect(samples({ devices: { expansion: "epsm" } }, plain)).toBe(samples({}, {}));
    expect(samples({}, plain)).toBeLessThan(50);
  });

  test("controllers that are read in between hear nothing of it", () => {
    const strobes: Pairs = Array.from({ length: 20 }, (_, at): readonly [number, number] => [0x4016, at & 1]);
    const nes = playing([...direct(FM_TONE), ...strobes]);
    run(nes, 10);
    expect(frequencyOf(run(nes, 20)) / 440).toBeCloseTo(1, 3);
  });

  test("its level is added to that of the cartridge", () => {
    const image = { ...testImage({ mapper: 69, prgKib: 32, chrRamKib: 8 }), console: "epsm" as const };
    const samples = (volume: number, keys: number): number[] => {
      const fme7 = [
        [7, 0x3e],
        [0, 0xfe],
        [1, 0],
        [8, volume],
      ] as const;
      const writes = fme7.flatMap(
        ([register, value]): Pairs => [
          [0xc000, register],
          [0xe000, value],
        ],
      );
      const nes = playing([...writes, ...direct([...FM_TONE.slice(0, -1), [0x28, keys]])], {}, image);
      expect(nes.geometry.soundChannels.slice(5, 9)).toEqual(["5B A", "5B B", "5B C", "EPSM FM 1"]);
      return run(nes, 10);
    };
    const [both, cartridge, module, neither] = [
      samples(9, 0xf0),
      samples(9, 0),
      samples(0, 0xf0),
      samples(0, 0),
    ];
    expect(Math.min(swing(cartridge!), swing(module!))).toBeGreaterThan(3000);
    const rest = both!.map((sample, at) => sample - cartridge![at]! - module![at]! + neither![at]!);
    expect(rest.filter((sample) => Math.abs(sample) > 4)).toEqual([]);
  });

  test("a state in the middle of notes goes on in another machine, fast and exact", () => {
    const nes = playing(direct(BOTH));
    const exact = playing(direct(BOTH), { exact: true });
    expect(run(exact, 6)).toEqual(run(nes, 6));
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    const other = playing([]);
    other.load(state);
    expect(run(other, 6)).toEqual(run(nes, 6));
  });

  test("states with impossible values are rejected", () => {
    const nes = playing(direct(BOTH));
    run(nes, 10);
    const state = new Uint8Array(nes.stateBytes);
    for (const [name, value] of [
      ["epsm.time", 40_000],
      ["epsm.position", 18],
      ["epsm.levels", 1024],
      ["epsm.phases", -1],
      ["epsm.address", 512],
      ["epsm.fraction", 2_000_000_000],
      ["epsm.lfoStep", 128],
      ["epsm.drum6", 258],
      ["epsm.timerA", 1025],
      ["epsm.timerFlags", 4],
    ] as const) {
      nes.save(state);
      const place = nes.stateFields.places.find((one) => one.name === name)!;
      new DataView(state.buffer, 32).setInt32(place.offset, value, true);
      expect(inputErrorOf(() => nes.load(state)).message).toContain(name);
    }
  });

  test("any writes: states are whole, and two machines agree", () => {
    const write = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(write, { maxLength: 200 }), fc.integer({ min: 0, max: 5000 }), (writes, wait) => {
        const nes = playing([]);
        const other = playing([]);
        const state = new Uint8Array(nes.stateBytes);
        for (const half of [writes.slice(0, 100), writes.slice(100)]) {
          for (const [port, value] of half) {
            nes.cpu.write(0x401c + port, value);
            if (value < 16) nes.cpu.write(0x4016, value * 16 + port);
          }
          for (let steps = wait; steps > 0; steps--) nes.stepInstruction();
          nes.save(state);
          other.load(state);
          expect(run(other, 2)).toEqual(run(nes, 2));
          nes.save(state);
          const same = new Uint8Array(state.length);
          other.save(same);
          expect(Buffer.from(same).equals(state)).toBe(true);
        }
      }),
      { numRuns: 15 },
    );
  });
});
