import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../../../src/emu/input-error.ts";
import { vsHardware } from "../../../../src/emu/nes/cartridge/vs-hardware.ts";
import type { Nes, NesOptions } from "../../../../src/emu/nes/nes.ts";
import { KIB } from "../../../../src/emu/units.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { type ArcadeHeader, arcadeRomFile } from "../../../support/arcade-rom.ts";
import { TestProgram } from "../../../support/test-program.ts";

const COIN_1 = 0x13;
const COIN_2 = 0x15;
const SERVICE = 0x17;
const AT_4016 = 0x02;
const AT_4017 = 0x03;
const SHIFTED_4016 = 0x10;
const SHIFTED_4017 = 0x11;
/** The buttons of the last read; the first bit read is in bit 7. */
const STICK_4016 = 0x18;
const STICK_4017 = 0x19;

/** Reads both registers in a loop, and counts how often a coin or the service button appears. */
function watchCabinet(program: TestProgram): TestProgram {
  const loop = program.here;
  program.store(0x4016, 1).store(0x4016, 0).bytes(0xa2, 8); // LDX #8
  const next = program.here;
  program.bytes(0xad, 0x16, 0x40, 0x85, AT_4016, 0x4a, 0x26, SHIFTED_4016); // LDA, STA, LSR, ROL
  program.bytes(0xad, 0x17, 0x40, 0x85, AT_4017, 0x4a, 0x26, SHIFTED_4017);
  program.bytes(0xca, 0xd0, (next - program.here - 3) & 0xff); // DEX, BNE next
  program.bytes(0xa5, SHIFTED_4016, 0x85, STICK_4016, 0xa5, SHIFTED_4017, 0x85, STICK_4017);
  const edge = (mask: number, before: number, count: number) =>
    // LDA, AND #mask, CMP before, BEQ past, STA before, CMP #0, BEQ past, INC count
    program.bytes(
      0xa5,
      AT_4016,
      0x29,
      mask,
      0xc5,
      before,
      0xf0,
      8,
      0x85,
      before,
      0xc9,
      0,
      0xf0,
      2,
      0xe6,
      count,
    );
  edge(0x20, 0x12, COIN_1);
  edge(0x40, 0x14, COIN_2);
  edge(0x04, 0x16, SERVICE);
  return program.bytes(0x4c, loop & 0xff, loop >> 8);
}

/** An image of a VS. game. */
function arcadeRom(program: TestProgram, header: ArcadeHeader = {}) {
  return readRom(arcadeRomFile(program, header), "arcade.nes").image;
}

function arcade(
  header: ArcadeHeader = { vs: 0 },
  options: NesOptions = {},
  program = new TestProgram(),
): Nes {
  return createHeadless(arcadeRom(watchCabinet(program), header), options);
}

function run(nes: Nes, frames: number): void {
  for (let frame = 0; frame < frames; frame++) nes.runFrame();
}

describe("coins", () => {
  test("the game sees each coin once, however fast they fall", () => {
    const nes = arcade();
    run(nes, 4);
    expect(nes.peek("cpu", COIN_1)).toBe(0);
    nes.coins?.insertCoin(0);
    run(nes, 10);
    expect(nes.peek("cpu", COIN_1)).toBe(1);
    for (let coin = 0; coin < 3; coin++) nes.coins?.insertCoin(0);
    nes.coins?.insertCoin(1);
    run(nes, 30);
    expect([nes.peek("cpu", COIN_1), nes.peek("cpu", COIN_2)]).toEqual([4, 1]);
  });

  test("the contact is closed for three frames", () => {
    const nes = arcade();
    run(nes, 4);
    nes.coins?.insertCoin(0);
    const closed = Array.from({ length: 8 }, () => {
      run(nes, 1);
      return nes.peek("cpu", AT_4016) & 0x60;
    });
    expect(closed).toEqual([0x20, 0x20, 0x20, 0, 0, 0, 0, 0]);
  });

  test("the service button is D2", () => {
    const nes = arcade();
    run(nes, 4);
    nes.coins?.pressService();
    run(nes, 10);
    expect([nes.peek("cpu", SERVICE), nes.peek("cpu", COIN_1)]).toEqual([1, 0]);
  });

  test("a slot holds at most 100 waiting coins, and an unknown slot is rejected", () => {
    const nes = arcade();
    for (let coin = 0; coin < 1000; coin++) nes.coins?.insertCoin(0);
    run(nes, 700);
    expect(nes.peek("cpu", COIN_1)).toBe(100);
    for (const slot of [2, -1, 0.5, Number.NaN])
      expect(() => nes.coins?.insertCoin(slot)).toThrow(InputError);
  });

  test("a state saved while a coin falls continues it", () => {
    const nes = arcade();
    run(nes, 4);
    for (let coin = 0; coin < 3; coin++) nes.coins?.insertCoin(0);
    run(nes, 8);
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    const other = arcade();
    other.load(state);
    run(nes, 20);
    run(other, 20);
    expect(other.peek("cpu", COIN_1)).toBe(3);
    const [mine, theirs] = [new Uint8Array(nes.stateBytes), new Uint8Array(nes.stateBytes)];
    nes.save(mine);
    other.save(theirs);
    expect(theirs).toEqual(mine);
  });

  test("a home console has no slots", () => {
    const nes = createHeadless(readRom(watchCabinet(new TestProgram()).toRom(), "home.nes").image);
    expect(nes.coins).toBeUndefined();
  });
});

describe("DIP switches and sticks", () => {
  test.each([0x00, 0xff, 0x01, 0x02, 0x04, 0x80, 0xa5])("switches %p", (dips) => {
    const nes = arcade({ vs: 0 }, { dips });
    run(nes, 3);
    expect(nes.peek("cpu", AT_4016) & 0xfe).toBe((dips & 3) << 3);
    expect(nes.peek("cpu", AT_4017) & 0xfe).toBe(dips & 0xfc);
  });

  test("they keep their position through a power cycle", () => {
    const nes = arcade();
    nes.coins!.dips = 0x81;
    nes.reset("power");
    run(nes, 3);
    expect([nes.peek("cpu", AT_4016) & 0x18, nes.peek("cpu", AT_4017) & 0xfc]).toEqual([0x08, 0x80]);
  });

  // Bits in the order of reading: A, B, the lower start button, the upper one, up, down, left, right.
  test.each([
    ["player 1 at $4016", 4, 0x00_89, 0b1010_0001, 0],
    ["player 2 at $4017", 4, 0x89_00, 0, 0b1010_0001],
    ["player 1 at the left stick, with the same start button", 5, 0x00_89, 0b0010_0000, 0b1000_0001],
  ])("%s", (_name, device, buttons, at4016, at4017) => {
    const nes = arcade({ vs: 0, device });
    nes.setInput({ latchButtons: () => buttons });
    run(nes, 3);
    expect([nes.peek("cpu", STICK_4016), nes.peek("cpu", STICK_4017)]).toEqual([at4016, at4017]);
  });

  test("on Ice Climber's board the fourth bit is 1", () => {
    const nes = arcade({ vs: 0x40 });
    run(nes, 3);
    expect([nes.peek("cpu", STICK_4016), nes.peek("cpu", STICK_4017)]).toEqual([0x10, 0x10]);
  });

  test("the light gun is read in series", () => {
    const nes = arcade({ vs: 0, device: 7 });
    expect(nes.devices).toEqual({ port1: "vs-zapper" });
    const pull = Uint8Array.of(10, 10, 1);
    nes.setInput({ latchButtons: () => 0, latchDevices: (data) => data.set(pull) });
    run(nes, 3);
    expect(nes.peek("cpu", STICK_4016)).toBe(0b0000_1001);
  });
});

describe("the hardware of an image", () => {
  test.each([
    [0x00, "2C03", "none", false],
    [0x02, "2C04-0001", "none", false],
    [0x05, "2C04-0004", "none", false],
    [0x1b, "2C05-04", "rbi-baseball", false],
    [0x24, "2C04-0003", "tko-boxing", false],
    [0x32, "2C04-0001", "super-xevious", false],
    [0x45, "2C04-0004", "ice-climber", false],
    [0x53, "2C04-0002", "none", true],
    [0x63, "2C04-0002", "ice-climber", true],
    [0x7f, "2C03", "none", false],
  ] as const)("byte 13 is %p", (vs, ppu, protection, isDual) => {
    const image = arcadeRom(watchCabinet(new TestProgram()), { vs });
    expect(vsHardware(image)).toMatchObject({ ppu, protection, isDual });
  });

  test("a game with an iNES 1.0 header is recognized by its ROMs", () => {
    const image = arcadeRom(watchCabinet(new TestProgram()), { crc: 0x07138c06 });
    expect(vsHardware(image)).toMatchObject({
      title: "VS. Clu Clu Land",
      ppu: "2C04-0004",
      usesLeftStick: true,
    });
    const dips = vsHardware(image)!.dips.map(({ name }) => name);
    expect(dips).toEqual(["coins", "credits-for-2-players", "lives"]);
  });

  test.each([
    [0x08, ["coins", "lives", "demo-sounds"]],
    [0x0b, ["coins", "lives", "bonus", "difficulty", "demo-sounds"]],
    [0x24, ["coins", "difficulty", "ppu"]],
    [0x32, ["bonus", "lives", "password-screen", "coins", "ppu"]],
    [0x02, []],
  ])("byte 13 is %p: its only game has the switches %p", (vs, names) => {
    const image = arcadeRom(watchCabinet(new TestProgram()), { vs });
    expect(vsHardware(image)!.dips.map(({ name }) => name)).toEqual(names);
  });

  test.each([
    [0x01357944, { title: "VS. Battle City", ppu: "2C04-0001", protection: "none" }],
    [0x52c501d0, { title: "VS. T.K.O. Boxing", ppu: "2C04-0003", protection: "tko-boxing" }],
    [0x12012cd9, { title: "VS. Super Xevious", ppu: "2C04-0001", protection: "super-xevious" }],
    [0x9ae2baa0, { title: "VS. Slalom", ppu: "2C04-0002", protection: "none" }],
    [0xd4eb5923, { title: "VS. Ice Climber", ppu: "2C04-0004", usesLeftStick: true }],
    [0x29155e0c, { title: "VS. Excitebike", ppu: "2C04-0004" }],
    [0xcbe85490, { title: "VS. Excitebike", ppu: "2C04-0003" }],
    [0xae8063ef, { title: "VS. Mach Rider (Fighting Course)", ppu: "2C04-0001" }],
    [0x135adf7c, { title: "VS. Atari R.B.I. Baseball", ppu: "2C04-0001", protection: "rbi-baseball" }],
    [0xcf36261e, { title: "VS. Super Sky Kid", ppu: "2C04-0001", usesLeftStick: true, defaultDips: 0 }],
    [0xe1aa8214, { title: "VS. Star Luster", ppu: "2C03", defaultDips: 0 }],
    [0x8850924b, { title: "VS. Tetris", ppu: "2C04-0001", defaultDips: 0 }],
    [0x16d3f469, { title: "VS. Ninja Jajamaru-kun", ppu: "2C05-01", usesLeftStick: true }],
    [0x8c0c2df5, { title: "VS. Top Gun", ppu: "2C05-04" }],
    [0xa93a5aee, { title: "VS. Stroke & Match Golf", ppu: "2C03", defaultDips: 1 }],
    [0x00000000, { title: undefined, ppu: "2C03" }],
  ])("CRC-32 %p of a file with an iNES 1.0 header", (crc, facts) => {
    expect(vsHardware(arcadeRom(watchCabinet(new TestProgram()), { crc }))).toMatchObject(facts);
  });

  // With MAME's values. Byte 13: the PPU in the low nibble.
  test.each([
    [0x8850924b, 0x00, 0x20],
    [0x8850924b, 0x02, 0x00],
    [0x8850924b, 0x03, 0x40],
    [0xe1aa8214, 0x00, 0x00],
    [0xe1aa8214, 0x05, 0xe0],
    [0x01357944, 0x04, 0x80],
    [0x52c501d0, 0x20, 0xe0],
    [0x12012cd9, 0x35, 0xc0],
    [0xcc2c4b5d, 0x03, 0x01],
  ])("CRC-32 %p on the PPU of byte 13 %p: the switches say so, %p", (crc, vs, defaultDips) => {
    expect(vsHardware(arcadeRom(watchCabinet(new TestProgram()), { crc, vs }))).toMatchObject({
      defaultDips,
    });
  });

  const list = readFileSync(join(import.meta.dir, "../../../../src/emu/nes/cartridge/vs-games.ts"), "utf8");
  const crcs = [...list.matchAll(/\b[0-9a-f]{8}\b/g)].map(([crc]) => crc);

  test("the CRC-32s of all games differ", () => {
    expect(crcs.length).toBeGreaterThan(50);
    expect(new Set(crcs).size).toBe(crcs.length);
  });

  test("the switches of a game do not overlap, and each choice fits its switch", () => {
    for (const crc of crcs) {
      const { title, dips } = vsHardware(
        arcadeRom(watchCabinet(new TestProgram()), { crc: Number(`0x${crc}`) }),
      )!;
      let seen = 0;
      for (const { name, mask, choices } of dips) {
        expect([title, name, seen & mask]).toEqual([title, name, 0]);
        seen |= mask;
        expect(choices.filter(({ value }) => (value & ~mask) !== 0)).toEqual([]);
        expect(new Set(choices.map(({ value }) => value)).size).toBe(choices.length);
        expect(new Set(choices.map(({ label }) => label)).size).toBe(choices.length);
      }
    }
  });
});

describe("PPUs", () => {
  test("the 2C05 swaps $2000 and $2001, and signs $2002", () => {
    const readStatus = [0xad, 0x02, 0x20, 0x85, 0x20];
    const program = new TestProgram()
      .waitFrames(3)
      .bytes(...readStatus)
      .store(0x2001, 0x10);
    const nes = arcade({ vs: 0x0b }, {}, program);
    run(nes, 6);
    expect(nes.peek("cpu", 0x20) & 0x1f).toBe(0x1b);
    expect(nes.peek("cpu", 0x2002) & 0x1f).toBe(0x1b);
    expect(nes.ppu.state.control).toBe(0x10);
    expect(nes.ppu.state.mask).toBe(0);
  });

  test.each(["2C03", "2C04-0001", "2C05-02"] as const)("the %s drops no dot", (ppuRevision) => {
    const cyclesOf = (options: NesOptions) => {
      const shows = new TestProgram().waitFrames(3).store(0x2001, 0x1e).forever().toRom();
      const nes = createHeadless(readRom(shows, "shows.nes").image, options);
      run(nes, 10);
      const from = nes.totalCycles;
      run(nes, 60);
      return nes.totalCycles - from;
    };
    expect(cyclesOf({ ppuRevision: "G" })).toBeLessThan(29_781 * 60);
    expect(Math.abs(cyclesOf({ ppuRevision }) - (89_342 / 3) * 60)).toBeLessThan(4);
  });

  test("colours come from the PPU, and emphasis sets a channel", () => {
    const colorsOf = (vs: number) => arcade({ vs }).geometry.colors!;
    expect(colorsOf(0x00)[0x16]).toBe(0xff0000);
    expect(colorsOf(0x00)[0x0d]).toBe(0x000000);
    expect(colorsOf(0x02)[0x00]).toBe(0xffb6b6);
    expect(colorsOf(0x03)[0x01]).toBe(0xffb600);
    expect(colorsOf(0x04)[0x3f]).toBe(0x004949);
    expect(colorsOf(0x05)[0x3f]).toBe(0x244900);
    expect(colorsOf(0x00)[0x0d | 0x40]).toBe(0xff0000);
    expect(colorsOf(0x00)[0x0d | 0x80]).toBe(0x00ff00);
    expect(colorsOf(0x00)[0x0d | 0x100]).toBe(0x0000ff);
    expect(
      createHeadless(readRom(new TestProgram().toRom(), "home.nes").image).geometry.colors,
    ).toBeUndefined();
  });
});

describe("boards in a VS. System", () => {
  test("have four nametables, whatever the mapper says", () => {
    const writeAll = new TestProgram();
    for (const [at, value] of [0x20, 0x24, 0x28, 0x2c].entries())
      writeAll
        .store(0x2006, value)
        .store(0x2006, 0)
        .store(0x2007, 0xa0 + at);
    for (const mapper of [0, 1, 2, 67, 75, 99, 151, 206]) {
      const nes = arcade({ vs: 0, mapper }, { console: "famicom" }, new TestProgram().bytes());
      for (let nametable = 0; nametable < 4; nametable++)
        nes.poke("ppu", 0x2000 + nametable * KIB, 0xa0 + nametable);
      const read = [0, 1, 2, 3].map((nametable) => nes.peek("ppu", 0x2000 + nametable * KIB));
      expect([mapper, ...read]).toEqual([mapper, 0xa0, 0xa1, 0xa2, 0xa3]);
    }
  });

  test.each([
    ["TKO Boxing", 0x24, [0x5e00, 0x5e01, 0x5e01, 0x5e01, 0x5e00, 0x5e01], [0, 0xff, 0xbf, 0xb7, 0, 0xff]],
    [
      "RBI Baseball",
      0x12,
      [0x5e00, ...Array<number>(15).fill(0x5e01)],
      [0, 0, 0, 0, 0, 0xb4, 0, 0, 0, 0, 0x6f, 0, 0, 0, 0, 0x94],
    ],
    [
      "Super Xevious",
      0x32,
      [0x54ff, 0x5678, 0x578f, 0x5567, 0x54ff, 0x5678, 0x578f, 0x5567],
      [0x05, 0x01, 0x89, 0x37, 0x05, 0x00, 0xd1, 0x3e],
    ],
  ] as const)("%s gets its answers", (_name, vs, reads, answers) => {
    const program = new TestProgram();
    for (const [at, address] of reads.entries())
      program.bytes(0xad, address & 0xff, address >> 8, 0x85, 0x40 + at);
    const nes = arcade({ vs, mapper: 206 }, {}, program);
    run(nes, 3);
    expect(answers.map((_, at) => nes.peek("cpu", 0x40 + at))).toEqual([...answers]);
  });
});

describe("the watchdog", () => {
  /** Counts its starts in $50, and reads $4016 or $4017 in each NMI. */
  function counting(register: number): Nes {
    const program = new TestProgram().bytes(0xe6, 0x50).waitFrames(2).store(0x2000, 0x80).forever();
    const nmi = program.here;
    program.bytes(0x48, 0xad, register & 0xff, register >> 8, 0x68, 0x40); // PHA, LDA, PLA, RTI
    const rom = arcadeRomFile(program, { vs: 0 });
    rom.set([nmi & 0xff, nmi >> 8], 16 + 0x3ffa);
    return createHeadless(readRom(rom, "uni.nes").image);
  }
  const starts = (nes: Nes): number => nes.peek("cpu", 0x50);

  test("resets a UniSystem whose program has not read $4017 for 72 frames, again and again", () => {
    const nes = counting(0x4016);
    const after = [72, 1, 72].map((frames) => {
      for (let frame = 0; frame < frames; frame++) nes.runFrame();
      return starts(nes);
    });
    expect(after).toEqual([1, 2, 3]);
  });

  test("lets a program run that reads $4017", () => {
    const nes = counting(0x4017);
    for (let frame = 0; frame < 200; frame++) nes.runFrame();
    expect(starts(nes)).toBe(1);
  });

  test("its time is part of a state", () => {
    const nes = counting(0x4016);
    for (let frame = 0; frame < 60; frame++) nes.runFrame();
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    const other = counting(0x4016);
    other.load(state);
    for (let frame = 0; frame < 12; frame++) other.runFrame();
    expect(starts(other)).toBe(1);
    other.runFrame();
    expect(starts(other)).toBe(2);
  });
});
