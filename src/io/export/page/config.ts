/**
 * What `emu export` puts into a page in addition to the player: JSON in a `<script type="application/json">`.
 */
import type { ButtonName } from "../../core/index.ts";

export type PageScale = "smooth" | "integer";
export type Filter = "none" | "crt";

/** Keys of each button, by `KeyboardEvent.code`. */
export type KeyMap = Readonly<Record<ButtonName, readonly string[]>>;

export interface GameConfig {
  readonly title: string;
  /** SHA-1 of the ROM file, in hex: the key of its saves. */
  readonly sha1: string;
  /** The ROM file in base64. */
  readonly rom: string;
  /** The disk system's BIOS in base64, if the game is a disk. */
  readonly fdsBios?: string;
  /** Colours instead of the console's: 512 entries 0xRRGGBB. */
  readonly palette?: readonly number[];
  /** How the console powers on, as options of `load` of `emuterm/core`. */
  readonly console: {
    readonly region?: "ntsc" | "pal" | "dendy";
    readonly mmc3Revision?: "A" | "B";
    readonly diskSide?: number;
  };
  readonly scale: PageScale;
  readonly filter: Filter;
  readonly keys: KeyMap;
}

export const DEFAULT_KEYS: KeyMap = {
  a: ["KeyX"],
  b: ["KeyZ"],
  select: ["Tab", "ShiftLeft", "ShiftRight"],
  start: ["Enter"],
  up: ["ArrowUp", "KeyW"],
  down: ["ArrowDown", "KeyS"],
  left: ["ArrowLeft", "KeyA"],
  right: ["ArrowRight", "KeyD"],
};
