import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as fcg } from "./fcg.ts";
import { BOARDS as karaokeStudio } from "./karaoke-studio.ts";
import { BOARDS as oekaKids } from "./oeka-kids.ts";

/** Boards of this family. */
export const BANDAI: readonly BoardDescriptor[] = [...fcg, ...karaokeStudio, ...oekaKids];
