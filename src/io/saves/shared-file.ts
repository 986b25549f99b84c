import { InputError } from "../../emu/input-error.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import { readFileCapped } from "../files/read-file.ts";
import { printable } from "../files/text.ts";
import { SaveInUse, SaveLock } from "./save-lock.ts";

const POLL_MS = 5;
const PATIENCE_MS = 10_000;

/**
 * Changes a text file that several programs may change. `edit` gets the newest text, or an empty one if there
 * is no file. No other emu changes the file meanwhile, so no change is lost. Throws `InputError` ("io",
 * "data" for more than `maxBytes`, "unavailable" if another emu does not finish) and errors of `edit`; the
 * file is then unchanged.
 */
export async function changeSharedFile(
  path: string,
  maxBytes: number,
  edit: (text: string) => string | Promise<string>,
): Promise<void> {
  await inTurn(path, async () => {
    const before = await readTextIfAny(path, maxBytes);
    const after = await edit(before);
    if (after !== before) await writeFileWhole(path, after);
  });
}

/**
 * Runs `action` while no other emu runs one for this path. Throws `InputError` ("unavailable") after 10 s.
 */
export async function inTurn<T>(path: string, action: () => Promise<T>): Promise<T> {
  const lock = await takeInTurn(path);
  try {
    return await action();
  } finally {
    lock?.release();
  }
}

/** Reads a text file of at most `maxBytes`; empty if there is none. Throws `InputError` ("io" or "data"). */
export async function readTextIfAny(path: string, maxBytes: number): Promise<string> {
  try {
    return new TextDecoder().decode(await readFileCapped(path, maxBytes));
  } catch (error) {
    if (error instanceof InputError && error.kind === "missing") return "";
    throw error;
  }
}

async function takeInTurn(path: string): Promise<SaveLock | undefined> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await SaveLock.take(path);
    } catch (error) {
      if (!(error instanceof SaveInUse)) throw error;
      if (performance.now() > until) {
        throw new InputError("unavailable", "another emu is changing it", printable(path), "try again");
      }
    }
    await Bun.sleep(POLL_MS);
  }
}
