/** Boards that a multicart chooses with `ChosenBoard`, as mapper × 16 + submapper. */
export const CHOSEN_BOARDS = {
  MMC1: 1 * 16,
  UXROM: 2 * 16,
  CNROM: 3 * 16,
  MMC3: 4 * 16,
  AXROM: 7 * 16,
  MMC2: 9 * 16,
  VRC6A: 24 * 16,
  BNROM: 34 * 16 + 2,
  NTDEC_2722: 40 * 16,
  FME7: 69 * 16,
  VRC3: 73 * 16,
  VRC1: 75 * 16,
  VRC7: 85 * 16,
  JALECO_87: 87 * 16,
  TXSROM: 118 * 16,
  NANJING: 163 * 16,
} as const;
