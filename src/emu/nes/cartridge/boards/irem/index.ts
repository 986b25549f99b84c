import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as g101H3001 } from "./g101-h3001.ts";

/** Boards of this family. */
export const IREM: readonly BoardDescriptor[] = [...g101H3001];
