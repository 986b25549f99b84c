import type { FuzzKind, FuzzPlan, FuzzTask } from "../../src/io/fuzz/plan.ts";
import { BUTTON_NAMES } from "../../src/io/library/pads.ts";
import { parseExpression } from "../../src/io/symbols/memory-expression.ts";
import { TestProgram } from "./test-program.ts";

const ARMED = 0x21;
const COUNTER = 0x22;

/** What the program does after Start and then A, for each kind of failure. */
const BUGS: Readonly<Record<Exclude<FuzzKind, "differs">, (program: TestProgram) => void>> = {
  jam: (program) => program.bytes(0x02),
  "executes-brk": (program) => program.bytes(0x00),
  "executes-nothing": (program) => program.bytes(0x4c, 0x00, 0x50),
  "executes-unwritten": (program) => program.bytes(0x4c, 0x00, 0x03),
  stack: (program) => program.bytes(0x68), // PLA from an empty stack
  "writes-rom": (program) => program.store(0x8123, 1),
  hang: (program) => program.forever(),
  frozen: (program) => {
    const loop = program.here;
    readPad(program.waitFrames(1));
    program.bytes(0x4c, loop & 0xff, loop >> 8);
  },
  // LDX #25, then wait for vertical blank so often.
  lag: (program) => program.bytes(0xa2, 25, 0x2c, 0x02, 0x20, 0x10, 0xfb, 0xca, 0xd0, 0xf8),
  condition: (program) => program.bytes(0xe6, COUNTER),
};
export const PLANTED_KINDS = Object.keys(BUGS) as (keyof typeof BUGS)[];
export const PLANTED_CONDITION = `[$${COUNTER.toString(16)}] > 0`;

/** Reads the controller into $20: A is bit 7 and Start bit 4. */
export function readPad(program: TestProgram): void {
  program.store(0x4016, 1).store(0x4016, 0);
  // LDX #8; LDA $4016, LSR, ROL $20, DEX, BNE.
  program.bytes(0xa2, 8, 0xad, 0x16, 0x40, 0x4a, 0x26, 0x20, 0xca, 0xd0, 0xf7);
}

/** A game that reads the controller in each frame, and fails after Start and, later, A. */
export function plantedRom(kind: keyof typeof BUGS): Uint8Array {
  const program = new TestProgram().bytes(0x78, 0xa2, 0xff, 0x9a); // SEI, LDX #$FF, TXS
  const main = program.here;
  readPad(program.waitFrames(1));
  // LDA armed, BEQ over the bug; LDA $20, AND #$90, CMP #$80, BNE over the bug: A without Start.
  program.bytes(0xa5, ARMED, 0xf0, 0, 0xa5, 0x20, 0x29, 0x90, 0xc9, 0x80, 0xd0, 0);
  const bug = program.here;
  BUGS[kind](program);
  const length = program.here - bug;
  program.patch(bug - 1, length).patch(bug - 9, length + 8);
  // LDA $20, AND #$10, BEQ main; LDA #1, STA armed.
  program.bytes(0xa5, 0x20, 0x29, 0x10, 0xf0, 4, 0xa9, 1, 0x85, ARMED);
  program.bytes(0x4c, main & 0xff, main >> 8);
  return program.toRom();
}

/** A small campaign. */
export function fuzzPlan(task: FuzzTask, more: Partial<FuzzPlan> = {}): FuzzPlan {
  return {
    task,
    frames: 30,
    runs: 6,
    buttons: BUTTON_NAMES,
    pads: 1,
    conditions: [parseExpression(PLANTED_CONDITION, () => 0)],
    hangFrames: 25,
    frozenFrames: 0,
    lagFrames: 20,
    ignores: [],
    shrinkFrames: 8000,
    ...more,
  };
}
