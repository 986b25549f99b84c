import { describe, expect, test } from "bun:test";
import type { CartridgeImage } from "../../../../../src/emu/nes/cartridge/image.ts";
import { readNsf } from "../../../../../src/emu/nes/cartridge/nsf.ts";
import type { Nes, NesOptions } from "../../../../../src/emu/nes/nes.ts";
import { sha1Hex } from "../../../../../src/io/files/hashes.ts";
import { readRom } from "../../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { BoardHarness, testImage } from "../../../../support/board-harness.ts";
import { ScriptedInput } from "../../../../support/machines.ts";
import { buildNsf, type NsfRecipe, RTS, stores } from "../../../../support/nsf-builder.ts";
import { buildRom } from "../../../../support/rom-builder.ts";
import { loudness, periodOf } from "../../../../support/sound.ts";
import { SOUND_CASES } from "./data/sound.ts";

/** The chip of each board in the cases of expansion sound. */
const CHIP_OF_MAPPER: Readonly<Record<number, number>> = { 24: 1, 85: 2, 20: 4, 5: 8, 19: 16, 69: 32 };

function imageOf(recipe: NsfRecipe): CartridgeImage {
  return readNsf(buildNsf(recipe), sha1Hex).image;
}

/** A program of INIT and PLAY, each ended by RTS. */
function tune(init: readonly number[], play: readonly number[] = [], more: Partial<NsfRecipe> = {}) {
  const program = [...init, RTS, ...play, RTS];
  return imageOf({ ...more, program, play: 0x8000 + init.length + 1 });
}

function run(nes: Nes, frames: number): number[] {
  const samples: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    nes.runFrame();
    samples.push(...nes.samples.subarray(0, nes.sampleCount));
  }
  return samples;
}

function machine(image: CartridgeImage, options: NesOptions = {}): Nes {
  return createHeadless(image, options);
}

/** The level in each cycle after the writes. Chips may report their changes one after the other. */
function levels(image: CartridgeImage, writes: readonly (readonly [number, number])[]): Int32Array {
  const harness = new BoardHarness(image);
  const heard = new Int32Array(30_000);
  let level = 0;
  harness.board.connectSound({
    setExpansionLevel(cycle, next) {
      heard[cycle] = (heard[cycle] ?? 0) + next - level;
      level = next;
    },
  });
  for (const [address, value] of writes) harness.write(address, value);
  harness.idle(29_000);
  for (let cycle = 1; cycle < heard.length; cycle++) heard[cycle]! += heard[cycle - 1]!;
  return heard;
}

describe("sound chips", () => {
  for (const one of SOUND_CASES) {
    const chips = CHIP_OF_MAPPER[one.cartridge.mapper];
    const usual = (one.cartridge.submapper ?? 0) <= 2;
    if (chips === undefined || !usual) continue;
    test(`${one.name}: the same level in every cycle as on its cartridge`, () => {
      const expected = levels(testImage({ prgKib: 128, ...one.cartridge }), one.writes);
      const heard = levels(imageOf({ program: [RTS], chips }), one.writes);
      expect(expected.some((level) => level !== 0)).toBe(true);
      expect(heard).toEqual(expected);
    });
  }

  test("FDS: the same level in every cycle as on the adapter", () => {
    const wave = Array.from({ length: 64 }, (_, at): [number, number] => [0x4040 + at, at]);
    const writes: [number, number][] = [
      [0x4023, 2],
      [0x4089, 0x80],
      ...wave,
      [0x4089, 0],
      [0x4080, 0xa0],
      [0x4082, 0x60],
      [0x4083, 0x06],
    ];
    const expected = levels(testImage({ mapper: 20, prgKib: 96 }), writes);
    expect(new Set(expected).size).toBeGreaterThan(100);
    expect(levels(imageOf({ program: [RTS], chips: 4 }), writes)).toEqual(expected);
  });

  test("all chips at once add up", () => {
    const writes = SOUND_CASES.filter(({ cartridge }) => cartridge.mapper === 24 || cartridge.mapper === 69);
    const [vrc6, fme7] = [24, 69].map((mapper) => writes.find((one) => one.cartridge.mapper === mapper)!);
    const both = [...vrc6!.writes, ...fme7!.writes];
    const alone = [1, 32].map((chips) => levels(imageOf({ program: [RTS], chips }), both));
    const sum = levels(imageOf({ program: [RTS], chips: 0x3f }), both);
    const differing = [...sum].filter((level, at) => level !== alone[0]![at]! + alone[1]![at]!);
    expect(differing).toEqual([]);
  });

  test("FDS: its RAM can be written at $6000 and $8000, not at $E000", () => {
    const harness = new BoardHarness(
      imageOf({ program: new Uint8Array(0xa000).fill(7), load: 0x6000, chips: 4 }),
    );
    for (const address of [0x6000, 0x7fff, 0x8000, 0xdfff]) {
      harness.write(address, 0x55);
      expect(harness.read(address)).toBe(0x55);
    }
    harness.write(0xe000, 0x55);
    expect(harness.read(0xe000)).toBe(7);
  });

  test("MMC5: multiplier and ExRAM", () => {
    const harness = new BoardHarness(imageOf({ program: [RTS], chips: 8 }));
    harness.write(0x5205, 200);
    harness.write(0x5206, 100);
    expect(harness.read(0x5205) | (harness.read(0x5206) << 8)).toBe(20_000);
    harness.write(0x5c00, 3);
    harness.write(0x5ff5, 4);
    expect([harness.read(0x5c00), harness.read(0x5ff5)]).toEqual([3, 4]);
  });
});

const TONE = stores([0x4015, 1], [0x4000, 0xbf], [0x4002, 0xfd], [0x4003, 0]);

describe("the player", () => {
  test("a tone sounds as in a cartridge with the same program", () => {
    const rom = buildRom({ prgUnits: 2, chrUnits: 1 });
    rom.set([...TONE, 0x4c, TONE.length, 0x80], 16); // then JMP itself
    rom.set([0x00, 0x80], 16 + 0x7ffc);
    const cartridge = run(machine(readRom(rom, "tone.nes").image), 60).slice(-20_000);
    const music = run(machine(tune(TONE)), 60).slice(-20_000);
    expect(loudness(music)).toBeGreaterThan(1000);
    expect(loudness(music) / loudness(cartridge)).toBeCloseTo(1, 3);
    expect(periodOf(music) / periodOf(cartridge)).toBeCloseTo(1, 4);
  });

  test.each([
    ["ntsc", 16_639, 600, 600],
    ["ntsc", 10_000, 600, 998],
    ["ntsc", 65_535, 600, 152],
    ["pal", 20_000, 500, 500],
  ] as const)("PLAY: %s, each %i µs: in %i frames %i times", (region, us, frames, calls) => {
    // INC $10; BNE +2; INC $11
    const image = tune([], [0xe6, 0x10, 0xd0, 0x02, 0xe6, 0x11], { ntscUs: us, palUs: us });
    const nes = machine(image, { region });
    run(nes, frames);
    const counted = nes.peek("cpu", 0x10) | (nes.peek("cpu", 0x11) << 8);
    expect(Math.abs(counted - calls)).toBeLessThanOrEqual(2);
  });

  test.each([
    ["ntsc", 0],
    ["pal", 1],
  ] as const)("INIT gets the song, and for %s the number %i", (region, code) => {
    const init = [0x85, 0x20, 0x86, 0x21, 0x84, 0x22]; // STA $20; STX $21; STY $22
    const nes = machine(tune(init, [], { songs: 9, start: 4 }), { region });
    run(nes, 5);
    expect([0x20, 0x21, 0x22].map((address) => nes.peek("cpu", address))).toEqual([3, code, 0]);
    const chosen = machine(tune(init, [], { songs: 9 }), { region, track: 7 });
    run(chosen, 5);
    expect(chosen.peek("cpu", 0x20)).toBe(7);
  });

  test("banks", () => {
    const program = new Uint8Array(0x4000);
    for (let bank = 0; bank < 4; bank++) program.fill(bank + 1, bank * 0x1000, (bank + 1) * 0x1000);
    // INIT: LDA $9000; STA $20; LDA #3; STA $5FF9; LDA $9000; STA $21; RTS. PLAY: RTS
    const code = [0xad, 0, 0x90, 0x85, 0x20, 0xa9, 3, 0x8d, 0xf9, 0x5f, 0xad, 0, 0x90, 0x85, 0x21, RTS];
    program.set(code);
    const nes = machine(imageOf({ program, banks: [0, 1, 2, 3, 0, 1, 2, 3], play: 0x800f }));
    run(nes, 5);
    expect([nes.peek("cpu", 0x20), nes.peek("cpu", 0x21)]).toEqual([2, 4]);
  });

  test("the program sees its own last bytes, and the PPU's registers do nothing", () => {
    const program = new Uint8Array(0x8000).fill(0xab);
    // INIT turns NMI on: LDA #$80; STA $2000; LDA $FFFA; STA $20; RTS
    program.set([0xa9, 0x80, 0x8d, 0x00, 0x20, 0xad, 0xfa, 0xff, 0x85, 0x20, RTS, 0xe6, 0x10, RTS]);
    const nes = machine(imageOf({ program, play: 0x800b }));
    run(nes, 60);
    expect(nes.peek("cpu", 0x20)).toBe(0xab);
    expect(nes.peek("cpu", 0x10)).toBeGreaterThan(50);
  });

  test("buttons choose the track, even while PLAY never returns", () => {
    // INIT: STA $20; INC $6000. PLAY: JMP to itself
    const init = [0x85, 0x20, 0xee, 0x00, 0x60, RTS];
    const at = 0x8000 + init.length;
    const nes = machine(imageOf({ program: [...init, 0x4c, at & 0xff, at >> 8], play: at, songs: 20 }));
    const script = new ScriptedInput([
      [10, 0x80],
      [15, 0],
      [20, 0x80],
      [25, 0],
      [30, 0x40],
      [35, 0],
      [40, 0x0c00 | 0x04],
      [45, 0],
      [50, 0x0800 | 0x08],
    ]);
    nes.setInput(script);
    const songs: number[] = [];
    for (let frame = 0; frame < 60; frame++) {
      script.beginFrame(frame);
      nes.runFrame();
      if (frame % 10 === 8) songs.push(nes.peek("cpu", 0x20));
    }
    expect(songs).toEqual([0, 1, 2, 1, 12, 12]);
    expect(nes.peek("cpu", 0x6000)).toBe(1); // RAM is cleared for each track
  });

  test("reset begins the track again", () => {
    const nes = machine(tune([0x85, 0x20], [0xe6, 0x10], { songs: 3 }), { track: 2 });
    run(nes, 30);
    nes.reset("reset");
    run(nes, 10);
    expect(nes.peek("cpu", 0x20)).toBe(2);
    expect(nes.peek("cpu", 0x10)).toBeLessThan(15);
  });
});

describe("NSF2", () => {
  test("the timer's IRQ interrupts at its period, through the vector in RAM", () => {
    // The handler at $8040: INC $10; BNE +2; INC $11; LDA $401D; RTI
    const handler = [0xe6, 0x10, 0xd0, 0x02, 0xe6, 0x11, 0xad, 0x1d, 0x40, 0x40];
    const program = new Uint8Array(0x100);
    const timer = stores([0xfffe, 0x40], [0xffff, 0x80], [0x401b, 0xe7], [0x401c, 0x03], [0x401d, 1]);
    program.set([...timer, 0x58, RTS]); // CLI
    program.set(handler, 0x40);
    const nes = machine(imageOf({ program, version: 2, flags: 0x10, play: 0x8000 + timer.length + 1 }));
    run(nes, 60);
    const count = nes.peek("cpu", 0x10) | (nes.peek("cpu", 0x11) << 8);
    expect(count / ((60 * 29_780.5) / 1000)).toBeCloseTo(1, 1); // reload 999: every 1,000 cycles
  });

  test("INIT runs on in its second call, and PLAY interrupts it unless it is suppressed", () => {
    // INIT: STY $20; CPY #$81; BEQ loop; RTS; loop: INC $30; JMP loop. PLAY: INC $10; RTS
    const init = [0x84, 0x20, 0xc0, 0x81, 0xf0, 0x01, RTS, 0xe6, 0x30, 0x4c, 0x07, 0x80];
    const program = [...init, 0xe6, 0x10, RTS];
    const plays = [0x20, 0x60].map((flags) => {
      const nes = machine(imageOf({ program, version: 2, flags, play: 0x8000 + init.length }));
      run(nes, 100);
      expect(nes.peek("cpu", 0x20)).toBe(0x81);
      return nes.peek("cpu", 0x10);
    });
    expect(plays[0]).toBeGreaterThan(95);
    expect(plays[1]).toBe(0);
  });

  test("without its flag there is no timer", () => {
    const nes = machine(tune([...stores([0x401b, 9], [0x401d, 1]), 0xad, 0x1b, 0x40, 0x85, 0x20, 0x58]));
    run(nes, 5);
    expect(nes.peek("cpu", 0x20)).not.toBe(9);
  });
});

test("fast and exact machines, and one that goes on from states, make the same sound", () => {
  const writes = SOUND_CASES.flatMap(({ cartridge, writes }) =>
    CHIP_OF_MAPPER[cartridge.mapper] === undefined ? [] : writes,
  );
  const init = [
    ...stores(...writes.slice(0, 60)),
    ...TONE,
    ...stores([0x401b, 0x90], [0x401d, 1]),
    0x58,
    RTS,
  ];
  const handler = [0xad, 0x1d, 0x40, 0xee, 0x02, 0x40, 0x40]; // LDA $401D; INC $4002; RTI
  const program = new Uint8Array(0x8000);
  program.set(init);
  program.set([0xe6, 0x10, 0xa5, 0x10, 0x8d, 0x00, 0x90, RTS], 0x4000); // PLAY: INC $10; LDA $10; STA $9000
  program.set(handler, 0x5000);
  program.set([0x00, 0xd0], 0x7ffe);
  const image = imageOf({ program, version: 2, flags: 0x30, chips: 0x3f, play: 0xc000, songs: 4 });
  const fast = machine(image);
  const exact = machine(image, { exact: true });
  const resumed = machine(image);
  const state = new Uint8Array(fast.stateBytes);
  const script = new ScriptedInput([
    [7, 0x80],
    [9, 0],
    [12, 0x08],
  ]);
  for (const nes of [fast, exact, resumed]) nes.setInput(script);
  for (let frame = 0; frame < 20; frame++) {
    script.beginFrame(frame);
    for (const nes of [fast, exact, resumed]) nes.runFrame();
    const heard = fast.samples.slice(0, fast.sampleCount);
    expect(exact.samples.slice(0, exact.sampleCount)).toEqual(heard);
    expect(resumed.samples.slice(0, resumed.sampleCount)).toEqual(heard);
    fast.save(state);
    resumed.load(state);
  }
});
