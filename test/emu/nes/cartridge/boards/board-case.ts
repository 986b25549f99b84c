import type { BoardOptions } from "../../../../../src/emu/nes/cartridge/board.ts";
import type { TestCartridge } from "../../../../support/board-harness.ts";

/** A CPU write. */
export type Write = readonly [address: number, value: number];

/** A read and its result. */
type Read = readonly [address: number, value: number];

/** What happens, then the expected results. Within a step, the order is that of these fields. */
export interface Step {
  /** Writes in consecutive cycles, as by a read-modify-write instruction. */
  readonly rmw?: readonly Write[];
  readonly reset?: true;
  /** PPU reads, in order. */
  readonly fetches?: readonly number[];
  /** Number of filtered rises of A12, one line apart. */
  readonly a12?: number;
  readonly idle?: number;
  /** Number of cycles that are subtracted from the cycle count, as at the end of a frame. */
  readonly endFrame?: number;
  /** Cycles from now to the IRQ, −1 if there is none within 50,000. */
  readonly irqIn?: number;
  readonly irq?: boolean;
  /** CPU reads and their results; open bus is $AB. */
  readonly reads?: readonly Read[];
  /** PPU reads and their results. */
  readonly ppuReads?: readonly Read[];
  /** Expected values of `BoardHarness.prg`, `.chr` and `.nametables`. */
  readonly prg?: string;
  readonly chr?: string;
  readonly nt?: string;
}

/** One run of a board from power-on. */
export interface BoardCase {
  readonly name: string;
  readonly cartridge: TestCartridge;
  readonly options?: BoardOptions;
  readonly steps: readonly (Write | Step)[];
}

/** Nametables in the form of `nt`. */
export const HORIZONTAL = "n0 n0 n1 n1";
export const VERTICAL = "n0 n1 n0 n1";
export const SINGLE_0 = "n0 n0 n0 n0";
export const SINGLE_1 = "n1 n1 n1 n1";
export const FOUR_SCREEN = "n0 n1 n2 n3";

/** The `chr` string of eight pages from `first` on. */
export function chr8(first: number, prefix = ""): string {
  return Array.from({ length: 8 }, (_, page) => `${prefix}${first + page}`).join(" ");
}

/** The `chr` string of pages given in runs: `[first page, count]`. */
export function chrRuns(...runs: readonly (readonly [first: number, count: number])[]): string {
  return runs
    .flatMap(([first, count]) => Array.from({ length: count }, (_, page) => `${first + page}`))
    .join(" ");
}
