import { InputError } from "../../emu/input-error.ts";
import type { Cheat, FramePixels, MachineGeometry, MemorySpace, ResetKind } from "../../emu/machine.ts";
import { wakeAudioReader } from "../shared/audio-ring.ts";
import { CommandProducer, wakeConsumer } from "../shared/command-ring.ts";
import * as codes from "../shared/commands.ts";
import { DeviceWriter, type InputSourceName, InputWriter } from "../shared/input-words.ts";
import {
  createShared,
  DEFAULT_SIZES,
  INPUT_SOURCES,
  PLAY_SIZES,
  type SharedBlocks,
  type SharedDescription,
} from "../shared/layout.ts";
import { type Log, NO_LOG, writePosted } from "../shared/log.ts";
import { readSnapshot, type Snapshot, SnapshotWriter } from "../shared/snapshot-cell.ts";
import { readHeartbeat, readStats, type StatsSummary } from "../shared/stats.ts";
import { afterRunningFor } from "../workers/patience.ts";
import type { RealtimeOptions, RealtimeStep } from "../workers/realtime.ts";
import { type CommandFailures, noteFailure } from "./command-failures.ts";
import { errorFromReport } from "./error-report.ts";
import { Lock } from "./lock.ts";
import type { MachineSource } from "./machine-source.ts";
import type { Arcade, ErrorReport, MachineMessage, NetplayDescription, StartMessage } from "./messages.ts";
import type { TrackDescription } from "./movie-track.ts";
import { ThreadLog } from "./thread-log.ts";
import { WATCHDOG_POLL_MS, Watchdog } from "./watchdog.ts";

export interface EmuClientOptions {
  readonly machine: MachineSource;
  /** Percent of real time, 10 to 10,000; 0 runs uncapped. Default 100. */
  readonly speedPercent?: number;
  /** Start paused, at power-on or at `state`. */
  readonly startPaused?: boolean;
  /** Frames to run and discard before the clock starts. Default 90: the compiler is done after about 60. */
  readonly warmUpFrames?: number;
  /** How to raise the thread; `false` does not change its priority. Default: as far as is allowed. */
  readonly realtime?: Partial<RealtimeOptions> | false;
  /** Time without a beat after which the thread counts as hung. Default: as long as a player would wait. */
  readonly hungAfterMs?: number;
  /** Memory for rewinding; undefined for none. */
  readonly rewindBytes?: number;
  /** Reserve memory for a presenter's text and a recording. */
  readonly forPlaying?: boolean;
  /** Keep readings of the sound channels for this many frames, for a display of music. */
  readonly soundFrames?: number;
  readonly state?: Uint8Array;
  readonly battery?: Uint8Array;
  /** A movie to play, and memory for recording one. */
  readonly track?: TrackDescription;
  /** The game that is played with others. */
  readonly netplay?: NetplayDescription;
  /** Receives the thread's start, its priority, late frames, faults and its end. */
  readonly log?: Log;
}

/** Why a machine thread ended without `stop`. */
export interface MachineFault {
  readonly kind: "threw" | "hung" | "exited";
  readonly message: string;
  readonly stack: string;
  /** What an `InputError` said besides its message: the cause is outside of emu. */
  readonly input?: ErrorReport["input"];
  /** The last state from when all was well, with its frame as `tag`. */
  readonly lastGood: Snapshot | undefined;
}

/** What the machine thread reports when it is ready. */
export interface MachineReady {
  readonly geometry: MachineGeometry;
  readonly stateBytes: number;
  /** True if there is a disk drive. */
  readonly hasDisk: boolean;
  /** The slots and switches of an arcade machine. */
  readonly coins: Arcade | undefined;
  readonly steps: readonly RealtimeStep[];
  readonly warmUpMs: number;
}

/** Start-up compiles and warms up. A machine that is not ready after this time never will be. */
const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 1000;
/** Sleeps on the ring are cut into pieces of this length, so that the thread's end is noticed. */
const COMMAND_POLL_MS = 100;

/**
 * The main thread's side of a machine thread: starts, controls and watches it, and stores what it leaves
 * behind. Methods that return promises resolve when the machine has done its work. They reject with an
 * `InputError` if it could not, or if its command ring is full.
 */
export class EmuClient {
  readonly ready: MachineReady;
  readonly blocks: SharedBlocks;
  /** Post it with `blocks.buffer` to other threads, which then call `attachShared`. */
  readonly description: SharedDescription;
  /** Resolves when the thread has ended: with undefined after `stop`, otherwise with the fault. */
  readonly ended: Promise<MachineFault | undefined>;
  readonly #worker: Worker;
  readonly #producer: CommandProducer;
  readonly #inputs: Readonly<Record<InputSourceName, InputWriter>>;
  /** The bytes that devices other than controllers report. */
  readonly devices: DeviceWriter;
  readonly #inbox: SnapshotWriter;
  readonly #failures: CommandFailures;
  /** Commands that use a shared cell for their reply or argument take turns. */
  readonly #lock = new Lock();
  readonly #declareHung: () => void;
  readonly #log: Log;
  #isRunning = true;

  private constructor(thread: StartedThread, hungAfterMs: number | undefined, log: Log) {
    this.ready = thread.ready;
    this.blocks = thread.blocks;
    this.description = thread.description;
    this.#worker = thread.worker;
    this.#failures = thread.failures;
    this.#declareHung = thread.declareHung;
    this.#log = log;
    this.#producer = new CommandProducer(thread.blocks.commands);
    this.#inbox = new SnapshotWriter(thread.blocks.inbox);
    const names = Object.keys(INPUT_SOURCES) as InputSourceName[];
    const inputs = names.map((name) => [name, new InputWriter(thread.blocks.inputs, name)] as const);
    this.#inputs = Object.fromEntries(inputs) as Record<InputSourceName, InputWriter>;
    this.devices = new DeviceWriter(thread.blocks.inputs);
    this.ended = superviseThread(thread, log, hungAfterMs).then((fault) => {
      this.#isRunning = false;
      this.#logEnd(fault);
      this.#worker.terminate();
      return fault;
    });
  }

  /**
   * Starts a machine thread and waits until it is ready to run. Rejects with the `InputError` of the
   * machine's constructor or of the given state, or with an `Error` if the thread does not start.
   */
  static async start(options: EmuClientOptions): Promise<EmuClient> {
    return new EmuClient(await startThread(options), options.hungAfterMs, options.log ?? NO_LOG);
  }

  /** True while the thread lives. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /**
   * Sets the buttons that `source` holds from now on, and its turbo buttons: one byte per port, port 0
   * lowest.
   */
  setButtons(source: InputSourceName, buttons: number, turbo = 0): void {
    this.#inputs[source].setButtons(buttons);
    this.#inputs[source].setTurbo(turbo);
  }

  /**
   * Queues a command without waiting for it. Returns its ticket, or −1 if the ring is full or the thread has
   * ended, and nothing was queued.
   */
  send(code: number, a = 0, b = 0, c = 0): number {
    return this.#isRunning ? this.#producer.push(code, a, b, c) : -1;
  }

  /** Queues a command. Resolves when it has been executed. */
  async command(code: number, a = 0, b = 0, c = 0): Promise<void> {
    const failuresBefore = this.#producer.failures;
    const ticket = this.send(code, a, b, c);
    if (ticket < 0) {
      const what = this.#isRunning ? "the machine's command queue is full" : "the machine has ended";
      throw new InputError("unavailable", what, "", this.#isRunning ? "try again" : "");
    }
    const words = this.blocks.commands;
    while (!this.#producer.isDone(ticket)) {
      if (!this.#isRunning)
        throw new InputError("unavailable", "the machine ended before the command was done");
      const done = Atomics.load(words, this.#producer.doneIndex);
      if (this.#producer.isDone(ticket)) break;
      const sleep = Atomics.waitAsync(words, this.#producer.doneIndex, done, COMMAND_POLL_MS);
      if (sleep.async) await sleep.value;
    }
    const { failures } = this.#producer;
    if (failures !== failuresBefore) await this.#throwFailureOf(ticket, failures);
  }

  /** Stops the clock after the current frame. */
  pause(): Promise<void> {
    return this.command(codes.COMMAND_PAUSE);
  }

  resume(): Promise<void> {
    return this.command(codes.COMMAND_RESUME);
  }

  /** Runs `frames` frames, as fast as possible unless `isPaced`, then pauses. Resolves when they are done. */
  async step(frames: number, isPaced = false): Promise<void> {
    const first = readStats(this.blocks.stats).frames;
    await this.command(codes.COMMAND_STEP, frames, isPaced ? codes.STEP_PACED : codes.STEP_FAST);
    await this.#framesDone(first, frames);
  }

  /**
   * Runs `frames` frames as fast as possible without sound and with the last picture only, then pauses.
   * Resolves when they are done.
   */
  async skip(frames: number): Promise<void> {
    if (frames <= 0) return;
    const first = readStats(this.blocks.stats).frames;
    await this.command(codes.COMMAND_STEP, frames, codes.STEP_LAST_PICTURE);
    await this.#framesDone(first, frames);
  }

  async #framesDone(first: number, frames: number): Promise<void> {
    while (this.#isRunning && (readStats(this.blocks.stats).frames - first) >>> 0 < frames)
      await Bun.sleep(1);
  }

  /**
   * Starts to run `frames` frames at the console's pace and to pause after them. Resolves when it has
   * started.
   */
  startSteps(frames: number): Promise<void> {
    return this.command(codes.COMMAND_STEP, frames, codes.STEP_PACED);
  }

  /** Ejects the disk and inserts a side, counted from 0, the next side, or none. Fails without a drive. */
  changeDisk(side: number | "next" | "none"): Promise<void> {
    const argument = side === "next" ? codes.DISK_NEXT : side === "none" ? codes.DISK_NONE : side;
    return this.command(codes.COMMAND_DISK, argument);
  }

  /** Inserts a coin into a slot, counted from 0. Fails if the machine has no coin slots. */
  insertCoin(slot: number): Promise<void> {
    return this.command(codes.COMMAND_COIN, slot);
  }

  /** Presses the service button of an arcade machine. */
  pressService(): Promise<void> {
    return this.command(codes.COMMAND_COIN, codes.COIN_SERVICE);
  }

  /** Sets the DIP switches of an arcade machine, switch 1 in bit 0. */
  setDips(dips: number): Promise<void> {
    return this.command(codes.COMMAND_DIPS, dips);
  }

  /** Sets an option of the machine to one of its values, both counted from 0. */
  choose(option: number, value: number): Promise<void> {
    return this.command(codes.COMMAND_CHOOSE, option, value);
  }

  /** Plugs a device into a port, counted from 0. */
  plug(port: number, device: number): Promise<void> {
    return this.command(codes.COMMAND_PLUG, port, device);
  }

  /** Presses the reset button, or power-cycles. */
  reset(kind: ResetKind): Promise<void> {
    return this.command(kind === "power" ? codes.COMMAND_POWER : codes.COMMAND_RESET);
  }

  /** Sets the speed in percent of real time, 10 to 10,000; 0 runs uncapped. */
  setSpeed(percent: number): Promise<void> {
    return this.command(codes.COMMAND_SPEED, percent);
  }

  /** Holds buttons for exactly `frames` frames, in addition to those of the input sources. */
  hold(buttons: number, frames: number): Promise<void> {
    return this.command(codes.COMMAND_HOLD, buttons, frames);
  }

  /** Mutes sound channels, by their bits (see `MachineGeometry.soundChannels`). */
  muteChannels(channels: number): Promise<void> {
    return this.command(codes.COMMAND_MUTE_CHANNELS, channels);
  }

  /** Starts running backwards, or resumes from the frame reached. */
  setRewinding(isRewinding: boolean): Promise<void> {
    return this.command(codes.COMMAND_REWIND, isRewinding ? 1 : 0);
  }

  /** Sets the number of run-ahead frames, 0 to 3: games with input lag then seem to react at once. */
  setRunAhead(frames: number): Promise<void> {
    return this.command(codes.COMMAND_RUN_AHEAD, frames);
  }

  /** The picture published last: palette indices with emphasis bits, or 0x00RRGGBB. */
  async picture(): Promise<FramePixels> {
    return (await this.sizedPicture()).pixels;
  }

  /** The picture published last, with its size. */
  sizedPicture(): Promise<{ readonly pixels: FramePixels; readonly width: number; readonly height: number }> {
    return this.#lock.run(async () => {
      await this.command(codes.COMMAND_PICTURE);
      const { bytes, tag: width } = readSnapshot(this.blocks.picture)!;
      const isRgb = this.blocks.sizes.isRgb === true;
      const pixels = isRgb ? new Uint32Array(bytes.buffer) : new Uint16Array(bytes.buffer);
      return { pixels, width, height: pixels.length / width };
    });
  }

  /** Replaces the cheats in force. */
  setCheats(cheats: readonly Cheat[]): Promise<void> {
    return this.#lock.run(async () => {
      await this.command(codes.COMMAND_CLEAR_CHEATS);
      for (const { address, value, compare = -1 } of cheats)
        await this.command(codes.COMMAND_ADD_CHEAT, address, value, compare);
    });
  }

  saveSlot(slot: number): Promise<void> {
    return this.command(codes.COMMAND_SAVE_SLOT, slot);
  }

  loadSlot(slot: number): Promise<void> {
    return this.command(codes.COMMAND_LOAD_SLOT, slot);
  }

  /** A numbered state as bytes for a file; undefined if the slot is empty. */
  slotState(slot: number): Snapshot | undefined {
    const cell = this.blocks.slots[slot];
    return cell === undefined ? undefined : readSnapshot(cell);
  }

  /** Saves the machine's current state, between two frames. */
  async saveState(): Promise<Snapshot> {
    await this.command(codes.COMMAND_SNAPSHOT);
    return readSnapshot(this.blocks.lastGood)!;
  }

  /** Loads a state that `saveState` or `slotState` returned. */
  async loadState(state: Uint8Array): Promise<void> {
    const { stateBytes } = this.ready;
    if (stateBytes === 0) throw new InputError("unavailable", "this core has no states");
    if (state.length !== stateBytes)
      throw new InputError("data", `a state of this game has ${stateBytes} bytes, not ${state.length}`);
    await this.#lock.run(async () => {
      this.#inbox.begin().set(state);
      this.#inbox.finish(state.length, 0);
      await this.command(codes.COMMAND_LOAD_INBOX);
    });
  }

  /** Reads memory without side effects. */
  peek(space: MemorySpace, address: number, length: number): Promise<Uint8Array> {
    return this.#lock.run(async () => {
      await this.command(codes.COMMAND_PEEK, codes.MEMORY_SPACES.indexOf(space), address, length);
      return readSnapshot(this.blocks.reply)!.bytes;
    });
  }

  poke(space: MemorySpace, address: number, value: number): Promise<void> {
    return this.command(codes.COMMAND_POKE, codes.MEMORY_SPACES.indexOf(space), address, value);
  }

  /** CPU registers and the time, by name. */
  registers(): Promise<Record<string, number>> {
    return this.#lock.run(async () => {
      await this.command(codes.COMMAND_REGISTERS);
      return JSON.parse(new TextDecoder().decode(readSnapshot(this.blocks.reply)!.bytes));
    });
  }

  /** The last state from when all was well; also available after the thread's end. */
  lastGoodState(): Snapshot | undefined {
    return readSnapshot(this.blocks.lastGood);
  }

  /** Battery-backed memory as of the last second, or of the thread's end; undefined without a battery. */
  battery(): Snapshot | undefined {
    return readSnapshot(this.blocks.battery);
  }

  stats(): StatsSummary {
    return readStats(this.blocks.stats);
  }

  /** Ends the thread after a last copy of state and battery, by force if necessary. */
  async stop(): Promise<MachineFault | undefined> {
    // If the ring is full, a hung thread has stopped emptying it, and is then ended by force.
    this.send(codes.COMMAND_STOP);
    const cancel = afterRunningFor(STOP_TIMEOUT_MS, this.#declareHung);
    const fault = await this.ended;
    cancel();
    return fault;
  }

  #logEnd(fault: MachineFault | undefined): void {
    if (fault === undefined) {
      this.#log.debug(this.stats(), "the machine thread has stopped");
      return;
    }
    const { kind, message, stack } = fault;
    this.#log.error({ kind, error: message, stack, ...this.stats() }, "the machine thread has failed");
  }

  /**
   * Throws the command's error if it has failed. `count` is the number of failures at the time it was done.
   */
  async #throwFailureOf(ticket: number, count: number): Promise<void> {
    const failures = this.#failures;
    // Messages are posted before the ring counts them, so they are already in the event loop's queue.
    while (((failures.heard - count) | 0) < 0 && this.#isRunning) await Bun.sleep(1);
    const error = failures.errors.get(ticket);
    if (error === undefined) return;
    failures.errors.delete(ticket);
    throw error;
  }
}

interface StartedThread {
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

async function startThread(options: EmuClientOptions): Promise<StartedThread> {
  const { machine, log = NO_LOG } = options;
  const { blocks, description } = createShared({
    ...DEFAULT_SIZES,
    ...machine.sizes,
    ...(options.forPlaying === true ? PLAY_SIZES : {}),
    rewindBytes: options.rewindBytes ?? 0,
    soundFrames: options.soundFrames ?? 0,
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
async function superviseThread(
  thread: StartedThread,
  log: Log,
  hungAfterMs?: number,
): Promise<MachineFault | undefined> {
  const { stats, lastGood, commands, audio } = thread.blocks;
  const threadLog = new ThreadLog(log, stats, performance.now(), hungAfterMs);
  const watchdog = new Watchdog(readHeartbeat(stats), performance.now(), hungAfterMs);
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
