import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as mcAcc } from "./mc-acc.ts";
import { BOARDS as variants } from "./variants.ts";

/** Boards of this family. */
export const MMC3_CLONES: readonly BoardDescriptor[] = [...mcAcc, ...variants];
