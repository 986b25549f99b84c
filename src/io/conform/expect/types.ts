import type { MemorySpace } from "../../../emu/machine.ts";
import type { Position } from "../source/source-node.ts";

/** What a number must be: within `min` and `max` once `mask` is applied, or, where `negate` says so, not. */
export interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly mask: number;
  readonly negate: boolean;
}

/** "player_x+1": an address that the game's symbols know. */
export interface SymbolPlace {
  readonly name: string;
  readonly offset: number;
  /** `file:line:column` of the manifest that names it. */
  readonly where: string;
}

/** Bytes of memory that must be so. */
export interface MemoryRule {
  readonly space: MemorySpace;
  /** Of a rule with a symbol it is known once the symbols are read. */
  readonly address: number;
  readonly symbol?: SymbolPlace;
  /** As the manifest writes the address. */
  readonly label: string;
  /** A rule a byte. */
  readonly bytes: readonly NumberRule[];
}

export interface RegisterRule {
  /** Its name in `Subject.registers`. */
  readonly register: string;
  readonly label: string;
  readonly rule: NumberRule;
}

/** A picture that must be on the screen. */
export interface PictureRule {
  readonly file: string;
  /** As the manifest writes the path. */
  readonly label: string;
  /** By how much each of red, green and blue may differ: 0 to 255. */
  readonly tolerance: number;
  /** Pixels that may differ by more. */
  readonly differingPixels: number;
  /** A picture of the same size: what is black or transparent there is not compared. */
  readonly maskFile?: string;
  /** Left, top, width and height of all that is compared. */
  readonly area?: readonly [number, number, number, number];
}

/** Everything that must hold at one moment. */
export interface Rules {
  readonly memory: readonly MemoryRule[];
  readonly registers: readonly RegisterRule[];
  readonly text: readonly string[];
  readonly noText: readonly string[];
  readonly picture?: PictureRule;
  /** CRC-32 of the picture, as `emu dump --format hash` prints it. */
  readonly frameHash?: string;
  /** CRC-32 of all samples since power-on. */
  readonly audioHash?: string;
}

/** Rules, and the moment at which they must hold. */
export interface Expectation {
  /** What reports call it. */
  readonly name: string;
  readonly at: Position;
  /** The picture of this frame; else the moment when `when` holds; else any moment until the time is up. */
  readonly frame?: number;
  readonly when?: Rules;
  readonly rules: Rules;
}
