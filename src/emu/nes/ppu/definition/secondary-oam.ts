/** The address of secondary OAM, which holds the eight sprites of the next line. */
import { type PpuState, SECONDARY_OAM_BYTES } from "../state.ts";

/** Steps the address. It stays 0 once secondary OAM is full. */
export function incrementSecondaryAddress(ppu: PpuState): void {
  if (ppu.secondaryFull === 1) return;
  ppu.secondaryAddress++;
  if (ppu.secondaryAddress < SECONDARY_OAM_BYTES) return;
  ppu.secondaryFull = 1;
  ppu.secondaryAddress = 0;
}

/** Second half of a dot: the address returns to 0 at dots 64, 256 and 340. */
export function countSecondaryReset(ppu: PpuState): void {
  if (ppu.secondaryResetDots === 0) return;
  ppu.secondaryResetDots--;
  if (ppu.secondaryResetDots > 0) return;
  resetSecondaryAddress(ppu);
}

export function resetSecondaryAddress(ppu: PpuState): void {
  ppu.secondaryAddress = 0;
  ppu.secondaryFull = 0;
}
