import type { MapperFacts } from "../descriptor.ts";

const UNDESCRIBED = [84, 98, 247, 275, 276, 278, 279, 316, 317, 318];

/** Consoles whose chips differ from a NES in their banks and video. https://www.nesdev.org/wiki/VT02%2B */
const VT_CONSOLES = [256, 270, 296, 407, 408, 419, 423, 424, 425, 426, 427, 496];

/** Mapper numbers without a board in emu: their names and the reasons for `emu info`, and for UNIF files. */
export const UNSUPPORTED: readonly MapperFacts[] = [
  ...UNDESCRIBED.map((mapper) => ({
    mapper,
    name: "unknown board",
    lacks: ["no description of the board is known"],
  })),
  { mapper: 220, name: "Debugging mapper", lacks: ["a number for debugging"] },
  {
    mapper: 311,
    name: "unknown board",
    lacks: ["the number was given by mistake to a bad dump of a game of mapper 43"],
  },
  {
    mapper: 405,
    name: "UMC UM6578",
    lacks: ["made for a console with a UM6578, which is not a NES or Famicom"],
  },
  ...VT_CONSOLES.map((mapper) => ({
    mapper,
    name: "VT console",
    lacks: ["made for a console with a VT chip, which is not a NES or Famicom"],
  })),
  {
    mapper: 532,
    name: "CHINA_ER_SAN2",
    lacks: ["a game changed for one emulator, which draws Chinese text over the picture"],
  },
];
