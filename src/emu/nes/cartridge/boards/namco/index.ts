import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as namco108 } from "./namco-108.ts";
import { BOARDS as namco163 } from "./namco-163.ts";

/** Boards of this family. */
export const NAMCO: readonly BoardDescriptor[] = [...namco108, ...namco163];
