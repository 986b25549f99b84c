import { basename, dirname, resolve } from "node:path";
import { ChangePoller, stampsOf, stampsOfNow } from "../change-poller.ts";

/** Watches a ROM and the files beside it that have its name, such as debug information. */
export class RomWatcher {
  readonly #poller: ChangePoller;

  /** Calls `onRebuilt` after a build has written, once the ROM is there again. */
  constructor(path: string, onRebuilt: () => void) {
    const file = resolve(path.replace(/#.*$/, ""));
    const stem = basename(file).replace(/\.[^.]*$/, "");
    let isThere = true;
    const isOwn = (name: string): boolean => name.startsWith(stem);
    const look = async () => {
      const stamps = await stampsOf(dirname(file), isOwn);
      isThere = stamps.has(file);
      return stamps;
    };
    const onChange = (): void => {
      if (isThere) onRebuilt();
    };
    this.#poller = new ChangePoller(look, onChange, stampsOfNow(dirname(file), isOwn));
  }

  /** Resolves when changes are seen from now on. */
  get ready(): Promise<void> {
    return this.#poller.ready;
  }

  close(): void {
    this.#poller.close();
  }
}
