import type { MemorySpace } from "../../../emu/machine.ts";
import type { Position } from "../../files/text-place.ts";

/**
 * A rule for a number: after applying `mask` it must be within `min` and `max`, or outside if `negate` is
 * true.
 */
export interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly mask: number;
  readonly negate: boolean;
}

/** An address given by a symbol, such as "player_x+1". */
export interface SymbolPlace {
  readonly name: string;
  readonly offset: number;
  /** Place in the manifest: `file:line:column`. */
  readonly where: string;
}

/** A rule for bytes of memory. */
export interface MemoryRule {
  readonly space: MemorySpace;
  /** For a rule with a symbol, valid after symbols are resolved. */
  readonly address: number;
  readonly symbol?: SymbolPlace;
  /** The address as written in the manifest. */
  readonly label: string;
  /** One rule per byte. */
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
  /** The path as written in the manifest. */
  readonly label: string;
  /** Maximum difference of red, green and blue: 0 to 255. */
  readonly tolerance: number;
  /** Number of pixels that may differ by more. */
  readonly differingPixels: number;
  /** A picture of the same size. Its black and transparent pixels are not compared. */
  readonly maskFile?: string;
  /** Left, top, width and height of the compared area. */
  readonly area?: readonly [number, number, number, number];
}

/** All rules that must hold at one moment. */
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
  /** Its name in reports. */
  readonly name: string;
  readonly at: Position;
  /** Checked at the picture of this frame; else when `when` holds; else at any moment until the timeout. */
  readonly frame?: number;
  readonly when?: Rules;
  readonly rules: Rules;
}
