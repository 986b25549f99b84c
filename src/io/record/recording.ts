import { wantTap } from "../shared/frame-tap.ts";
import type { TapBlock } from "../shared/layout.ts";
import { errorFromReport } from "../thread/error-report.ts";
import { workerUrl } from "../workers/worker-url.ts";
import type { RecorderMessage, RecorderStart } from "./recorder-worker.ts";

/** The main thread's side of a recording. */
export class Recording {
  /**
   * Resolves when the file is complete, with the numbers of frames written and lost. Rejects if it cannot be
   * written.
   */
  readonly finished: Promise<{ frames: number; lost: number }>;
  readonly path: string;
  readonly #tap: TapBlock;
  readonly #ready = Promise.withResolvers<void>();

  /** Starts the thread. Recording begins as soon as it is ready. */
  constructor(tap: TapBlock, start: RecorderStart) {
    this.path = start.path;
    this.#tap = tap;
    const worker = new Worker(workerUrl("io/record/recorder-worker.ts"), { name: "emu-recorder" });
    const finished = Promise.withResolvers<{ frames: number; lost: number }>();
    worker.onmessage = ({ data }: MessageEvent<RecorderMessage>) => {
      if (data.type === "ready") {
        wantTap(tap, true);
        this.#ready.resolve();
      } else if (data.type === "done") finished.resolve({ frames: data.frames, lost: data.lost });
      else finished.reject(errorFromReport(data.error));
    };
    worker.onerror = (event: ErrorEvent) => {
      event.preventDefault();
      finished.reject(new Error(event.message));
    };
    this.finished = finished.promise.finally(() => {
      wantTap(tap, false);
      this.#ready.resolve();
      worker.terminate();
    });
    // Callers that await the end get the error. The error may come before any caller waits, so mark it as
    // handled.
    this.finished.catch(() => {});
    worker.postMessage(start);
  }

  /** Ends the recording. Frames already in the ring are still written. */
  async stop(): Promise<{ frames: number; lost: number }> {
    await this.#ready.promise;
    wantTap(this.#tap, false);
    return this.finished;
  }
}
