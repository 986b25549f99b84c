import { readdirSync, type Stats, statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const LOOK_EVERY_MS = 100;
/** Number of polls without a change after which the files count as completely written. */
const QUIET_LOOKS = 2;

/** Files by path, with a text that changes when the file does. */
export type FileStamps = ReadonlyMap<string, string>;

/**
 * Polls files, and reports which have changed once nothing has changed for a moment. Polling also works where
 * the system does not report changes: in network file systems, and in folders that are removed and made
 * again, as by `make clean`. The first poll only stores the stamps.
 */
export class ChangePoller {
  readonly #look: () => Promise<FileStamps>;
  readonly #onChange: (changed: readonly string[]) => void;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #changed = new Set<string>();
  /** Resolves after the first look; later changes are reported. */
  readonly ready: Promise<void>;
  #stamps: FileStamps | undefined;
  #quiet = 0;
  #isLooking = false;
  #isClosed = false;

  /**
   * `look` must not reject. The timer does not keep the process alive. Reports changes since `first` or,
   * without it, since the first look.
   */
  constructor(
    look: () => Promise<FileStamps>,
    onChange: (changed: readonly string[]) => void,
    first?: FileStamps,
  ) {
    this.#stamps = first;
    this.#look = look;
    this.#onChange = onChange;
    this.#timer = setInterval(() => void this.#compare(), LOOK_EVERY_MS);
    this.#timer.unref();
    this.ready = this.#compare();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  async #compare(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const now = await this.#look();
    this.#isLooking = false;
    const before = this.#stamps;
    this.#stamps = now;
    if (before === undefined || this.#isClosed) return;
    const changed = difference(before, now);
    for (const path of changed) this.#changed.add(path);
    this.#quiet = changed.length > 0 ? 0 : this.#quiet + 1;
    if (this.#changed.size === 0 || this.#quiet < QUIET_LOOKS) return;
    const all = [...this.#changed].sort();
    this.#changed.clear();
    this.#onChange(all);
  }
}

function difference(before: FileStamps, now: FileStamps): string[] {
  const changed = [...now].filter(([path, stamp]) => before.get(path) !== stamp).map(([path]) => path);
  return [...changed, ...[...before.keys()].filter((path) => !now.has(path))];
}

/** Adds a file's stamp; nothing if it is gone. */
export async function addStamp(stamps: Map<string, string>, path: string): Promise<void> {
  const status = await stat(path).catch(() => undefined);
  if (status?.isFile() === true) stamps.set(path, stampOf(status));
}

function stampOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs}`;
}

/** The stamps of the files of a folder whose names `isWanted` accepts. Empty if the folder is gone. */
export async function stampsOf(
  folder: string,
  isWanted: (name: string) => boolean,
): Promise<Map<string, string>> {
  const stamps = new Map<string, string>();
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(isWanted)) await addStamp(stamps, join(folder, name));
  return stamps;
}

/** Like `stampsOf`, at once. */
export function stampsOfNow(folder: string, isWanted: (name: string) => boolean): FileStamps {
  const stamps = new Map<string, string>();
  try {
    for (const name of readdirSync(folder).filter(isWanted)) {
      const status = statSync(join(folder, name), { throwIfNoEntry: false });
      if (status?.isFile() === true) stamps.set(join(folder, name), stampOf(status));
    }
  } catch {
    // The folder is gone, or cannot be read now.
  }
  return stamps;
}
