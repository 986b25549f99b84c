const DEPTH_TO_SRC = "../../";

/**
 * The URL of a worker's module, given its path below `src/`. In a compiled executable, every module that
 * calls this is bundled into the entry point. The workers are separate entry points there, found by the same
 * path below the entry point's folder.
 */
export function workerUrl(pathBelowSrc: string): URL {
  const base = Bun.isStandaloneExecutable ? "./" : DEPTH_TO_SRC;
  return new URL(base + pathBelowSrc, import.meta.url);
}
