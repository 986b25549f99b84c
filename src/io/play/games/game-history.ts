import { join } from "node:path";
import { MIB } from "../../../emu/units.ts";
import { userFolders } from "../../files/paths.ts";
import { changeSharedFile, readTextIfAny } from "../../saves/shared-file.ts";

/** Games that were played longest ago are forgotten beyond this number; favourites stay. */
const MAX_GAMES = 5000;
const MAX_BYTES = 4 * MIB;

/** What is known of a game that was played or marked. */
export interface GameRecord {
  /** The game's folder of states and pictures within the states folder; empty before it was played. */
  readonly key: string;
  /** When it was last started, in milliseconds since 1970; 0 if never. */
  readonly lastPlayedMs: number;
  readonly playedSeconds: number;
  readonly isFavourite: boolean;
}

const NEVER_PLAYED: GameRecord = { key: "", lastPlayedMs: 0, playedSeconds: 0, isFavourite: false };

/**
 * The player's games by path, or by name for games that come with emu: when and how long each was played. A
 * JSON file in the user's data folder, which several emus may change.
 */
export class GameHistory {
  readonly #path: string;

  constructor(path: string = join(userFolders().data, "games.json")) {
    this.#path = path;
  }

  /** Every record by path. Empty if the file is missing or cannot be read. */
  list(): Promise<ReadonlyMap<string, GameRecord>> {
    return readTextIfAny(this.#path, MAX_BYTES).then(recordsIn, () => new Map());
  }

  /** Changes a game's record. Throws `InputError` as `changeSharedFile` does. */
  change(path: string, edit: (before: GameRecord) => Partial<GameRecord>): Promise<void> {
    return changeSharedFile(this.#path, MAX_BYTES, (text) => {
      const records = recordsIn(text);
      const before = records.get(path) ?? NEVER_PLAYED;
      records.set(path, { ...before, ...edit(before) });
      return textOf(records);
    });
  }

  /** Removes a game from the list; its states and pictures stay. Throws `InputError` as `change` does. */
  forget(path: string): Promise<void> {
    return changeSharedFile(this.#path, MAX_BYTES, (text) => {
      const records = recordsIn(text);
      return records.delete(path) ? textOf(records) : text;
    });
  }
}

function textOf(records: ReadonlyMap<string, GameRecord>): string {
  const rank = ({ isFavourite, lastPlayedMs }: GameRecord) => (isFavourite ? 1e15 : 0) + lastPlayedMs;
  const kept = [...records].sort(([, a], [, b]) => rank(b) - rank(a)).slice(0, MAX_GAMES);
  return `${JSON.stringify(Object.fromEntries(kept), null, 1)}\n`;
}

function recordsIn(text: string): Map<string, GameRecord> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return new Map();
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) return new Map();
  return new Map(
    Object.entries(document).flatMap(([path, value]) => {
      const record = recordOf(value);
      return record === undefined ? [] : [[path, record] as const];
    }),
  );
}

/** A record of the file. The key becomes a part of paths, so it is checked. */
function recordOf(value: unknown): GameRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { key, lastPlayedMs, playedSeconds, isFavourite } = value as Record<string, unknown>;
  return {
    key: typeof key === "string" && /^[\w.-]{1,200}$/.test(key) && !/^\.+$/.test(key) ? key : "",
    lastPlayedMs: numberOf(lastPlayedMs),
    playedSeconds: numberOf(playedSeconds),
    isFavourite: isFavourite === true,
  };
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}
