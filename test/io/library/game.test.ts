import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Game, InputError, load, loadCartridge, powerOn, Trace } from "../../../src/io/library/index.ts";
import { gameErrorOf } from "../../support/game-errors.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";
import { LABELS, LIBRARY_ROM, libraryGame } from "../../support/library-game.ts";

const SWINGBY = join(import.meta.dir, "../../../roms/swingby.nes");

const hex = (address: number): string => `$${address.toString(16).toUpperCase()}`;

describe("frames and memory", () => {
  const REJECTED: readonly (readonly [string, (nes: Game) => void])[] = [
    ["NaN frames", (nes) => nes.frames(Number.NaN)],
    ["less than no frames", (nes) => nes.frames(-1)],
    ["half a frame", (nes) => nes.frames(0.5)],
    ["a text as frames", (nes) => nes.frames("10" as never)],
    ["an unknown reset", (nes) => nes.reset("hard" as never)],
    ["a byte of 256", (nes) => nes.poke(0, 256)],
    ["half a byte", (nes) => nes.poke(0, 0.5)],
    [
      "an unknown option",
      (nes) => powerOn({ rom: nes.rom, symbols: nes.symbols }, { regoin: "pal" } as never),
    ],
    ["no words for a device", (nes) => nes.setDevice("port2", undefined as never)],
  ];
  test.each(REJECTED)("%s: an InputError, and nothing runs", (_, act) => {
    const nes = libraryGame();
    expect(() => act(nes)).toThrow(InputError);
    expect(nes.frame).toBe(0);
  });

  test("RAM is a live view, by address and by name", () => {
    const nes = libraryGame();
    nes.frames(10);
    expect(nes.frame).toBe(10);
    const count = nes.ram[0x20];
    expect(count).toBeGreaterThan(5);
    expect(nes.ram[nes.symbol("frame_count")]).toBe(count);
    expect(nes.peek("frame_count")).toBe(count);
    nes.ram[0x20] = 200;
    nes.frames(1);
    expect(nes.peek("frame_count")).toBe(201);
    nes.poke("frame_count", 7);
    expect(nes.bytes("frame_count", 2)).toEqual([7, 0]);
    expect(nes.peek16(0xfffc)).toBe(LABELS.reset);
  });

  test("buttons are held until they are released", () => {
    const nes = libraryGame();
    nes.frames(5);
    nes.press("a");
    nes.frames(4);
    nes.release();
    nes.frames(4);
    expect(nes.peek("a_count")).toBe(4);
    nes.tap("a", 3);
    expect(nes.peek("a_count")).toBe(7);
    nes.hold(1, "b");
    nes.frames(2);
    expect(nes.peek("a_count")).toBe(7);
    // @ts-expect-error: no such button
    expect(inputErrorOf(() => nes.press("x")).message).toBe("unknown button x");
  });

  test("until returns how many frames it took, and reports what did not happen", () => {
    const nes = libraryGame();
    const frames = nes.until(() => nes.peek("frame_count") === 20, { maxFrames: 60 });
    expect(frames).toBe(nes.frame);
    const error = gameErrorOf(() => nes.until(() => nes.ram[0x20] === 3, { maxFrames: 5 }));
    expect(error.what).toStartWith("not within 5 frames: nes.ram[");
    expect(error.place).toMatch(/^\$C0[0-9A-F]{2} wait(\+2)?, frame \d+, line 241, cycle \d+$/);
  });

  test("two games of one cartridge are independent, and a state restores one", async () => {
    const cartridge = await loadCartridge(SWINGBY);
    const games = Array.from({ length: 4 }, () => powerOn(cartridge));
    for (const [index, game] of games.entries()) {
      game.frames(20);
      if (index > 0) game.press("start", "a");
    }
    const state = games[0]!.save();
    for (const game of games) game.frames(30);
    const hashes = games.map((game) => game.screen.hash);
    expect(hashes[1]).toBe(hashes[2]!);
    expect(hashes[0]).not.toBe(hashes[1]!);
    games[3]!.load(state);
    games[3]!.release();
    games[3]!.frames(30);
    expect([games[3]!.screen.hash, games[3]!.frame]).toEqual([hashes[0]!, 50]);
  });

  test("a state from within a frame continues within it", async () => {
    const cartridge = await loadCartridge(SWINGBY);
    const [nes, other] = [powerOn(cartridge), powerOn(cartridge)];
    nes.frames(30);
    nes.press("a");
    nes.runTo(nes.peek16(0xfffa));
    for (let instructions = 0; instructions < 3000; instructions++) nes.step();
    const state = nes.save();
    other.frames(7);
    other.load(state);
    other.press("a");
    expect(other.place).toBe(nes.place);
    for (const game of [nes, other]) game.frames(3);
    expect([other.frame, other.screen.hash]).toEqual([nes.frame, nes.screen.hash]);
    expect(other.machine.registers()).toEqual(nes.machine.registers());
    expect(Buffer.from(other.ram).equals(Buffer.from(nes.ram))).toBe(true);
  });

  test("bytes, files, and other values", async () => {
    expect((await load(new Uint8Array(readFileSync(SWINGBY)))).symbols.symbols).toEqual([]);
    expect((await inputErrorFrom(load("absent.nes"))).kind).toBe("missing");
    expect((await inputErrorFrom(load(import.meta.path))).kind).toBe("data");
    const wrong = await inputErrorFrom(load(SWINGBY, { symbols: import.meta.path }));
    expect([wrong.kind, wrong.message]).toEqual(["usage", "unknown kind of symbol file"]);
  });
});

describe("step with buttons", () => {
  test("holds exactly the given buttons and runs whole frames", () => {
    const nes = libraryGame();
    nes.frames(10);
    nes.press("b");
    expect(nes.step(["a"], 4)).toBe(true);
    expect([nes.frame, nes.peek("a_count"), nes.machine.latchedButtons]).toEqual([14, 4, 1]);
    nes.step(0x0201);
    expect([nes.frame, nes.machine.latchedButtons]).toEqual([15, 0x201]);
    nes.step([], 2);
    expect([nes.frame, nes.peek("a_count"), nes.machine.latchedButtons & 0xff]).toEqual([17, 5, 0]);
    expect(() => nes.step(-1)).toThrow("32 bits");
    expect(() => nes.step(["jump" as never])).toThrow("unknown button jump");
  });
});

describe("names", () => {
  test("an unknown name is reported with similar ones", () => {
    const error = inputErrorOf(() => libraryGame().symbol("frames_count"));
    expect([error.message, error.remedy]).toEqual(["unknown symbol frames_count", "similar: frame_count"]);
    expect(inputErrorOf(() => libraryGame().peek(-1)).message).toStartWith("address -1");
  });
});

describe("the way to a failure", () => {
  test("failures list the callers, found on the stack", () => {
    const nes = libraryGame();
    nes.frames(5);
    nes.runTo("tick");
    expect(nes.callers).toEqual([`${hex(LABELS.wait! + 4)} wait+4`]);
    expect(nes.error("here").message).toMatch(/\n {2}called from \$C0\w\w wait\+4$/);
  });

  test("a trace lists the last instructions, with loops marked", () => {
    const nes = libraryGame();
    nes.frames(5);
    const trace = new Trace(100);
    nes.runTo("tick");
    nes.spy(trace);
    nes.runTo("tick");
    const lines = trace.describe(nes.places, 20);
    expect(lines.at(-1)).toBe(`${hex(LABELS.wait! + 4)} wait+4`);
    expect(lines.some((line) => / wait × \d\d$/.test(line))).toBe(true);
    expect(lines.filter((line) => line.includes(" nmi"))).toEqual([
      "$C000 nmi",
      "$C001 nmi+1",
      "$C003 nmi+3",
      "$C004 nmi+4",
    ]);
  });
});

describe("crashes", () => {
  const crash = (nes: Game, routine: string): void => {
    nes.machine.cpu.pc = LABELS[routine]!;
    nes.frames(2);
  };

  test("a JAM fails with its place, or stops the CPU as on the console", () => {
    const nes = libraryGame();
    nes.frames(5);
    const error = gameErrorOf(() => crash(nes, "jams"));
    expect(error.message).toMatch(/^the CPU has jammed: .*\n {2}at \$C00C jams, frame 6/);
    const patient = libraryGame({ onJam: "ignore" });
    crash(patient, "jams");
    expect(patient.frame).toBe(2);
  });
});

test("the ROM of these tests matches no known ROM", () => {
  expect(LIBRARY_ROM.length).toBe(16 + 0x4000);
});
