import { KIB } from "../../../units.ts";
import type { MapperFacts } from "../descriptor.ts";

/** Mapper numbers without a board in emu: their names for `emu info`, and for UNIF files. */
export const UNSUPPORTED: readonly MapperFacts[] = [
  { mapper: 6, name: "Front Fareast Magic Card 1M/2M" },
  { mapper: 8, name: "Front Fareast Magic Card, GNROM mode" },
  { mapper: 17, name: "Front Fareast Magic Card 4M" },
  { mapper: 117, name: "Future Media" },
  { mapper: 164, name: "Dongda PEC-9588" },
  { mapper: 168, name: "Racermate Challenge II", ram: { prgBytes: 0, insteadOfRomBytes: 64 * KIB } },
  { mapper: 186, name: "Family Study Box" },
  { mapper: 220, name: "Debugging mapper" },
];
