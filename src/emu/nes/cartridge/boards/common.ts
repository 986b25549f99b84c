import type { BoardDescriptor } from "../descriptor.ts";
import { BANDAI } from "./bandai/index.ts";
import { DISCRETE } from "./discrete/index.ts";
import { HOMEBREW } from "./homebrew/index.ts";
import { IREM } from "./irem/index.ts";
import { JALECO } from "./jaleco/index.ts";
import { KONAMI } from "./konami/index.ts";
import { NAMCO } from "./namco/index.ts";
import { NINTENDO } from "./nintendo/index.ts";
import { SUNSOFT } from "./sunsoft/index.ts";
import { TAITO } from "./taito/index.ts";

/**
 * The boards of nearly all licensed games and of homebrew, by family: without clones, pirated games and
 * multicarts. `emuterm/core/lean` has these boards only.
 */
export const COMMON_BOARDS: readonly BoardDescriptor[] = [
  ...BANDAI,
  ...DISCRETE,
  ...HOMEBREW,
  ...IREM,
  ...JALECO,
  ...KONAMI,
  ...NAMCO,
  ...NINTENDO,
  ...SUNSOFT,
  ...TAITO,
];
