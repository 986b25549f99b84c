import { cpuMsOf } from "../ffi/clock.ts";
import { wakeAudioReader } from "../shared/audio-ring.ts";
import { wakeConsumer } from "../shared/command-ring.ts";
import {
  createShared,
  DEFAULT_SIZES,
  PLAY_SIZES,
  type SharedBlocks,
  type SharedDescription,
} from "../shared/layout.ts";
import { type Log, NO_LOG, writePosted } from "../shared/log.ts";
import { readSnapshot } from "../shared/snapshot-cell.ts";
import { readHeartbeat, readStats } from "../shared/stats.ts";
import { afterRunningFor } from "../workers/patience.ts";
import type { EmuClientOptions, MachineFault } from "./client-options.ts";
import { type CommandFailures, noteFailure } from "./command-failures.ts";
import { errorFromReport } from "./error-report.ts";
import type { MachineMessage, MachineReady, StartMessage } from "./messages.ts";
import { ThreadLog } from "./thread-log.ts";
import { WATCHDOG_POLL_MS, Watchdog } from "./watchdog.ts";

/**
 * Start-up compiles and warms up. A machine that is not ready after this time never will be. It needs one to
 * two seconds of a processor, for which it waited 30 seconds at a load of 24 on two cores.
 */
const START_TIMEOUT_MS = 120_000;

export interface StartedThread {
  readonly worker: Worker;
  readonly blocks: SharedBlocks;
  readonly description: SharedDescription;
  readonly ready: MachineReady;
  readonly failures: CommandFailures;
  /** Makes `over` resolve with "hung", unless it has already resolved. */
  readonly declareHung: () => void;
  /** Resolves when the thread reports its end, ends without a report, or is declared hung. */
  readonly over: Promise<Omit<MachineFault, "lastGood"> | undefined>;
}

/** Starts the thread and waits until it is ready to run. */
export async function startThread(options: EmuClientOptions): Promise<StartedThread> {
  const { machine, log = NO_LOG } = options;
  const { blocks, description } = createShared({
    ...DEFAULT_SIZES,
    ...machine.sizes,
    ...(options.forPlaying === true ? PLAY_SIZES : {}),
    rewindBytes: options.rewindBytes ?? 0,
    soundFrames: options.soundFrames ?? 0,
    hasSpectators: options.hasSpectators === true,
  });
  const worker = new Worker(machine.worker, { name: "emu-machine" });
  const failures: CommandFailures = { heard: 0, errors: new Map() };
  const ready = Promise.withResolvers<MachineReady>();
  const over = Promise.withResolvers<Omit<MachineFault, "lastGood"> | undefined>();

  worker.onmessage = (event: MessageEvent<MachineMessage>) => {
    const message = event.data;
    if (message.type === "ready") ready.resolve(message);
    else if (message.type === "log") writePosted(log, message);
    else if (message.type === "stopped") over.resolve(undefined);
    else if (message.type === "command-failed")
      noteFailure(failures, message.ticket, errorFromReport(message.error));
    else {
      ready.reject(errorFromReport(message.error));
      const { message: what, stack, input } = message.error;
      over.resolve({ kind: "threw", message: what, stack, ...(input === undefined ? {} : { input }) });
    }
  };
  worker.onerror = (event: ErrorEvent) => {
    ready.reject(new Error(event.message));
    over.resolve({ kind: "threw", message: event.message, stack: "" });
  };
  worker.addEventListener("close", () => {
    ready.reject(new Error("the machine thread ended before it was ready"));
    over.resolve({ kind: "exited", message: "the machine thread ended by itself", stack: "" });
  });
  const declareHung = () => {
    const message = `the machine thread has not answered since frame ${readStats(blocks.stats).frames}`;
    over.resolve({ kind: "hung", message, stack: "" });
  };
  worker.postMessage(startMessage(options, blocks.buffer, description));
  const cancel = afterRunningFor(START_TIMEOUT_MS, () =>
    ready.reject(new Error("the machine thread did not start")),
  );
  try {
    const readyMessage = await ready.promise;
    return { worker, blocks, description, failures, declareHung, over: over.promise, ready: readyMessage };
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    cancel();
  }
}

function startMessage(
  options: EmuClientOptions,
  buffer: SharedArrayBuffer,
  description: SharedDescription,
): StartMessage {
  const { realtime } = options;
  return {
    buffer,
    description,
    payload: options.machine.payload,
    speedPercent: options.speedPercent ?? 100,
    startPaused: options.startPaused ?? false,
    warmUpFrames: options.warmUpFrames ?? 90,
    realtime: realtime === false ? undefined : { realtimeClass: true, periodMs: 0, ...realtime },
    state: options.state,
    battery: options.battery,
    track: options.track,
    netplay: options.netplay,
  };
}

/** Waits for the thread's end. Declares it hung when its beats stop. */
export async function superviseThread(
  thread: StartedThread,
  log: Log,
  hungAfterMs?: number,
): Promise<MachineFault | undefined> {
  const { stats, lastGood, commands, audio } = thread.blocks;
  const threadLog = new ThreadLog(log, stats, performance.now(), hungAfterMs);
  const { cpuClock } = thread.ready;
  const cpuMs = () => cpuMsOf(cpuClock);
  const watchdog = new Watchdog(readHeartbeat(stats), performance.now(), hungAfterMs, cpuMs);
  const timer = setInterval(() => {
    if (watchdog.isHung(readHeartbeat(stats), performance.now())) thread.declareHung();
    threadLog.poll(performance.now());
    // A paused thread sleeps for up to 100 ms; setting the clock back would make that longer.
    wakeConsumer(commands);
    wakeAudioReader(audio);
  }, WATCHDOG_POLL_MS);
  timer.unref();
  const fault = await thread.over;
  clearInterval(timer);
  return fault === undefined ? undefined : { ...fault, lastGood: readSnapshot(lastGood) };
}
