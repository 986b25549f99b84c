import { stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { fileError } from "../files/read-file.ts";
import { printable } from "../files/text.ts";

const WILD = /[*?[\]{}]/;
const MAX_FILES = 100_000;

/** Returns true if `path` is a pattern: it has `*`, `**`, `?`, `[abc]` or `{a,b}`. */
export function isGlob(path: string): boolean {
  return WILD.test(path);
}

/**
 * Returns the files below `folder` that match `pattern`, relative to it and sorted. An existing file whose
 * name has such characters matches itself. Throws `InputError`: "io" for a folder that cannot be read, "data"
 * for too many files.
 */
export async function expandGlob(pattern: string, folder: string): Promise<string[]> {
  const literal = await stat(resolve(folder, pattern)).catch(() => undefined);
  if (literal?.isFile()) return [pattern];
  const parts = pattern.replaceAll("\\", "/").split("/");
  const wild = parts.findIndex((part) => WILD.test(part));
  // The search begins at the path before the first wild card.
  const base = resolve(folder, parts.slice(0, wild).join("/"));
  const below = parts.slice(wild).join("/");
  const status = await stat(base).catch(() => undefined);
  if (!status?.isDirectory()) return [];
  const files: string[] = [];
  try {
    for await (const file of new Bun.Glob(below).scan({ cwd: base, onlyFiles: true })) {
      files.push(relative(folder, join(base, file)).replaceAll("\\", "/"));
      if (files.length > MAX_FILES) throw tooMany(pattern);
    }
  } catch (error) {
    throw error instanceof InputError ? error : fileError(error, resolve(base, pathOf(error) ?? ""));
  }
  return files.sort();
}

function tooMany(pattern: string): InputError {
  return new InputError("data", `more than ${MAX_FILES} files fit the pattern`, printable(pattern));
}

/** The path in a system error. */
function pathOf(error: unknown): string | undefined {
  return error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : undefined;
}
