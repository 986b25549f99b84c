import type { CartridgeImage } from "./image.ts";

const KIB = 1024;

type RamSizes = Pick<CartridgeImage, "prgRamBytes" | "prgNvramBytes" | "chrRamBytes" | "chrNvramBytes">;

/** RAM of a board where it differs from 8 KiB of PRG RAM and, without CHR ROM, 8 KiB of CHR RAM. */
interface UsualRam {
  /** PRG RAM or EEPROM in bytes, battery-backed when the header says so. */
  readonly prgBytes?: number;
  /** CHR RAM beside CHR ROM. */
  readonly besideRomBytes?: number;
  /** CHR RAM when there is no CHR ROM. */
  readonly insteadOfRomBytes?: number;
  /** The RAM is non-volatile whatever the battery bit says: EEPROM. */
  readonly alwaysKept?: boolean;
}

/**
 * Boards whose usual RAM is not the default, by iNES mapper number; from each mapper's page at
 * https://www.nesdev.org/wiki/Mapper. Only headers that cannot say it themselves come here.
 */
const USUAL_RAM: Readonly<Record<number, UsualRam>> = {
  5: { prgBytes: 64 * KIB }, // ExROM: 8 to 32 KiB in two chips; 64 KiB lets every layout find its banks
  13: { prgBytes: 0, insteadOfRomBytes: 16 * KIB }, // CPROM
  16: { prgBytes: 256, alwaysKept: true }, // Bandai FCG with 24C02
  28: { insteadOfRomBytes: 32 * KIB }, // Action 53
  29: { insteadOfRomBytes: 32 * KIB }, // Sealie RET-CUFROM
  30: { prgBytes: 0, insteadOfRomBytes: 32 * KIB }, // UNROM 512: saves go to flash
  74: { besideRomBytes: 2 * KIB },
  77: { prgBytes: 0, besideRomBytes: 8 * KIB }, // 6 KiB of tiles and 2 KiB of nametables
  80: { prgBytes: 128 }, // Taito X1-005
  82: { prgBytes: 5 * KIB }, // Taito X1-017
  96: { prgBytes: 0, insteadOfRomBytes: 32 * KIB }, // Oeka Kids
  99: { prgBytes: 2 * KIB }, // VS System
  103: { prgBytes: 16 * KIB },
  111: { prgBytes: 0, insteadOfRomBytes: 32 * KIB }, // GTROM: saves go to flash
  119: { besideRomBytes: 8 * KIB }, // TQROM
  153: { prgBytes: 8 * KIB }, // Bandai with battery RAM
  157: { prgBytes: 256, alwaysKept: true }, // Datach with 24C02
  159: { prgBytes: 128, alwaysKept: true }, // Bandai LZ93D50 with 24C01
  168: { prgBytes: 0, insteadOfRomBytes: 64 * KIB },
  191: { besideRomBytes: 2 * KIB },
  192: { besideRomBytes: 4 * KIB },
  194: { besideRomBytes: 2 * KIB },
  195: { besideRomBytes: 4 * KIB },
  207: { prgBytes: 128 }, // Taito X1-005, other mirroring
  218: { prgBytes: 0, insteadOfRomBytes: 0 }, // tiles live in the console's own nametable RAM
  252: { besideRomBytes: 2 * KIB },
  253: { besideRomBytes: 2 * KIB },
};

/**
 * RAM sizes for a header that has none. `headerPrgRamBytes` is what iNES byte 8 says, when it says
 * anything: it can only enlarge PRG RAM, since most tools leave the byte at 1 or 0 whatever the board.
 */
export function ramDefaults(
  mapper: number,
  battery: boolean,
  chrRomBytes: number,
  headerPrgRamBytes: number | undefined,
): RamSizes {
  const usual = USUAL_RAM[mapper] ?? {};
  const usualPrgBytes = usual.prgBytes ?? 8 * KIB;
  // More than 128 KiB is on no board: such a byte 8 is dirt.
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
