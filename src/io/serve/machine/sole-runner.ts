/** A machine that has run alone for this long is expected to continue alone. */
const ALONE_AFTER_MS = 20;

/**
 * Tells if one machine of a server runs alone. The event loop may then block until a short run ends, which
 * takes a third of the time of an asynchronous wait. Several machines that take turns must not block it:
 * they could not run at the same time.
 */
export class SoleRunner {
  #runner: object | undefined;
  #sinceMs = 0;

  /** Call it before each run. Returns true if no other machine has run lately. */
  begin(runner: object, nowMs: number): boolean {
    if (runner !== this.#runner) {
      this.#runner = runner;
      this.#sinceMs = nowMs;
    }
    return nowMs - this.#sinceMs >= ALONE_AFTER_MS;
  }
}
