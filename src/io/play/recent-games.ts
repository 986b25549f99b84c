import { join, resolve } from "node:path";
import { KIB } from "../../emu/units.ts";
import { userFolders } from "../files/paths.ts";
import { changeSharedFile, readTextIfAny } from "../saves/shared-file.ts";

const MAX_GAMES = 20;
const MAX_BYTES = 256 * KIB;

/** The games played last, newest first: a JSON array of paths in the user's state folder. */
export class RecentGames {
  readonly #path: string;

  constructor(path: string = join(userFolders().state, "recent.json")) {
    this.#path = path;
  }

  /** The paths, made absolute. Empty if the list is missing or cannot be read. */
  async list(): Promise<readonly string[]> {
    return readTextIfAny(this.#path, MAX_BYTES).then(pathsIn, () => []);
  }

  /** Puts a game first. Throws `InputError` as `changeSharedFile` does. */
  add(path: string): Promise<void> {
    const absolute = resolve(path);
    return changeSharedFile(this.#path, MAX_BYTES, (text) => {
      const others = pathsIn(text).filter((other) => other !== absolute);
      return `${JSON.stringify([absolute, ...others].slice(0, MAX_GAMES), null, 2)}\n`;
    });
  }
}

function pathsIn(text: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((path) => typeof path === "string") : [];
  } catch {
    return [];
  }
}
