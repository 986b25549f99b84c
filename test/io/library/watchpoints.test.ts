import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Coverage, loadCartridge, powerOn } from "../../../src/io/library/index.ts";
import { gameErrorOf } from "../../support/game-errors.ts";
import { LABELS, libraryGame } from "../../support/library-game.ts";
import { soakSize } from "../../support/soak.ts";

const SWINGBY = join(import.meta.dir, "../../../roms/swingby.nes");

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
