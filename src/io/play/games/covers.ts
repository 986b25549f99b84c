import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { readFileCapped } from "../../files/read-file.ts";
import type { StillPicture } from "../../render/still-picture.ts";
import { readThumbnail } from "../thumbnail.ts";
import { firstPicture } from "./first-picture.ts";

/** The picture of the moment at which a game was left, in its folder of states. */
export const COVER_FILE = "cover.png";
const MAX_COVER_BYTES = 4 * MIB;
/** Covers kept in memory: a screen of entries. */
const MAX_KEPT_COVERS = 64;
/** A player who moves through the list faster than this does not wait for the pictures of its games. */
const PATIENCE_MS = 250;

/**
 * The games' last pictures: of the moment at which the player left, or of the newest slot. Games that were
 * not played yet have a picture of their first seconds.
 */
export class Covers {
  readonly #statesFolder: string;
  readonly #onLoaded: () => void;
  /** By key, in the order of loading; undefined for a game without a picture or one that is being loaded. */
  readonly #covers = new Map<string, StillPicture | undefined>();

  /** The game whose first picture was asked for last; empty for none. */
  #wanted = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onLoaded` is called when a cover that was asked for is there. */
  constructor(statesFolder: string, onLoaded: () => void) {
    this.#statesFolder = statesFolder;
    this.#onLoaded = onLoaded;
  }

  /** The cover of the game with this folder of states; undefined if it has none, or has not been read yet. */
  find(key: string): StillPicture | undefined {
    if (key === "") return undefined;
    if (!this.#covers.has(key)) {
      this.#keep(key, undefined);
      void this.#load(key);
    }
    return this.#covers.get(key);
  }

  /**
   * The first picture of a game that was not played yet: a file, or a game that comes with emu. The game is
   * run for it, unless the player asks for another one first. Undefined until the picture is there.
   */
  ofUnplayed(path: string): StillPicture | undefined {
    if (this.#wanted !== path) this.stop();
    this.#wanted = path;
    if (!this.#covers.has(path) && this.#timer === undefined)
      this.#timer = setTimeout(() => void this.#runFor(path), PATIENCE_MS);
    return this.#covers.get(path);
  }

  /** Makes no more first pictures until another one is asked for. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = "";
  }

  async #runFor(path: string): Promise<void> {
    // If the player leaves the game and comes back, another timer and another run have begun.
    const timer = this.#timer;
    const isWanted = (): boolean => this.#timer === timer;
    const picture = await firstPicture(path, isWanted).catch((error) => {
      if (!(error instanceof InputError)) throw error;
      return undefined;
    });
    if (!isWanted()) return;
    this.#timer = undefined;
    this.#keep(path, picture);
    this.#onLoaded();
  }

  async #load(key: string): Promise<void> {
    const folder = join(this.#statesFolder, key);
    for (const file of await newestPictures(folder)) {
      const bytes = await readFileCapped(join(folder, file), MAX_COVER_BYTES).catch((error) => {
        if (!(error instanceof InputError)) throw error;
      });
      const cover = bytes === undefined ? undefined : readThumbnail(bytes);
      if (cover === undefined) continue;
      this.#keep(key, cover);
      return this.#onLoaded();
    }
  }

  #keep(key: string, cover: StillPicture | undefined): void {
    this.#covers.delete(key);
    this.#covers.set(key, cover);
    const [oldest] = this.#covers.keys();
    if (this.#covers.size > MAX_KEPT_COVERS && oldest !== undefined) this.#covers.delete(oldest);
  }
}

/** The folder's pictures: the cover first, then those of the slots, the newest first. */
async function newestPictures(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const slots = names.filter((name) => /^slot-\d\.png$/.test(name));
  const timed = await Promise.all(
    slots.map(async (name) => {
      const status = await stat(join(folder, name)).catch(() => undefined);
      return { name, timeMs: status?.mtimeMs ?? 0 };
    }),
  );
  timed.sort((one, other) => other.timeMs - one.timeMs);
  return [COVER_FILE, ...timed.map(({ name }) => name)].filter((name) => names.includes(name));
}
