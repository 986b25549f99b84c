import type { TerminalWindow } from "../render/scale.ts";
import type { SharedBlocks, SharedDescription } from "../shared/layout.ts";
import { workerUrl } from "../workers/worker-url.ts";
import type { PresenterSetup } from "./presenter.ts";
import {
  PresenterOrders,
  WANT_COVER,
  WANT_END,
  WANT_HOLD,
  WANT_SHOW,
  type Wanted,
} from "./presenter-orders.ts";
import type { PresenterStart } from "./presenter-worker.ts";

const STDOUT = 1;
const POLL_MS = 2;
/** The presenter's sleeps last up to 50 ms; should the clock be set back, up to this long. */
const WAKE_MS = 200;
/** A presenter that has not stopped by then is blocked in a write that the terminal does not take. */
const STOP_TIMEOUT_MS = 400;

/** Main's side of the presenter thread. */
export class PresenterClient {
  /**
   * Resolves when the thread ends without having been told to: with its error, or with undefined when the
   * terminal has gone away.
   */
  readonly ended: Promise<Error | undefined>;
  readonly #worker: Worker;
  #orders: PresenterOrders | undefined;
  #window: TerminalWindow | undefined;
  #wanted: Wanted = WANT_SHOW;
  #waker: ReturnType<typeof setInterval> | undefined;

  /** Starts the thread, which loads its code and waits for `present`. */
  constructor() {
    this.#worker = new Worker(workerUrl("io/thread/presenter-worker.ts"), { name: "emu-presenter" });
    const ended = Promise.withResolvers<Error | undefined>();
    this.ended = ended.promise;
    this.#worker.onerror = (event: ErrorEvent) =>
      ended.resolve(new Error(event.message, { cause: event.error }));
    this.#worker.addEventListener("close", () => ended.resolve(undefined));
  }

  /** Shows the frames of this block from now on. Once only. */
  present(
    blocks: SharedBlocks,
    description: SharedDescription,
    setup: PresenterSetup,
    window: TerminalWindow,
  ): void {
    this.#orders = new PresenterOrders(blocks);
    this.#window = window;
    this.#orders.give(this.#wanted, window);
    const start: PresenterStart = { buffer: blocks.buffer, description, setup, fd: STDOUT };
    this.#worker.postMessage(start);
    this.#waker = setInterval(() => this.#orders?.wake(), WAKE_MS);
    this.#waker.unref();
  }

  /** The terminal has reported that a frame is there. */
  report(): void {
    this.#orders?.report();
  }

  /** From publication to report of the last frame that was reported, microseconds; 0 without reports. */
  get latencyMicroseconds(): number {
    return this.#orders?.latencyMicroseconds ?? 0;
  }

  /** Percent of the picture that is shown exactly: less than 100 behind slow links only. */
  get exactPercent(): number {
    return this.#orders?.exactPercent ?? 100;
  }

  /** The window has another size. */
  resize(window: TerminalWindow): void {
    this.#window = window;
    this.#orders?.give(this.#wanted, window);
  }

  /** The picture is drawn again, whole; dimmed and behind the text when it is covered. */
  show(isCovered = false): void {
    this.#give(isCovered ? WANT_COVER : WANT_SHOW);
  }

  /**
   * Resolves when nothing more is written, so that the terminal can be given away. False when the
   * presenter is stuck in a write.
   */
  hold(): Promise<boolean> {
    this.#give(WANT_HOLD);
    return this.#obeyed();
  }

  /** Ends the thread. False when it was stuck in a write. */
  async end(): Promise<boolean> {
    this.#give(WANT_END);
    const isObeyed = await this.#obeyed();
    clearInterval(this.#waker);
    this.#worker.terminate();
    return isObeyed;
  }

  #give(wanted: Wanted): void {
    this.#wanted = wanted;
    if (this.#window !== undefined) this.#orders?.give(wanted, this.#window);
  }

  async #obeyed(): Promise<boolean> {
    const orders = this.#orders;
    if (orders === undefined) return true;
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    while (!orders.isObeyed) {
      if (performance.now() > deadline) return false;
      await Bun.sleep(POLL_MS);
    }
    return true;
  }
}
