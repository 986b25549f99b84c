import type { MapperFacts } from "../descriptor.ts";

/** Mapper numbers without a board in emu: their names for `emu info`, and for UNIF files. */
export const UNSUPPORTED: readonly MapperFacts[] = [
  { mapper: 6, name: "Front Fareast Magic Card 1M/2M" },
  { mapper: 8, name: "Front Fareast Magic Card, GNROM mode" },
  { mapper: 17, name: "Front Fareast Magic Card 4M" },
  { mapper: 186, name: "Family Study Box" },
  { mapper: 220, name: "Debugging mapper" },
];
