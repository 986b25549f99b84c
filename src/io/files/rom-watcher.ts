import { basename, dirname, resolve } from "node:path";
import { ChangePoller, stampsOf } from "./change-poller.ts";

/** Watches a ROM and the files beside it that have its name, such as debug information. */
export class RomWatcher {
  readonly #poller: ChangePoller;

  /** Calls `onRebuilt` after a build has written, once the ROM is there again. */
  constructor(path: string, onRebuilt: () => void) {
    const file = resolve(path.replace(/#.*$/, ""));
    const stem = basename(file).replace(/\.[^.]*$/, "");
    let isThere = true;
    const look = async () => {
      const stamps = await stampsOf(dirname(file), (name) => name.startsWith(stem));
      isThere = stamps.has(file);
      return stamps;
    };
    this.#poller = new ChangePoller(look, () => {
      if (isThere) onRebuilt();
    });
  }

  /** Resolves when changes are seen from now on. */
  get ready(): Promise<void> {
    return this.#poller.ready;
  }

  close(): void {
    this.#poller.close();
  }
}
