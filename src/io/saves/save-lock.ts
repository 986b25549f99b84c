import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { errno, linuxC, macSystem } from "../ffi/libc.ts";
import { isAlive } from "../files/abandoned.ts";
import { readFileCapped } from "../files/read-file.ts";
import { printable } from "../files/text.ts";
import { findTarget } from "../files/write-target.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;
const MAX_TRIES = 20;

/** Thrown when another program uses this save. */
export class SaveInUse extends InputError {
  constructor(path: string, owner: number | undefined) {
    const who = owner === undefined ? "another emu" : `another emu (process ${owner})`;
    super("unavailable", `${who} is saving to it`, printable(path), "end that one, or see --save-lock");
  }
}

/**
 * The exclusive right to write a save file. Without it, of two programs that play one game, the last to end
 * would overwrite what the other has saved. It is a lock (flock) on a file beside the save, which the system
 * releases however its owner ends. A program that takes over replaces the lock file; the previous owner then
 * finds that the file is no longer its own.
 */
export class SaveLock {
  readonly #path: string;
  #descriptor: number;

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /**
   * Takes the lock of a save without waiting. Throws `SaveInUse` if another program has it, unless `takeOver`
   * is set. Returns undefined if there is nothing to lock: no file, a folder that cannot be written (saving
   * will report that), or a file system without locks.
   */
  static async take(save: string, takeOver = false): Promise<SaveLock | undefined> {
    const path = lockPathOf(save);
    if (path === undefined) return undefined;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const descriptor = openLockFile(path);
      if (descriptor === undefined) return undefined;
      const isFree = await lock(descriptor, path);
      // Its owner may have removed the file while we opened it: then another file has this name, or none.
      const isCurrent = isSame(descriptor, path);
      if (isFree === true && isCurrent) {
        ftruncateSync(descriptor);
        writeSync(descriptor, `${process.pid}\n`, 0);
        return new SaveLock(path, descriptor);
      }
      closeSync(descriptor);
      if (isFree === undefined) return undefined;
      if (!isCurrent) continue;
      if (!takeOver) throw new SaveInUse(save, await ownerOf(path));
      unlinkSync(path);
    }
    throw new SaveInUse(save, await ownerOf(path));
  }

  /** False after another program has taken over: its save must not be overwritten. */
  get isOurs(): boolean {
    return this.#descriptor >= 0 && isSame(this.#descriptor, this.#path);
  }

  release(): void {
    if (this.#descriptor < 0) return;
    // The file is removed while it is locked, so no other program can have locked it meanwhile.
    if (this.isOurs) unlinkSync(this.#path);
    closeSync(this.#descriptor);
    this.#descriptor = -1;
  }
}

/** Links to one save share its lock. Undefined for a device. */
function lockPathOf(save: string): string | undefined {
  try {
    const target = findTarget(save);
    return target.kind === "file" ? `${target.path}.lock` : undefined;
  } catch {
    return undefined;
  }
}

function openLockFile(path: string): number | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o666);
  } catch {
    return undefined;
  }
}

/** Returns true if the lock is ours now; undefined if locks do not work. */
async function lock(descriptor: number, path: string): Promise<boolean | undefined> {
  const library = linuxC() ?? macSystem();
  if (library !== undefined && library.flock(descriptor, LOCK_EX | LOCK_NB) === 0) return true;
  // EWOULDBLOCK is 11 on Linux and 35 on macOS; any other error means that this file system has no locks.
  if (library !== undefined) return errno() === 11 || errno() === 35 ? false : undefined;
  // Without flock, the process number of a running process is the lock.
  const owner = await ownerOf(path);
  return owner === undefined || owner === process.pid || !isAlive(owner);
}

async function ownerOf(path: string): Promise<number | undefined> {
  const bytes = await readFileCapped(path, 64).catch(() => undefined);
  const number = Number(new TextDecoder().decode(bytes).trim());
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function isSame(descriptor: number, path: string): boolean {
  const named = statSync(path, { throwIfNoEntry: false });
  const open = fstatSync(descriptor);
  return named !== undefined && named.ino === open.ino && named.dev === open.dev;
}
