import { linuxIo } from "../ffi/libc.ts";
import { workerUrl } from "../workers/worker-url.ts";
import type { WatchedDescriptors } from "./backend.ts";
import type { PosterHandle } from "./bell.ts";
import { writeOne } from "./bell.ts";

/** The sentinel's state. The main thread arms and ends it; it becomes idle by itself. */
const SENTINEL_STATE = 0;
const SENTINEL_COUNT = 1;
/** The address of the pollfd array: low and high word. */
const SENTINEL_ADDRESS = 2;
const SENTINEL_WORDS = 4;
const IDLE = 0;
const ARMED = 1;
const ENDED = 2;

/** How long to wait for a sentinel that should wake immediately. After that its memory is used anyway. */
const DISARM_MS = 1000;

export interface SentinelOrder {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly bell: PosterHandle;
}

/**
 * A thread that blocks in `poll` for a thread that must not block because its event loop has other work. When
 * something is ready, it rings the runtime's bell. It does not know the sources and reads nothing.
 */
export class Sentinel {
  readonly #worker: Worker;
  readonly #words = new Int32Array(new SharedArrayBuffer(SENTINEL_WORDS * 4));
  readonly #bellDescriptor: number;

  constructor(bell: PosterHandle) {
    this.#bellDescriptor = bell.descriptor;
    this.#worker = new Worker(workerUrl("io/runtime/sentinel-worker.ts"), { name: "emu-sentinel" });
    this.#worker.onerror = (event) => {
      throw new Error(`the runtime's sentinel failed: ${event.message}`);
    };
    this.#worker.unref();
    this.#worker.postMessage({ words: this.#words, bell } satisfies SentinelOrder);
  }

  /** Starts the poll, unless one is in progress. */
  arm(watched: WatchedDescriptors): void {
    const words = this.#words;
    if (Atomics.load(words, SENTINEL_STATE) !== IDLE) return;
    const address = watched.pollAddress();
    Atomics.store(words, SENTINEL_COUNT, watched.pollCount());
    Atomics.store(words, SENTINEL_ADDRESS, address | 0);
    Atomics.store(words, SENTINEL_ADDRESS + 1, Math.floor(address / 2 ** 32));
    Atomics.store(words, SENTINEL_STATE, ARMED);
    Atomics.notify(words, SENTINEL_STATE);
  }

  /** Ends the poll; afterwards the thread no longer uses the watched memory. */
  disarm(): void {
    const words = this.#words;
    if (Atomics.load(words, SENTINEL_STATE) !== ARMED) return;
    writeOne(this.#bellDescriptor);
    Atomics.wait(words, SENTINEL_STATE, ARMED, DISARM_MS);
  }

  /** Ends the thread. */
  close(): void {
    const state = Atomics.exchange(this.#words, SENTINEL_STATE, ENDED);
    Atomics.notify(this.#words, SENTINEL_STATE);
    if (state === ARMED) writeOne(this.#bellDescriptor);
    this.#worker.terminate();
  }
}

/** The main function of the sentinel thread. */
export function pollInTurns({ words }: SentinelOrder, ring: () => void): void {
  const io = linuxIo();
  if (io === undefined) throw new Error("no Linux C library");
  for (;;) {
    Atomics.wait(words, SENTINEL_STATE, IDLE);
    if (Atomics.load(words, SENTINEL_STATE) === ENDED) return;
    const low = Atomics.load(words, SENTINEL_ADDRESS) >>> 0;
    const address = Atomics.load(words, SENTINEL_ADDRESS + 1) * 2 ** 32 + low;
    io.poll(address as never, Atomics.load(words, SENTINEL_COUNT), -1);
    Atomics.compareExchange(words, SENTINEL_STATE, ARMED, IDLE);
    Atomics.notify(words, SENTINEL_STATE);
    ring();
  }
}
