import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as taito } from "./taito.ts";
import { BOARDS as x1017 } from "./x1-017.ts";

/** Boards of this family. */
export const TAITO: readonly BoardDescriptor[] = [...taito, ...x1017];
