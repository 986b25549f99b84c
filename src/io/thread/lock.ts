/** Lets one caller through at a time, in the order in which they came. */
export class Lock {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `action` when all before it are done, whether they succeeded or not. */
  run<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
