import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as fme7 } from "./fme7.ts";
import { BOARDS as sunsoft34 } from "./sunsoft-3-4.ts";

/** Boards of this family. */
export const SUNSOFT: readonly BoardDescriptor[] = [...fme7, ...sunsoft34];
