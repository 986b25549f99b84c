import type { NetplayBlock } from "../shared/netplay-block.ts";
import type { StateDesync, StateHash } from "./messages.ts";

/** Hashes kept on each side: half a minute of them. */
const KEPT = 32;

/** Compares the hashes of our states with those of the others. */
export class HashLedger {
  readonly #own = new Map<number, number>();
  readonly #theirs: (StateHash & { readonly peer: number })[] = [];
  #seen = 0;
  #lastEqualFrame = -1;
  #lastEqualHash = 0;
  #newest: StateHash | undefined;
  /** Set once they differ. */
  desync: StateDesync | undefined;

  /** Our newest hash. */
  get newest(): StateHash | undefined {
    return this.#newest;
  }

  /** The last frame before which all were equal; −1 before the first. */
  get lastEqualFrame(): number {
    return this.#lastEqualFrame;
  }

  /** The hash of the state before that frame. */
  get lastEqualHash(): number {
    return this.#lastEqualHash;
  }

  /** Takes the hashes that our machine has added. */
  update(block: NetplayBlock): void {
    for (; this.#seen < block.hashCount; this.#seen++) {
      const entry = block.hashAt(this.#seen);
      this.#newest = entry;
      this.#own.set(entry.frame, entry.hash);
      for (const oldest of this.#own.keys()) {
        if (this.#own.size <= KEPT) break;
        this.#own.delete(oldest);
      }
    }
    for (const theirs of this.#theirs.splice(0)) this.take(theirs.peer, theirs);
  }

  /** Takes a peer's hash. It waits until ours of that frame is there. */
  take(peer: number, { frame, hash }: StateHash): void {
    const own = this.#own.get(frame);
    if (own === undefined) {
      const isComing = frame > (this.#newest?.frame ?? -1);
      const isKnown = this.#theirs.some((other) => other.peer === peer && other.frame === frame);
      if (isComing && !isKnown && this.#theirs.length < KEPT) this.#theirs.push({ peer, frame, hash });
    } else if (own !== hash) this.desync ??= { frame, lastEqualFrame: this.#lastEqualFrame };
    else if (frame > this.#lastEqualFrame) {
      this.#lastEqualFrame = frame;
      this.#lastEqualHash = hash;
    }
  }
}
