import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as dataLatches } from "./data-latches.ts";
import { BOARDS as latchedNrom } from "./latched-nrom.ts";
import { BOARDS as plainRegisters } from "./plain-registers.ts";

/**
 * Multicarts, conversions and bootlegs with numbers above 405 that few emulators have, because only one or a
 * few images of each are known. `emuterm/core` leaves them out; `emuterm/core/full` has them. No other folder
 * has boards of the same numbers: an image of a board that is left out would run on another one.
 */
export const RARE: readonly BoardDescriptor[] = [...dataLatches, ...latchedNrom, ...plainRegisters];
