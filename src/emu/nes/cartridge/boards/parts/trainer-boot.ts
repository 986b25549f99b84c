/**
 * The start of games from disk that have a trainer, a subroutine that runs before them: while ROM is hidden
 * there, the reset vector points to the trainer or to a stub that calls it.
 */
import { type CartridgeMemory, UNMAPPED } from "../../memory.ts";

/** Where the stub is while the console starts. */
export const STUB_ADDRESS = 0x5000;
const RESET_VECTOR = 0xfffc;
const LAST_PAGE = 31;

/** A program that calls the trainer and then starts the game: JSR `trainer`, JMP ($FFFC). */
export function trainerStub(trainer: number): readonly number[] {
  return [0x20, trainer & 0xff, trainer >> 8, 0x6c, RESET_VECTOR & 0xff, RESET_VECTOR >> 8];
}

/** Hides the page of the vectors; call it after PRG memory is mapped. */
export function hideVectors(memory: CartridgeMemory): void {
  memory.cpuReadPages[LAST_PAGE] = UNMAPPED;
}

/** The byte of a reset vector that points to `start`; undefined for other addresses. */
export function vectorByte(address: number, start: number): number | undefined {
  if (address === RESET_VECTOR) return start & 0xff;
  return endsVector(address) ? start >> 8 : undefined;
}

/** Returns true for the read after which the CPU has its start, so that ROM can be mapped again. */
export function endsVector(address: number): boolean {
  return address === RESET_VECTOR + 1;
}
