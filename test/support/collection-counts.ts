/** Counts the garbage collections of measured programs, which run in a process of their own. */

/** Measured programs write this line to stderr where each stretch begins, and where the last one ends. */
export const STRETCH_MARK = "=== mark";

/**
 * Runs a program with Bun and returns the smallest number of garbage collections in one of its stretches. The
 * collector runs after every 64 KiB of allocation and logs each run. A smaller limit does not work: a
 * collection clears inline caches, and filling them counts as allocation, which causes the next one.
 *
 * A leak causes collections in every stretch. A stretch in which the JIT compiles has one or two by chance,
 * so only the smallest count matters, and the program is ended after the first stretch without any. Rejects
 * if the program fails, or ends before it has run `stretches`.
 */
export async function leastCollections(argv: readonly string[], stretches: number): Promise<number> {
  const child = Bun.spawn([process.execPath, ...argv], {
    env: { ...process.env, BUN_JSC_gcMaxHeapSize: "65536", BUN_JSC_logGC: "1" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const decoder = new TextDecoder();
  let log = "";
  for await (const piece of child.stderr) {
    log += decoder.decode(piece, { stream: true });
    if (!countsOf(log).includes(0)) continue;
    child.kill("SIGKILL");
    await child.exited;
    return 0;
  }
  const counts = countsOf(log);
  if ((await child.exited) !== 0 || counts.length !== stretches)
    throw new Error(`the measured run failed: ${log.slice(-500)}`);
  return Math.min(...counts);
}

/** The number of collections in each stretch that has ended. */
function countsOf(log: string): number[] {
  const stretches = log.split(STRETCH_MARK).slice(1, -1);
  return stretches.map((stretch) => stretch.split(": START ").length - 1);
}
