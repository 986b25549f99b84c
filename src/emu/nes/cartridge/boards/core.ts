import type { BoardDescriptor } from "../descriptor.ts";
import { COMMON_BOARDS } from "./common.ts";
import { MMC3_CLONES } from "./mmc3-clones/index.ts";
import { MULTICART } from "./multicart/index.ts";
import { UNLICENSED } from "./unlicensed/index.ts";

/** All boards but those of `rare/`. `emuterm/core` has these boards only. */
export const CORE_BOARDS: readonly BoardDescriptor[] = [
  ...COMMON_BOARDS,
  ...MMC3_CLONES,
  ...MULTICART,
  ...UNLICENSED,
];
