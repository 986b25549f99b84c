import {
  COMMAND_FAILURES,
  COMMAND_HEAD,
  COMMAND_SLOT_WORDS,
  COMMAND_SLOTS,
  COMMAND_TAIL,
} from "./layout-words.ts";

const SLOT_CODE = 1;
const SLOT_ARGUMENTS = 2;

/** Index mask of the ring in `words`. */
function slotMask(words: Int32Array): number {
  return (words.length - COMMAND_SLOTS) / COMMAND_SLOT_WORDS - 1;
}

/**
 * A producer's end of the command ring. Any number of threads may have one, and a thread may have several. It
 * is a bounded queue after Dmitry Vyukov: a producer claims a position by compare-exchange, fills the slot,
 * and publishes it by the slot's own sequence word. Producers never wait for each other or for the consumer.
 * Between claim and publication there is no call and no loop, the only places where JavaScriptCore lets a
 * `terminate()` in, so a terminated thread cannot leave a claimed slot behind.
 * https://www.1024cores.net/home/lock-free-algorithms/queues/bounded-mpmc-queue
 */
export class CommandProducer {
  readonly #words: Int32Array;
  readonly #mask: number;

  /** `words` is the `commands` block of the shared layout. */
  constructor(words: Int32Array) {
    this.#words = words;
    this.#mask = slotMask(words);
  }

  /**
   * Queues a command and wakes the machine if it sleeps on the ring. Returns the command's ticket for
   * `isDone`, or −1 if the ring is full and nothing was queued.
   */
  push(code: number, a = 0, b = 0, c = 0, d = 0, e = 0): number {
    const words = this.#words;
    let position = Atomics.load(words, COMMAND_TAIL);
    for (;;) {
      const slot = COMMAND_SLOTS + (position & this.#mask) * COMMAND_SLOT_WORDS;
      const lag = (Atomics.load(words, slot) - position) | 0;
      if (lag < 0) {
        const tail = Atomics.load(words, COMMAND_TAIL);
        if (tail === position) return -1;
        position = tail;
        continue;
      }
      if (lag > 0) {
        position = Atomics.load(words, COMMAND_TAIL);
        continue;
      }
      const seen = Atomics.compareExchange(words, COMMAND_TAIL, position, (position + 1) | 0);
      if (seen !== position) {
        position = seen;
        continue;
      }
      words[slot + SLOT_CODE] = code;
      words[slot + SLOT_ARGUMENTS] = a;
      words[slot + SLOT_ARGUMENTS + 1] = b;
      words[slot + SLOT_ARGUMENTS + 2] = c;
      words[slot + SLOT_ARGUMENTS + 3] = d;
      words[slot + SLOT_ARGUMENTS + 4] = e;
      Atomics.store(words, slot, (position + 1) | 0);
      Atomics.notify(words, COMMAND_TAIL);
      return position >>> 0;
    }
  }

  /** Returns true if the machine has executed the command with this ticket. */
  isDone(ticket: number): boolean {
    return ((Atomics.load(this.#words, COMMAND_HEAD) - ticket) | 0) > 0;
  }

  /**
   * Number of the ring's commands that have failed, wrapping at 32 bits. The machine posts a message for each
   * failure before it marks the command as done, so a thread that has received this many messages knows all
   * failures.
   */
  get failures(): number {
    return Atomics.load(this.#words, COMMAND_FAILURES);
  }

  /** Index and value to sleep on until the machine has executed more commands. */
  get doneIndex(): number {
    return COMMAND_HEAD;
  }
}

/**
 * The machine's end. `take` reads the oldest command, and `done` frees its slot after execution, so a
 * producer that sees its ticket done also sees the command's effect.
 */
export class CommandConsumer {
  readonly #words: Int32Array;
  readonly #mask: number;
  #head: number;

  constructor(words: Int32Array) {
    this.#words = words;
    this.#mask = slotMask(words);
    this.#head = Atomics.load(words, COMMAND_HEAD);
  }

  /** Code of the oldest command; 0 if there is none. */
  take(): number {
    const slot = this.#slot();
    if (Atomics.load(this.#words, slot) !== ((this.#head + 1) | 0)) return 0;
    return this.#words[slot + SLOT_CODE]!;
  }

  /** Argument `index` (0 to 4) of the command that `take` returned. */
  argument(index: number): number {
    return this.#words[this.#slot() + SLOT_ARGUMENTS + index]!;
  }

  /** Ticket of the command that `take` returned. */
  get ticket(): number {
    return this.#head >>> 0;
  }

  /** Counts the command as failed. Call it before `done`, and after reporting the reason. */
  fail(): void {
    Atomics.store(this.#words, COMMAND_FAILURES, (Atomics.load(this.#words, COMMAND_FAILURES) + 1) | 0);
  }

  /** Frees the command's slot and tells producers that it has been executed. */
  done(): void {
    const slot = this.#slot();
    Atomics.store(this.#words, slot, (this.#head + this.#mask + 1) | 0);
    this.#head = (this.#head + 1) | 0;
    Atomics.store(this.#words, COMMAND_HEAD, this.#head);
    Atomics.notify(this.#words, COMMAND_HEAD);
  }

  /**
   * Sleeps until there is a command, `wakeConsumer` is called, or the time is over. If the computer's clock
   * is set back meanwhile, the time-out alone comes that much later.
   */
  wait(timeoutMs: number): void {
    if (Atomics.load(this.#words, COMMAND_TAIL) !== this.#head) return;
    Atomics.wait(this.#words, COMMAND_TAIL, this.#head, timeoutMs);
  }

  #slot(): number {
    return COMMAND_SLOTS + (this.#head & this.#mask) * COMMAND_SLOT_WORDS;
  }
}

/** Ends a `wait` early: a change of the clock may have moved the sleeper's time-out. */
export function wakeConsumer(words: Int32Array): void {
  Atomics.notify(words, COMMAND_TAIL);
}
