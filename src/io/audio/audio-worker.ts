/**
 * The audio thread: opens a sound system and plays the samples that the machine puts into the ring. Without a
 * device it looks for one from time to time.
 */
import { attachShared, type SharedBlocks, type SharedDescription } from "../shared/layout.ts";
import { type PostedLine, postedLog } from "../shared/log.ts";
import { DEFAULT_REALTIME, ThreadPriority } from "../workers/realtime.ts";
import { AudioInbox } from "./audio-orders.ts";
import { DeviceSearch } from "./device-search.ts";
import { raisingHelpers } from "./helper-threads.ts";
import { type OpenAttempt, openAudioSink } from "./open-sink.ts";
import { AudioPlayer } from "./player.ts";
import type { AudioSink, SoundSystem } from "./sink.ts";

/** The message that starts the thread. */
export interface AudioStart {
  readonly buffer: SharedArrayBuffer;
  readonly description: SharedDescription;
  readonly system: SoundSystem | "auto";
  /** The turn of this thread's `AudioOrders`. */
  readonly turn: number;
}

/**
 * What the thread reports: the result of each search for a device (the sink it plays on, undefined for none),
 * that the device is gone, and last that it is closed.
 */
export type AudioMessage =
  | PostedLine
  | { readonly type: "opened"; readonly sink: string | undefined; readonly attempts: readonly OpenAttempt[] }
  | { readonly type: "gone"; readonly reason: string }
  | { readonly type: "closed" };

const post = (message: AudioMessage) => postMessage(message);
const log = postedLog(post);

/** Plays until main ends the thread, on any device that it finds. */
class AudioThread {
  readonly #blocks: SharedBlocks;
  readonly #inbox: AudioInbox;
  readonly #wanted: SoundSystem | "auto";
  /**
   * It computes for one millisecond of 16. If it waits for longer than the device's buffer lasts, the gap is
   * audible.
   */
  readonly #priority = new ThreadPriority(DEFAULT_REALTIME);

  constructor({ buffer, description, system, turn }: AudioStart) {
    this.#blocks = attachShared(buffer, description);
    this.#inbox = new AudioInbox(this.#blocks.stats, turn);
    this.#wanted = system;
  }

  async run(): Promise<void> {
    const search = new DeviceSearch(this.#wanted);
    // Raise the thread before opening: a program that a sound system starts inherits its niceness.
    new ThreadPriority({ ...DEFAULT_REALTIME, realtimeClass: false }).raise();
    for (let searches = 0; !this.#inbox.wantsEnd; searches++) {
      const attempts: OpenAttempt[] = [];
      const sink = this.#open(search.systems, attempts);
      if (sink !== undefined || searches === 0) this.#report(attempts, sink);
      post({ type: "opened", sink: sink?.name, attempts });
      const pauseMs =
        sink === undefined ? search.failed() : search.lost(attempts.at(-1)!.system, this.#playOn(sink));
      // The event loop, which runs meanwhile, frees the process descriptors of players that have ended.
      await this.#inbox.waitForEnd(pauseMs);
    }
  }

  #open(systems: readonly SoundSystem[], attempts: OpenAttempt[]): AudioSink | undefined {
    const mustBeHeard = this.#wanted === "auto";
    const { channels } = this.#blocks.audio;
    const isUnwanted = () => this.#inbox.wantsEnd;
    return raisingHelpers(() => openAudioSink({ systems, mustBeHeard, channels, isUnwanted }, attempts));
  }

  #report(attempts: readonly OpenAttempt[], sink: AudioSink | undefined): void {
    for (const { system, reason } of attempts)
      if (reason !== "") log.info({ system, reason }, "sound system not opened");
    log.info({ wanted: this.#wanted, sink: sink?.name ?? "none" }, "sound system chosen");
  }

  /** Plays until the device is gone or main ends the thread. Returns the milliseconds that it took. */
  #playOn(sink: AudioSink): number {
    const beganMs = performance.now();
    this.#priority.raise();
    log.info({ steps: this.#priority.steps }, "the thread's priority");
    try {
      new AudioPlayer(this.#blocks, sink, this.#inbox).run();
    } catch (error) {
      post({ type: "gone", reason: error instanceof Error ? error.message : String(error) });
    }
    // Threads and programs that the next search starts must not inherit the class.
    this.#priority.lower();
    sink.close();
    return performance.now() - beganMs;
  }
}

if (!Bun.isMainThread) {
  const scope = globalThis as unknown as Worker;
  scope.onmessage = async (event: MessageEvent<AudioStart>) => {
    await new AudioThread(event.data).run();
    post({ type: "closed" });
  };
}
