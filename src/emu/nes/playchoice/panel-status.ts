/** What a PlayChoice-10 tells the player outside of its screens. */
export interface PanelReport {
  /** True while the game's controls are connected: somebody plays. */
  readonly isPlayed: boolean;
  /** The four digits of the time display, from left to right; a dark one is a space. */
  readonly time: string;
}

/** Bits 0 to 15 are the digits, the right one lowest; one bit is set in every status. */
const IS_PRESENT = 0x1_0000;
const IS_PLAYED = 0x2_0000;

/** The status for `panelReport`, of the ports of the control side; never 0. */
export function panelStatus(digits: number, isPlayed: boolean): number {
  return digits | IS_PRESENT | (isPlayed ? IS_PLAYED : 0);
}

/** Reads `CoinSlots.panelStatus`; undefined for 0, which means that the machine is no PlayChoice-10. */
export function panelReport(status: number): PanelReport | undefined {
  if (status === 0) return undefined;
  const digits = [12, 8, 4, 0].map((shift) => (status >> shift) & 15);
  // The display's decoder, a 74HC4511, blanks digits above 9. https://problemkaputt.de/everynes.htm
  const time = digits.map((digit) => (digit > 9 ? " " : digit)).join("");
  return { isPlayed: (status & IS_PLAYED) !== 0, time };
}
