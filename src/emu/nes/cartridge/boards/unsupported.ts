import type { MapperFacts } from "../descriptor.ts";

/** Mapper numbers without a board in emu: their names for `emu info`, and for UNIF files. */
export const UNSUPPORTED: readonly MapperFacts[] = [{ mapper: 220, name: "Debugging mapper" }];
