import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  Coverage,
  type Game,
  GameError,
  InputError,
  load,
  loadCartridge,
  powerOn,
  Trace,
} from "../../../src/io/library/index.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";
import { LABELS, LIBRARY_ROM, libraryGame } from "../../support/library-game.ts";
import { soakSize } from "../../support/soak.ts";

const SWINGBY = join(import.meta.dir, "../../../roms/swingby.nes");

const hex = (address: number): string => `$${address.toString(16).toUpperCase()}`;

function gameErrorOf(action: () => unknown): GameError {
  try {
    action();
  } catch (error) {
    if (error instanceof GameError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

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

describe("breakpoints and watchpoints", () => {
  test("onExecute comes before the instruction, until it is stopped", () => {
    const nes = libraryGame();
    nes.frames(5);
    const seen: number[] = [];
    const stop = nes.onExecute("tick", (pc) => seen.push(pc, nes.peek("frame_count")));
    nes.frames(2);
    const count = nes.peek("frame_count");
    expect(seen).toEqual([LABELS.tick!, count - 2, LABELS.tick!, count - 1]);
    stop();
    nes.frames(3);
    expect(seen.length).toBe(4);
  });

  test("onWrite and onRead report value, former value and instruction", () => {
    const nes = libraryGame();
    nes.frames(5);
    const writes: unknown[] = [];
    nes.onWrite("frame_count", (access) => writes.push(access));
    nes.press("a");
    const reads: number[] = [];
    nes.onRead(0x4016, ({ value }) => reads.push(value & 1));
    const strobes: number[] = [];
    nes.onWrite(0x4016, ({ value }) => strobes.push(value));
    const count = nes.peek("frame_count");
    nes.frames(1);
    expect(writes).toEqual([
      { kind: "write", address: 0x20, value: count + 1, before: count, pc: LABELS.tick! },
    ]);
    expect(reads).toEqual([1]);
    expect(strobes).toEqual([1, 0]);
  });

  test("watching the stack shows pushes and pulls, interrupts included", () => {
    const nes = libraryGame();
    nes.runTo("main");
    const writes: [number, number][] = [];
    nes.onWrite(0x100, ({ address, value }) => writes.push([address, value]), { bytes: 256 });
    nes.runTo("main");
    const returnTo = LABELS.wait! + 6;
    // The NMI pushes PC and P, its handler pushes A; then comes the JSR.
    expect(writes.map(([address]) => address)).toEqual([0x1ff, 0x1fe, 0x1fd, 0x1fc, 0x1ff, 0x1fe]);
    expect(writes.slice(4)).toEqual([
      [0x1ff, returnTo >> 8],
      [0x1fe, returnTo & 0xff],
    ]);
  });

  test("an error thrown by a callback ends frames, and the game can continue", () => {
    const nes = libraryGame();
    nes.frames(5);
    const stop = nes.onWrite("frame_count", () => {
      throw nes.error("not now");
    });
    const frame = nes.frame;
    const error = gameErrorOf(() => nes.frames(1));
    expect(error.message).toMatch(
      /^not now\n {2}at \$C\w+ tick\+2, frame 5, line \d+, cycle \d+\n {2}called from/,
    );
    expect(nes.frame).toBe(frame);
    stop();
    nes.frames(1);
    expect(nes.frame).toBe(frame + 1);
  });

  test.each([[[] as string[]], [["tick"]], [["tick", "nmi", "main"]]])(
    "observing %j changes nothing",
    (places) => {
      const plain = libraryGame();
      const observed = libraryGame();
      for (const place of places) observed.onExecute(place, () => {});
      observed.onRead(0, () => {}, { bytes: 0x10000 });
      observed.onWrite(0, () => {}, { bytes: 0x10000 });
      for (const game of [plain, observed]) {
        game.frames(7);
        game.tap("a");
        game.frames(20);
      }
      expect(Buffer.from(observed.save()).equals(Buffer.from(plain.save()))).toBe(true);
      expect(observed.screen.hash).toBe(plain.screen.hash);
    },
  );

  test("observing a whole game changes nothing", async () => {
    const cartridge = await loadCartridge(SWINGBY);
    const [plain, observed] = [powerOn(cartridge), powerOn(cartridge, { coverage: new Coverage() })];
    observed.onRead(0, () => {}, { bytes: 0x10000 });
    observed.time(observed.peek16(0xfffa));
    for (const game of [plain, observed]) {
      game.frames(soakSize(40, 1000));
      game.tap("a");
      game.frames(soakSize(20, 1000));
    }
    expect(Buffer.from(observed.save()).equals(Buffer.from(plain.save()))).toBe(true);
    expect(observed.screen.hash).toBe(plain.screen.hash);
    expect(observed.audio.samples).toEqual(plain.audio.samples);
  });

  test("runTo stops within the frame, before the instruction", () => {
    const nes = libraryGame();
    nes.runTo("tick");
    const first = nes.cycles;
    expect(nes.pc).toBe(LABELS.tick!);
    nes.runTo("tick");
    expect(nes.cycles - first).toBeGreaterThan(29_700);
    expect(gameErrorOf(() => nes.runTo("jams", { maxFrames: 3 })).what).toBe(
      "jams was not executed within 3 frames",
    );
  });
});

describe("calls", () => {
  test("a routine receives registers; its registers and cycles are returned", () => {
    const nes = libraryGame();
    nes.frames(5);
    const before = nes.machine.registers();
    const { cycles, ...left } = nes.call("add_five", { a: 253 });
    expect(left).toEqual({
      a: 2,
      x: before.x,
      y: before.y,
      carry: true,
      zero: false,
      negative: false,
      overflow: false,
    });
    expect(cycles).toBe(2 + 2 + 3 + 6);
    expect(nes.peek("sum")).toBe(2);
    const { pc, a, s, p } = nes.machine.registers();
    expect({ pc, a, s, p }).toEqual({ pc: before.pc, a: before.a, s: before.s, p: before.p });
  });

  test("interrupts wait until it has returned, unless they are allowed", () => {
    const nes = libraryGame();
    nes.frames(5);
    const count = nes.peek("nmi_count");
    // The NMI of this frame is due now, but the call comes first.
    const quiet = nes.call("fill", { a: 9 });
    expect(quiet.cycles).toBe(2 + 255 * 10 - 1 + 6);
    expect(nes.peek("nmi_count")).toBe(count);
    // In slightly more than a frame one call is interrupted, by the 7 cycles of the NMI and its handler.
    const open = Array.from({ length: 13 }, () => nes.call("fill", { a: 9, allowInterrupts: true }).cycles);
    expect(new Set(open)).toEqual(new Set([quiet.cycles, quiet.cycles + 7 + 3 + 5 + 4 + 6]));
    expect([nes.peek(0x201), nes.peek(0x2ff)]).toEqual([9, 9]);
  });

  test("afterwards the game continues as before, except for time", () => {
    const nes = libraryGame();
    nes.frames(5);
    nes.call("add_five", { a: 1, x: 2, y: 3, carry: true });
    const count = nes.peek("frame_count");
    nes.frames(10);
    expect(nes.peek("frame_count")).toBe(count + 10);
  });

  test("handlers return by RTI", () => {
    const nes = libraryGame();
    nes.frames(5);
    expect(nes.call("nmi", { returnsByRti: true }).cycles).toBe(3 + 5 + 4 + 6);
  });

  test("a routine that does not return is a failure that names its place", () => {
    const nes = libraryGame();
    nes.frames(5);
    const hangs = gameErrorOf(() => nes.call("hangs", { maxCycles: 1000 }));
    expect(hangs.what).toBe("the routine did not return within 1000 cycles");
    expect(hangs.place).toStartWith("$C00D hangs, frame 5");
    expect(gameErrorOf(() => nes.call("jams")).what).toBe("the CPU has jammed in the routine");
    nes.frames(3);
    expect(nes.call("add_five", { a: 1 }).a).toBe(6);
    expect(() => nes.call("add_five", { a: 256 })).toThrow(InputError);
  });
});

describe("time", () => {
  test("a routine is measured from its first instruction to its return", () => {
    const nes = libraryGame();
    nes.frames(5);
    const nmi = nes.time("nmi");
    const tick = nes.time("tick");
    nes.frames(10);
    expect([nmi.minCycles, nmi.maxCycles, nmi.runs.length]).toEqual([18, 18, 10]);
    expect(tick.runs.length).toBe(10);
    const [run] = tick.runs;
    expect(run).toMatchObject({ frame: 5, startLine: 241 });
    nmi.stop();
    tick.stop();
    nes.frames(2);
    expect(tick.runs.length).toBe(10);
  });

  test("interrupts in between do not count as the routine's time", () => {
    const nes = libraryGame();
    nes.frames(5);
    const fill = nes.time("fill");
    for (let calls = 0; calls < 13; calls++) nes.call("fill", { allowInterrupts: true });
    expect(new Set(fill.runs.map((run) => run.cycles))).toEqual(new Set([2 + 255 * 10 - 1 + 6]));
    expect(new Set(fill.runs.map((run) => run.elapsedCycles - run.cycles))).toEqual(new Set([0, 25]));
  });

  test("exceeding a budget ends the run, with names and numbers", () => {
    const nes = libraryGame();
    nes.frames(5);
    const stop = nes.budget("nmi", { maxCycles: 18, maxLines: 1, lastLine: 242 });
    nes.frames(5);
    stop();
    nes.budget("nmi", { maxCycles: 17 });
    expect(gameErrorOf(() => nes.frames(1)).what).toBe(
      "nmi took 18 cycles, 1 more than 17, in frame 10, from line 241 to 241",
    );
    const late = libraryGame();
    late.frames(5);
    late.budget("tick", { lastLine: 240 });
    late.frames(3);
    late.budget("tick", { maxLines: 0.1 });
    expect(gameErrorOf(() => late.frames(1)).what).toMatch(
      /^tick took 0\.\d lines, more than 0\.1, in frame 8/,
    );
    expect(inputErrorOf(() => nes.budget("tick", {})).kind).toBe("usage");
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
