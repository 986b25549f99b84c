import { cpuMsOf } from "../ffi/clock.ts";
import { palettePassedOn } from "../render/colors/palette.ts";
import type { ErrorReport } from "../thread/messages.ts";
import { Watchdog } from "../thread/watchdog.ts";
import { workerUrl } from "../workers/worker-url.ts";
import type { ConformAnswer, ConformOrder } from "./conform-worker.ts";
import type { Graded } from "./grade.ts";
import { createLiveView } from "./local-subject.ts";
import { screenPng } from "./pictures.ts";
import { resultOf } from "./results.ts";
import type { TestSpec } from "./types.ts";

/** How often to check that a machine still runs. */
const WATCH_INTERVAL_MS = 100;
/** A thread that has had no processor for this many times the limit is blocked. */
const BLOCKED_FACTOR = 10;

export interface WorkerOptions {
  readonly pictures: boolean;
  readonly repeat: number;
  /** A test is stopped if no frame ends in this much CPU time of its thread, or in ten times as much time. */
  readonly hangMilliseconds: number;
  /** The worker module; tests use another one. */
  readonly module?: URL;
  /** Called with bugs and their stack. */
  readonly onBug?: (spec: TestSpec, report: ErrorReport) => void;
}

/**
 * A watched thread that grades one test at a time. `grade` always resolves: a bug, a crash or a hang of the
 * thread is the verdict "error" of that test, and the next test gets a new thread.
 */
export class GradingWorker {
  readonly #options: WorkerOptions;
  #worker: Worker | undefined;
  /** Undefined until the thread has sent it; until then, the CPU time of the whole process counts. */
  #cpuClock: number | undefined;
  #view = createLiveView();
  #stopped = false;
  #abandon: ((reason: unknown) => void) | undefined;
  /** Called when the thread of the running test ends. */
  #ended: (() => void) | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Grades a test. Rejects only if `stop` is called. */
  grade(spec: TestSpec): Promise<Graded> {
    if (this.#stopped) throw new Error("a test was given to a worker that has been stopped");
    const startMs = performance.now();
    const { pictures, repeat, hangMilliseconds, onBug } = this.#options;
    const { pulse } = this.#view;
    Atomics.store(pulse, 0, 0);
    const worker = this.#start();
    return new Promise((resolve, reject) => {
      let watchdog = this.#newWatchdog();
      let isSettled = false;
      // A crashed thread also closes, perhaps while the next test runs, so only the first event counts.
      const settle = (action: () => void): void => {
        if (isSettled) return;
        isSettled = true;
        clearInterval(watch);
        this.#abandon = undefined;
        this.#ended = undefined;
        worker.onmessage = worker.onerror = null;
        action();
      };
      const lose = (detail: string): void => settle(() => resolve(this.#loseThread(spec, detail, startMs)));
      const watch = setInterval(() => {
        if (!watchdog.isHung(Atomics.load(pulse, 0), performance.now())) return;
        lose(`hangs: no frame ended for ${hangMilliseconds / 1000} s`);
      }, WATCH_INTERVAL_MS);
      this.#abandon = (reason) => settle(() => reject(reason));
      worker.onmessage = ({ data }: MessageEvent<ConformAnswer>) => {
        if ("cpuClock" in data) {
          this.#cpuClock = data.cpuClock;
          watchdog = this.#newWatchdog();
          return;
        }
        if ("graded" in data) {
          settle(() => resolve(data.graded));
          return;
        }
        onBug?.(spec, data.error);
        lose(`a bug of emu: ${data.error.message}`);
      };
      worker.onerror = (event) => lose(`its thread crashed: ${event.message}`);
      this.#ended = () => lose("its thread ended");
      worker.postMessage({
        spec,
        options: { pictures, repeat, view: this.#view },
        palette: palettePassedOn(),
      } satisfies ConformOrder);
    });
  }

  /** Ends the thread. A running test is rejected with `reason`. */
  stop(reason: unknown): void {
    this.#stopped = true;
    this.#abandon?.(reason);
    this.#discard();
  }

  /** Gives the thread up. Returns the verdict on its test, with the last picture. */
  #loseThread(spec: TestSpec, detail: string, startMs: number): Graded {
    this.#discard();
    const frames = Atomics.load(this.#view.pulse, 0);
    const screen = this.#options.pictures ? screenPng({ kind: "indices", ...this.#view }) : undefined;
    this.#view = createLiveView();
    const milliseconds = performance.now() - startMs;
    const result = resultOf(spec, { verdict: "error", detail }, { frames, milliseconds });
    return { result, ...(screen === undefined ? {} : { screen }) };
  }

  #newWatchdog(): Watchdog {
    const { hangMilliseconds } = this.#options;
    return new Watchdog(
      Atomics.load(this.#view.pulse, 0),
      performance.now(),
      hangMilliseconds,
      () => cpuMsOf(this.#cpuClock),
      BLOCKED_FACTOR * hangMilliseconds,
    );
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.#options.module ?? workerUrl("io/conform/conform-worker.ts"));
    // One listener per thread. A thread that was replaced ends while another one runs a test.
    const ended = (): void => {
      if (this.#worker === worker) this.#ended?.();
    };
    worker.addEventListener("close", ended, { once: true });
    this.#worker = worker;
    return worker;
  }

  #discard(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#cpuClock = undefined;
  }
}
