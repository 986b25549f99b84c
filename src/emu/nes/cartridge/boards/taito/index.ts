import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as taito } from "./taito.ts";

/** Boards of this family. */
export const TAITO: readonly BoardDescriptor[] = [...taito];
