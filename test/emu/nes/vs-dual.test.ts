/** The two consoles of a VS. DualSystem. */
import { describe, expect, test } from "bun:test";
import { InputError } from "../../../src/emu/input-error.ts";
import { splitDual, vsHardware } from "../../../src/emu/nes/cartridge/vs-hardware.ts";
import type { Nes, NesOptions } from "../../../src/emu/nes/nes.ts";
import { KIB } from "../../../src/emu/units.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import {
  BUTTONS,
  COINS,
  type DualHeader,
  dualRomFile,
  FIRST_4016,
  MAIN_BACKDROP,
  QUESTION,
  REPLIES,
  REPLY,
  REPLY_BITS,
  SUB_BACKDROP,
} from "../../support/dual-rom.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { Prng } from "../../support/prng.ts";
import { TestProgram } from "../../support/test-program.ts";

const WIDTH = 512;
const PIXELS = WIDTH * 240;

function dual(options: NesOptions = {}, header: DualHeader = {}): Nes {
  return createHeadless(readRom(dualRomFile(header), "dual.nes").image, options);
}

function run(nes: Nes, frames: number, pixels?: Uint16Array): void {
  for (let frame = 0; frame < frames; frame++) nes.runFrame(pixels);
}

function peek(nes: Nes | undefined, address: number): number {
  return nes!.peek("cpu", address);
}

/** The picture and sound of each of the next frames. */
function trace(nes: Nes, frames: number): string[] {
  const pixels = new Uint16Array(PIXELS);
  return Array.from({ length: frames }, () => {
    nes.runFrame(pixels);
    const sound = nes.samples.slice(0, nes.sampleCount);
    return `${Bun.hash.crc32(pixels)} ${sound.length} ${Bun.hash.crc32(sound)} ${peek(nes, REPLIES)}`;
  });
}

describe("two programs", () => {
  test("exchange bytes through shared RAM, and interrupt each other", () => {
    const nes = dual();
    run(nes, 4);
    let before = peek(nes, REPLIES);
    let replies = 0;
    for (let frame = 0; frame < 20; frame++) {
      nes.runFrame();
      const now = peek(nes, REPLIES);
      replies += (now - before) & 0xff;
      before = now;
    }
    expect(replies).toBeGreaterThan(2000);
    // The program may be between the two stores; then the reply is to the next question.
    const difference = peek(nes, REPLY) ^ REPLY_BITS ^ peek(nes, QUESTION);
    expect([0, peek(nes, QUESTION) ^ ((peek(nes, QUESTION) + 1) & 0x1f)]).toContain(difference);
  });

  test("know their side by bit 7 of $4016, and run different ROM", () => {
    const nes = dual();
    run(nes, 4);
    expect([peek(nes, FIRST_4016), peek(nes.sub, FIRST_4016)]).toEqual([0x00, 0x80]);
    expect([nes.peek("ppu", 0), nes.sub!.peek("ppu", 0)]).toEqual([1, 3]);
  });

  test("the RAM belongs to one side, and the other reads open bus", () => {
    const nes = dual();
    run(nes, 10);
    const owner = nes.boardRegisters[1] === 1 ? nes : nes.sub!;
    const other = owner === nes ? nes.sub! : nes;
    owner.poke("cpu", 0x6123, 0x77);
    expect([peek(owner, 0x6123), peek(owner, 0x7923)]).toEqual([0x77, 0x77]);
    other.poke("cpu", 0x6123, 0x11);
    expect(peek(owner, 0x6123)).toBe(0x77);
  });
});

describe("the machine", () => {
  test("shows both screens side by side, and adds their sound", () => {
    const nes = dual();
    expect(nes.geometry).toMatchObject({ width: WIDTH, height: 240 });
    const pixels = new Uint16Array(PIXELS);
    run(nes, 6, pixels);
    const colors = [0, 255, 256, 511].map((x) => pixels[100 * WIDTH + x]);
    expect(colors).toEqual([MAIN_BACKDROP, MAIN_BACKDROP, SUB_BACKDROP, SUB_BACKDROP]);
    // Only the sub program plays a tone.
    expect(Math.max(...nes.samples.subarray(0, nes.sampleCount))).toBeGreaterThan(1000);
  });

  test("both consoles stay at the same time", () => {
    const nes = dual();
    let most = 0;
    for (let frame = 0; frame < 120; frame++) {
      nes.runFrame();
      most = Math.max(most, Math.abs(nes.totalCycles - nes.sub!.totalCycles));
    }
    expect(most).toBeLessThan(16);
    expect(nes.sub!.frame).toBe(nes.frame);
  });

  test("four controllers: 1 and 2 for the main side, 3 and 4 for the sub side", () => {
    const nes = dual({ devices: { fourScore: true } });
    const first = (): number[] =>
      [nes, nes.sub].flatMap((side) => [peek(side, BUTTONS) & 1, peek(side, BUTTONS + 1) & 1]);
    for (let player = 0; player < 4; player++) {
      nes.setInput({ latchButtons: () => 1 << (8 * player) });
      run(nes, 4);
      expect(first()).toEqual([0, 1, 2, 3].map((each) => Number(each === player)));
    }
  });

  test("coins and switches of both sides", () => {
    const nes = dual();
    run(nes, 4);
    const coins = nes.coins!;
    expect([coins.slotCount, coins.switchCount]).toEqual([4, 16]);
    coins.insertCoin(3);
    run(nes, 10);
    expect([peek(nes, COINS), peek(nes.sub, COINS) > 0]).toEqual([0, true]);
    coins.insertCoin(0);
    run(nes, 10);
    expect(peek(nes, COINS)).toBeGreaterThan(0);
    coins.dips = 0x8004;
    run(nes, 2);
    expect([peek(nes, BUTTONS + 1) & 0xfc, peek(nes.sub, BUTTONS + 1) & 0xfc]).toEqual([0x04, 0x80]);
    expect(inputErrorOf(() => coins.insertCoin(4)).message).toBe("there is no coin slot 4");
  });

  test("resets of both kinds restart both programs", () => {
    const nes = dual();
    run(nes, 20);
    for (const kind of ["reset", "power"] as const) {
      nes.reset(kind);
      run(nes, 10);
      const before = peek(nes, REPLIES);
      run(nes, 1);
      expect(peek(nes, REPLIES)).not.toBe(before);
      expect(Math.abs(nes.totalCycles - nes.sub!.totalCycles)).toBeLessThan(600);
    }
  });

  test("the shared RAM is the save if there is a battery, and survives power", () => {
    const nes = dual({}, { battery: true });
    run(nes, 10);
    expect(nes.batteryRam.length).toBe(2 * KIB);
    nes.batteryRam[0x700] = 0x5a;
    nes.reset("power");
    expect(nes.batteryRam[0x700]).toBe(0x5a);
  });
});

describe("determinism", () => {
  test("two machines, and the exact one, give the same frames", () => {
    const frames = trace(dual(), 30);
    expect(trace(dual(), 30)).toEqual(frames);
    expect(trace(dual({ exact: true }), 30)).toEqual(frames);
  });

  test("a state continues with the same pictures, sound and exchange", () => {
    const nes = dual();
    const state = new Uint8Array(nes.stateBytes);
    for (const frames of [5, 1, 17]) {
      run(nes, frames);
      nes.save(state);
      const onward = trace(nes, 20);
      const other = dual();
      other.load(state);
      expect(trace(other, 20)).toEqual(onward);
      nes.load(state);
      expect(trace(nes, 20)).toEqual(onward);
    }
  });

  test("steps of one instruction give the same frames", () => {
    const frames = dual();
    const steps = dual();
    const seen = [new Uint16Array(PIXELS), new Uint16Array(PIXELS)] as const;
    for (let frame = 0; frame < 8; frame++) {
      frames.runFrame(seen[0]);
      while (!steps.stepInstruction(seen[1]));
      expect(Bun.hash.crc32(seen[1])).toBe(Bun.hash.crc32(seen[0]));
    }
    expect(steps.totalCycles).toBe(frames.totalCycles);
  });

  test("unseen and unheard frames change nothing that the programs notice", () => {
    const seen = dual();
    const unseen = dual();
    run(seen, 12, new Uint16Array(PIXELS));
    for (let frame = 0; frame < 12; frame++) unseen.runFrame(undefined, false);
    const states = [seen, unseen].map((nes) => {
      const state = new Uint8Array(nes.stateBytes);
      nes.save(state);
      return Bun.hash.crc32(state.subarray(0, nes.machineStateBytes));
    });
    expect(states[1]).toBe(states[0]!);
  });

  test("states with random bytes are rejected, or run on", () => {
    const nes = dual();
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

describe("images", () => {
  test.each([
    ["64 KiB and 32 KiB", 64, 32, 0x50, [32, 16, 32, 16]],
    ["48 KiB without the empty first banks", 48, 32, 0x50, [32, 16, 32, 16]],
    ["the second program in 8 KiB", 48, 16, 0x60, [32, 16, 16, 16]],
    ["one program for both", 32, 16, 0x50, [32, 16, 32, 16]],
  ] as const)("%s", (_name, prgKib, chrKib, vs, sizes) => {
    const file = new Uint8Array(16 + (prgKib + chrKib) * KIB);
    file.set([0x4e, 0x45, 0x53, 0x1a, prgKib / 16, chrKib / 8, 0x30, 0x69]);
    file[13] = vs;
    const { image } = readRom(file, "dual.nes");
    const { main, sub } = splitDual(image);
    const bytes = [main.prgRom, main.chrRom, sub.prgRom, sub.chrRom].map(({ length }) => length / KIB);
    expect(bytes).toEqual([...sizes]);
    expect(vsHardware(main)).toBe(vsHardware(image)!);
  });

  test("an iNES 1.0 image of mapper 99 with 64 KiB of PRG ROM is for a DualSystem", () => {
    const nes = dual({}, { vs: 0 });
    run(nes, 10);
    expect(peek(nes, REPLIES)).toBeGreaterThan(0);
  });
});

describe("the watchdog", () => {
  /** Both programs count their starts in $50, and read $4017 in each NMI unless they are `silent`. */
  function counting(silent: "main" | "sub" | "neither"): Nes {
    const rom = dualRomFile();
    for (const [side, name] of [
      [0, "main"],
      [1, "sub"],
    ] as const) {
      const prg = rom.subarray(16 + side * 32 * KIB, 16 + (side + 1) * 32 * KIB);
      const start = new TestProgram()
        .bytes(0xe6, 0x50)
        .waitFrames(2)
        .store(0x2000, name === silent ? 0 : 0x80)
        .forever();
      const nmi = start.here;
      start.bytes(0x48, 0xad, 0x17, 0x40, 0x68, 0x40); // PHA, LDA $4017, PLA, RTI
      prg.set(start.toRom().subarray(16), 16 * KIB);
      prg.set([nmi & 0xff, nmi >> 8], 0x7ffa);
    }
    return createHeadless(readRom(rom, "dual.nes").image);
  }

  const starts = (nes: Nes): number[] => [peek(nes, 0x50), peek(nes.sub, 0x50)];

  test("resets both sides when the sub side has not read $4017 for 72 frames, again and again", () => {
    const nes = counting("sub");
    run(nes, 72);
    expect(starts(nes)).toEqual([1, 1]);
    run(nes, 1);
    expect(starts(nes)).toEqual([2, 2]);
    run(nes, 72);
    expect(starts(nes)).toEqual([3, 3]);
  });

  test.each(["main", "neither"] as const)("lets the sides run while %s is silent", (silent) => {
    const nes = counting(silent);
    run(nes, 200);
    expect(starts(nes)).toEqual([1, 1]);
  });

  test("its time is part of a state", () => {
    const nes = counting("sub");
    run(nes, 60);
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    const other = counting("sub");
    other.load(state);
    run(other, 12);
    expect(starts(other)).toEqual([1, 1]);
    run(other, 1);
    expect(starts(other)).toEqual([2, 2]);
  });
});
