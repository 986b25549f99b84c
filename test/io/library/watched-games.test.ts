import { expect, test } from "bun:test";
import fc from "fast-check";
import type { InstructionCounts } from "../../../src/emu/nes/cpu/fast/interests.ts";
import { JSR } from "../../../src/emu/nes/cpu/opcodes.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { CoverageSpy } from "../../../src/io/library/coverage/coverage.ts";
import { CrashGuard } from "../../../src/io/library/crash-guard.ts";
import { type Game, type InstructionSpy, powerOn, type RoutineTimes } from "../../../src/io/library/index.ts";
import { WriteGuard } from "../../../src/io/library/write-guard.ts";
import { NO_SYMBOLS } from "../../../src/io/symbols/symbols.ts";
import { Prng } from "../../support/prng.ts";
import { randomProgram } from "../../support/random-program.ts";
import { soakSize } from "../../support/soak.ts";

const MAPPERS = [0, 1, 4, 5, 19, 24, 69];
const FRAMES = 6;
/** An interrupt follows the last instruction of a frame. */
const LAST_INTERRUPTED: [number, number, number] = [5, 0, 0];
/** Where watches begin: any memory, registers and the stack. */
const ADDRESSES = [0, 0x10, 0x100, 0x1f0, 0x2002, 0x2007, 0x4014, 0x4016, 0x6000, 0x8000, 0xc000];

/** A game with observers of many kinds, and what these have seen. */
interface Watched {
  readonly game: Game;
  readonly notes: readonly unknown[];
  readonly counts: InstructionCounts;
  readonly times: RoutineTimes;
  readonly written: Uint8Array;
}

/** `seed` chooses what is observed. With `all`, every instruction is. */
function watch(rom: ReturnType<typeof readRom>, seed: number, all: boolean): Watched {
  const random = new Prng(seed);
  const game = powerOn({ rom, symbols: NO_SYMBOLS }, { onJam: "ignore" });
  const bytes = game.rom.image.prgRom.length;
  const [executed, taken, passed] = [new Uint32Array(bytes), new Uint32Array(bytes), new Uint32Array(bytes)];
  const counts = { executed, taken, passed };
  game.spy(new CoverageSpy(game.machine, game.places, counts));
  const notes: unknown[] = [];
  const note = (what: string, ...more: unknown[]): void => {
    notes.push([what, game.cycles, ...more]);
  };
  // Looking at the picture in the middle of a frame draws what has passed of it.
  const looks = random.below(3) === 0;
  for (let count = random.below(3); count > 0; count--) {
    const address = 0x8000 + random.below(0x200);
    game.onExecute(address, (pc) => note("executes", pc, looks ? game.screen.hash : ""));
    game.time(0x8000 + random.below(0x200)).stop();
  }
  for (let count = random.below(3); count > 0; count--) {
    const address = ADDRESSES[random.below(ADDRESSES.length)]!;
    const watched = { bytes: 1 + random.below(16) };
    game.onWrite(address, (access) => note("writes", access), watched);
    game.onRead(address, (access) => note("reads", access), watched);
  }
  const times = game.time(0x8000 + random.below(0x100));
  const guard = new WriteGuard(game, (kind, pc) => {
    note(kind, pc);
    return true;
  });
  game.spy(guard);
  game.spy(
    new CrashGuard(game, {}, guard, (kind, pc) => {
      note(kind, pc);
      return true;
    }),
  );
  const unseen = new Uint8Array(bytes).fill(1);
  game.spy({
    interests: [{ places: unseen, opcodes: [JSR], interrupts: true }],
    before(pc) {
      const offset = game.places.prgOffsetAt(pc);
      if (offset >= 0 && unseen[offset] === 1) {
        unseen[offset] = 0;
        note("new", pc);
      }
    },
    after(pc, opcode, stackBefore, interrupted) {
      if (interrupted || opcode === JSR) note("after", pc, opcode, stackBefore, interrupted);
    },
  } satisfies InstructionSpy);
  if (all) game.spy({});
  return { game, notes, counts, times, written: guard.written };
}

test("observers see the same of a program, however much else is observed, and do not change it", () => {
  let notes = 0;
  const property = fc.property(
    fc.nat(0x7fff_ffff),
    fc.nat(0x7fff_ffff),
    fc.constantFrom(...MAPPERS),
    (seed, watchSeed, mapper) => {
      const rom = readRom(randomProgram(seed, mapper), "program.nes");
      const random = new Prng(watchSeed);
      const fast = watch(rom, watchSeed, false);
      const slow = watch(rom, watchSeed, true);
      const alone = powerOn({ rom, symbols: NO_SYMBOLS }, { onJam: "ignore" });
      const games = [fast.game, slow.game, alone];
      for (let frame = 0; frame < FRAMES; frame++) {
        const buttons = random.byte();
        const isLookedAt = random.below(2) === 0;
        for (const game of games) game.setButtons(buttons);
        for (const game of games) game.frames(1);
        const [first, ...others] = games.map((game) => ({
          state: game.save(),
          samples: game.audio.samples.slice(),
          picture: isLookedAt ? game.screen.hash : "",
        }));
        for (const other of others) {
          expect(Buffer.compare(first!.state, other.state)).toBe(0);
          expect(
            Buffer.compare(new Uint8Array(first!.samples.buffer), new Uint8Array(other.samples.buffer)),
          ).toBe(0);
          expect(other.picture).toBe(first!.picture);
        }
      }
      expect(fast.notes).toEqual(slow.notes);
      expect(fast.times.runs).toEqual(slow.times.runs);
      expect(fast.counts).toEqual(slow.counts);
      expect(fast.written).toEqual(slow.written);
      expect(fast.game.lagFrames).toBe(alone.lagFrames);
      notes += fast.notes.length;
    },
  );
  fc.assert(property, { numRuns: soakSize(15, 2000), examples: [LAST_INTERRUPTED] });
  expect(notes).toBeGreaterThan(1000);
});
