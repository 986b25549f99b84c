import { join } from "node:path";
import { MIB } from "../../emu/units.ts";
import { userFolders } from "../../io/files/paths.ts";
import { readFileCapped } from "../../io/files/read-file.ts";
import { loadCheatFile } from "../../io/play/cheat-file.ts";
import { CheatList } from "../../io/play/cheat-list.ts";
import type { GameFiles } from "../../io/play/play-session.ts";
import type { Settings } from "../../io/play/settings.ts";
import { readStored, warn } from "../warnings.ts";

/** Larger than any state of an NES game. */
const MAX_STATE_BYTES = 16 * MIB;

/**
 * Where a game's files are. `key` is the hash of its ROM, so that renaming a ROM file loses nothing; games of
 * a core add the core. `cheats` are codes and `.cht` files for this run, besides the cheats that were stored.
 * Stored cheats that cannot be read give a warning and a notice for the player. Throws `InputError` for
 * invalid `cheats`.
 */
export async function gameFiles(
  key: string,
  fileName: string,
  settings: Settings,
  cheats: readonly string[] = [],
): Promise<{ readonly files: GameFiles; readonly notice?: string }> {
  const files = gameFolders(key, fileName, settings);
  const { notice } = await readStored(() => files.cheats.load(), "the game starts without its stored cheats");
  for (const code of cheats) {
    if (!/\.cht$/i.test(code)) files.cheats.add(code);
    else {
      const { cheats: found, warnings } = await loadCheatFile(code);
      files.cheats.addEach(found);
      warn(warnings, code);
    }
  }
  return { files, ...(notice === undefined ? {} : { notice }) };
}

/** Like `gameFiles`, but the stored cheats are not loaded. */
export function gameFolders(key: string, fileName: string, settings: Settings): GameFiles {
  const { data, config } = userFolders();
  return {
    name: fileName.replace(/\.[^.]*$/, ""),
    statesFolder: join(data, "states", key),
    capturesFolder: settings.captureFolder === "" ? join(data, "captures") : settings.captureFolder,
    cheats: new CheatList(join(config, "cheats", `${key}.txt`)),
  };
}

/** Reads the file of --state, if one is given. Throws `InputError` as `readFileCapped` does. */
export async function loadState(
  path: string | undefined,
  maxBytes = MAX_STATE_BYTES,
): Promise<Uint8Array | undefined> {
  return path === undefined ? undefined : readFileCapped(path, maxBytes);
}
