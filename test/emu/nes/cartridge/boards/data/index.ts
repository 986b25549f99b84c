import type { BoardCase } from "../board-case.ts";
import { NINTENDO } from "./nintendo.ts";

/** Every case of every board. */
export const CASES: readonly BoardCase[] = [...NINTENDO];
