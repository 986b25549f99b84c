/** The audio thread: opens a sound system and plays the samples that the machine puts into the ring. */
import { attachShared, type SharedDescription } from "../shared/layout.ts";
import { type PostedLine, postedLog } from "../shared/log.ts";
import { DEFAULT_REALTIME, ThreadPriority } from "../workers/realtime.ts";
import { AudioInbox } from "./audio-orders.ts";
import { raisingHelpers } from "./helper-threads.ts";
import { type OpenAttempt, openAudioSink } from "./open-sink.ts";
import { AudioPlayer } from "./player.ts";
import type { SoundSystem } from "./sink.ts";

/** The message that starts the thread. */
export interface AudioStart {
  readonly buffer: SharedArrayBuffer;
  readonly description: SharedDescription;
  readonly system: SoundSystem | "auto";
  /** The turn of this thread's `AudioOrders`. */
  readonly turn: number;
}

/**
 * What the thread reports: the sink it plays on (undefined for none), that the device is gone, and last that
 * it is closed.
 */
export type AudioMessage =
  | PostedLine
  | { readonly type: "opened"; readonly sink: string | undefined; readonly attempts: readonly OpenAttempt[] }
  | { readonly type: "gone"; readonly reason: string }
  | { readonly type: "closed" };

const post = (message: AudioMessage) => postMessage(message);
const log = postedLog(post);

/** Opens a sound system and plays until main ends the thread. */
function playFrom({ buffer, description, system, turn }: AudioStart): void {
  const blocks = attachShared(buffer, description);
  const inbox = new AudioInbox(blocks.stats, turn);
  const attempts: OpenAttempt[] = [];
  // Raise the thread before opening: a program that a sound system starts inherits its niceness.
  new ThreadPriority({ ...DEFAULT_REALTIME, realtimeClass: false }).raise();
  const sink = raisingHelpers(() =>
    openAudioSink(system, attempts, () => inbox.wantsEnd, blocks.audio.channels),
  );
  for (const { system: tried, reason } of attempts)
    if (reason !== "") log.info({ system: tried, reason }, "sound system not opened");
  log.info({ wanted: system, sink: sink?.name ?? "none" }, "sound system chosen");
  post({ type: "opened", sink: sink?.name, attempts });
  if (sink === undefined) return;
  // It computes for one millisecond of 16. If it waits for longer than the device's buffer lasts, the gap is
  // audible.
  const priority = new ThreadPriority(DEFAULT_REALTIME);
  priority.raise();
  log.info({ steps: priority.steps }, "the thread's priority");
  try {
    new AudioPlayer(blocks, sink, inbox).run();
  } catch (error) {
    post({ type: "gone", reason: error instanceof Error ? error.message : String(error) });
  }
  sink.close();
}

if (!Bun.isMainThread) {
  const scope = globalThis as unknown as Worker;
  scope.onmessage = (event: MessageEvent<AudioStart>) => {
    playFrom(event.data);
    post({ type: "closed" });
  };
}
