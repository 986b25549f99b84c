const EVENTS = ["uncaughtException", "unhandledRejection"] as const;

type Handler = (error: unknown) => void;

/** The newest handler is last, and is the only one that is called. */
const handlers: Handler[] = [];

function tellNewest(error: unknown): void {
  handlers.at(-1)?.(error);
}

/**
 * Calls `handler` with uncaught errors, which are bugs. Returns a function that removes the handler. Only the
 * newest handler is called, so that a game can restore the terminal and a server can save before the error is
 * reported. Without a handler, Bun ends the process with code 1.
 */
export function onUncaught(handler: Handler): () => void {
  if (handlers.length === 0) for (const event of EVENTS) process.on(event, tellNewest);
  handlers.push(handler);
  return () => {
    const at = handlers.indexOf(handler);
    if (at < 0) return;
    handlers.splice(at, 1);
    if (handlers.length === 0) for (const event of EVENTS) process.off(event, tellNewest);
  };
}
