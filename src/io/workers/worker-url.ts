const DEPTH_TO_SRC = "../../";

/**
 * Where a worker's module is, given its path below `src/`. In a compiled executable every module that
 * asks is bundled into the entry point, and the workers, which are listed as further entry points, lie
 * beside it by their path below `src/`.
 */
export function workerUrl(pathBelowSrc: string): URL {
  const base = Bun.isStandaloneExecutable ? "./" : DEPTH_TO_SRC;
  return new URL(base + pathBelowSrc, import.meta.url);
}
