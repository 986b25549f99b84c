import { fileURLToPath } from "node:url";

/** The game that comes with emu. */
export function builtInGame(): string {
  return fileURLToPath(new URL("../../../roms/swingby.nes", import.meta.url));
}
