import { EXIT_INTERRUPTED, Interrupted } from "./exit-codes.ts";

/** Signals that end a command early. The command undoes its unfinished work first. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Returns an abort signal that fires with `Interrupted` on the first SIGINT, SIGTERM or SIGHUP. Until
 * `release` is called, that first signal does not end the process; a second one ends it at once.
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
