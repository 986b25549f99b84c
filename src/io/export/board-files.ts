import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Glob } from "bun";
import type { BoardDescriptor } from "../../emu/nes/cartridge/descriptor.ts";

const FOLDER = join(import.meta.dir, "../../emu/nes/cartridge/boards");

/**
 * Returns the file of each board, below `boards/`: "nintendo/nrom.ts". It imports them all from the sources,
 * so it works in a clone, not in an executable.
 */
export async function findBoardFiles(): Promise<ReadonlyMap<BoardDescriptor, string>> {
  const files = new Map<BoardDescriptor, string>();
  for (const file of [...new Glob("*/*.ts").scanSync(FOLDER)]
    .map((path) => path.replaceAll("\\", "/"))
    .sort()) {
    if (basename(file) === "index.ts") continue;
    const module: { readonly BOARDS?: readonly BoardDescriptor[] } = await import(
      pathToFileURL(join(FOLDER, file)).href
    );
    for (const board of module.BOARDS ?? []) files.set(board, file);
  }
  return files;
}
