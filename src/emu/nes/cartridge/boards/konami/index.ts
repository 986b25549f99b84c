import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as vrc1 } from "./vrc1.ts";
import { BOARDS as vrc2Vrc4 } from "./vrc2-vrc4.ts";
import { BOARDS as vrc3 } from "./vrc3.ts";
import { BOARDS as vrc6 } from "./vrc6.ts";
import { BOARDS as vrc7 } from "./vrc7.ts";

/** Boards of this family. */
export const KONAMI: readonly BoardDescriptor[] = [...vrc1, ...vrc2Vrc4, ...vrc3, ...vrc6, ...vrc7];
