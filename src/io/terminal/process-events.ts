import { onUncaught } from "../shared/uncaught.ts";

/** Signals that ask a program to end. */
const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * The events of the process that a program with the terminal handles, until `close`. Stops are for
 * `JobControl`.
 */
export class ProcessEvents {
  readonly #handlers: [name: string, handler: () => void][] = [];
  #ignoreUncaught: () => void = () => {};

  /** Calls `handler` for each signal that asks the program to end. */
  onInterrupt(handler: () => void): void {
    for (const name of INTERRUPTS) this.#on(name, handler);
  }

  /** Calls `handler` when the window has another size. */
  onResize(handler: () => void): void {
    this.#on("SIGWINCH", handler);
  }

  /** Calls `handler` with errors that nothing caught, which are bugs. */
  onUncaught(handler: (error: unknown) => void): void {
    this.#ignoreUncaught = onUncaught(handler);
  }

  /** Removes all handlers. */
  close(): void {
    for (const [name, handler] of this.#handlers) process.off(name, handler);
    this.#ignoreUncaught();
  }

  #on(name: string, handler: () => void): void {
    this.#handlers.push([name, handler]);
    process.on(name, handler);
  }
}
