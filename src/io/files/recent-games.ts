import { join, resolve } from "node:path";
import { KIB } from "../../emu/units.ts";
import { writeFileWhole } from "./atomic-write.ts";
import { userFolders } from "./paths.ts";
import { readFileCapped } from "./read-file.ts";

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
    try {
      const bytes = await readFileCapped(this.#path, MAX_BYTES);
      const list: unknown = JSON.parse(new TextDecoder().decode(bytes));
      return Array.isArray(list) ? list.filter((path) => typeof path === "string") : [];
    } catch {
      return [];
    }
  }

  /** Puts a game first. Throws `InputError` ("io"). */
  async add(path: string): Promise<void> {
    const absolute = resolve(path);
    const others = (await this.list()).filter((other) => other !== absolute);
    const list = [absolute, ...others].slice(0, MAX_GAMES);
    await writeFileWhole(this.#path, `${JSON.stringify(list, null, 2)}\n`);
  }
}
