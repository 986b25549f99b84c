import { TestProgram } from "./test-program.ts";

/** Where the program stores what it reads. */
export const READ_AT = 0x300;
/** Values written to $4016, with a read of both registers after each: enough for every keyboard's rows. */
const STEPS = [0, 5, ...Array.from({ length: 13 }, () => [4, 6]).flat(), 0, 2, 4, 6, 0];
/** Reads of both registers after a strobe. */
const SERIAL_READS = 25;
/** Strobes that select a row of buttons, and more, so that a frame has as many as a Power Glove's packet. */
const ROW_STROBES = [2, 4, 6, 0, 0, 0, 0, 0, 0];
const ROW_READS = 8;
/** Clocks on OUT1 while OUT0 is high, with a read after each. */
const TABLET_CLOCKS = 20;
/** What makes a Power Glove send packets: one bit on OUT0 for each read. */
const GLOVE_COMMAND = [0x06, 0xc1, 0x08, 0x00, 0x02, 0xff, 0x01];
/** Rows that each fall of OUT2 steps through, from a rise of OUT1 on, and reads of each. */
const PEC_ROWS = 13;
const PEC_READS = 8;
export const READ_BYTES =
  2 * (STEPS.length + SERIAL_READS + ROW_STROBES.length * ROW_READS + TABLET_CLOCKS + PEC_ROWS * PEC_READS);

/**
 * A program that reads both controller registers in each frame, in all the ways that devices need, and stores
 * every value, from READ_AT on. Its values do not depend on the picture.
 */
export function deviceReader(): TestProgram {
  const program = new TestProgram().waitFrames(2);
  for (const byte of GLOVE_COMMAND) {
    for (let bit = 7; bit >= 0; bit--)
      program.store(0x4016, (byte >> bit) & 1).bytes(0xad, 0x16, 0x40, 0xad, 0x17, 0x40);
  }
  program.store(0x4016, 0);
  const loop = program.here;
  program.waitFrames(1);
  let at = READ_AT;
  const read = (): void => {
    // LDA $4016, STA, LDA $4017, STA
    program.bytes(0xad, 0x16, 0x40, 0x8d, at & 0xff, at >> 8);
    program.bytes(0xad, 0x17, 0x40, 0x8d, (at + 1) & 0xff, (at + 1) >> 8);
    at += 2;
  };
  for (const value of STEPS) {
    program.store(0x4016, value);
    read();
  }
  program.store(0x4016, 1).store(0x4016, 0);
  for (let count = 0; count < SERIAL_READS; count++) read();
  for (const row of ROW_STROBES) {
    program.store(0x4016, row | 1).store(0x4016, row);
    for (let count = 0; count < ROW_READS; count++) read();
  }
  program.store(0x4016, 0);
  for (let clock = 0; clock < TABLET_CLOCKS; clock++) {
    program.store(0x4016, 1).store(0x4016, 3);
    read();
  }
  program.store(0x4016, 0).store(0x4016, 2);
  for (let row = 0; row < PEC_ROWS; row++) {
    for (let count = 0; count < PEC_READS; count++) read();
    program.store(0x4016, 4).store(0x4016, 0);
  }
  // The next frame begins with buttons that have just been latched.
  program.store(0x4016, 3);
  return program.bytes(0x4c, loop & 0xff, loop >> 8);
}
