import { stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { fileError } from "../files/read-file.ts";
import { printable } from "../files/text.ts";

const WILD = /[*?[\]{}]/;
const MAX_FILES = 100_000;

/** Whether `path` names several files: `*`, `**`, `?`, `[abc]` and `{a,b}` do. */
export function isGlob(path: string): boolean {
  return WILD.test(path);
}

/**
 * The files below `folder` that fit `pattern`, relative to it, in the order of their names. A file whose
 * name has such characters in it is itself. Throws `InputError`: "io" for a folder that cannot be read, "data"
 * for more files than anybody tests.
 */
export async function expandGlob(pattern: string, folder: string): Promise<string[]> {
  const literal = await stat(resolve(folder, pattern)).catch(() => undefined);
  if (literal?.isFile()) return [pattern];
  const parts = pattern.replaceAll("\\", "/").split("/");
  const wild = parts.findIndex((part) => WILD.test(part));
  // Globs do not climb: what stands before the first wild card is where they begin.
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

/** The folder that an error of the system is about. */
function pathOf(error: unknown): string | undefined {
  return error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : undefined;
}
