import { InputError, type InputErrorKind } from "../../emu/input-error.ts";

const LINE_WORDS = 16;
/** Writer: the caller. Orders given so far (wraps). */
const ORDER_COUNT = 0;
/** Writer: the caller. What to do, and with which environment. */
const ORDER_KIND = 1;
const ORDER_INDEX = 2;
/**
 * Writer: worker i. Each worker has its own line from here on: number of orders carried out (wraps), and the
 * length of an error.
 */
const FIRST_WORKER = LINE_WORDS;
const DONE = 0;
const ERROR_BYTES = 1;
const MAX_ERROR_BYTES = 4096;

/**
 * Orders for workers. "reset" is for the environments whose `orders` byte is 1, "save" and "render" for one.
 */
export type VectorOrder = "step" | "reset" | "save" | "render" | "end";
const ORDERS: readonly VectorOrder[] = ["step", "reset", "save", "render", "end"];

/** An error of a worker, in shared memory as JSON. */
interface SharedError {
  readonly message: string;
  readonly stack: string;
  readonly input?: { readonly kind: InputErrorKind; readonly where: string; readonly remedy: string };
}

/**
 * Passes orders from the caller to its workers, through words on which both sides sleep. The caller also
 * sleeps while an order is carried out, so an order needs no turn of an event loop.
 */
export class VectorControl {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #errors: Uint8Array;
  readonly #workers: number;

  /** Attaches to `buffer`, or creates it. */
  constructor(workers: number, buffer = new SharedArrayBuffer(controlBytes(workers))) {
    const wordCount = FIRST_WORKER + workers * LINE_WORDS;
    this.buffer = buffer;
    this.#workers = workers;
    this.#words = new Int32Array(buffer, 0, wordCount);
    this.#errors = new Uint8Array(buffer, 4 * wordCount);
  }

  /**
   * The caller's side: gives an order and waits until all workers have carried it out. Throws their first
   * error.
   */
  order(kind: VectorOrder, index = 0): void {
    const words = this.#words;
    words[ORDER_KIND] = ORDERS.indexOf(kind);
    words[ORDER_INDEX] = index;
    Atomics.add(words, ORDER_COUNT, 1);
    Atomics.notify(words, ORDER_COUNT);
    this.settle();
  }

  /** Waits until all workers have carried out all orders. Throws their first error. */
  settle(): void {
    const words = this.#words;
    const wanted = Atomics.load(words, ORDER_COUNT);
    for (let worker = 0; worker < this.#workers; worker++) {
      const at = FIRST_WORKER + worker * LINE_WORDS + DONE;
      for (let done = Atomics.load(words, at); done !== wanted; done = Atomics.load(words, at))
        Atomics.wait(words, at, done);
    }
    for (let worker = 0; worker < this.#workers; worker++) this.#throwErrorOf(worker);
  }

  /** The caller's side: counts an order without waiting, for the workers' start or end. */
  announce(kind: VectorOrder): void {
    this.#words[ORDER_KIND] = ORDERS.indexOf(kind);
    Atomics.add(this.#words, ORDER_COUNT, 1);
    Atomics.notify(this.#words, ORDER_COUNT);
  }

  /**
   * Worker `worker`: carries out orders until the end. The first order is its start, which `start` carries
   * out.
   */
  serve(worker: number, start: () => (kind: VectorOrder, index: number) => void): void {
    const words = this.#words;
    const at = FIRST_WORKER + worker * LINE_WORDS + DONE;
    let carryOut: ((kind: VectorOrder, index: number) => void) | undefined;
    for (let done = 0; ; ) {
      for (
        let count = Atomics.load(words, ORDER_COUNT);
        count === done;
        count = Atomics.load(words, ORDER_COUNT)
      )
        Atomics.wait(words, ORDER_COUNT, count);
      const kind = ORDERS[words[ORDER_KIND]!]!;
      done = (done + 1) | 0;
      if (kind === "end") return;
      try {
        if (carryOut === undefined) carryOut = start();
        else carryOut(kind, words[ORDER_INDEX]!);
      } catch (error) {
        this.#report(worker, error);
      }
      Atomics.store(words, at, done);
      Atomics.notify(words, at);
    }
  }

  #report(worker: number, error: unknown): void {
    const input =
      error instanceof InputError
        ? { kind: error.kind, where: error.where, remedy: error.remedy }
        : undefined;
    const message = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    const stack = (error instanceof Error ? (error.stack ?? "") : "").slice(0, 500);
    const shared: SharedError = { message, stack, ...(input === undefined ? {} : { input }) };
    const place = this.#errors.subarray(worker * MAX_ERROR_BYTES, (worker + 1) * MAX_ERROR_BYTES);
    const bytes = new TextEncoder().encode(JSON.stringify(shared));
    place.set(bytes.subarray(0, place.length));
    this.#words[FIRST_WORKER + worker * LINE_WORDS + ERROR_BYTES] = Math.min(bytes.length, place.length);
  }

  #throwErrorOf(worker: number): void {
    const at = FIRST_WORKER + worker * LINE_WORDS + ERROR_BYTES;
    const bytes = this.#words[at]!;
    if (bytes === 0) return;
    this.#words[at] = 0;
    const start = worker * MAX_ERROR_BYTES;
    const { message, stack, input } = JSON.parse(
      new TextDecoder().decode(this.#errors.slice(start, start + bytes)),
    ) as SharedError;
    if (input !== undefined) throw new InputError(input.kind, message, input.where, input.remedy);
    const error = new Error(message);
    error.stack = stack;
    throw error;
  }
}

function controlBytes(workers: number): number {
  return 4 * (FIRST_WORKER + workers * LINE_WORDS) + workers * MAX_ERROR_BYTES;
}
