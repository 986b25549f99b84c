import type { Board, BoardParts } from "./board.ts";

/**
 * Where registers are among a board's register bytes: the first byte, or [first byte, bits, number of
 * registers, number of the first register]. A register has 8 bits unless it says otherwise, and takes two
 * bytes, low byte first, if it has more. Several registers get their number after their name.
 */
export type RegisterPlace =
  | number
  | readonly [at: number, bits: number]
  | readonly [at: number, bits: number, count: number]
  | readonly [at: number, bits: number, count: number, first: number];

/**
 * Names for the registers of a family of boards, for debuggers. Only debuggers import them. Registers that
 * `declareState` declares have a name already.
 */
export interface RegisterNames {
  /** The class, whose subclasses have the same registers. */
  readonly board: abstract new (
    parts: BoardParts,
  ) => Board;
  /** The byte that the places are counted from. Default: 0. */
  readonly base?: number;
  readonly places: Readonly<Record<string, RegisterPlace>>;
}
