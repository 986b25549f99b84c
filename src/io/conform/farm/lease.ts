import { randomUUID } from "node:crypto";
import { runKeys } from "./keys.ts";
import { type FarmRedis, readCount, readNothing } from "./redis.ts";
import { LEAVE, RENEW } from "./scripts.ts";

/** A submitter that is silent for this long counts as ended. */
const SUBMITTER_MS = 3000;

/** What keeps a run in Redis while a submitter waits for it. Each submitter of a run has its own. */
export class Lease {
  readonly #redis: Pick<FarmRedis, "script">;
  readonly #keys: readonly string[];
  readonly #leaseMs: number;
  readonly #submitter = randomUUID();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** Workers continue the run for `leaseMs` after its submitter was last seen. */
  constructor(redis: Pick<FarmRedis, "script">, run: string, leaseMs: number) {
    this.#redis = redis;
    this.#keys = Object.values(runKeys(run));
    this.#leaseMs = leaseMs;
  }

  /** Begins the lease, and renews it until `leave` or `stop`. Throws what `FarmRedis` throws. */
  async begin(): Promise<void> {
    await this.#renew();
    this.#timer = setInterval(() => this.#renewLater(), SUBMITTER_MS / 4);
  }

  /** Throws the error of a renewal that has failed. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Renews the lease no more. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Removes the run from Redis and returns true, unless another submitter waits for it. */
  async leave(): Promise<boolean> {
    this.stop();
    // A renewal that is repeated would bring the run back.
    await this.#renewing;
    const args = [this.#submitter, String(SUBMITTER_MS)];
    return (await this.#redis.script(LEAVE, this.#keys, args, readCount)) === 1;
  }

  async #renew(): Promise<void> {
    await this.#redis.script(RENEW, this.#keys, [this.#submitter, String(this.#leaseMs)], readNothing);
  }

  #renewLater(): void {
    this.#renewing ??= this.#renew()
      .catch((error) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#renewing = undefined;
      });
  }
}
