import { INST_ROM_BYTES, type PlayChoiceCartridge, PROM_DATA_BYTES } from "../playchoice/control-roms.ts";
import type { InesHeader } from "./header.ts";

/** What an RP5H01 puts out: its data, and as many bytes of its counter. */
const PROM_BYTES = 2 * PROM_DATA_BYTES;

/** What an image has of a PlayChoice-10's cartridge after its ROMs. */
interface PlayChoiceRoms {
  readonly playChoice?: PlayChoiceCartridge;
  /** Number of bytes that it takes. */
  readonly bytes: number;
  readonly warnings: readonly string[];
}

/**
 * Reads the INST-ROM of a PlayChoice-10 and the PROM that is needed to decrypt it, from the bytes after the
 * ROMs. The output of the PROM's counter, after its data, is the same in every cartridge.
 * https://www.nesdev.org/wiki/PC10_ROM-Images
 */
export function playChoiceRoms({ consoleType }: InesHeader, rest: Uint8Array): PlayChoiceRoms {
  if (consoleType !== "playchoice") return { bytes: 0, warnings: [] };
  if (rest.length < INST_ROM_BYTES) {
    const warning = "the file has no INST-ROM of the PlayChoice-10: the game runs without its menu";
    return { bytes: 0, warnings: [warning] };
  }
  const instRom = rest.subarray(0, INST_ROM_BYTES);
  if (rest.length < INST_ROM_BYTES + PROM_BYTES) {
    const warning = "the file lacks the PROM of its INST-ROM, which decrypts the title in the menu";
    return { playChoice: { instRom, prom: undefined }, bytes: INST_ROM_BYTES, warnings: [warning] };
  }
  const prom = rest.subarray(INST_ROM_BYTES, INST_ROM_BYTES + PROM_DATA_BYTES);
  return { playChoice: { instRom, prom }, bytes: INST_ROM_BYTES + PROM_BYTES, warnings: [] };
}
