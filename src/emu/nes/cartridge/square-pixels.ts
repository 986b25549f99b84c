/**
 * Games that are drawn for square pixels, by the SHA-1 of their ROM: their circles are round only with square
 * pixels. All other games have a television's pixels, 8:7 or 11:8. No header has a field for this.
 */
const SQUARE_GAMES: ReadonlySet<string> = new Set([
  // Swingby, which comes with emu.
  "087bd0fc17ae16d22f55073dfb854b36ace8449a",
]);

/** Returns true if the game with this SHA-1 (`CartridgeImage.sha1`) is drawn for square pixels. */
export function isDrawnSquare(sha1: string): boolean {
  return SQUARE_GAMES.has(sha1);
}
