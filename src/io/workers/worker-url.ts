const DEPTH_TO_SRC = "../../";

/**
 * The URL of a worker's module, given its path below `src/`. In a compiled executable, every module that
 * calls this is bundled into the entry point, which is in the executable's root folder. The workers are
 * separate entry points there; `.ci/compile.ts` makes their paths begin at the package's folder.
 */
export function workerUrl(pathBelowSrc: string): URL {
  const base = Bun.isStandaloneExecutable ? "./src/" : DEPTH_TO_SRC;
  return new URL(base + pathBelowSrc, import.meta.url);
}
