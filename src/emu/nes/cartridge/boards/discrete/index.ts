import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as licensed } from "./licensed.ts";
import { BOARDS as unlicensed } from "./unlicensed.ts";
import { BOARDS as unlicensedRegisters } from "./unlicensed-registers.ts";

/** Boards of this family. */
export const DISCRETE: readonly BoardDescriptor[] = [...licensed, ...unlicensed, ...unlicensedRegisters];
