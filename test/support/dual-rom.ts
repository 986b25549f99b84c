import { KIB } from "../../src/emu/units.ts";
import { TestProgram } from "./test-program.ts";

/** Where both programs store the first read of $4016. */
export const FIRST_4016 = 0x20;
/** Where the main program stores the reply of the sub program, its question, and the number of replies. */
export const REPLY = 0x11;
export const QUESTION = 0x12;
export const REPLIES = 0x13;
/** What the sub program changes in a question. */
export const REPLY_BITS = 0x5a;
/** How often coins were seen, by both programs. */
export const COINS = 0x30;
/** The first bits of $4016 and $4017 in the last frame. */
export const BUTTONS = 0x31;
export const MAIN_BACKDROP = 0x16;
export const SUB_BACKDROP = 0x2a;

const FLAG = 0x10;

/** Sets the backdrop, plays no sound, and counts coins and stores buttons in each NMI. */
function begin(program: TestProgram, backdrop: number): TestProgram {
  program.store(0x4017, 0x40);
  program.bytes(0xad, 0x16, 0x40, 0x85, FIRST_4016); // LDA $4016, STA
  program.waitFrames(2);
  program.store(0x2006, 0x3f).store(0x2006, 0x00).store(0x2007, backdrop);
  return program.store(0x2006, 0).store(0x2006, 0);
}

/** The NMI: one read of each register, by which tests see coins and buttons. */
function nmi(program: TestProgram, out1: number): void {
  program.bytes(0x48); // PHA
  // A strobe keeps OUT1.
  program.bytes(0xa5, out1, 0x09, 1, 0x8d, 0x16, 0x40, 0xa5, out1, 0x8d, 0x16, 0x40);
  program.bytes(0xad, 0x16, 0x40, 0x85, BUTTONS, 0x29, 0x60, 0xf0, 2, 0xe6, COINS); // coin bits
  program.bytes(0xad, 0x17, 0x40, 0x85, BUTTONS + 1);
  program.bytes(0x68, 0x40); // PLA, RTI
}

/** The copy of OUT1 that the NMI writes. */
const OUT1 = 0x40;

/** LDA #value, STA OUT1, STA $4016. */
function setOut1(program: TestProgram, value: number): TestProgram {
  return program.bytes(0xa9, value, 0x85, OUT1, 0x8d, 0x16, 0x40);
}

/** 32 KiB with a program and its vectors. */
function prgOf(program: TestProgram, nmiAt: number, irqAt: number): Uint8Array {
  const prg = new Uint8Array(32 * KIB);
  prg.set(program.toRom().subarray(16), 16 * KIB);
  prg.set([nmiAt & 0xff, nmiAt >> 8], 0x7ffa);
  prg.set([irqAt & 0xff, irqAt >> 8], 0x7ffe);
  return prg;
}

/** Writes a question to shared RAM, interrupts the sub console, waits for its interrupt, reads the reply. */
function mainPrg(): Uint8Array {
  const program = setOut1(begin(new TestProgram(), MAIN_BACKDROP), 2).store(0x2000, 0x80);
  const loop = program.here;
  setOut1(program, 2);
  program.bytes(0xe6, 0, 0xa5, 0, 0x29, 0x1f, 0x8d, 0x00, 0x60); // INC, LDA, AND #$1F, STA $6000
  program.bytes(0xa9, 0, 0x85, FLAG);
  setOut1(program, 0);
  program.bytes(0x58, 0xa5, FLAG, 0xf0, 0xfc, 0x78); // CLI, LDA, BEQ to it, SEI
  setOut1(program, 2);
  program.bytes(0xad, 0x01, 0x60, 0x85, REPLY, 0xad, 0x00, 0x78, 0x85, QUESTION, 0xe6, REPLIES);
  program.bytes(0x4c, loop & 0xff, loop >> 8);
  const nmiAt = program.here;
  nmi(program, OUT1);
  const irqAt = program.here;
  // The line stays low, so the interrupted program goes on with interrupts off.
  program.bytes(0xe6, FLAG, 0x68, 0x09, 4, 0x48, 0x40); // INC, PLA, ORA #4, PHA, RTI
  return prgOf(program, nmiAt, irqAt);
}

/** Answers each interrupt of the main console, and plays a tone. */
function subPrg(): Uint8Array {
  const program = setOut1(begin(new TestProgram(), SUB_BACKDROP), 2).store(0x2000, 0x80);
  program.store(0x4015, 1).store(0x4000, 0xbf).store(0x4002, 0xff).store(0x4003, 0);
  program.bytes(0x58).forever(); // CLI
  const nmiAt = program.here;
  nmi(program, OUT1);
  const irqAt = program.here;
  program.bytes(0xad, 0x00, 0x60, 0x85, FLAG, 0x49, REPLY_BITS, 0x8d, 0x01, 0x60); // LDA, STA, EOR, STA
  setOut1(program, 0);
  // LDA $6001, EOR, CMP, BEQ to it: until the main console has the RAM, and this one reads open bus.
  program.bytes(0xad, 0x01, 0x60, 0x49, REPLY_BITS, 0xc5, FLAG, 0xf0, 0xf7);
  setOut1(program, 2).bytes(0x40);
  return prgOf(program, nmiAt, irqAt);
}

export interface DualHeader {
  /** Byte 13 of the NES 2.0 header: the kind of DualSystem and the PPU. 0 for iNES 1.0. */
  readonly vs?: number;
  readonly battery?: boolean;
}

/** The file of a VS. DualSystem game whose two programs exchange bytes through shared RAM for ever. */
export function dualRomFile({ vs = 0x50, battery = false }: DualHeader = {}): Uint8Array<ArrayBuffer> {
  const rom = new Uint8Array(16 + 64 * KIB + 32 * KIB);
  rom.set([0x4e, 0x45, 0x53, 0x1a, 4, 4, 0x30 | (battery ? 2 : 0), 0x61]);
  if (vs !== 0) {
    rom[7]! |= 8;
    rom[10] = battery ? 0x50 : 0x05;
    rom[13] = vs;
    rom[15] = 4;
  }
  rom.set(mainPrg(), 16);
  rom.set(subPrg(), 16 + 32 * KIB);
  // CHR differs between the sides and between their banks.
  for (let bank = 0; bank < 4; bank++)
    rom.fill(bank + 1, 16 + (64 + 8 * bank) * KIB, 16 + (72 + 8 * bank) * KIB);
  return rom;
}
