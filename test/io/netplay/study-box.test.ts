/** A game with others on a console whose tape moves and interrupts while frames run again. */
import { expect, test } from "bun:test";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { simulatedGame } from "../../support/simulated-netplay.ts";
import { buildTape, studyBoxBios, tapePage } from "../../support/tape-builder.ts";
import { TestProgram } from "../../support/test-program.ts";

const FRAMES = 260;
const SECOND_MS = 1000;
/** The number of bytes from the tape, and the sum of the buttons and of these bytes. */
const COUNT = 0x10;
const SUM = 0x11;

/** Winds to the first page, then adds up what the players press and what the tape says. */
function studyBox() {
  const program = new TestProgram().store(0x4017, 0x40).waitFrames(2).bytes(0x58); // CLI
  program.store(0x4202, 0x20).store(0x4202, 0x00);
  for (const bit of [0, 0, 0, 0, 0, 0, 0, 1]) {
    program.store(0x4202, (bit << 7) | 0x10);
    program.bytes(0xad, 0x02, 0x42, 0x29, 0x40, 0xf0, 0xf9); // LDA $4202, AND #$40, BEQ to it
    program.store(0x4202, bit << 7);
  }
  program.store(0x4202, 0x03);
  const loop = program.here;
  program.store(0x4016, 1).store(0x4016, 0);
  for (const port of [0x16, 0x17]) program.bytes(0xad, port, 0x40, 0x65, SUM, 0x85, SUM); // LDA, ADC, STA
  program.bytes(0x4c, loop & 0xff, loop >> 8);
  const irqAt = program.here;
  // PHA, INC, LDA $4200, ADC, STA, PLA, RTI
  program.bytes(0x48, 0xe6, COUNT, 0xad, 0x00, 0x42, 0x65, SUM, 0x85, SUM, 0x68, 0x40);
  const page = tapePage(0, ...Array.from({ length: 100 }, (_, i) => i));
  const bios = studyBoxBios(program, irqAt);
  return createHeadless(readRom(buildTape(page, tapePage(0, 1)), "tape.studybox", undefined, bios).image);
}

test("players of a Study Box stay in step while its tape is read", () => {
  const faults = { roundTripMs: 90, jitterMs: 20, lossPercent: 3 };
  const sides = simulatedGame(5, faults, 2, studyBox);
  const { world } = sides[0]!;
  const isOver = () => sides.every(({ block, frames }) => block !== undefined && frames >= FRAMES);
  world.run(60 * SECOND_MS, isOver);
  expect(sides.map(({ session }) => session.end)).toEqual([undefined, undefined]);
  const { session, machine } = sides[1]!;
  expect(session.side!.ledger.lastEqualFrame).toBeGreaterThan(FRAMES - 180);
  expect(machine.peek("cpu", COUNT)).toBeGreaterThan(100);
  // Alone, with the same buttons, the console comes to the same state.
  const { frame, hash } = sides[0]!.settled();
  const script = sides[0]!.session.side!.record.script();
  const alone = studyBox();
  alone.setInput({ latchButtons: () => script.maskAt(alone.frame) });
  while (alone.frame < frame) alone.runFrame();
  const state = new Uint8Array(alone.stateBytes);
  alone.save(state);
  expect(Bun.hash.crc32(state)).toBe(hash);
});
