import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as action53 } from "./action-53.ts";
import { BOARDS as drip } from "./drip.ts";
import { BOARDS as gtrom } from "./gtrom.ts";
import { BOARDS as magicFloor } from "./magic-floor.ts";
import { BOARDS as nsfLike } from "./nsf-like.ts";
import { BOARDS as nsfPlayer } from "./nsf-player.ts";
import { BOARDS as rainbow } from "./rainbow.ts";
import { BOARDS as singleGames } from "./single-games.ts";
import { BOARDS as unrom512 } from "./unrom-512.ts";

/** Boards of this family. */
export const HOMEBREW: readonly BoardDescriptor[] = [
  ...action53,
  ...drip,
  ...gtrom,
  ...magicFloor,
  ...nsfLike,
  ...nsfPlayer,
  ...rainbow,
  ...singleGames,
  ...unrom512,
];
