import { describe, expect, test } from "bun:test";
import { InputError } from "../../../src/io/library/index.ts";
import { gameErrorOf } from "../../support/game-errors.ts";
import { libraryGame } from "../../support/library-game.ts";

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
