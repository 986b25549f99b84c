import { COMMAND_FAILURES, COMMAND_HEAD, COMMAND_SLOT_WORDS, COMMAND_SLOTS, COMMAND_TAIL } from "./layout.ts";

const SLOT_CODE = 1;
const SLOT_ARGUMENTS = 2;

/** Where the ring's slots lie inside `words`. */
function slotMask(words: Int32Array): number {
  return (words.length - COMMAND_SLOTS) / COMMAND_SLOT_WORDS - 1;
}

/**
 * A producer's end of the command ring: any number of threads may have one, and a thread may have
 * several. Bounded queue after Dmitry Vyukov's: a producer claims a position by compare-exchange,
 * fills the slot and publishes it by the slot's own sequence word. Producers never wait for each other
 * nor for the consumer. Between claim and publication there is no call and no loop, which is where
 * JavaScriptCore lets a `terminate()` in, so a thread that is ended cannot leave a claimed slot behind.
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
   * `isDone`, or −1 when the ring is full and nothing was queued.
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

  /** Whether the machine has carried out the command with this ticket. */
  isDone(ticket: number): boolean {
    return ((Atomics.load(this.#words, COMMAND_HEAD) - ticket) | 0) > 0;
  }

  /**
   * How many commands of the ring have failed, wrapping at 32 bits. The machine posts a message for each of
   * them before it says that the command is done: whoever has heard of that many knows all failures.
   */
  get failures(): number {
    return Atomics.load(this.#words, COMMAND_FAILURES);
  }

  /** Index and value to sleep on until the machine has carried out more commands. */
  get doneIndex(): number {
    return COMMAND_HEAD;
  }
}

/**
 * The machine's end. `take` looks at the oldest command and `done` gives its slot back once it has been
 * carried out, so that a producer that sees its ticket done knows the effect is there.
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

  /** Code of the oldest command, or 0 when none is there. */
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

  /** Counts the command as failed; call it before `done`, and after telling why. */
  fail(): void {
    Atomics.store(this.#words, COMMAND_FAILURES, (Atomics.load(this.#words, COMMAND_FAILURES) + 1) | 0);
  }

  /** Gives the command's slot back and tells producers that it has been carried out. */
  done(): void {
    const slot = this.#slot();
    Atomics.store(this.#words, slot, (this.#head + this.#mask + 1) | 0);
    this.#head = (this.#head + 1) | 0;
    Atomics.store(this.#words, COMMAND_HEAD, this.#head);
    Atomics.notify(this.#words, COMMAND_HEAD);
  }

  /**
   * Sleeps until a command is there, `wakeConsumer` is called, or the time is over: where the computer's
   * clock is set back meanwhile, the time-out alone comes that much later.
   */
  wait(timeoutMs: number): void {
    if (Atomics.load(this.#words, COMMAND_TAIL) !== this.#head) return;
    Atomics.wait(this.#words, COMMAND_TAIL, this.#head, timeoutMs);
  }

  #slot(): number {
    return COMMAND_SLOTS + (this.#head & this.#mask) * COMMAND_SLOT_WORDS;
  }
}

/** Ends a `wait` early: for a sleeper whose time-out a changed clock has moved. */
export function wakeConsumer(words: Int32Array): void {
  Atomics.notify(words, COMMAND_TAIL);
}
