import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as axrom } from "./axrom.ts";
import { BOARDS as cnrom } from "./cnrom.ts";
import { BOARDS as fds } from "./fds.ts";
import { BOARDS as mmc1 } from "./mmc1.ts";
import { BOARDS as mmc2Mmc4 } from "./mmc2-mmc4.ts";
import { BOARDS as mmc3 } from "./mmc3.ts";
import { BOARDS as mmc5 } from "./mmc5.ts";
import { BOARDS as mmc6 } from "./mmc6.ts";
import { BOARDS as nesEvent } from "./nes-event.ts";
import { BOARDS as nrom } from "./nrom.ts";
import { BOARDS as uxrom } from "./uxrom.ts";
import { BOARDS as vsSystem } from "./vs-system.ts";

/** Boards of this family. */
export const NINTENDO: readonly BoardDescriptor[] = [
  ...axrom,
  ...cnrom,
  ...fds,
  ...mmc1,
  ...mmc2Mmc4,
  ...mmc3,
  ...mmc5,
  ...mmc6,
  ...nesEvent,
  ...nrom,
  ...uxrom,
  ...vsSystem,
];
