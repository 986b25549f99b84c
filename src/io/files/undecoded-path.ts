import { readdirSync } from "node:fs";
import { dirname } from "node:path";

/** What stands for bytes that are not UTF-8 in names that JavaScript reads. */
const REPLACEMENT = "\uFFFD";

/**
 * Returns the bytes of the path that was read as `path`. Folders and arguments of the command line can have
 * names that are not UTF-8; they arrive with U+FFFD in them, which the system does not find. Returns `path`
 * itself if it has no such character, or if not exactly one name fits.
 */
export function undecodedPath(path: string): string | Buffer {
  if (!path.includes(REPLACEMENT)) return path;
  return bytesOf(path) ?? path;
}

function bytesOf(path: string): Buffer | undefined {
  if (!path.includes(REPLACEMENT)) return Buffer.from(path);
  const folder = dirname(path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (folder === path || name === "") return undefined;
  const folderBytes = bytesOf(folder);
  if (folderBytes === undefined) return undefined;
  const found = namesIn(folderBytes).filter((each) => each.toString() === name);
  const [bytes] = found;
  if (bytes === undefined || found.length > 1) return undefined;
  return Buffer.concat([folderBytes, Buffer.from("/"), bytes]);
}

function namesIn(folder: Buffer): Buffer[] {
  try {
    return readdirSync(folder, { encoding: "buffer" });
  } catch {
    return [];
  }
}
