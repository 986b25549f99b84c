import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { NesOptions } from "../../../src/emu/nes/nes.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { FrozenCheck } from "../../../src/io/fuzz/frozen.ts";
import { FUZZ_KINDS } from "../../../src/io/fuzz/plan.ts";
import { runFuzzTask } from "../../../src/io/fuzz/run-task.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { fuzzPlan, readPad } from "../../support/fuzz-game.ts";
import { SHARED } from "../../support/shared.ts";
import { soakSize } from "../../support/soak.ts";
import { TestProgram } from "../../support/test-program.ts";

/** Returns true if a program counts as frozen that reads the pad and runs `body` in each frame. */
function isFrozen(body: (program: TestProgram) => void, machine: NesOptions = {}): boolean {
  const program = new TestProgram();
  const main = program.here;
  readPad(program.waitFrames(1));
  body(program);
  const rom = readRom(program.bytes(0x4c, main & 0xff, main >> 8).toRom(), "game.nes");
  const nes = createHeadless(rom.image, machine);
  nes.setInput({ latchButtons: () => 0 });
  for (let frame = 0; frame < 10; frame++) nes.runFrame(undefined);
  const state = new Uint8Array(nes.stateBytes);
  nes.catchUp();
  nes.save(state);
  return new FrozenCheck(rom, machine, () => {}).isFrozen(state, 60);
}

const nothing = (): void => {};
/** INC $31, LDA $31, AND #$3E, STA $2001: the colours blink, whatever is pressed. */
const blinks = (program: TestProgram): void => {
  program.bytes(0xe6, 0x31, 0xa5, 0x31, 0x29, 0x3e, 0x8d, 0x01, 0x20);
};
/** LDA $20, STA $2001: buttons change the picture as long as they are held. */
const shows = (program: TestProgram): void => {
  program.bytes(0xa5, 0x20, 0x8d, 0x01, 0x20);
};
/** LDA $20, BEQ 2, INC $31: an invisible count of the frames in which a button is held. */
const counts = (program: TestProgram): void => {
  program.bytes(0xa5, 0x20, 0xf0, 2, 0xe6, 0x31);
};
/** Counts frames in which A is held; 70 in a row set $32. Then, $31 is 0 again. */
const waitsForHold = (program: TestProgram): void => {
  program.bytes(0xa5, 0x20, 0x30, 4, 0xa9, 0, 0x85, 0x31); // LDA $20, BMI 4, LDA #0, STA $31
  program.bytes(0xa5, 0x20, 0x10, 2, 0xe6, 0x31); // LDA $20, BPL 2, INC $31
  program.bytes(0xa5, 0x31, 0xc9, 70, 0xd0, 2, 0x85, 0x32); // LDA $31, CMP #70, BNE 2, STA $32
};
/** LDA $20, CMP #$80, BNE 1, JAM: A ends the program. */
const jams = (program: TestProgram): void => {
  program.bytes(0xa5, 0x20, 0xc9, 0x80, 0xd0, 1, 0x02);
};
/** LDA $20, CMP #$80, BNE 3, JMP to itself: after A, it does not read the controller any more. */
const hangs = (program: TestProgram): void => {
  program.bytes(0xa5, 0x20, 0xc9, 0x80, 0xd0, 3).forever();
};
/** Counts frames in $31. In every 256th, INC $32, LDA $32, STA $2001: a scene that goes on by itself. */
const goesOn = (program: TestProgram): void => {
  program.bytes(0xe6, 0x31, 0xd0, 7, 0xe6, 0x32, 0xa5, 0x32, 0x8d, 0x01, 0x20);
};
/**
 * Each of two pads begins and ends a pause, which bit 5 of $34 is. The second pad is read into $35, the
 * pads of the last frame are in $36 and $37.
 */
const pauses = (program: TestProgram): void => {
  program.bytes(0xa2, 8, 0xad, 0x17, 0x40, 0x4a, 0x26, 0x35, 0xca, 0xd0, 0xf7);
  for (const [pad, last] of [
    [0x20, 0x36],
    [0x35, 0x37],
  ] as const) {
    // LDA last, EOR #$FF, AND pad, AND #$10, ASL, EOR $34, STA $34, LDA pad, STA last
    program.bytes(0xa5, last, 0x49, 0xff, 0x25, pad, 0x29, 0x10, 0x0a, 0x45, 0x34, 0x85, 0x34);
    program.bytes(0xa5, pad, 0x85, last);
  }
};

describe("a game is frozen if it reads the controller and", () => {
  test.each([
    ["does nothing", nothing, true],
    ["only blinks", blinks, true],
    ["shows buttons while they are held", shows, false],
    ["counts buttons without showing it", counts, false],
    ["waits for a button to be held", waitsForHold, false],
    ["can be paused by each of two pads", pauses, false],
    ["shows another picture after a while", goesOn, false],
    ["jams after a button", jams, false],
    ["hangs after a button", hangs, false],
  ] as const)("%s", (_name, body, expected) => {
    expect(isFrozen(body)).toBe(expected);
  });

  test("nothing but controllers could change it", () => {
    expect(isFrozen(nothing, { devices: { port2: "zapper" } })).toBe(false);
    expect(isFrozen(nothing, { devices: { expansion: "family-basic-keyboard" } })).toBe(false);
    expect(isFrozen(nothing, { devices: { expansion: "pads" } })).toBe(true);
  });
});

/** The failures "frozen" of some seeds, and of a run without input. */
function frozenIn(path: string, seeds: number): string[] {
  const rom = readRom(readFileSync(path), path);
  const ignores = Object.keys(FUZZ_KINDS).filter((kind) => kind !== "frozen");
  const plan = { conditions: [], lagFrames: 0, hangFrames: 0, frozenFrames: 1200, frames: 600, ignores };
  const tasks = [
    { kind: "idle" } as const,
    ...Array.from({ length: seeds }, (_, i) => ({ kind: "seed", seed: i + 1 }) as const),
  ];
  return tasks.flatMap((task) => {
    const bench = { plan: fuzzPlan(task, plan), rom, machine: {}, onFrame: () => {} };
    return runFuzzTask(bench).findings.map(({ key }) => key);
  });
}

describe("no game is frozen:", () => {
  const own = ["swingby.nes", "test-card.nes"].map((name) => join(import.meta.dir, "../../../roms", name));
  const games = SHARED === undefined ? undefined : join(SHARED, "roms/games");
  const shared =
    games === undefined
      ? []
      : readdirSync(games).flatMap((name) => (/nes$/.test(name) ? join(games, name) : []));
  test.each([...own, ...shared])("%s", (path) => {
    expect(frozenIn(path, soakSize(1, 40))).toEqual([]);
  });
});
