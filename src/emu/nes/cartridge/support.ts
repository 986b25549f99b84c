import { supportedMappers } from "./boards/index.ts";
import type { CartridgeImage } from "./image.ts";

/**
 * Submappers besides 0 that the boards tell apart, or that need no telling apart. Others run as submapper 0.
 * https://www.nesdev.org/wiki/NES_2.0_submappers
 */
const SUBMAPPERS: Readonly<Record<number, readonly number[]>> = {
  1: [1, 2, 4, 5], // 1, 2 and 4 are deprecated: SUROM, SOROM and SXROM show in their sizes
  2: [1, 2],
  3: [1, 2],
  4: [1, 2, 3, 4],
  7: [1, 2],
  16: [4, 5],
  19: [1, 2, 3, 4, 5],
  21: [1, 2],
  23: [1, 2, 3],
  25: [1, 2, 3],
  30: [1, 2, 3, 4],
  32: [1],
  34: [1, 2],
  68: [1],
  71: [1],
  78: [1, 3],
  85: [1, 2],
  91: [1],
  114: [1],
  185: [4, 5, 6, 7],
  200: [1],
  206: [1],
  210: [1, 2],
  227: [2],
  232: [1],
};

const VS_SYSTEM_MAPPER = 99;

/** Returns true if `submapper` of a supported mapper is one that its board knows. */
export function isSubmapperKnown(mapper: number, submapper: number): boolean {
  return submapper === 0 || SUBMAPPERS[mapper]?.includes(submapper) === true;
}

/**
 * What the image asks for and the machine lacks, one sentence each without a full stop; empty where the game
 * is supported. Only an unknown mapper keeps a game from being run.
 */
export function supportGaps(image: CartridgeImage): readonly string[] {
  const { mapper, submapper, console: foreign } = image;
  const gaps: string[] = [];
  if (!supportedMappers().includes(mapper)) gaps.push(`mapper ${mapper} is not supported`);
  else if (!isSubmapperKnown(mapper, submapper)) {
    gaps.push(`submapper ${submapper} of mapper ${mapper} is not known: it runs as submapper 0`);
  }
  if (foreign === "vs" || mapper === VS_SYSTEM_MAPPER) {
    gaps.push("made for the VS. System, whose coin slots, DIP switches and palette are missing");
  } else if (foreign !== undefined) gaps.push(FOREIGN[foreign] ?? FOREIGN.other);
  return gaps;
}

const FOREIGN: Readonly<Record<string, string>> & { readonly other: string } = {
  epsm: "made for an EPSM sound module, which is not heard",
  "decimal-famiclone": "made for a clone whose CPU has decimal mode, which is missing",
  other: "made for a console that is not a NES or Famicom: it may not run",
};
