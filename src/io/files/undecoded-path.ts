import { readdirSync } from "node:fs";
import { dirname } from "node:path";

/** JavaScript reads this in place of bytes that are not UTF-8. */
const REPLACEMENT = "\uFFFD";

/**
 * Returns the bytes of the path that was read as `path`. Names of files can hold bytes that are not UTF-8.
 * Arguments and folder listings then have U+FFFD in their place, and the system finds no such file. Returns
 * `path` itself if it has no U+FFFD, or if none or several names match.
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
