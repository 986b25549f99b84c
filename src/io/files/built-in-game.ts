import game from "../../../roms/swingby.nes" with { type: "file" };
import { type LoadedRom, readRom } from "./rom-file.ts";

/** The game that comes with emu: a file of the package, or one inside the compiled executable. */
export async function loadBuiltInGame(): Promise<LoadedRom> {
  // Only Bun's own reader reaches into an executable.
  return readRom(await Bun.file(game).bytes(), "swingby.nes");
}
