import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as addressLatches } from "./address-latches.ts";
import { BOARDS as mmc3Multicarts } from "./mmc3-multicarts.ts";
import { BOARDS as registerMulticarts } from "./register-multicarts.ts";
import { BOARDS as rumblestation } from "./rumblestation.ts";

/** Boards of this family. */
export const MULTICART: readonly BoardDescriptor[] = [
  ...addressLatches,
  ...mmc3Multicarts,
  ...registerMulticarts,
  ...rumblestation,
];
