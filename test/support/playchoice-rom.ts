import {
  CONTROL_COLOR_BYTES,
  CONTROL_COLORS,
  CONTROL_PLANE_BYTES,
  CONTROL_PROGRAM_BYTES,
  CONTROL_TILE_BYTES,
  type ControlRoms,
  INST_ROM_BYTES,
  PROM_DATA_BYTES,
} from "../../src/emu/nes/playchoice/control-roms.ts";
import { KIB } from "../../src/emu/units.ts";
import { TestProgram } from "./test-program.ts";
import { Z80Program } from "./z80-program.ts";

/** The game's backdrop, and where it counts its starts and its NMIs. */
export const GAME_BACKDROP = 0x16;
export const GAME_STARTS = 0x40;
export const GAME_NMIS = 0x41;
export const GAME_BUTTONS = 0x42;

/** Frames that a coin buys, and where the control program counts them down. */
export const TIME_PER_COIN = 40;
export const TIME_LEFT = 0x8000;
/** Where it stores the 64 bits of the PROM, one in each byte, and its games in battery RAM. */
export const PROM_BITS = 0x8100;
export const GAMES_SOLD = 0x8800;

/** What the PROM of the game puts out. */
export const PROM_DATA = Uint8Array.from({ length: PROM_DATA_BYTES }, (_, at) => (at * 37 + 5) & 0xff);

/**
 * A control program: it draws a line of tiles and the first byte of the INST-ROM, reads the PROM, and waits
 * for a coin in slot 1. A coin starts the game for TIME_PER_COIN frames, which its NMI counts.
 */
function controlProgram(): Uint8Array<ArrayBuffer> {
  const program = new Z80Program();
  program.bytes(0xf3, 0x31, 0x00, 0x88).jump(0x100); // DI; LD SP,$8800
  program.at(0x66).bytes(0xf5); // PUSH AF
  program.bytes(0x3a, 0, 0x80, 0x3d, 0x32, 0, 0x80, 0xd3, 0x10); // LD A,(TIME_LEFT); DEC A; LD; OUT ($10),A
  program.bytes(0x20, 6); // JR NZ over the end of the game
  program.bytes(0xaf, 0xd3, 4, 0xd3, 2, 0xd3); // XOR A; OUT (4),A; OUT (2),A; OUT (8),A
  program.bytes(8);
  program.bytes(0xf1, 0xed, 0x45); // POP AF; RETN
  program.at(0x100).out(9, 1);
  // Video RAM: LD HL,$9000; LD DE,$9001; LD BC,$7FF; LD (HL),0; LDIR.
  program.out(0, 0).bytes(0x21, 0, 0x90, 0x11, 1, 0x90, 0x01, 0xff, 0x07, 0x36, 0, 0xed, 0xb0);
  for (let at = 0; at < 8; at++) program.store(0x9080 + 2 * at, at + 1).store(0x9081 + 2 * at, at << 3);
  program.copy(0xc000, 0x90c0).out(0, 1);
  // The PROM: LD HL,PROM_BITS; LD DE,$E000; reset; 64 times: LD A,(DE); LD (HL),A; INC HL; clock.
  program.bytes(0x21, 0x00, 0x81, 0x11, 0x00, 0xe0, 0x06, 64);
  program.bytes(0xaf, 0x12, 0x3c, 0x12); // XOR A; LD (DE),A; INC A; LD (DE),A
  program.bytes(0x1a, 0x77, 0x23, 0x3e, 9, 0x12, 0x3e, 1, 0x12, 0x10, 0xf5); // DJNZ to LD A,(DE)
  const wait = program.here;
  program.waitPort(0, 0x80).store(TIME_LEFT, TIME_PER_COIN);
  program.bytes(0x3a, 0x00, 0x88, 0x3c, 0x32, 0x00, 0x88); // GAMES_SOLD
  for (const port of [1, 2, 3, 10, 5, 4, 8]) program.out(port, 1);
  program.bytes(0x3a, 0, 0x80, 0xb7, 0x20, 0xfa); // LD A,(TIME_LEFT); OR A; JR NZ to it
  program.jump(wait);
  return program.toRom(CONTROL_PROGRAM_BYTES);
}

/** Tile N has N in its first row, bit by bit in each plane, and its other rows are solid: colour N & 7. */
function tiles(): Uint8Array<ArrayBuffer> {
  const rom = new Uint8Array(CONTROL_TILE_BYTES);
  for (let tile = 1; tile < CONTROL_PLANE_BYTES / 8; tile++) {
    for (let plane = 0; plane < 3; plane++) {
      const at = plane * CONTROL_PLANE_BYTES + 8 * tile;
      rom[at] = tile & 0xff;
      rom.fill((tile >> (2 - plane)) & 1 ? 0xff : 0, at + 1, at + 8);
    }
  }
  return rom;
}

/** Colour 0 is black, and the others differ. The PROMs are inverted. */
function colors(): Uint8Array<ArrayBuffer> {
  const level = (channel: number, entry: number) => (entry * (channel + 1)) & 15;
  return Uint8Array.from({ length: CONTROL_COLOR_BYTES }, (_, at) => {
    return ~level(Math.floor(at / CONTROL_COLORS), at % CONTROL_COLORS) & 15;
  });
}

/** The ROMs of a control side with our own program. */
export function controlRoms(program: Uint8Array = controlProgram()): ControlRoms {
  return { program, tiles: tiles(), colors: colors() };
}

/** The game: it counts its starts and NMIs, shows a colour, plays a tone and reads controller 1. */
function gameProgram(): Uint8Array {
  const program = new TestProgram().bytes(0xe6, GAME_STARTS).store(0x4017, 0x40).waitFrames(2);
  program.store(0x2006, 0x3f).store(0x2006, 0).store(0x2007, GAME_BACKDROP).store(0x2006, 0).store(0x2006, 0);
  program.store(0x4015, 1).store(0x4000, 0xbf).store(0x4002, 0xff).store(0x4003, 0).store(0x2000, 0x80);
  program.forever();
  const nmi = program.here;
  program.bytes(0xe6, GAME_NMIS).store(0x4016, 1).store(0x4016, 0).bytes(0xa9, 0, 0x85, GAME_BUTTONS);
  // Eight times LDA $4016, LSR, ROL GAME_BUTTONS: button A in bit 7.
  for (let button = 0; button < 8; button++) program.bytes(0xad, 0x16, 0x40, 0x4a, 0x26, GAME_BUTTONS);
  program.bytes(0x40);
  const rom = program.toRom();
  const prg = rom.subarray(16, 16 + 16 * KIB);
  prg.set([nmi & 0xff, nmi >> 8], 0x3ffa);
  return rom;
}

/** What an image has after its ROMs. */
export interface PlayChoiceTail {
  readonly instRom?: boolean;
  readonly prom?: boolean;
}

/** The file of a PlayChoice-10 game: a small program, an INST-ROM that begins with tile 5, and its PROM. */
export function playChoiceFile({
  instRom = true,
  prom = true,
}: PlayChoiceTail = {}): Uint8Array<ArrayBuffer> {
  const game = gameProgram();
  const tail = new Uint8Array((instRom ? INST_ROM_BYTES : 0) + (prom ? 2 * PROM_DATA_BYTES : 0));
  if (instRom) tail[0] = 5;
  if (prom) {
    const at = instRom ? INST_ROM_BYTES : 0;
    tail.set(PROM_DATA, at);
    for (const part of [4, 12]) tail.fill(0xff, at + PROM_DATA_BYTES + part, at + PROM_DATA_BYTES + part + 4);
  }
  const file = new Uint8Array(game.length + tail.length);
  file.set(game);
  file.set(tail, game.length);
  file[7]! |= 2;
  return file;
}
