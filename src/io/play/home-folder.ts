import { homedir } from "node:os";
import { join } from "node:path";
import { printable } from "../files/text.ts";

/** Returns a folder as players write it, with `~` for their home folder. */
export function shortFolder(folder: string): string {
  const home = homedir();
  return printable(
    folder === home || folder.startsWith(join(home, "/")) ? `~${folder.slice(home.length)}` : folder,
  );
}

/** Returns the path of a folder from the config file, which may begin with `~` for the home folder. */
export function wholeFolder(folder: string): string {
  return folder === "~" || folder.startsWith("~/") ? join(homedir(), folder.slice(1)) : folder;
}
