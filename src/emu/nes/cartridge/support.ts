import { isSubmapperKnown, supportedMappers } from "./boards/index.ts";
import type { CartridgeImage } from "./image.ts";

const VS_SYSTEM_MAPPER = 99;

/**
 * Features that the image needs and the machine lacks, one sentence each without a full stop; empty if the
 * game is supported. Only an unknown mapper prevents a game from running.
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
