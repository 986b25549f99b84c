import { useEffect, useReducer, useRef } from "preact/hooks";

/** A value that components watch. */
export class Store<T extends object> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(patch: Partial<T>): void {
    this.#value = { ...this.#value, ...patch };
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after each change. Returns a function that ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** A part of a store's value; the component is drawn again when the part is another object. */
export function useStore<T extends object, S>(store: Store<T>, select: (value: T) => S): S {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const selected = select(store.value);
  const last = useRef(selected);
  last.current = selected;
  const newest = useRef(select);
  newest.current = select;
  useEffect(
    () =>
      store.subscribe(() => {
        if (!Object.is(newest.current(store.value), last.current)) redraw(undefined);
      }),
    [store],
  );
  return selected;
}
