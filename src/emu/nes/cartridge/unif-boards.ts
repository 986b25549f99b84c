import { allMapperFacts, missingBoardReason } from "./boards/index.ts";
import type { CartridgeImage, Mirroring } from "./image.ts";
import { REJECTED, WITHOUT_BOARD } from "./unif-rejections.ts";

/** The board that a UNIF name denotes. */
export interface UnifBoard {
  readonly mapper: number;
  readonly submapper: number;
  /** Mirroring that is wired on the board. It overrides the MIRR chunk. */
  readonly mirroring?: Mirroring;
}

let index: Map<string, UnifBoard> | undefined;

/** Returns the board that a MAPR chunk names, or undefined if the name is unknown. */
export function findUnifBoard(name: string): UnifBoard | undefined {
  index ??= buildIndex();
  const plain = plainName(name);
  return index.get(plain) ?? index.get(plain.replaceAll("-IN-", "IN"));
}

/** Why a board that is known by name has no board in emu; undefined for names that nothing knows. */
export function unifRejection(name: string): string | undefined {
  const plain = plainName(name);
  const mapper = WITHOUT_BOARD[plain];
  if (mapper === undefined) return REJECTED[plain];
  const reason = missingBoardReason(mapper);
  return `it is mapper ${mapper}, which emu does not have${reason === "" ? "" : `: ${reason}`}`;
}

/** The name in capitals, without its maker's prefix. */
function plainName(name: string): string {
  return name.toUpperCase().replace(/^(NES|HVC|UNL|BMC|BTL|AVE|NINTENDO)-/, "");
}

function buildIndex(): Map<string, UnifBoard> {
  const boards = new Map<string, UnifBoard>();
  for (const { mapper, submappers, unif = [] } of allMapperFacts()) {
    for (const { names, submapper = submappers?.[0] ?? 0, mirroring } of unif) {
      const board = { mapper, submapper, ...(mirroring === undefined ? {} : { mirroring }) };
      for (const name of names.split(" ")) boards.set(name, board);
    }
  }
  return boards;
}

/** Mirroring by the byte of the MIRR chunk; for 5 the board decides. */
export const UNIF_MIRRORING: readonly CartridgeImage["mirroring"][] = [
  "horizontal",
  "vertical",
  "single-0",
  "single-1",
  "four-screen",
  "horizontal",
];
