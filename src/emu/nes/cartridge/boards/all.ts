/**
 * The boards of the machine. `emuterm/core/lean` and exported pages are bundled with another module in this
 * place, which exports the same names with fewer boards.
 */
import type { BoardDescriptor } from "../descriptor.ts";
import { COMMON_BOARDS } from "./common.ts";
import { MMC3_CLONES } from "./mmc3-clones/index.ts";
import { MULTICART } from "./multicart/index.ts";
import { UNLICENSED } from "./unlicensed/index.ts";

/** Every board, by family. A family's folder has one file per board; its descriptor is at the file's end. */
export const BOARDS: readonly BoardDescriptor[] = [
  ...COMMON_BOARDS,
  ...MMC3_CLONES,
  ...MULTICART,
  ...UNLICENSED,
];

/** The remedy in the error about a mapper that no board has. */
export const MISSING_BOARD_REMEDY = "emu info --boards lists the supported ones";
