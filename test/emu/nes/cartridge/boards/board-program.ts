import { KIB } from "../../../../../src/emu/units.ts";
import type { Write } from "./board-case.ts";

const START = 0xe000;
/** Where the program's interrupt handler begins. */
export const HANDLER = 0xe800;

/** The accesses of a program to a board. */
export interface BoardProgram {
  /** Writes before rendering starts. */
  readonly setUp: readonly Write[];
  /** Addresses that the interrupt handler reads, and writes that it makes. */
  readonly reads?: readonly number[];
  readonly acknowledge?: readonly Write[];
  /** The value of PPUCTRL, which selects the pattern tables. */
  readonly control?: number;
  /** Instructions that the program repeats while it waits. */
  readonly loop?: readonly number[];
}

/**
 * 32 KiB of PRG ROM: the program sets the board up, renders and waits. Its handler makes the given accesses
 * and counts in $00.
 */
export function boardProgram(one: BoardProgram): Uint8Array {
  const prg = new Uint8Array(32 * KIB);
  let at = START & 0x7fff;
  const emit = (...bytes: number[]) => {
    prg.set(bytes, at);
    at += bytes.length;
  };
  const store = ([address, value]: Write) => emit(0xa9, value, 0x8d, address & 0xff, address >> 8);
  emit(0x78); // SEI
  store([0x4017, 0x40]);
  for (let i = 0; i < 2; i++) emit(0x2c, 0x02, 0x20, 0x10, 0xfb); // BIT $2002, BPL to it
  for (const write of one.setUp) store(write);
  store([0x2000, one.control ?? 0]);
  store([0x2001, 0x1e]);
  emit(0x58); // CLI
  const loop = 0x8000 | at;
  emit(...(one.loop ?? []), 0xe6, 0x10, 0x4c, loop & 0xff, loop >> 8); // INC $10, JMP to it
  at = HANDLER & 0x7fff;
  emit(0xe6, 0x00); // INC $00
  for (const address of one.reads ?? []) emit(0xad, address & 0xff, address >> 8);
  for (const write of one.acknowledge ?? []) store(write);
  emit(0x40); // RTI
  prg.set([START & 0xff, START >> 8, HANDLER & 0xff, HANDLER >> 8], 0x7ffc);
  return prg;
}
