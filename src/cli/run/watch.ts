import { InputError } from "../../emu/input-error.ts";
import { type LoadedRom, loadRom, type RomLoadOptions } from "../../io/files/roms/rom-file.ts";
import { RomWatcher } from "../../io/files/roms/rom-watcher.ts";
import type { PlayOptions } from "../../io/play/play-types.ts";

/** Watches a game for `emu run --watch`: it is opened again if it has changed and can be loaded. */
export function watchGame(
  path: string,
  rom: LoadedRom,
  load: RomLoadOptions,
): NonNullable<PlayOptions["watch"]> {
  return (onRebuilt, say) => {
    const look = async (): Promise<void> => {
      try {
        const { fileSha1 } = await loadRom(path, load);
        if (fileSha1 !== rom.fileSha1) onRebuilt();
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        say(`the rebuilt ROM was not loaded: ${error.message}`);
      }
    };
    const watcher = new RomWatcher(path, () => void look());
    // It may have been rebuilt since it was loaded.
    void watcher.ready.then(look);
    return () => watcher.close();
  };
}
