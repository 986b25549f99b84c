import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as jf17Jf19 } from "./jf17-jf19.ts";
import { BOARDS as ss88006 } from "./ss88006.ts";

/** Boards of this family. */
export const JALECO: readonly BoardDescriptor[] = [...jf17Jf19, ...ss88006];
