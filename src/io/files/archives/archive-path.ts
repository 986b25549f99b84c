import { stat } from "node:fs/promises";
import { undecodedPath } from "../undecoded-path.ts";

/** A path of a file, or of one inside an archive. */
export interface ArchivePath {
  readonly file: string;
  /** The name inside the archive; undefined if the path has none. */
  readonly inner?: string;
}

/**
 * Splits `path` into the file and the optional name of an inner file, as in `archive.zip#game.nes`. A path
 * that is a file as a whole has no inner file.
 */
export async function splitArchivePath(path: string): Promise<ArchivePath> {
  for (let at = path.length; at > 0; at--) {
    const isWhole = at === path.length;
    if (!isWhole && !"#/\\".includes(path[at]!)) continue;
    const status = await stat(undecodedPath(path.slice(0, at))).catch(() => undefined);
    if (isWhole && status !== undefined) return { file: path };
    if (status?.isFile() === true) return { file: path.slice(0, at), inner: path.slice(at + 1) };
  }
  return { file: path };
}
