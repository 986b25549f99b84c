import { ptr } from "bun:ffi";
import { InputError } from "../../emu/input-error.ts";
import { linuxIo } from "../ffi/libc.ts";
import { CommandConsumer, CommandProducer } from "../shared/command-ring.ts";
import { COMMAND_HEAD, COMMAND_SLOT_WORDS, COMMAND_SLOTS, COMMAND_TAIL } from "../shared/layout-words.ts";
import type { EventBatch } from "./event-batch.ts";
import { KEY_WAKE, MAX_POSTED_KEY, postedKey } from "./keys.ts";
import { type CellMemory, PayloadCells } from "./payload-cells.ts";

/**
 * The runtime's state: `AWAKE`, `IN_KERNEL` or `IN_WAIT`. The runtime exchanges it when it goes to sleep,
 * other threads when they wake it.
 */
const BELL_STATE = 0;
const AWAKE = 0;
/** Asleep in a system call, which an eventfd ends. */
const IN_KERNEL = 1;
/** Asleep in `Atomics.waitAsync` on this word. */
const IN_WAIT = 2;
/** 1 if `wake` was called and the runtime has not reported it yet. */
const WAKE_ASKED = 16;
/** Number of threads that are about to write to the eventfd. */
const RINGING = 32;
/** This word never changes, so a wait on it always lasts its full time. */
const TIME = 48;
const BELL_WORDS = 64;
/** How long `close` waits for those threads. If one was terminated at that point, the eventfd stays open. */
const CLOSE_MS = 10;

/** What another thread needs to post to a runtime: plain data that includes shared memory. */
export interface PosterHandle {
  readonly bell: Int32Array<SharedArrayBuffer>;
  readonly queue: Int32Array<SharedArrayBuffer>;
  /** The runtime's eventfd, −1 if it has none. */
  readonly descriptor: number;
  /** Memory for the bytes of posts. */
  readonly cells: CellMemory;
}

/** An eventfd's count of one, at an address that never moves. */
let oneAddress: number | undefined;

/** Adds one to an eventfd. */
export function writeOne(descriptor: number): void {
  oneAddress ??= ptr(new Int32Array(new SharedArrayBuffer(8)).fill(1, 0, 1));
  linuxIo()?.write(descriptor, oneAddress as never, 8);
}

/**
 * How any thread reaches a runtime. A post goes into a bounded lock-free queue. Only the first post that
 * finds the runtime asleep pays for waking it. No wake-up is lost: the runtime announces its sleep before it
 * checks the queue for the last time, and a poster queues before it checks for sleep.
 */
export class Poster {
  readonly #bell: Int32Array;
  readonly #queue: CommandProducer;
  readonly #descriptor: number;
  readonly #cells: PayloadCells;

  constructor(handle: PosterHandle) {
    this.#cells = new PayloadCells(handle.cells);
    this.#bell = handle.bell;
    this.#queue = new CommandProducer(handle.queue);
    this.#descriptor = handle.descriptor;
  }

  /**
   * Queues a completion: the runtime's wait returns the key `postedKey(number)` with `data` (32 bits).
   * Returns false, with nothing queued, if the queue is full.
   */
  post(number: number, data: number): boolean {
    if (number < 0 || number > MAX_POSTED_KEY) throw new Error(`${number} cannot be posted as a key`);
    if (this.#queue.push(number + 1, data) < 0) return false;
    this.ring();
    return true;
  }

  /**
   * As `post`, and carries a copy of `bytes`, which the batch's `payload` returns. Also returns false if the
   * runtime has no room for more bytes now. Throws `InputError` if `bytes` is longer than a post can carry
   * (`RuntimeOptions.payloadBytes`).
   */
  postBytes(number: number, data: number, bytes: Uint8Array): boolean {
    if (number < 0 || number > MAX_POSTED_KEY) throw new Error(`${number} cannot be posted as a key`);
    const most = this.#cells.cellBytes;
    if (bytes.length > most)
      throw new InputError("usage", `a post carries at most ${most} bytes, not ${bytes.length}`);
    const cell = this.#cells.put(bytes);
    if (cell < 0) return false;
    if (this.#queue.push(number + 1, data, cell + 1, bytes.length) < 0) {
      this.#cells.free(cell);
      return false;
    }
    this.ring();
    return true;
  }

  /** Ends the runtime's wait with `KEY_WAKE`. Several calls before it wakes count as one. */
  wake(): void {
    Atomics.store(this.#bell, WAKE_ASKED, 1);
    this.ring();
  }

  /** Ends the runtime's sleep without an event of its own. */
  ring(): void {
    if (Atomics.load(this.#bell, BELL_STATE) === AWAKE) return;
    Atomics.add(this.#bell, RINGING, 1);
    const state = Atomics.exchange(this.#bell, BELL_STATE, AWAKE);
    if (state === IN_KERNEL) writeOne(this.#descriptor);
    else if (state === IN_WAIT) Atomics.notify(this.#bell, BELL_STATE);
    Atomics.sub(this.#bell, RINGING, 1);
  }
}

/** The runtime's side: its queue of posted completions, and how it sleeps and wakes. */
export class Bell {
  readonly handle: PosterHandle;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #queue: CommandConsumer;
  readonly #queueWords: Int32Array;
  readonly #cells: PayloadCells;
  /** Ends the current sleep. */
  #endSleep: (() => void) | undefined;
  /** True if a wait for rings of other threads is in progress: it can outlast the sleep. */
  #isListening = false;
  /** When the current alarm ends, if there is one: it can outlast the sleep that it was for. */
  #alarmMs = Number.POSITIVE_INFINITY;

  /** `capacity` is a power of two. `descriptor` is an eventfd that the backend watches, or −1. */
  constructor(capacity: number, descriptor: number, cells: CellMemory) {
    this.#words = new Int32Array(new SharedArrayBuffer(BELL_WORDS * 4));
    const queue = new Int32Array(new SharedArrayBuffer((COMMAND_SLOTS + capacity * COMMAND_SLOT_WORDS) * 4));
    for (let slot = 0; slot < capacity; slot++) queue[COMMAND_SLOTS + slot * COMMAND_SLOT_WORDS] = slot;
    this.#queueWords = queue;
    this.#queue = new CommandConsumer(queue);
    this.#cells = new PayloadCells(cells);
    this.handle = { bell: this.#words, queue, descriptor, cells };
  }

  /** True if a completion or a wake-up is waiting. */
  get hasPosts(): boolean {
    const tail = Atomics.load(this.#queueWords, COMMAND_TAIL);
    const head = Atomics.load(this.#queueWords, COMMAND_HEAD);
    return tail !== head || Atomics.load(this.#words, WAKE_ASKED) !== 0;
  }

  /** Adds up to `most` completions to `batch`: a wake-up first, then the oldest. */
  collect(batch: EventBatch, most: number): number {
    let collected = 0;
    if (most > 0 && Atomics.load(this.#words, WAKE_ASKED) !== 0) {
      Atomics.store(this.#words, WAKE_ASKED, 0);
      batch.push(KEY_WAKE, 0, 0);
      collected++;
    }
    while (collected < most) {
      const code = this.#queue.take();
      if (code === 0) break;
      batch.push(postedKey(code - 1), 0, this.#queue.argument(0));
      const cell = this.#queue.argument(1);
      if (cell > 0) batch.attach(this.#cells.take(cell - 1, this.#queue.argument(2)));
      this.#queue.done();
      collected++;
    }
    return collected;
  }

  /**
   * Announces a system call that sleeps. Returns false if a post is waiting and the runtime must not sleep.
   */
  fallAsleepInKernel(): boolean {
    Atomics.exchange(this.#words, BELL_STATE, IN_KERNEL);
    if (!this.hasPosts) return true;
    this.wakeUp();
    return false;
  }

  /** Announces that the thread is awake again. */
  wakeUp(): void {
    Atomics.exchange(this.#words, BELL_STATE, AWAKE);
  }

  /**
   * Announces that `sleep` follows. Anything that may ring the bell must be started after this call: an
   * earlier ring would find the thread awake and be lost.
   */
  fallAsleep(): void {
    Atomics.exchange(this.#words, BELL_STATE, IN_WAIT);
  }

  /**
   * Sleeps without blocking the thread until the bell rings, has rung since `fallAsleep`, or the time is
   * over. It may also end for no reason. Call `wakeUp` afterwards.
   */
  sleep(timeoutMs: number): Promise<void> {
    if (this.hasPosts || !this.#listen()) return Promise.resolve();
    if (timeoutMs !== Number.POSITIVE_INFINITY) this.#setAlarm(timeoutMs);
    return new Promise((resolve) => {
      this.#endSleep = resolve;
    });
  }

  /** Ends this thread's own sleep at the next microtask, without a turn of the event loop. */
  ringHere(): void {
    const end = this.#endSleep;
    this.#endSleep = undefined;
    end?.();
  }

  /** Makes sure that a ring of another thread ends the sleep. Returns false if one has already rung. */
  #listen(): boolean {
    if (this.#isListening) return true;
    const ring = Atomics.waitAsync(this.#words, BELL_STATE, IN_WAIT);
    if (!ring.async) return false;
    this.#isListening = true;
    void ring.value.then(() => {
      this.#isListening = false;
      this.ringHere();
    });
    return true;
  }

  /** Makes sure that the sleep ends within `timeoutMs`. An earlier alarm is not changed. */
  #setAlarm(timeoutMs: number): void {
    const alarmMs = performance.now() + timeoutMs;
    if (alarmMs >= this.#alarmMs) return;
    if (this.#alarmMs !== Number.POSITIVE_INFINITY) Atomics.notify(this.#words, TIME);
    this.#alarmMs = alarmMs;
    const alarm = Atomics.waitAsync(this.#words, TIME, 0, timeoutMs);
    if (!alarm.async) throw new Error("a word that never changes has changed");
    void alarm.value.then((reason) => {
      // A notified alarm was replaced by an earlier one.
      if (reason !== "timed-out") return;
      this.#alarmMs = Number.POSITIVE_INFINITY;
      this.ringHere();
    });
  }

  /** Closes the eventfd when no other thread is about to write to its number. */
  close(): void {
    this.wakeUp();
    this.ringHere();
    Atomics.notify(this.#words, BELL_STATE);
    Atomics.notify(this.#words, TIME);
    const deadlineMs = performance.now() + CLOSE_MS;
    while (Atomics.load(this.#words, RINGING) !== 0) if (performance.now() > deadlineMs) return;
    if (this.handle.descriptor >= 0) linuxIo()?.close(this.handle.descriptor);
  }
}
