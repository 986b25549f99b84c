import { TestProgram } from "./test-program.ts";

/**
 * A program for two players whose memory depends on every button of every frame: it reads both controllers
 * once per frame, adds them to a number that it rotates, and shows that number as the colour of the screen.
 */
export function twoPlayerRom(): Uint8Array {
  const program = new TestProgram().store(0x2000, 0).store(0x2001, 0);
  program.waitFrames(2);
  const loop = program.here;
  program.waitFrames(1);
  program.store(0x4016, 1).store(0x4016, 0);
  program.bytes(0xa2, 8); // LDX #8
  // LDA $4016, LSR, ROL $10, LDA $4017, LSR, ROL $11, DEX, BNE
  program.bytes(0xad, 0x16, 0x40, 0x4a, 0x26, 0x10, 0xad, 0x17, 0x40, 0x4a, 0x26, 0x11, 0xca, 0xd0, 0xf1);
  // LDA $12, ASL, ROL $13, ROL $14, ROL $15, ADC $10, STA $12
  program.bytes(0xa5, 0x12, 0x0a, 0x26, 0x13, 0x26, 0x14, 0x26, 0x15, 0x65, 0x10, 0x85, 0x12);
  // LDA $13, EOR $11, ADC #$35, STA $13
  program.bytes(0xa5, 0x13, 0x45, 0x11, 0x69, 0x35, 0x85, 0x13);
  program.store(0x2006, 0x3f).store(0x2006, 0);
  program.bytes(0xa5, 0x12, 0x29, 0x3f, 0x8d, 0x07, 0x20); // LDA $12, AND #$3F, STA $2007
  program.store(0x2006, 0).store(0x2006, 0);
  return program.bytes(0x4c, loop & 0xff, loop >> 8).toRom(); // JMP
}
