/** Names of submappers that have no board of their own, by mapper number × 16 + submapper. */
const NAMES: Readonly<Record<number, string>> = {
  [1 * 16 + 1]: "SUROM",
  [1 * 16 + 2]: "SOROM",
  [1 * 16 + 4]: "SXROM",
  [1 * 16 + 5]: "SEROM, SHROM: no PRG banks",
  [2 * 16 + 1]: "without bus conflicts",
  [2 * 16 + 2]: "with bus conflicts",
  [3 * 16 + 1]: "without bus conflicts",
  [3 * 16 + 2]: "with bus conflicts",
  [4 * 16 + 2]: "MMC3C",
  [4 * 16 + 4]: "NEC's MMC3",
  [7 * 16 + 1]: "without bus conflicts",
  [7 * 16 + 2]: "with bus conflicts",
  [16 * 16 + 4]: "FCG-1, FCG-2",
  [16 * 16 + 5]: "LZ93D50",
  [21 * 16 + 1]: "VRC4a",
  [21 * 16 + 2]: "VRC4c",
  [23 * 16 + 1]: "VRC4f",
  [23 * 16 + 2]: "VRC4e",
  [23 * 16 + 3]: "VRC2b",
  [25 * 16 + 1]: "VRC4b",
  [25 * 16 + 2]: "VRC4d",
  [25 * 16 + 3]: "VRC2c",
  [32 * 16 + 1]: "one screen",
  [34 * 16 + 2]: "BNROM",
  [40 * 16 + 1]: "NTDEC 2752",
  [68 * 16 + 1]: "with an option ROM",
  [71 * 16 + 1]: "BF9097",
  [78 * 16 + 1]: "JF-16",
  [78 * 16 + 3]: "Holy Diver",
  [85 * 16 + 1]: "VRC7b",
  [85 * 16 + 2]: "VRC7a",
  [206 * 16 + 1]: "no PRG banks",
  [210 * 16 + 1]: "Namco 175",
  [210 * 16 + 2]: "Namco 340",
  [215 * 16 + 1]: "8237A",
  [232 * 16 + 1]: "Aladdin Deck Enhancer",
};

/**
 * What a submapper is called; undefined for those without a name.
 * https://www.nesdev.org/wiki/NES_2.0_submappers
 */
export function submapperName(mapper: number, submapper: number): string | undefined {
  return NAMES[mapper * 16 + submapper];
}
