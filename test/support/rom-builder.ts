import { KIB } from "../../src/emu/units.ts";

/** The header fields that tests vary; sizes are units of 16 and 8 KiB as in bytes 4 and 5. */
export interface RomRecipe {
  readonly prgUnits?: number;
  readonly chrUnits?: number;
  readonly mapper?: number;
  readonly submapper?: number;
  readonly flags6?: number;
  readonly flags7?: number;
  readonly nes2?: boolean;
  /** Bytes of the header to set afterwards, by offset. */
  readonly bytes?: Readonly<Record<number, number>>;
  readonly trailingBytes?: number;
}

/** An iNES file with ascending bytes in PRG ROM and descending bytes in CHR ROM. */
export function buildRom(recipe: RomRecipe = {}): Uint8Array {
  const { prgUnits = 1, chrUnits = 1, mapper = 0, flags6 = 0, flags7 = 0 } = recipe;
  const trainerBytes = (flags6 & 4) !== 0 ? 512 : 0;
  const prgBytes = prgUnits * 16 * KIB;
  const chrBytes = chrUnits * 8 * KIB;
  const rom = new Uint8Array(16 + trainerBytes + prgBytes + chrBytes + (recipe.trailingBytes ?? 0));
  rom.set([0x4e, 0x45, 0x53, 0x1a, prgUnits, chrUnits]);
  rom[6] = flags6 | ((mapper & 0x0f) << 4);
  rom[7] = flags7 | (mapper & 0xf0) | (recipe.nes2 ? 8 : 0);
  if (recipe.nes2) rom[8] = ((mapper >> 8) & 0x0f) | ((recipe.submapper ?? 0) << 4);
  for (const [offset, value] of Object.entries(recipe.bytes ?? {})) rom[Number(offset)] = value;
  let at = 16;
  for (let index = 0; index < trainerBytes; index++) rom[at++] = 0x7e;
  for (let index = 0; index < prgBytes; index++) rom[at++] = (index * 7 + (index >> 8)) & 0xff;
  for (let index = 0; index < chrBytes; index++) rom[at++] = 255 - ((index * 3 + (index >> 7)) & 0xff);
  return rom;
}
