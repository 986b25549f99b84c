import { KIB } from "../../src/emu/units.ts";
import { forgeCrc32 } from "./forge-crc.ts";
import type { TestProgram } from "./test-program.ts";

export interface ArcadeHeader {
  readonly mapper?: number;
  /** Byte 13 of a NES 2.0 header; without it the header is iNES 1.0. */
  readonly vs?: number;
  readonly device?: number;
  readonly crc?: number;
  readonly chrKib?: number;
}

/** The file of a VS. game. */
export function arcadeRomFile(
  program: TestProgram,
  { mapper = 99, vs, device = 4, crc, chrKib = 8 }: ArcadeHeader = {},
): Uint8Array<ArrayBuffer> {
  const code = program.toRom().subarray(16);
  const rom = new Uint8Array(16 + code.length + chrKib * KIB);
  rom.set([0x4e, 0x45, 0x53, 0x1a, 1, chrKib / 8, (mapper & 0xf) << 4, (mapper & 0xf0) | 1]);
  if (vs !== undefined) {
    rom[7]! |= 8;
    rom[13] = vs;
    rom[15] = device;
  }
  rom.set(code, 16);
  if (crc !== undefined) forgeCrc32(rom.subarray(16), crc);
  return rom;
}
