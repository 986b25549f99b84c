import { workerUrl } from "../../workers/worker-url.ts";
import { IoError } from "../io-error.ts";
import { BlockingEngine, isInPhase } from "./blocking-engine.ts";
import { MeasuredChoice } from "./choice.ts";
import type { FileEngine, FileEngineName } from "./engine.ts";
import { type IntentMemory, Intents } from "./intents.ts";
import { PHASES_PER_LEVEL } from "./operations.ts";
import { UringEngine } from "./uring-engine.ts";

/** Words that the threads of a batch share. Any thread may add to them, except to the first. */
/** 1 when the batch is done. */
const JOB_DONE = 0;
const JOB_NEXT = 16;
const JOB_ARRIVED = 32;
/** The phase that threads may work on. */
const JOB_PHASE = 48;
const JOB_WORDS = 64;

/** Tickets that a thread takes at a time. */
const CLAIM = 8;
/** Number of tickets that justify waking one more thread. */
const TICKETS_PER_THREAD = 32;
/**
 * Plain calls of one batch size must have taken this long in total before threads are tried: starting them
 * takes about 10 ms.
 */
const PLAIN_MS = 100;
/** Batches that plain calls finish sooner than this are not shared: waking a thread takes 0.05–0.1 ms. */
const MIN_MS = 0.3;
const SIZE_CLASSES = 32;
/** Factor by which the shortest time of a size grows with each batch, so that an old one is forgotten. */
const FORGET = 1.01;

/** The message that gives a thread a batch. */
export interface FileJob {
  readonly memory: IntentMemory;
  readonly count: number;
  readonly levels: number;
  readonly hasWaits: boolean;
  readonly isSampled: boolean;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly threads: number;
  /** True if one thread does everything with a ring; false if all threads use plain calls. */
  readonly engine: "io_uring" | "blocking";
}

/** The measured cost of batches of one size. */
class SizeClass {
  /** The choice between plain calls and threads. */
  readonly choice = new MeasuredChoice();
  /** Total time of plain calls. */
  plainMs = 0;
  /** The shortest recent time: the time of a preempted batch does not depend on its size. */
  quickestMs = 0;
}

export interface ThreadOptions {
  readonly threads?: number;
  /** True if one thread does everything with a ring; false if all threads use plain calls. */
  readonly engine?: FileJob["engine"];
  /**
   * Give every batch to the threads. By default `run` uses what has been fastest for batches of this size.
   */
  readonly always?: boolean;
}

/**
 * A pool of threads that share the intents of a batch, or one thread with a ring. It serves callers that must
 * not block (`runAsync`). A caller that waits is served by plain calls on its own thread, unless sharing
 * measures faster for batches of this size.
 */
export class ThreadEngine implements FileEngine {
  readonly name: FileEngineName;
  readonly #threads: number;
  readonly #engine: FileJob["engine"];
  readonly #always: boolean;
  readonly #plain = new BlockingEngine();
  readonly #classes = Array.from({ length: SIZE_CLASSES }, () => new SizeClass());
  /** Started with the first batch that needs them. */
  #workers: Worker[] = [];
  /** A new array for each batch: a thread may still read the previous batch's. */
  #words = new Int32Array(new SharedArrayBuffer(JOB_WORDS * 4));
  #failure: string | undefined;

  constructor(options: ThreadOptions = {}) {
    this.#threads = options.threads ?? 4;
    this.#engine = options.engine ?? "blocking";
    this.#always = options.always ?? this.#engine === "io_uring";
    this.name = this.#engine === "io_uring" ? "io_uring" : "threads";
  }

  run(intents: Intents): void {
    if (this.#always) {
      this.#runShared(intents);
      return;
    }
    // One thread would do all of it, so there is nothing to share.
    if (intents.count <= CLAIM) {
      this.#plain.run(intents);
      return;
    }
    const size = this.#classes[31 - Math.clz32(intents.count | 1)]!;
    const isOpen = size.plainMs > PLAIN_MS && size.quickestMs > MIN_MS && !intents.hasWaits;
    const way = isOpen ? size.choice.next() : 0;
    const start = performance.now();
    if (way === 1) this.#runShared(intents);
    else this.#plain.run(intents);
    const elapsedMs = performance.now() - start;
    if (isOpen) size.choice.note(way, elapsedMs / intents.count);
    if (way === 1) return;
    size.plainMs += elapsedMs;
    size.quickestMs = size.plainMs === elapsedMs ? elapsedMs : Math.min(elapsedMs, size.quickestMs * FORGET);
  }

  async runAsync(intents: Intents): Promise<void> {
    this.#start(intents);
    const keepAlive = setInterval(() => undefined, 1 << 30);
    while (Atomics.load(this.#words, JOB_DONE) === 0) {
      const done = Atomics.waitAsync(this.#words, JOB_DONE, 0, 1000);
      if (done.async) await done.value;
    }
    clearInterval(keepAlive);
    this.#throwFailure();
  }

  /** Ends the threads; no batch may be under way. */
  close(): void {
    for (const worker of this.#workers) worker.terminate();
  }

  #runShared(intents: Intents): void {
    this.#start(intents);
    while (Atomics.load(this.#words, JOB_DONE) === 0) Atomics.wait(this.#words, JOB_DONE, 0, 1000);
    this.#throwFailure();
  }

  #start(intents: Intents): void {
    this.#throwFailure();
    const { count, levels, hasWaits, isSampled, memory } = intents;
    const words = new Int32Array(new SharedArrayBuffer(JOB_WORDS * 4));
    this.#words = words;
    const threads = Math.max(1, Math.min(this.#threads, Math.ceil(count / TICKETS_PER_THREAD)));
    while (this.#workers.length < threads) this.#workers.push(this.#startWorker(this.#workers.length));
    const what = { memory, count, levels, hasWaits, isSampled };
    const job: FileJob = { ...what, words, threads, engine: this.#engine };
    if (count === 0) Atomics.store(words, JOB_DONE, 1);
    else for (const worker of this.#workers.slice(0, threads)) worker.postMessage(job);
  }

  #startWorker(index: number): Worker {
    const worker = new Worker(workerUrl("io/runtime/files/file-worker.ts"), { name: `emu-file-${index}` });
    worker.unref();
    worker.onerror = (event) => {
      this.#failure = event.message;
      this.#finish();
    };
    return worker;
  }

  #finish(): void {
    Atomics.store(this.#words, JOB_DONE, 1);
    Atomics.notify(this.#words, JOB_DONE);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw new IoError("EIO", `a file thread failed: ${this.#failure}`);
  }
}

/** What a file thread remembers between batches. */
export class FileWorker {
  readonly #blocking = new BlockingEngine();
  #ring: UringEngine | undefined;
  #intents: Intents | undefined;

  /** Does this thread's part of a batch; the last thread to finish marks it as done. */
  work(job: FileJob): void {
    const { memory, count, levels, hasWaits, isSampled, words } = job;
    if (this.#intents?.memory.records !== memory.records) this.#intents = new Intents(memory);
    const intents = this.#intents;
    intents.adopt(count, levels, hasWaits, isSampled);
    if (job.engine === "io_uring") {
      this.#ring ??= new UringEngine();
      this.#ring.run(intents);
    } else if (job.threads === 1) {
      this.#blocking.run(intents);
    } else {
      const phases = PHASES_PER_LEVEL * levels;
      for (let phase = 0; phase < phases; phase++)
        if (hasWaits || phase % PHASES_PER_LEVEL === 0) this.#workOnPhase(intents, phase, job);
    }
    Atomics.store(words, JOB_DONE, 1);
    Atomics.notify(words, JOB_DONE);
  }

  #workOnPhase(intents: Intents, phase: number, { words, threads, hasWaits }: FileJob): void {
    const { count } = intents;
    for (;;) {
      const begin = Atomics.add(words, JOB_NEXT, CLAIM);
      if (begin >= count) break;
      const end = Math.min(count, begin + CLAIM);
      for (let ticket = begin; ticket < end; ticket++)
        if (isInPhase(intents, ticket, phase)) this.#blocking.carryOut(intents, ticket);
    }
    if (Atomics.add(words, JOB_ARRIVED, 1) === threads - 1) {
      Atomics.store(words, JOB_ARRIVED, 0);
      Atomics.store(words, JOB_NEXT, 0);
      Atomics.store(words, JOB_PHASE, phase + (hasWaits ? 1 : PHASES_PER_LEVEL));
      Atomics.notify(words, JOB_PHASE);
    } else {
      while (Atomics.load(words, JOB_PHASE) <= phase) Atomics.wait(words, JOB_PHASE, phase);
    }
  }
}
