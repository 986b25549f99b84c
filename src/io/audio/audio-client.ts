import type { SharedBlocks, SharedDescription } from "../shared/layout.ts";
import { type Log, NO_LOG, writePosted } from "../shared/log.ts";
import { workerUrl } from "../workers/worker-url.ts";
import { AudioOrders } from "./audio-orders.ts";
import type { AudioMessage, AudioStart } from "./audio-worker.ts";
import type { SoundSystem } from "./sink.ts";

/**
 * How long the end may take: a device plays what it still holds, and a library that looks for a server takes
 * its time. Measured: failing to open every system takes half a second.
 */
const END_TIMEOUT_MS = 2000;

/** Sound that returns is reported after this time: a player program without a device may end that late. */
const STEADY_MS = 1000;

/** The reason for silence if several sound systems were tried. */
const NO_DEVICE = "no device found; emu doctor says why";

/**
 * The main thread's side of the audio thread. Without sound a game continues in silence, until the thread
 * finds a device.
 */
export class AudioClient {
  /** The sound system in use, such as "pulse"; empty while it opens, and without sound. */
  sink = "";
  /** Called after each search for a sound system. */
  onSearched: () => void = () => {};
  /** Receives the reason when the sound ends, or cannot start. */
  onSilence: (reason: string) => void = () => {};
  /** Receives the name of the sound system when there is sound after silence. */
  onReturn: (sink: string) => void = () => {};
  /** True after silence was reported, until the return of the sound is reported. */
  #isSilent = false;
  #steadyTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #worker: Worker;
  readonly #orders: AudioOrders;
  readonly #ended = Promise.withResolvers<void>();
  readonly #log: Log;

  /** Starts the thread. `volume` is in percent. */
  constructor(
    blocks: SharedBlocks,
    description: SharedDescription,
    system: SoundSystem | "auto",
    volumePercent: number,
    log: Log = NO_LOG,
  ) {
    this.#log = log;
    this.#orders = new AudioOrders(blocks.stats);
    this.#orders.setVolume(volumePercent);
    this.#worker = new Worker(workerUrl("io/audio/audio-worker.ts"), { name: "emu-audio" });
    this.#worker.onmessage = ({ data }: MessageEvent<AudioMessage>) => this.#receive(data);
    this.#worker.onerror = (event: ErrorEvent) => {
      event.preventDefault();
      this.#silence(event.message);
      this.#ended.resolve();
    };
    this.#worker.addEventListener("close", () => this.#ended.resolve());
    const { turn } = this.#orders;
    this.#worker.postMessage({ buffer: blocks.buffer, description, system, turn } satisfies AudioStart);
    this.#worker.unref();
  }

  /** Sets the volume in percent, 0 to 100. */
  setVolume(percent: number): void {
    this.#orders.setVolume(percent);
  }

  /**
   * Ends the thread, by force if the device blocks it. When this resolves, libraries have written everything
   * that they write while they close.
   */
  async end(): Promise<void> {
    clearTimeout(this.#steadyTimer);
    this.#orders.end();
    await Promise.race([this.#ended.promise, Bun.sleep(END_TIMEOUT_MS)]);
    this.#worker.terminate();
  }

  #receive(message: AudioMessage): void {
    if (message.type === "log") {
      writePosted(this.#log, message);
      return;
    }
    if (message.type === "closed") {
      this.#ended.resolve();
      return;
    }
    if (message.type === "gone") {
      this.#silence(message.reason);
      return;
    }
    this.sink = message.sink ?? "";
    this.onSearched();
    if (message.sink !== undefined) {
      if (this.#isSilent) this.#steadyTimer = setTimeout(() => this.#returned(), STEADY_MS);
      return;
    }
    const [first, second] = message.attempts;
    // The player reads this in one line; the log has the reason of each system.
    if (first !== undefined) this.#silence(second === undefined ? first.reason : NO_DEVICE);
  }

  #returned(): void {
    this.#isSilent = false;
    this.onReturn(this.sink);
  }

  /** Reports the reason, unless the sound was already gone. */
  #silence(reason: string): void {
    clearTimeout(this.#steadyTimer);
    this.sink = "";
    if (this.#isSilent) return;
    this.#isSilent = true;
    this.#log.warn({ reason }, "no sound");
    this.onSilence(reason);
  }
}
