import type { CellRectangle, TerminalWindow } from "../render/scale.ts";
import type { SharedBlocks, SharedDescription } from "../shared/layout.ts";
import { type Log, NO_LOG, type PostedLine, writePosted } from "../shared/log.ts";
import { workerUrl } from "../workers/worker-url.ts";
import type { PastPicture } from "./past-sampler.ts";
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
/** The presenter's sleeps last up to 50 ms; if the clock is set back, at most this long. */
const WAKE_MS = 200;

/** The main thread's side of the presenter thread. */
export class PresenterClient {
  /**
   * Resolves when the thread ends without having been told to: with its error, or with undefined if the
   * terminal is gone.
   */
  readonly ended: Promise<Error | undefined>;
  /** Called twice a second with a small picture of what is shown, if the game can be rewound. */
  onPast: (picture: PastPicture) => void = () => {};
  readonly #worker: Worker;
  #orders: PresenterOrders | undefined;
  #window: TerminalWindow | undefined;
  #wanted: Wanted = WANT_SHOW;
  #hole: CellRectangle | undefined;
  #hasEnded = false;
  #waker: ReturnType<typeof setInterval> | undefined;

  /** Starts the thread, which loads its code and waits for `present`. */
  constructor(log: Log = NO_LOG) {
    this.#worker = new Worker(workerUrl("io/thread/presenter-worker.ts"), { name: "emu-presenter" });
    this.#worker.onmessage = ({ data }: MessageEvent<PostedLine | PastPicture>) => {
      if (data.type === "past") this.onPast(data);
      else writePosted(log, data);
    };
    const ended = Promise.withResolvers<Error | undefined>();
    this.ended = ended.promise;
    const end = (error: Error | undefined) => {
      this.#hasEnded = true;
      ended.resolve(error);
    };
    this.#worker.onerror = (event: ErrorEvent) => end(new Error(event.message, { cause: event.error }));
    this.#worker.addEventListener("close", () => end(undefined));
  }

  /** Starts to show the frames of this block. Call it once. */
  present(
    blocks: SharedBlocks,
    description: SharedDescription,
    setup: PresenterSetup,
    window: TerminalWindow,
  ): void {
    this.#orders = new PresenterOrders(blocks);
    this.#window = window;
    this.#orders.give(this.#wanted, window, this.#hole);
    const start: PresenterStart = { buffer: blocks.buffer, description, setup, fd: STDOUT };
    this.#worker.postMessage(start);
    this.#waker = setInterval(() => this.#orders?.wake(), WAKE_MS);
    this.#waker.unref();
  }

  /** Call when the terminal has reported a frame's arrival. */
  report(): void {
    this.#orders?.report();
  }

  /** Time from publication to report of the last reported frame, in microseconds; 0 without reports. */
  get latencyMicroseconds(): number {
    return this.#orders?.latencyMicroseconds ?? 0;
  }

  /** Percentage of the picture that is shown exactly: below 100 on slow links only. */
  get exactPercent(): number {
    return this.#orders?.exactPercent ?? 100;
  }

  /** Sets the window's new size. */
  resize(window: TerminalWindow): void {
    this.#window = window;
    this.#orders?.give(this.#wanted, window, this.#hole);
  }

  /** Draws the whole picture again; dimmed, with text over the part `hole`, if that is given. */
  show(hole?: CellRectangle): void {
    this.#hole = hole;
    this.#give(hole === undefined ? WANT_SHOW : WANT_COVER);
  }

  /**
   * Resolves when nothing more is written, so that the terminal can be given back: with false if the
   * presenter is stuck in a write.
   */
  hold(): Promise<boolean> {
    this.#give(WANT_HOLD);
    return this.#obeyed();
  }

  /** Ends the thread. Resolves with false if it was stuck in a write. */
  async end(): Promise<boolean> {
    this.#give(WANT_END);
    const isObeyed = await this.#obeyed();
    clearInterval(this.#waker);
    this.#worker.terminate();
    return isObeyed;
  }

  #give(wanted: Wanted): void {
    this.#wanted = wanted;
    if (this.#window !== undefined) this.#orders?.give(wanted, this.#window, this.#hole);
  }

  async #obeyed(): Promise<boolean> {
    return (await this.#orders?.obeyed(() => this.#hasEnded)) ?? true;
  }
}
