import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** The folder of the project. */
export const ROOT = resolve(import.meta.dir, "../..");

/** All files of the project below its folders, by path from the root with forward slashes. */
export function filesBelow(...folders: string[]): string[] {
  return folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll("\\", "/")),
    )
    .sort();
}

/** The text of a file of the project. */
export function readSource(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** Returns true for TypeScript and JavaScript modules. */
export function isScript(path: string): boolean {
  return /\.(tsx?|mjs)$/.test(path);
}

/** The files of `src/` that a file imports, types included. */
export function importsOf(path: string): string[] {
  return [...readSource(path).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)]
    .map(([, target]) => relative(ROOT, resolve(ROOT, dirname(path), target!)).replaceAll("\\", "/"))
    .filter((target) => target.startsWith("src/"));
}
