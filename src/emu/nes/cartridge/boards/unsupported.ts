import type { MapperFacts } from "../descriptor.ts";

/** https://www.nesdev.org/wiki/VT02%2B: consoles whose chips differ from a NES in their banks and video. */
const VT_CONSOLES = [407, 408, 419, 423, 424, 425, 426, 427, 496];

/** Mapper numbers without a board in emu: their names for `emu info`, and for UNIF files. */
export const UNSUPPORTED: readonly MapperFacts[] = [
  { mapper: 220, name: "Debugging mapper" },
  ...VT_CONSOLES.map((mapper) => ({
    mapper,
    name: "VT console",
    lacks: ["made for a console with a VT chip, which is not a NES or Famicom"],
  })),
  { mapper: 440, name: "Sonic REC-9388" },
  { mapper: 442, name: "Golden Key" },
  { mapper: 451, name: "Haratyler HP/MP" },
  { mapper: 497, name: "Subor LOGO" },
  { mapper: 515, name: "Family Noraebang" },
  {
    mapper: 532,
    name: "CHINA_ER_SAN2",
    lacks: ["a game changed for one emulator, which draws Chinese text over the picture"],
  },
  { mapper: 560, name: "C/E BASIC" },
  { mapper: 594, name: "Rinco FSG2" },
];
