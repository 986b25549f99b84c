/** How often a wait looks at the clock. */
const POLL_MS = 50;

/**
 * Calls `expire` once, after this process has run for `milliseconds`. Time during which the process was
 * stopped (SIGSTOP, a frozen container, a sleeping laptop) or got no processor counts as one poll, because
 * whatever it waits for did not run either. Returns a function that cancels the wait. Like a timer, the wait
 * keeps the event loop alive.
 */
export function afterRunningFor(milliseconds: number, expire: () => void): () => void {
  let leftMs = milliseconds;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    leftMs -= Math.min(nowMs - lastMs, 2 * POLL_MS);
    lastMs = nowMs;
    if (leftMs > 0) return;
    clearInterval(timer);
    expire();
  }, POLL_MS);
  return () => clearInterval(timer);
}
