const NAMES = ["C-", "C#", "D-", "D#", "E-", "F-", "F#", "G-", "G#", "A-", "A#", "B-"] as const;
const A4 = 69;
const A4_HZ = 440;
const LAST_NOTE = 131;

/** The pitch on the MIDI scale, where 69 is A4; undefined for no pitch. */
export function noteOf(milliHertz: number): number | undefined {
  return milliHertz <= 0 ? undefined : A4 + 12 * Math.log2(milliHertz / 1000 / A4_HZ);
}

/** The nearest note's name, such as "A#4"; empty for no pitch and beyond the range of hearing. */
export function noteName(milliHertz: number): string {
  const note = Math.round(noteOf(milliHertz) ?? -1);
  return note < 0 || note > LAST_NOTE ? "" : `${NAMES[note % 12]}${Math.floor(note / 12) - 1}`;
}

/** Returns true for the black keys of a piano. */
export function isBlackKey(note: number): boolean {
  return NAMES[((note % 12) + 12) % 12]!.endsWith("#");
}
