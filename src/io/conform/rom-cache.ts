import { MIB } from "../../emu/units.ts";
import { type LoadedRom, loadRom } from "../files/roms/rom-file.ts";

const MAX_BYTES = 16 * MIB;

/**
 * Keeps the most recently used ROMs, for tests that share one. Their files must not change during the run.
 */
export class RomCache {
  /** From the least to the most recently used. */
  readonly #roms = new Map<string, LoadedRom>();
  #bytes = 0;

  /** Loads a ROM as `loadRom` does. A ROM that cannot be loaded is not remembered. */
  async load(path: string, patches: readonly string[] | undefined): Promise<LoadedRom> {
    const key = JSON.stringify([path, patches]);
    const known = this.#roms.get(key);
    if (known !== undefined) {
      this.#roms.delete(key);
      this.#roms.set(key, known);
      return known;
    }
    const rom = await loadRom(path, { patches });
    this.#roms.set(key, rom);
    this.#bytes += rom.fileBytes;
    for (const [oldest, { fileBytes }] of this.#roms) {
      if (this.#bytes <= MAX_BYTES) break;
      this.#roms.delete(oldest);
      this.#bytes -= fileBytes;
    }
    return rom;
  }
}
