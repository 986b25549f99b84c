import { EXIT_INTERRUPTED, Interrupted } from "./exit-codes.ts";

/** Signals that end a command early, with what it had begun undone. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * An abort signal that fires with `Interrupted` when the user or the system ends the program. Until
 * `release` is called the program does not end by itself; a second signal ends it at once.
 */
export function interruptSignal(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort(new Interrupted("interrupted"));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
