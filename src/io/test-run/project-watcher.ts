import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { addStamp, ChangePoller, type FileStamps } from "../files/change-poller.ts";

/** ROMs, debug information and symbols. */
const BUILT = /\.(?:nes|unf|unif|fds|nsf|dbg|mlb|nl|sym|lbl|labels|fns)$/i;
/** Sources of games and of tests, and what tests read. */
const WRITTEN = /\.(?:s|asm|inc|c|h|cfg|chr|[cm]?[jt]sx?|json|toml|fm2|bk2)$/i;
/** Folders that no build of a game writes to, or that tests write to themselves. */
const SKIPPED = /^(?:\..*|node_modules|__.*__|coverage)$/;
/** Projects of games have hundreds of files. */
const MAX_FILES = 20_000;

/**
 * Watches the files of a project on which its tests may depend. `onChange` gets their paths. What a build
 * writes counts only if `seesBuilt`.
 */
export class ProjectWatcher {
  readonly #poller: ChangePoller;

  constructor(folder: string, seesBuilt: boolean, onChange: (changed: readonly string[]) => void) {
    const isWatched = (name: string): boolean => WRITTEN.test(name) || (seesBuilt && BUILT.test(name));
    this.#poller = new ChangePoller(() => lookAt(folder, isWatched), onChange);
  }

  /** Resolves when changes are seen from now on. */
  get ready(): Promise<void> {
    return this.#poller.ready;
  }

  close(): void {
    this.#poller.close();
  }
}

async function lookAt(folder: string, isWatched: (name: string) => boolean): Promise<FileStamps> {
  const stamps = new Map<string, string>();
  const folders = [folder];
  for (let path = folders.pop(); path !== undefined && stamps.size < MAX_FILES; path = folders.pop()) {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const inner = join(path, entry.name);
      // Links to folders may lead in circles.
      if (entry.isDirectory() && !SKIPPED.test(entry.name)) folders.push(inner);
      else if (!entry.isDirectory() && isWatched(entry.name)) await addStamp(stamps, inner);
    }
  }
  return stamps;
}
