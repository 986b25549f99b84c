import { InputError } from "../../emu/input-error.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import { printable } from "../files/text.ts";
import { inTurn, readTextIfAny } from "../saves/shared-file.ts";
import { dipDigits } from "../shared/dip-texts.ts";

const MAX_BYTES = 1024;

/**
 * Reads the DIP switches of an arcade game as the player has left them: a text file with a digit for each,
 * switch 1 first. Undefined without such a file. Throws `InputError` as `readTextIfAny` does, and "data" for
 * a file that does not hold `switchCount` switches.
 */
export async function loadDips(path: string, switchCount: number): Promise<number | undefined> {
  const digits = (await readTextIfAny(path, MAX_BYTES)).trim();
  if (digits === "") return undefined;
  if (digits.length !== switchCount || !/^[01]+$/.test(digits)) {
    const remedy = "set the switches in the menu again";
    throw new InputError("data", `is not a line of ${switchCount} switches, 0 or 1`, printable(path), remedy);
  }
  return Number.parseInt([...digits].reverse().join(""), 2);
}

/**
 * Stores the switches for `loadDips`, whatever the file held. Throws `InputError` as `inTurn` and
 * `writeFileWhole` do.
 */
export async function storeDips(path: string, dips: number, switchCount: number): Promise<void> {
  await inTurn(path, () => writeFileWhole(path, `${dipDigits(dips, { switchCount })}\n`));
}
