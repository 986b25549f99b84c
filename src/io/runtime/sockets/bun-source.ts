import type { BunBackend, BunSource } from "../backends/bun.ts";
import type { Runtime } from "../runtime.ts";

/**
 * A source of the bun backend: registers itself, and tells the runtime when its readiness may have changed.
 */
export abstract class Source implements BunSource {
  readonly key: number;
  protected wanted = 0;
  protected isClosed = false;
  readonly #runtime: Runtime;
  readonly #backend: BunBackend;

  constructor(runtime: Runtime, backend: BunBackend) {
    this.#runtime = runtime;
    this.#backend = backend;
    this.key = runtime.sources.add(-1, 0);
    backend.register(this.key, this);
  }

  abstract readiness(): number;

  want(wanted: number): void {
    this.wanted = wanted;
  }

  protected changed(): void {
    // The owner wants nothing now; when it does, the backend checks readiness itself.
    if (this.isClosed || this.wanted === 0) return;
    this.#backend.changed(this.key);
    this.#runtime.ring();
  }

  protected leave(): void {
    this.isClosed = true;
    this.#runtime.remove(this.key);
    this.#backend.unregister(this.key);
  }
}
