import { listArchive } from "../../files/archives/unpack-rom.ts";
import { MAX_ROM_BYTES } from "../../files/limits.ts";
import { readFileCapped } from "../../files/read-file.ts";
import { GAME_FILE_NAME } from "../../files/roms/rom-file-name.ts";

/**
 * The names of the games in an archive, by their extensions. Throws `InputError` if the file cannot be read
 * or is damaged.
 */
export async function gamesInArchive(path: string): Promise<string[]> {
  const names = await listArchive(await readFileCapped(path, MAX_ROM_BYTES));
  return names.filter((name) => GAME_FILE_NAME.test(name)).sort();
}
