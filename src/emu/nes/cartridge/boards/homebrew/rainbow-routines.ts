/** Where programs call the routines that Rainbow makes: the first at $4280, the second at $4282. */
export const ROUTINES = 0x4280;

const LDA_IMMEDIATE = 0xa9;
const STA_ABSOLUTE = 0x8d;
const RTS = 0x60;
const INSTRUCTION_BYTES = 5;

/**
 * A byte of the routine that copies a page of FPGA RAM to OAM through $2004 or, with `copiesBanks`, the first
 * byte of each sprite there to $4200–$423F. It consists of LDA # and STA only.
 * https://github.com/SourMesen/Mesen2
 */
export function routineByte(
  offset: number,
  ram: Uint8Array,
  lastSprite: number,
  copiesBanks: boolean,
): number {
  const at = copiesBanks ? offset - 2 : offset;
  const step = Math.floor(at / INSTRUCTION_BYTES);
  const steps = copiesBanks ? lastSprite + 1 : (lastSprite + 1) * 4;
  if (step < 0 || step >= steps) return RTS;
  switch (at % INSTRUCTION_BYTES) {
    case 0:
      return LDA_IMMEDIATE;
    case 1:
      return ram[copiesBanks ? step * 4 : step];
    case 2:
      return STA_ABSOLUTE;
    case 3:
      return copiesBanks ? step : 0x04;
    default:
      return copiesBanks ? 0x42 : 0x20;
  }
}
