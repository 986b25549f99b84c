import { join } from "node:path";
import { MIB } from "../../../emu/units.ts";
import { writeFileWhole } from "../../files/atomic-write.ts";
import { userFolders } from "../../files/paths.ts";
import { changeSharedFile, readTextIfAny } from "../../saves/shared-file.ts";

/** Games that were played longest ago are forgotten beyond this number; favourites stay. */
const MAX_GAMES = 5000;
const MAX_BYTES = 4 * MIB;
/** The largest time of a `Date`. */
const MAX_DATE_MS = 8.64e15;

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
  async list(): Promise<ReadonlyMap<string, GameRecord>> {
    const text = await readTextIfAny(this.#path, MAX_BYTES).catch(() => "");
    return recordsIn(text) ?? new Map();
  }

  /** Changes a game's record. Throws `InputError` as `changeSharedFile` does. */
  change(path: string, edit: (before: GameRecord) => Partial<GameRecord>): Promise<void> {
    return this.#changeAll((records) => {
      const before = records.get(path) ?? NEVER_PLAYED;
      records.set(path, { ...before, ...edit(before) });
    });
  }

  /** Removes a game from the list; its states and pictures stay. Throws `InputError` as `change` does. */
  forget(path: string): Promise<void> {
    return this.#changeAll((records) => records.delete(path));
  }

  /** Keeps a damaged file beside the new one: its favourites and times can be repaired by hand. */
  #changeAll(edit: (records: Map<string, GameRecord>) => unknown): Promise<void> {
    return changeSharedFile(this.#path, MAX_BYTES, async (text) => {
      const records = recordsIn(text);
      if (records === undefined) await writeFileWhole(`${this.#path}.damaged`, text);
      const changed = records ?? new Map<string, GameRecord>();
      edit(changed);
      return textOf(changed);
    });
  }
}

/** The file's text, without the games played longest ago if it would be too large to be read again. */
function textOf(records: ReadonlyMap<string, GameRecord>): string {
  const rank = ({ isFavourite, lastPlayedMs }: GameRecord) => (isFavourite ? MAX_DATE_MS : 0) + lastPlayedMs;
  const sorted = [...records].sort(([, a], [, b]) => rank(b) - rank(a));
  for (let kept = MAX_GAMES; ; kept >>= 1) {
    const text = `${JSON.stringify(Object.fromEntries(sorted.slice(0, kept)), null, 1)}\n`;
    if (kept === 0 || Buffer.byteLength(text) <= MAX_BYTES) return text;
  }
}

/** The records of the file's text; undefined if it is damaged. */
function recordsIn(text: string): Map<string, GameRecord> | undefined {
  if (text === "") return new Map();
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) return undefined;
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
    lastPlayedMs: Math.min(numberOf(lastPlayedMs), MAX_DATE_MS),
    playedSeconds: numberOf(playedSeconds),
    isFavourite: isFavourite === true,
  };
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}
