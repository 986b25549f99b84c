/**
 * The boards of the machine. `emuterm/core`, `emuterm/core/lean` and exported pages are bundled with another
 * module in this place, which exports the same names with fewer boards.
 */
import type { BoardDescriptor } from "../descriptor.ts";
import { CORE_BOARDS } from "./core.ts";
import { NETWORK } from "./network/index.ts";
import { RARE } from "./rare/index.ts";

/** Every board, by family. A family's folder has one file per board; its descriptor is at the file's end. */
export const BOARDS: readonly BoardDescriptor[] = [...CORE_BOARDS, ...RARE, ...NETWORK];

/** The remedy in errors about images that no board can run. */
export const MISSING_BOARD_REMEDY = "emu info --boards lists the supported ones";
