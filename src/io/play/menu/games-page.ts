import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { GAME_FILE_NAME } from "../../files/rom-file-name.ts";
import { printable } from "../../files/text.ts";
import type { Menu } from "./menu.ts";
import type { MenuEntry, MenuPage } from "./page.ts";

const HINT = "Enter play   / find   Esc back";

/** A folder's contents for a player: folders first, then games, by name. */
interface Listing {
  readonly folders: readonly string[];
  readonly games: readonly string[];
}

/** Throws `InputError` ("io") for a folder that cannot be read. */
async function listFolder(folder: string): Promise<Listing> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const visible = entries.filter(({ name }) => !name.startsWith("."));
    const names = (isWanted: (entry: (typeof entries)[number]) => boolean) =>
      visible
        .filter(isWanted)
        .map(({ name }) => name)
        .sort((a, b) => a.localeCompare(b, "en", { numeric: true, sensitivity: "base" }));
    return {
      folders: names((entry) => entry.isDirectory()),
      games: names((entry) => !entry.isDirectory() && GAME_FILE_NAME.test(entry.name)),
    };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new InputError("io", `cannot be read: ${code}`, printable(folder));
  }
}

/**
 * The page of a folder's games and folders. `open` gets the path of the chosen game. Throws `InputError`
 * ("io") if the folder cannot be read.
 */
export async function folderPage(
  menu: Menu,
  folder: string,
  open: (path: string) => unknown,
): Promise<MenuPage> {
  const path = resolve(folder);
  const { folders, games } = await listFolder(path);
  const goTo = async (target: string) => menu.open(await folderPage(menu, target, open));
  const entries: MenuEntry[] = [
    { label: "..", enter: () => goTo(dirname(path)) },
    ...folders.map((name) => ({ label: `${name}/`, enter: () => goTo(join(path, name)) })),
    ...games.map((name) => ({ label: name, enter: () => open(join(path, name)) })),
  ];
  return { title: printable(path), hint: HINT, isSearchable: true, entries: () => entries };
}

/** The page of recently played games. */
export function recentPage(paths: readonly string[], open: (path: string) => unknown): MenuPage {
  const entries = paths.map((path) => ({
    label: printable(basename(path)),
    value: printable(dirname(path)).slice(-36),
    enter: () => open(path),
  }));
  return { title: "Recent games", hint: HINT, isSearchable: true, entries: () => entries };
}
