import { allMapperFacts } from "./boards/index.ts";
import type { CartridgeImage, Mirroring } from "./image.ts";

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
  return mapper === undefined ? REJECTED[plain] : `it is mapper ${mapper}, which emu does not have`;
}

/** The name in capitals, without its maker's prefix. */
function plainName(name: string): string {
  return name.toUpperCase().replace(/^(NES|HVC|UNL|BMC|BTL|AVE|NINTENDO)-/, "");
}

/** Names of boards whose mapper number is known, but which emu does not have. */
const WITHOUT_BOARD: Readonly<Record<string, number>> = {
  "PEC-586": 257,
  "3D-BLOCK": 355,
  DG574B: 445,
  "831128C": 528,
  "KONAMI-QTAI": 547,
};

/** Names of boards without a usable number, and why they are rejected. */
const REJECTED: Readonly<Record<string, string>> = {
  "81-01-31-C": "its one description leaves its mirroring open (it is like mapper 327)",
  AC08: "it is a variant of mapper 42 that emu does not have",
  "CC-21": "sources number it 27, which is another board",
  CHINA_ER_SAN2:
    "it is a game changed for one emulator, which draws Chinese text over the picture (mapper 532)",
  DANCE: "it is a VT02 console, which is not a NES (mapper 256)",
  KG256: "it is described by one emulator only, and has no mapper number",
  ONEBUS: "it is a VT02 console, which is not a NES (mapper 256)",
  "SB-2000": "it is a VT03 console, which is not a NES",
  "SSS-NROM-256": "it is the menu of the FamicomBox, whose hardware is missing",
  "T-227-1": "its descriptions contradict each other (mapper 568 is a T-227)",
  TRANSFORMER: "it needs a keyboard of its own, which is missing",
};

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
