/** A PlayChoice-10 with a control program of our own. */
import { describe, expect, test } from "bun:test";
import { InputError } from "../../../../src/emu/input-error.ts";
import type { Nes, NesOptions } from "../../../../src/emu/nes/nes.ts";
import { LATCH } from "../../../../src/emu/nes/playchoice/control-bus.ts";
import { CONTROL_PROGRAM_BYTES, type ControlRoms } from "../../../../src/emu/nes/playchoice/control-roms.ts";
import { panelReport } from "../../../../src/emu/nes/playchoice/panel-status.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import {
  controlRoms,
  GAME_BACKDROP,
  GAME_BUTTONS,
  GAME_NMIS,
  GAME_STARTS,
  GAMES_SOLD,
  PROM_BITS,
  PROM_DATA,
  playChoiceFile,
  TIME_LEFT,
  TIME_PER_COIN,
} from "../../../support/playchoice-rom.ts";
import { Prng } from "../../../support/prng.ts";
import { Z80Program } from "../../../support/z80-program.ts";

const WIDTH = 512;
const PIXELS = WIDTH * 240;
/** Pixels of the control side begin here. */
const CONTROL = 512;
const BLACK = 0x0f;

function playChoice(options: NesOptions = {}, roms: ControlRoms = controlRoms()): Nes {
  const { image } = readRom(playChoiceFile(), "game.nes");
  return createHeadless({ ...image, controlRoms: roms }, options);
}

/** A machine whose control program is `program`, from $0000 on. */
function running(program: Z80Program, options: NesOptions = {}): Nes {
  return playChoice(options, controlRoms(program.toRom(CONTROL_PROGRAM_BYTES)));
}

function run(nes: Nes, frames: number, pixels?: Uint16Array): void {
  for (let frame = 0; frame < frames; frame++) nes.runFrame(pixels);
}

function control(nes: Nes, address: number): number {
  return nes.control!.bus.read(address);
}

function game(nes: Nes, address: number): number {
  return nes.peek("cpu", address);
}

/** The picture, sound and time of each of the next frames. */
function trace(nes: Nes, frames: number): string[] {
  const pixels = new Uint16Array(PIXELS);
  return Array.from({ length: frames }, () => {
    nes.runFrame(pixels);
    const sound = nes.samples.slice(0, nes.sampleCount);
    return `${Bun.hash.crc32(pixels)} ${Bun.hash.crc32(sound)} ${control(nes, TIME_LEFT)} ${nes.totalCycles}`;
  });
}

describe("a coin", () => {
  test("starts the game, and its end stops it", () => {
    const nes = playChoice();
    run(nes, 6);
    expect([game(nes, GAME_STARTS), nes.batteryRam[0]]).toEqual([0, 0]);
    nes.coins!.insertCoin(0);
    run(nes, 20);
    expect([game(nes, GAME_STARTS), nes.batteryRam[0]]).toEqual([1, 1]);
    const left = control(nes, TIME_LEFT);
    expect(left).toBeLessThan(TIME_PER_COIN);
    run(nes, 5);
    expect(control(nes, TIME_LEFT)).toBe(left - 5);
    expect(nes.control!.bus.timeDigits & 15).toBe((left - 5) & 15);
    run(nes, TIME_PER_COIN);
    const played = game(nes, GAME_NMIS);
    expect([control(nes, TIME_LEFT), played > 20]).toEqual([0, true]);
    run(nes, 10);
    expect(game(nes, GAME_NMIS)).toBe(played);
  });

  test("in slot 2 is another bit, and the service button a third", () => {
    // LD C,0; IN A,(0); OR C; LD C,A; LD ($8000),A; JR back to IN.
    const program = new Z80Program().out(9, 1).bytes(0x0e, 0);
    const nes = running(program.bytes(0xdb, 0, 0xb1, 0x4f, 0x32, 0, 0x80, 0x18, 0xf7));
    run(nes, 3);
    expect(control(nes, 0x8000)).toBe(0x08);
    nes.coins!.insertCoin(1);
    run(nes, 4);
    expect(control(nes, 0x8000)).toBe(0x28);
    nes.coins!.pressService();
    run(nes, 4);
    expect(control(nes, 0x8000)).toBe(0x68);
    nes.setInput({ latchButtons: () => 0x0e_0000 });
    run(nes, 2);
    expect(control(nes, 0x8000)).toBe(0x6f);
  });

  test("counts in battery RAM, which survives power and reset", () => {
    const nes = playChoice();
    run(nes, 6);
    nes.coins!.insertCoin(0);
    run(nes, 10);
    expect(nes.batteryRam.length).toBe(2048);
    for (const kind of ["reset", "power"] as const) {
      nes.reset(kind);
      run(nes, 3);
      expect([control(nes, GAMES_SOLD), game(nes, GAME_NMIS) > 0]).toEqual([1, kind === "reset"]);
    }
  });
});

describe("the picture", () => {
  test("has the game on the left and the tiles of the control side on the right", () => {
    const nes = playChoice();
    expect(nes.geometry).toMatchObject({ width: WIDTH, height: 240 });
    const pixels = new Uint16Array(PIXELS);
    run(nes, 6, pixels);
    const at = (x: number, y: number): number => pixels[y * WIDTH + x]!;
    expect([at(0, 100), at(255, 100), at(256, 100)]).toEqual([BLACK, BLACK, CONTROL]);
    // Row 2 begins with tiles 1 to 8 in palettes 0 to 7, whose lower rows are solid.
    const solid = Array.from({ length: 9 }, (_, tile) => at(256 + 8 * tile, 9));
    expect(solid).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 0, 0].map((color, at) => CONTROL + 8 * (at & 7) * Number(at < 8) + color),
    );
    // The first row of tile 6 is its number in all planes.
    const first = Array.from({ length: 8 }, (_, x) => at(256 + 40 + x, 8));
    expect(first).toEqual([0, 0, 0, 0, 0, 7, 7, 0].map((color) => CONTROL + 40 + color));
    nes.coins!.insertCoin(0);
    run(nes, 10, pixels);
    expect([at(0, 100), at(255, 100)]).toEqual([GAME_BACKDROP, GAME_BACKDROP]);
    expect(Math.max(...nes.samples.subarray(0, nes.sampleCount))).toBeGreaterThan(1000);
    run(nes, TIME_PER_COIN, pixels);
    expect(at(0, 100)).toBe(BLACK);
    expect(Math.max(...nes.samples.subarray(0, nes.sampleCount))).toBe(0);
  });

  test("has a colour for each of its pixels", () => {
    const { colors } = playChoice().geometry;
    expect(colors!.length).toBe(CONTROL + 256);
    expect(colors![CONTROL]).toBe(0);
    // Entry 9: red 9, green 18 & 15 = 2, blue 27 & 15 = 11, by the weights of the resistors.
    expect(colors![CONTROL + 9]).toBe(((0x0e + 0x8f) << 16) | (0x1f << 8) | (0x0e + 0x1f + 0x8f));
    expect(colors![0x30]).toBe(0xffffff);
  });

  test("is colour 0 while the CPU has video RAM, and only then RAM can be written", () => {
    const program = new Z80Program().out(9, 1).out(0, 0).store(0x9080, 7).store(0x9081, 0).out(0, 1);
    const nes = running(program.store(0x9080, 1).waitPort(0, 0x80).out(0, 0).halt());
    const pixels = new Uint16Array(PIXELS);
    run(nes, 3, pixels);
    expect([control(nes, 0x9080), pixels[9 * WIDTH + 256]]).toEqual([7, CONTROL + 7]);
    nes.coins!.insertCoin(0);
    run(nes, 3, pixels);
    expect([control(nes, 0x9080), pixels[9 * WIDTH + 256]]).toEqual([7, CONTROL]);
  });
});

test("the panel reports the time display and if the game is played", () => {
  const nes = playChoice();
  const report = () => panelReport(nes.coins!.panelStatus!);
  expect(report()).toEqual({ isPlayed: false, time: "0000" });
  const { bus } = nes.control!;
  for (const [digit, value] of [7, 0, 2, 0x0f].entries()) bus.writePort(0x10 + digit, value);
  bus.writePort(LATCH.controls, 1);
  expect(report()).toEqual({ isPlayed: true, time: " 207" });
  expect(panelReport(0)).toBeUndefined();
});

describe("with one screen", () => {
  test("shows the control side until the game is played, or as the player chooses", () => {
    const nes = playChoice({ screens: "one" });
    expect(nes.geometry.width).toBe(256);
    const pixels = new Uint16Array(256 * 240);
    const at = (x: number, y: number): number => pixels[y * 256 + x]!;
    run(nes, 6, pixels);
    expect([at(0, 100), at(8, 9)]).toEqual([CONTROL, CONTROL + 10]);
    nes.coins!.insertCoin(0);
    run(nes, 10, pixels);
    expect([at(0, 100), at(8, 9)]).toEqual([GAME_BACKDROP, GAME_BACKDROP]);
    nes.choices!.choose(0, 1);
    run(nes, 1, pixels);
    expect([at(0, 100), at(8, 9)]).toEqual([CONTROL, CONTROL + 10]);
    nes.choices!.choose(0, 0);
    run(nes, 1, pixels);
    expect(at(8, 9)).toBe(GAME_BACKDROP);
    // A demo has no controls.
    nes.control!.bus.writePort(LATCH.controls, 0);
    run(nes, 1, pixels);
    expect(at(8, 9)).toBe(CONTROL + 10);
    expect(() => nes.choices!.choose(0, 2)).toThrow(InputError);
  });

  test("runs as with two", () => {
    const state = (nes: Nes): number => {
      run(nes, 6);
      nes.coins!.insertCoin(0);
      run(nes, 10);
      const bytes = new Uint8Array(nes.stateBytes);
      nes.save(bytes);
      return Bun.hash.crc32(bytes);
    };
    expect(state(playChoice({ screens: "one" }))).toBe(state(playChoice()));
  });
});

describe("the control side", () => {
  test("reads the PROM bit by bit, inverted", () => {
    const nes = playChoice();
    run(nes, 4);
    const bits = Array.from({ length: 64 }, (_, at) => control(nes, PROM_BITS + at));
    expect(bits.map((byte) => 1 - ((byte >> 3) & 1))).toEqual(
      Array.from({ length: 64 }, (_, at) => (PROM_DATA[at >> 3]! >> (at & 7)) & 1),
    );
    expect(bits.map((byte) => 1 - ((byte >> 4) & 1))).toEqual(Array.from({ length: 64 }, (_, at) => at >> 5));
  });

  test("finds the cartridge in channel 0 alone", () => {
    const nes = playChoice();
    run(nes, 4);
    const { bus } = nes.control!;
    const seen = Array.from({ length: 16 }, (_, channel) => {
      for (let bit = 0; bit < 4; bit++) bus.writePort(LATCH.channel + bit, channel >> bit);
      return [bus.read(0xc000), bus.read(0xe000)];
    });
    expect(seen[0]![0]).toBe(5);
    expect(new Set(seen.slice(1).map(String))).toEqual(new Set(["255,231"]));
  });

  test("sees the upper KiB of battery RAM with port $0F", () => {
    const { bus } = playChoice().control!;
    bus.writePort(LATCH.upperBattery, 1);
    bus.write(0x8c00, 0x12);
    bus.write(0x8800, 0x34);
    expect([bus.read(0x8800), bus.read(0x8c00)]).toEqual([0x34, 0x12]);
    bus.writePort(LATCH.upperBattery, 0);
    expect([bus.read(0x8800), bus.read(0x8c00)]).toEqual([0x34, 0x34]);
  });

  test("reads its switches", () => {
    const { bus, panel } = playChoice({ dips: 0x1234 }).control!;
    expect([bus.readPort(1), bus.readPort(2)]).toEqual([0x34, 0x12]);
    panel.dips = 0xff01;
    expect([bus.readPort(1), bus.readPort(2)]).toEqual([0x01, 0xff]);
    expect(bus.readPort(0x77)).toBe(0xff);
    expect(playChoice().coins!.dips).toBe(0x3f40);
  });

  test.each([
    ["neither", [], true],
    ["the NMI enabled", [8], false],
    ["the watchdog off", [9], false],
  ] as const)("is reset by the watchdog at each vertical blank with %s", (_name, ports, isReset) => {
    const program = new Z80Program().bytes(0x31, 0, 0x88).jump(0x100); // LD SP,$8800
    program.at(0x66).bytes(0xed, 0x45).at(0x100); // RETN
    for (const port of ports) program.out(port, 1);
    const nes = running(program.bytes(0x21, 0, 0x80, 0x34, 0x18, 0xfe)); // LD HL,$8000; INC (HL); JR to it
    run(nes, 5);
    // The last reset is at the end of the fifth frame.
    expect(control(nes, 0x8000)).toBe(isReset ? 5 : 1);
  });

  test("sees the NMIs of the game, until it clears them", () => {
    const nes = playChoice();
    run(nes, 6);
    const { bus } = nes.control!;
    expect(bus.readPort(0) & 8).toBe(8);
    nes.coins!.insertCoin(0);
    run(nes, 12);
    expect(bus.readPort(0) & 8).toBe(0);
    bus.readPort(3);
    expect(bus.readPort(0) & 8).toBe(8);
    run(nes, 1);
    expect(bus.readPort(0) & 8).toBe(0);
  });

  test("halts the game's CPU, and disconnects its start and select", () => {
    const nes = playChoice();
    run(nes, 6);
    nes.setInput({ latchButtons: () => 0xff });
    nes.coins!.insertCoin(0);
    run(nes, 12);
    expect(game(nes, GAME_BUTTONS)).toBe(0xff);
    const { bus } = nes.control!;
    bus.writePort(LATCH.controls, 0);
    run(nes, 2);
    expect(game(nes, GAME_BUTTONS)).toBe(0xcf);
    bus.writePort(LATCH.gameRun, 0);
    run(nes, 1);
    const before = game(nes, GAME_NMIS);
    run(nes, 3);
    expect(game(nes, GAME_NMIS)).toBe(before);
    bus.writePort(LATCH.gameRun, 1);
    run(nes, 3);
    expect(game(nes, GAME_NMIS)).toBeGreaterThan(before);
    expect(game(nes, GAME_STARTS)).toBe(1);
  });

  test("runs at 4 MHz", () => {
    // LD BC,0; INC BC (6 T-states); LD ($8000),BC (20); JR to INC (12).
    const nes = running(new Z80Program().out(9, 1).bytes(1, 0, 0, 0x03, 0xed, 0x43, 0, 0x80, 0x18, 0xf9));
    const count = (): number => control(nes, 0x8000) | (control(nes, 0x8001) << 8);
    run(nes, 1);
    const before = count();
    run(nes, 20);
    const tStates = (20 * 341 * 262 * 4_000_000) / (236_250_000 / 44);
    expect(Math.abs(((count() - before) & 0xffff) - tStates / 38)).toBeLessThan(3);
  });
});

describe("determinism", () => {
  const COIN = 6;
  function played(options: NesOptions = {}): Nes {
    const nes = playChoice(options);
    run(nes, COIN);
    nes.coins!.insertCoin(0);
    return nes;
  }

  test("two machines, and the exact one, give the same frames", () => {
    const frames = trace(played(), 48);
    expect(new Set(frames).size).toBeGreaterThan(40);
    expect(trace(played(), 48)).toEqual(frames);
    expect(trace(played({ exact: true }), 48)).toEqual(frames);
  });

  test("a state continues with the same pictures, sound and time", () => {
    const nes = played();
    const state = new Uint8Array(nes.stateBytes);
    for (const frames of [1, 12, 30]) {
      run(nes, frames);
      nes.save(state);
      const onward = trace(nes, 20);
      const other = playChoice();
      other.load(state);
      expect(trace(other, 20)).toEqual(onward);
      nes.load(state);
      expect(trace(nes, 20)).toEqual(onward);
    }
  });

  test("steps of one instruction give the same frames, also with a state in the middle of one", () => {
    const frames = played();
    let steps = played();
    const seen = [new Uint16Array(PIXELS), new Uint16Array(PIXELS)] as const;
    const state = new Uint8Array(steps.stateBytes);
    for (let frame = 0; frame < 8; frame++) {
      frames.runFrame(seen[0]);
      for (let step = 0; !steps.stepInstruction(seen[1]); step++) {
        if (step !== 700 || frame % 2 === 0) continue;
        steps.save(state);
        steps = playChoice();
        steps.load(state);
      }
      expect(steps.totalCycles).toBe(frames.totalCycles);
      if (frame % 2 === 0) expect(Bun.hash.crc32(seen[1])).toBe(Bun.hash.crc32(seen[0]));
    }
    frames.save(state);
    const other = new Uint8Array(state.length);
    steps.save(other);
    expect(Bun.hash.crc32(other.subarray(0, steps.machineStateBytes))).toBe(
      Bun.hash.crc32(state.subarray(0, frames.machineStateBytes)),
    );
  });

  test("unseen and unheard frames change nothing that the programs notice", () => {
    const seen = played();
    const unseen = played();
    run(seen, 20, new Uint16Array(PIXELS));
    for (let frame = 0; frame < 20; frame++) unseen.runFrame(undefined, false);
    const states = [seen, unseen].map((nes) => {
      const state = new Uint8Array(nes.stateBytes);
      nes.save(state);
      return Bun.hash.crc32(state.subarray(0, nes.machineStateBytes));
    });
    expect(states[1]).toBe(states[0]!);
  });

  test("random control programs run alike, exact or not, and their states are equal", () => {
    const random = new Prng(0x9c10);
    for (let round = 0; round < 6; round++) {
      const program = random.bytes(CONTROL_PROGRAM_BYTES);
      // Most programs write ports: OUT (n),A with n from 0 to 15.
      for (let at = 0; at < program.length; at += 16)
        program.set([0xd3, random.next() & 15, 0x3c + (random.next() & 1)], at + random.below(13));
      const [fast, exact] = [{}, { exact: true }].map((options) => playChoice(options, controlRoms(program)));
      expect(trace(fast!, 8)).toEqual(trace(exact!, 8));
      const states = [fast!, exact!].map((nes) => {
        const state = new Uint8Array(nes.stateBytes);
        nes.save(state);
        nes.load(state);
        return Bun.hash.crc32(state);
      });
      expect(states[0]).toBe(states[1]!);
    }
  });

  test("states with random bytes are rejected, or run on", () => {
    const nes = played();
    run(nes, 8);
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    const random = new Prng(0xd0a1);
    let rejected = 0;
    for (let round = 0; round < 60; round++) {
      const bad = state.slice();
      for (let change = 0; change < 20; change++) bad[random.next() % bad.length] = random.next() & 0xff;
      try {
        nes.load(bad);
        run(nes, 2);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        rejected++;
      }
    }
    expect(rejected).toBeGreaterThan(0);
  });
});

describe("without the ROMs of the control side", () => {
  test("the game runs alone", () => {
    const nes = createHeadless(readRom(playChoiceFile(), "game.nes").image);
    expect([nes.geometry.width, nes.coins, nes.batteryRam.length]).toEqual([256, undefined, 0]);
    run(nes, 10);
    expect([game(nes, GAME_STARTS), game(nes, GAME_NMIS) > 4]).toEqual([1, true]);
  });
});

test("a device with memory is rejected, because the cabinet has no port for it", () => {
  expect(() => playChoice({ devices: { expansion: "turbo-file" } })).toThrow(
    "a PlayChoice-10 has no port for a device with memory",
  );
});
