import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as aa6023 } from "./aa6023.ts";
import { BOARDS as addressLatches } from "./address-latches.ts";
import { BOARDS as conflictMulticarts } from "./conflict-multicarts.ts";
import { BOARDS as fk23c } from "./fk23c.ts";
import { BOARDS as gamesXplosion } from "./games-xplosion.ts";
import { BOARDS as lockedLatches } from "./locked-latches.ts";
import { BOARDS as mixedMulticarts } from "./mixed-multicarts.ts";
import { BOARDS as mmc1Modes } from "./mmc1-modes.ts";
import { BOARDS as mmc1Multicarts } from "./mmc1-multicarts.ts";
import { BOARDS as mmc3Asics } from "./mmc3-asics.ts";
import { BOARDS as mmc3Blocks } from "./mmc3-blocks.ts";
import { BOARDS as mmc3Multicarts } from "./mmc3-multicarts.ts";
import { BOARDS as mmc3NromMulticarts } from "./mmc3-nrom-multicarts.ts";
import { BOARDS as mmc3PlusNrom } from "./mmc3-plus-nrom.ts";
import { BOARDS as mmc3SizedBlocks } from "./mmc3-sized-blocks.ts";
import { BOARDS as mmc3SolderPads } from "./mmc3-solder-pads.ts";
import { BOARDS as mmc3Txsrom } from "./mmc3-txsrom.ts";
import { BOARDS as modeLatches } from "./mode-latches.ts";
import { BOARDS as nromLatches } from "./nrom-latches.ts";
import { BOARDS as nromMulticarts } from "./nrom-multicarts.ts";
import { BOARDS as nromUnromMulticarts } from "./nrom-unrom-multicarts.ts";
import { BOARDS as ntdecMulticarts } from "./ntdec-multicarts.ts";
import { BOARDS as registerMulticarts } from "./register-multicarts.ts";
import { BOARDS as resetMulticarts } from "./reset-multicarts.ts";
import { BOARDS as rumblestation } from "./rumblestation.ts";
import { BOARDS as soccer6In1 } from "./soccer-6-in-1.ts";
import { BOARDS as unifMulticarts } from "./unif-multicarts.ts";
import { BOARDS as unromMulticarts } from "./unrom-multicarts.ts";
import { BOARDS as vrc4Multicarts } from "./vrc4-multicarts.ts";

/** Boards of this family. */
export const MULTICART: readonly BoardDescriptor[] = [
  ...aa6023,
  ...addressLatches,
  ...conflictMulticarts,
  ...fk23c,
  ...gamesXplosion,
  ...lockedLatches,
  ...mixedMulticarts,
  ...mmc1Modes,
  ...mmc1Multicarts,
  ...mmc3Asics,
  ...mmc3Blocks,
  ...mmc3Multicarts,
  ...mmc3NromMulticarts,
  ...mmc3PlusNrom,
  ...mmc3SizedBlocks,
  ...mmc3SolderPads,
  ...mmc3Txsrom,
  ...modeLatches,
  ...nromLatches,
  ...nromMulticarts,
  ...nromUnromMulticarts,
  ...ntdecMulticarts,
  ...registerMulticarts,
  ...resetMulticarts,
  ...rumblestation,
  ...soccer6In1,
  ...unifMulticarts,
  ...unromMulticarts,
  ...vrc4Multicarts,
];
