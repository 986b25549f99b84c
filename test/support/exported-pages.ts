/** What the tests of exported pages in several browsers share. */
import { COMPARED_FRAMES, COMPARED_INPUT } from "./compared-games.ts";
import { TestProgram } from "./test-program.ts";

/**
 * Where the game of `padProgram` stores the buttons: bit 7 is A, then B, Select, Start, up, down, left,
 * right.
 */
export const PAD = 0x10;

/** A game with a battery that reads the pad continuously, and records every pressed button in $6000. */
export function padProgram(): Uint8Array {
  const program = new TestProgram();
  const loop = program.here;
  program.store(0x4016, 1).store(0x4016, 0).bytes(0xa2, 8); // LDX #8
  program.bytes(0xad, 0x16, 0x40, 0x4a, 0x26, PAD + 1, 0xca, 0xd0, 0xf7); // LDA $4016, LSR, ROL, DEX, BNE
  // LDA PAD + 1, STA PAD, ORA $6000, STA $6000
  program.bytes(0xa5, PAD + 1, 0x85, PAD, 0x0d, 0x00, 0x60, 0x8d, 0x00, 0x60);
  program.bytes(0x4c, loop & 0xff, loop >> 8);
  const rom = program.toRom();
  rom[6] = rom[6]! | 2;
  return rom;
}

/** In the page: records all complaints of the browser. */
export const WATCH = `globalThis.complaints = [];
for (const type of ["securitypolicyviolation", "error", "unhandledrejection"])
  addEventListener(type, (event) => complaints.push(type + ": " + (event.violatedDirective ?? event.message ?? event.reason)));`;
/** In the page: the lines of `emu dump --format hash` for the compared frames. */
export const PAGE_HASHES = `(() => {
  const table = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  const { nes } = emuPlayer;
  const script = new Map(${COMPARED_INPUT});
  const bytes = new Uint8Array(nes.pixels.buffer);
  return Array.from({ length: ${COMPARED_FRAMES} }, (_, frame) => {
    if (script.has(frame)) nes.setButtons(0, script.get(frame));
    nes.runFrame();
    let crc = -1;
    for (const byte of bytes) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
    return frame + "\\t" + (~crc >>> 0).toString(16).padStart(8, "0");
  });
})()`;
