import { changeSharedFile, readTextIfAny } from "../saves/shared-file.ts";
import { dipDigits } from "../shared/dip-texts.ts";

const MAX_BYTES = 1024;

/**
 * Reads the DIP switches of an arcade game as the player has left them: a text file with a digit for each,
 * switch 1 first. Undefined without such a file, or if it is not for `switchCount` switches. Throws
 * `InputError` as `readTextIfAny` does.
 */
export async function loadDips(path: string, switchCount: number): Promise<number | undefined> {
  const digits = (await readTextIfAny(path, MAX_BYTES)).trim();
  if (digits.length !== switchCount || !/^[01]+$/.test(digits)) return undefined;
  return Number.parseInt([...digits].reverse().join(""), 2);
}

/** Stores the switches for `loadDips`. Throws `InputError` as `changeSharedFile` does. */
export async function storeDips(path: string, dips: number, switchCount: number): Promise<void> {
  await changeSharedFile(path, MAX_BYTES, () => `${dipDigits(dips, { switchCount })}\n`);
}
