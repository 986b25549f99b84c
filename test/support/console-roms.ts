/**
 * Small ROMs for other consoles, written as machine code. Each shows a colour that changes with every frame.
 * On the Super Nintendo and the PC Engine it also depends on the pad's buttons.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { coreFolders } from "../../src/io/cores/core-files.ts";
import { SHARED } from "./shared.ts";

/** Super Nintendo, 32 KiB LoROM with 2 KiB of save RAM, whose first byte counts frames. */
export function snesRom(): Uint8Array {
  const rom = new Uint8Array(0x8000);
  // biome-ignore format: one instruction after the other
  const code = [
    0x78, 0x18, 0xfb, 0xc2, 0x10, 0xe2, 0x20, // sei clc xce, 16-bit index, 8-bit accumulator
    0x64, 0x00, // the counter: at power-on, RAM and registers hold random bits
    0x9c, 0x2c, 0x21, 0x9c, 0x2d, 0x21, 0x9c, 0x30, 0x21, // no layers, no windows
    0x9c, 0x31, 0x21, 0x9c, 0x33, 0x21, 0x9c, 0x05, 0x21, // no colour math, usual mode
    0xa9, 0x0f, 0x8d, 0x00, 0x21, // screen on
    0xa9, 0x01, 0x8d, 0x00, 0x42, // read the pads in vertical blank
    0xad, 0x12, 0x42, 0x10, 0xfb, // loop: wait for vertical blank
    0x9c, 0x21, 0x21, // colour 0
    0xa5, 0x00, 0x8d, 0x22, 0x21, // its low byte: the counter
    0xad, 0x19, 0x42, 0x8d, 0x22, 0x21, // its high byte: B Y Select Start and directions
    0xe6, 0x00, // the counter
    0xaf, 0x00, 0x00, 0x70, 0x1a, 0x8f, 0x00, 0x00, 0x70, // save RAM byte 0
    0xad, 0x12, 0x42, 0x30, 0xfb, // wait for its end
    0x80, 0x00,
  ];
  const loop = 37;
  code[code.length - 1] = (loop - code.length) & 0xff;
  rom.set(code);
  const title = "EMU CORE TEST".padEnd(21);
  for (let i = 0; i < title.length; i++) rom[0x7fc0 + i] = title.charCodeAt(i);
  // LoROM, ROM with RAM and battery, 32 KiB, 2 KiB, NTSC.
  rom.set([0x20, 0x02, 0x05, 0x01, 0x01], 0x7fd5);
  rom.set([0x00, 0x80], 0x7ffc);
  rom.set([0xff, 0xff], 0x7fdc);
  const sum = rom.reduce((total, byte) => total + byte, 0) & 0xffff;
  rom.set([~sum & 0xff, (~sum >> 8) & 0xff, sum & 0xff, sum >> 8], 0x7fdc);
  return rom;
}

/** PC Engine, 8 KiB. */
function pceRom(): Uint8Array {
  const rom = new Uint8Array(0x2000);
  // biome-ignore format: one instruction after the other
  const code = [
    0x78, 0xd4, 0xd8, // sei csh cld
    0xa9, 0xff, 0x53, 0x01, 0xa9, 0xf8, 0x53, 0x02, // I/O at $0000, RAM at $2000
    0xa2, 0xff, 0x9a,
    0x03, 0x05, 0x13, 0x08, 0x23, 0x00, // vertical blank sets its flag
    0xad, 0x00, 0x00, 0x29, 0x20, 0xf0, 0xf9, // loop: wait for it
    0x9c, 0x02, 0x04, 0xa9, 0x01, 0x8d, 0x03, 0x04, // colour $100: the border
    0x9c, 0x00, 0x10, 0xad, 0x00, 0x10, // the pad's buttons
    0x29, 0x0f, 0x0a, 0x0a, 0x0a, 0x0a, 0x45, 0x00, // … above the counter
    0x8d, 0x04, 0x04, 0x9c, 0x05, 0x04,
    0xe6, 0x00,
    0x80, 0x00,
  ];
  const loop = 20;
  code[code.length - 1] = (loop - code.length) & 0xff;
  rom.set(code);
  rom.set([0x00, 0xe0], 0x1ffe);
  return rom;
}

/** WonderSwan, 64 KiB. With `isVertical`, the header says that the console is held upright. */
export function wonderSwanRom(isVertical = false): Uint8Array {
  const rom = new Uint8Array(0x10000).fill(0xff);
  // biome-ignore format: one instruction after the other
  const code = [
    0xfa, // cli
    0xb0, 0x00, 0xe6, 0x01, // background: entry 0 of the shades
    0xe4, 0x02, 0x3c, 0x90, 0x75, 0xfa, // loop: wait for line 144
    0xfe, 0xc3, 0x88, 0xd8, 0xe6, 0x1c, // count, and set the shade
    0xe4, 0x02, 0x3c, 0x91, 0x75, 0xfa, // wait for line 145
    0xeb, 0x00,
  ];
  code[code.length - 1] = (5 - code.length) & 0xff;
  rom.set(code);
  rom.set(
    [0xea, 0x00, 0x00, 0x00, 0xf0, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, isVertical ? 1 : 0, 0],
    0xfff0,
  );
  const sum = rom.subarray(0, 0xfffe).reduce((total, byte) => total + byte, 0) & 0xffff;
  rom.set([sum & 0xff, sum >> 8], 0xfffe);
  return rom;
}

/** Virtual Boy, 16 KiB. */
function virtualBoyRom(): Uint8Array {
  const rom = new Uint8Array(0x4000);
  const view = new DataView(rom.buffer);
  let at = 0;
  const emit = (...halves: number[]): void => {
    for (const half of halves) {
      view.setUint16(at, half & 0xffff, true);
      at += 2;
    }
  };
  const movhi = (value: number, from: number, to: number): void =>
    emit((0x2f << 10) | (to << 5) | from, value);
  const movea = (value: number, from: number, to: number): void =>
    emit((0x28 << 10) | (to << 5) | from, value);
  const store = (offset: number, base: number, from: number): void =>
    emit((0x35 << 10) | (from << 5) | base, offset);
  // r2: the display's registers, at $0005F800, with negative offsets from $00060000.
  movhi(0x0006, 0, 2);
  movea(0x0302, 0, 3);
  store(0xf822, 2, 3); // display on
  movea(0x0002, 0, 3);
  store(0xf842, 2, 3); // drawing on
  movea(0x0003, 0, 3);
  store(0xf870, 2, 3); // background colour 3
  movea(0x0020, 0, 3);
  store(0xf824, 2, 3);
  store(0xf826, 2, 3);
  const loop = at;
  store(0xf828, 2, 4); // brightness C: a counter
  emit((0x11 << 10) | (4 << 5) | 1); // add 1, r4
  const distance = loop - at;
  emit((0x2a << 10) | ((distance >> 16) & 0x3ff), distance); // jr loop
  at = rom.length - 16;
  movhi(0x0700, 0, 1);
  emit((0x06 << 10) | 1); // jmp [r1]
  return rom;
}

/** A console in the tests: its core's name and a game. */
export interface TestConsole {
  readonly core: string;
  readonly fileName: string;
  /** Undefined where the shared ROMs are absent. */
  readonly rom: () => Uint8Array | string | undefined;
}

const shared = (path: string) => (): string | undefined => {
  const file = join(SHARED ?? "", "roms", path);
  return SHARED !== undefined && existsSync(file) ? file : undefined;
};

export const TEST_CONSOLES: readonly TestConsole[] = [
  { core: "gambatte", fileName: "game.gb", rom: shared("other-systems/gb/cpu_instrs.gb") },
  { core: "mgba", fileName: "game.gba", rom: shared("other-systems/gba/shades.gba") },
  { core: "bsnes_mercury_balanced", fileName: "game.sfc", rom: snesRom },
  { core: "mednafen_pce_fast", fileName: "game.pce", rom: pceRom },
  { core: "mednafen_wswan", fileName: "game.ws", rom: wonderSwanRom },
  { core: "mednafen_vb", fileName: "game.vb", rom: virtualBoyRom },
];

/** The library of an installed core; undefined if it is not installed. */
export function corePath(core: string): string | undefined {
  return coreFolders()
    .map((folder) => join(folder, `${core}_libretro.so`))
    .find((path) => existsSync(path));
}
