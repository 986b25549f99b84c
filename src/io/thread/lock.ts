/** Admits one caller at a time, in the order of arrival. */
export class Lock {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `action` after all previous ones have finished, successfully or not. */
  run<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
