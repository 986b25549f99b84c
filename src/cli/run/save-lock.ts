import { readSync } from "node:fs";
import { SaveInUse, SaveLock } from "../../io/saves/save-lock.ts";
import { oneLine } from "../exit-codes.ts";

/** What to do if another emu is playing this game and writes its save. */
export const SAVE_LOCK_CHOICES = ["ask", "play", "take", "end"] as const;
export type SaveLockChoice = (typeof SAVE_LOCK_CHOICES)[number];

const STDIN = 0;
const QUESTION = "Play without saving (p), take over the save (t), or exit (e)? ";

/**
 * Locks a save. Returns the lock; undefined on systems without file locks; or the player's choice if another
 * emu holds the lock. "ask" needs the terminal in its ordinary mode. Throws `SaveInUse` for the choice "end".
 */
export async function lockToPlay(
  save: string,
  choice: SaveLockChoice = "ask",
): Promise<SaveLock | undefined | "no saving" | "end"> {
  try {
    return await SaveLock.take(save, choice === "take");
  } catch (error) {
    if (!(error instanceof SaveInUse) || choice === "end") throw error;
    const answer = choice === "ask" ? ask(error) : choice;
    if (answer === "take") return SaveLock.take(save, true);
    return answer === "play" ? "no saving" : "end";
  }
}

function ask(error: SaveInUse): SaveLockChoice {
  process.stdout.write(`emu: ${oneLine(error)}\n`);
  for (;;) {
    process.stdout.write(QUESTION);
    const line = readLine();
    const letter = line?.trim().toLowerCase()[0];
    if (letter === "p") return "play";
    if (letter === "t") return "take";
    if (line === undefined || letter === "e" || letter === "q") return "end";
  }
}

/** Reads a line from the terminal; undefined at end of file. */
function readLine(): string | undefined {
  const bytes = new Uint8Array(1024);
  const length = readSync(STDIN, bytes, 0, bytes.length, null);
  return length === 0 ? undefined : new TextDecoder().decode(bytes.subarray(0, length));
}
