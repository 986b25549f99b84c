/**
 * A worker for stress tests: `work` gets what the test sent and its result is sent back. The module that
 * calls `serveThread` is the one that the test names in `runThread`.
 */
export function serveThread<Order, Result>(work: (order: Order) => Result): void {
  if (Bun.isMainThread) return;
  globalThis.addEventListener("message", (event) => {
    postMessage(work((event as MessageEvent<Order>).data));
    process.exit(0);
  });
}

/** Starts a thread on `module` and resolves with its result; rejects when it throws. */
export function runThread<Order, Result>(module: URL, order: Order): Promise<Result> {
  const worker = new Worker(module);
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  worker.onmessage = (event: MessageEvent<Result>) => resolve(event.data);
  worker.onerror = (event: ErrorEvent) => reject(new Error(event.message));
  worker.postMessage(order);
  return promise;
}
