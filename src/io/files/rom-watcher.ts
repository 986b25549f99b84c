import { type FSWatcher, watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";

/** Time after the last write of a build until the ROM and its debug information count as complete. */
const SETTLE_MS = 150;

/** Watches a ROM and the files beside it that have its name, such as debug information. */
export class RomWatcher {
  readonly #watcher: FSWatcher;
  #settling: ReturnType<typeof setTimeout> | undefined;

  /** Calls `onRebuilt` after a build has written, and `onProblem` if the files can no longer be watched. */
  constructor(path: string, onRebuilt: () => void, onProblem: (text: string) => void) {
    const file = resolve(path.replace(/#.*$/, ""));
    const stem = basename(file).replace(/\.[^.]*$/, "");
    // Builds replace files, so the folder is watched.
    this.#watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
      if (name !== null && !name.startsWith(stem)) return;
      clearTimeout(this.#settling);
      this.#settling = setTimeout(onRebuilt, SETTLE_MS);
    });
    this.#watcher.on("error", (error) => onProblem(`the ROM is no longer watched: ${error.message}`));
  }

  close(): void {
    this.#watcher.close();
    clearTimeout(this.#settling);
  }
}
