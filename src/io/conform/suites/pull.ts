import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeError } from "../../files/write-target.ts";
import { type FetchOptions, fetchChecked } from "./fetch-checked.ts";
import type { Suite } from "./suite.ts";
import { unpackSuite } from "./unpack.ts";

export interface PullOptions extends FetchOptions {
  /** The folder that holds all suites. */
  readonly cache: string;
  /** Returns the address to fetch instead of `url`. By default `url` itself. */
  readonly mirror?: (url: string) => string;
}

export type Pulled = "pulled" | "there already";

/**
 * Fetches a suite unless it is in the cache. The download goes to `<sha256>.part`, where an interrupted pull
 * resumes; the checked files appear as `<sha256>`, completely or not at all. Throws `InputError`:
 * "unavailable" if it cannot be fetched, "data" if a checksum differs, "io" if the cache cannot be written.
 */
export async function pullSuite(suite: Suite, options: PullOptions): Promise<Pulled> {
  const folder = join(options.cache, suite.sha256);
  try {
    if (await exists(folder)) return "there already";
    await mkdir(options.cache, { recursive: true });
    await (suite.files === undefined
      ? pullArchive(suite, folder, options)
      : pullFiles(suite, folder, options));
    return "pulled";
  } catch (error) {
    throw writeError(error, options.cache);
  }
}

async function pullArchive(suite: Suite, folder: string, options: PullOptions): Promise<void> {
  const part = `${folder}.part`;
  await fetchChecked(mirrored(suite.url, options), suite.sha256, part, options);
  const unpacked = `${folder}.new-${process.pid}`;
  try {
    await unpackSuite(part, suite.url, unpacked);
    await appear(unpacked, folder);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  await rm(part, { force: true });
}

/** Fetches the files of a suite. A later pull does not fetch complete files again. */
async function pullFiles({ url, files }: Suite, folder: string, options: PullOptions): Promise<void> {
  const parts = `${folder}.part`;
  const { onProgress, ...rest } = options;
  let done = 0;
  for (const [path, sha256] of files!) {
    const target = join(parts, path);
    if (!(await exists(target))) {
      await mkdir(dirname(target), { recursive: true });
      const part = join(parts, `${sha256}.download`);
      await fetchChecked(mirrored(new URL(path, url).href, options), sha256, part, rest);
      await rename(part, target);
    }
    onProgress?.(++done, files!.size);
  }
  await appear(parts, folder);
}

/** Renames a finished folder to its final name, unless another pull of the same suite was faster. */
async function appear(finished: string, folder: string): Promise<void> {
  try {
    await rename(finished, folder);
  } catch (error) {
    if (!(await exists(folder))) throw error;
  }
}

function mirrored(url: string, { mirror }: PullOptions): string {
  return mirror === undefined ? url : mirror(url);
}

/** Returns true if a file or folder exists. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
