import { KIB } from "../../units.ts";
import { mapperFacts } from "./boards/index.ts";
import type { CartridgeImage } from "./image.ts";

/** The sizes of the four memories that a cartridge can have next to its ROMs, in bytes. */
export type RamSizes = Pick<
  CartridgeImage,
  "prgRamBytes" | "prgNvramBytes" | "chrRamBytes" | "chrNvramBytes"
>;

/**
 * RAM sizes for a header that has none. `headerPrgRamBytes` is the value of iNES byte 8, if the header has
 * one. It can only increase PRG RAM, because most tools leave the byte at 1 or 0 for every board.
 */
export function ramDefaults(
  mapper: number,
  battery: boolean,
  chrRomBytes: number,
  headerPrgRamBytes: number | undefined,
): RamSizes {
  const usual = mapperFacts(mapper)?.ram ?? {};
  const usualPrgBytes = usual.prgBytes ?? 8 * KIB;
  // No board has more than 128 KiB: such a byte 8 is garbage.
  const claimed = headerPrgRamBytes !== undefined && headerPrgRamBytes <= 128 * KIB ? headerPrgRamBytes : 0;
  const prgBytes = usual.prgBytes === undefined ? Math.max(usualPrgBytes, claimed) : usualPrgBytes;
  const kept = battery || usual.alwaysKept === true;
  return {
    prgRamBytes: kept ? 0 : prgBytes,
    prgNvramBytes: kept ? prgBytes : 0,
    chrRamBytes: chrRomBytes > 0 ? (usual.besideRomBytes ?? 0) : (usual.insteadOfRomBytes ?? 8 * KIB),
    chrNvramBytes: 0,
  };
}
