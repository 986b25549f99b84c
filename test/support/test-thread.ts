/**
 * A worker for stress tests: `work` gets the message of the test, and its result is sent back. A test passes
 * the module that calls `serveThread` to `runThread`.
 */
export function serveThread<Order, Result>(work: (order: Order) => Result): void {
  if (Bun.isMainThread) return;
  globalThis.addEventListener("message", (event) => {
    postMessage(work((event as MessageEvent<Order>).data));
    process.exit(0);
  });
}

/** Starts a thread on `module` and resolves with its result; rejects if it throws. */
export function runThread<Order, Result>(module: URL, order: Order): Promise<Result> {
  const worker = new Worker(module);
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  worker.onmessage = (event: MessageEvent<Result>) => resolve(event.data);
  worker.onerror = (event: ErrorEvent) => reject(new Error(event.message));
  worker.postMessage(order);
  return promise;
}
