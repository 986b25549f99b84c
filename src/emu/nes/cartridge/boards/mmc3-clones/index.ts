import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as fs303 } from "./fs303.ts";
import { BOARDS as kasheng } from "./kasheng.ts";
import { BOARDS as latched } from "./latched.ts";
import { BOARDS as mcAcc } from "./mc-acc.ts";
import { BOARDS as nesticle } from "./nesticle.ts";
import { BOARDS as scrambled } from "./scrambled.ts";
import { BOARDS as threeInOne } from "./three-in-one.ts";
import { BOARDS as variants } from "./variants.ts";

/** Boards of this family. */
export const MMC3_CLONES: readonly BoardDescriptor[] = [
  ...fs303,
  ...kasheng,
  ...latched,
  ...mcAcc,
  ...nesticle,
  ...scrambled,
  ...threeInOne,
  ...variants,
];
