import { workerUrl } from "../../workers/worker-url.ts";
import { IoError } from "../io-error.ts";
import { BlockingEngine } from "./blocking-engine.ts";
import type { FileEngine, FileEngineName } from "./engine.ts";
import { type IntentMemory, Intents } from "./intents.ts";
import { UringEngine } from "./uring-engine.ts";

/** Words that the threads of a batch share. All are added to by any of them, but for the first. */
/** 1 when the batch is done. */
export const JOB_DONE = 0;
const JOB_NEXT = 16;
const JOB_ARRIVED = 32;
/** The level that may be worked on. */
const JOB_LEVEL = 48;
const JOB_WORDS = 64;

/** Tickets that a thread takes at a time. */
const CLAIM = 8;

/** How a thread is told of a batch. */
export interface FileJob {
  readonly memory: IntentMemory;
  readonly count: number;
  readonly levels: number;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly threads: number;
  /** Whether one thread carries out everything by a ring, or all do by plain calls. */
  readonly engine: "io_uring" | "blocking";
}

/**
 * A pool of threads that share the intents of a batch out among themselves; or one thread with a ring, for
 * a caller that may not block.
 */
export class ThreadEngine implements FileEngine {
  readonly name: FileEngineName;
  readonly #workers: Worker[];
  /** New for each batch: a thread may still look at those of the one before. */
  #words = new Int32Array(new SharedArrayBuffer(JOB_WORDS * 4));
  readonly #engine: FileJob["engine"];
  #failure: string | undefined;

  constructor(threads = 4, engine: FileJob["engine"] = "blocking") {
    this.#engine = engine;
    this.name = engine === "io_uring" ? "io_uring" : "threads";
    this.#workers = Array.from({ length: threads }, (_, index) => {
      const worker = new Worker(workerUrl("io/runtime/files/file-worker.ts"), { name: `emu-file-${index}` });
      worker.unref();
      worker.onerror = (event) => {
        this.#failure = event.message;
        this.#finish();
      };
      return worker;
    });
  }

  run(intents: Intents): void {
    this.#start(intents);
    while (Atomics.load(this.#words, JOB_DONE) === 0) Atomics.wait(this.#words, JOB_DONE, 0, 1000);
    this.#throwFailure();
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

  #start(intents: Intents): void {
    this.#throwFailure();
    const words = new Int32Array(new SharedArrayBuffer(JOB_WORDS * 4));
    this.#words = words;
    const threads = this.#workers.length;
    const job: FileJob = {
      memory: intents.memory,
      count: intents.count,
      levels: intents.levels,
      words,
      threads,
      engine: this.#engine,
    };
    if (intents.count === 0) Atomics.store(words, JOB_DONE, 1);
    else for (const worker of this.#workers) worker.postMessage(job);
  }

  #finish(): void {
    Atomics.store(this.#words, JOB_DONE, 1);
    Atomics.notify(this.#words, JOB_DONE);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw new IoError("EIO", `a file thread failed: ${this.#failure}`);
  }
}

/** A file thread's memory of what it has been given. */
export class FileWorker {
  readonly #blocking = new BlockingEngine();
  #ring: UringEngine | undefined;
  #intents: Intents | undefined;

  /** Does this thread's part of a batch; the last thread to finish says that it is done. */
  work(job: FileJob): void {
    const { memory, count, levels, words } = job;
    if (this.#intents?.memory.records !== memory.records) this.#intents = new Intents(memory);
    const intents = this.#intents;
    intents.adopt(count, levels);
    if (job.engine === "io_uring") {
      this.#ring ??= new UringEngine();
      this.#ring.run(intents);
    } else {
      for (let level = 0; level < levels; level++) this.#workOnLevel(intents, level, job);
    }
    if (job.engine === "io_uring" || Atomics.load(words, JOB_LEVEL) === levels) {
      Atomics.store(words, JOB_DONE, 1);
      Atomics.notify(words, JOB_DONE);
    }
  }

  #workOnLevel(intents: Intents, level: number, { words, threads }: FileJob): void {
    const { count } = intents;
    for (;;) {
      const begin = Atomics.add(words, JOB_NEXT, CLAIM);
      if (begin >= count) break;
      const end = Math.min(count, begin + CLAIM);
      for (let ticket = begin; ticket < end; ticket++)
        if (intents.level(ticket) === level) intents.result[ticket] = this.#blocking.perform(intents, ticket);
    }
    if (Atomics.add(words, JOB_ARRIVED, 1) === threads - 1) {
      Atomics.store(words, JOB_ARRIVED, 0);
      Atomics.store(words, JOB_NEXT, 0);
      Atomics.store(words, JOB_LEVEL, level + 1);
      Atomics.notify(words, JOB_LEVEL);
    } else {
      while (Atomics.load(words, JOB_LEVEL) === level) Atomics.wait(words, JOB_LEVEL, level);
    }
  }
}
