const DEPTH_TO_SRC = "../../";

/**
 * The URL of a worker's module, given its path below `src/`. A compiled executable bundles every module that
 * calls this into the entry point; the workers are further entry points and lie beside it by their path below
 * `src/`.
 */
export function workerUrl(pathBelowSrc: string): URL {
  const base = Bun.isStandaloneExecutable ? "./" : DEPTH_TO_SRC;
  return new URL(base + pathBelowSrc, import.meta.url);
}
