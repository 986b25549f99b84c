import { InputError } from "../../emu/input-error.ts";
import type { Cheat, MachineGeometry, MemorySpace, ResetKind } from "../../emu/machine.ts";
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
import { readSnapshot, type Snapshot, SnapshotWriter } from "../shared/snapshot-cell.ts";
import { readHeartbeat, readStats, type StatsSummary } from "../shared/stats.ts";
import { afterRunningFor } from "../workers/patience.ts";
import type { RealtimeOptions, RealtimeStep } from "../workers/realtime.ts";
import { errorFromReport } from "./error-report.ts";
import { Lock } from "./lock.ts";
import type { MachineSource } from "./machine-source.ts";
import type { MachineMessage, StartMessage } from "./messages.ts";
import type { TrackDescription } from "./movie-track.ts";
import { WATCHDOG_POLL_MS, Watchdog } from "./watchdog.ts";

export interface EmuClientOptions {
  readonly machine: MachineSource;
  /** Percent of real time, 10 to 10,000; 0 runs uncapped. Default 100. */
  readonly speedPercent?: number;
  /** Begin paused, at power-on or at `state`. */
  readonly startPaused?: boolean;
  /** Throw-away frames before the clock starts. Default 90: the compiler is done after some 60. */
  readonly warmUpFrames?: number;
  /** How to raise the thread; `false` leaves its priority alone. Default: as far as is allowed. */
  readonly realtime?: Partial<RealtimeOptions> | false;
  /** How long the thread may give no sign of life. Default: as long as a player would wait. */
  readonly hungAfterMs?: number;
  /** Memory for rewinding; without it there is none. */
  readonly rewindBytes?: number;
  /** Make room for a presenter's text and a recording. */
  readonly forPlaying?: boolean;
  readonly state?: Uint8Array;
  readonly battery?: Uint8Array;
  /** A movie to play, and memory to record in. */
  readonly track?: TrackDescription;
}

/** Why a machine thread ended although nobody stopped it. */
export interface MachineFault {
  readonly kind: "threw" | "hung" | "exited";
  readonly message: string;
  readonly stack: string;
  /** The last state that was taken while all was well, and its frame as `tag`. */
  readonly lastGood: Snapshot | undefined;
}

/** What the machine thread said when it was ready. */
export interface MachineReady {
  readonly geometry: MachineGeometry;
  readonly stateBytes: number;
  /** Whether there is a disk drive. */
  readonly hasDisk: boolean;
  readonly steps: readonly RealtimeStep[];
  readonly warmUpMs: number;
}

/** Start-up compiles and warms up; a machine that is not there after this long never will be. */
const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 1000;
/** More commands than the ring holds: whoever waits finds what its own failed with. */
const MAX_FAILURES = 4096;
/** A sleep on the ring is cut into pieces of this length, so that the thread's end is noticed. */
const COMMAND_POLL_MS = 100;

/**
 * Main's side of a machine thread: starts it, tells it what to do, watches over it, and keeps what it
 * leaves behind. Methods that return promises resolve when the machine has done what they ask, and
 * reject with an `InputError` when it could not, or when its command ring is full.
 */
export class EmuClient {
  readonly ready: MachineReady;
  readonly blocks: SharedBlocks;
  /** To be posted with `blocks.buffer` to other threads, which then use `attachShared`. */
  readonly description: SharedDescription;
  /** Resolves when the thread has ended: with undefined after `stop`, else with what went wrong. */
  readonly ended: Promise<MachineFault | undefined>;
  readonly #worker: Worker;
  readonly #producer: CommandProducer;
  readonly #inputs: Readonly<Record<InputSourceName, InputWriter>>;
  /** What devices other than controllers see. */
  readonly devices: DeviceWriter;
  readonly #inbox: SnapshotWriter;
  readonly #failures: Failures;
  /** Commands that answer or ask by way of a shared cell take turns. */
  readonly #lock = new Lock();
  readonly #declareHung: () => void;
  #isRunning = true;

  private constructor(thread: StartedThread, hungAfterMs: number | undefined) {
    this.ready = thread.ready;
    this.blocks = thread.blocks;
    this.description = thread.description;
    this.#worker = thread.worker;
    this.#failures = thread.failures;
    this.#declareHung = thread.declareHung;
    this.#producer = new CommandProducer(thread.blocks.commands);
    this.#inbox = new SnapshotWriter(thread.blocks.inbox);
    const names = Object.keys(INPUT_SOURCES) as InputSourceName[];
    const inputs = names.map((name) => [name, new InputWriter(thread.blocks.inputs, name)] as const);
    this.#inputs = Object.fromEntries(inputs) as Record<InputSourceName, InputWriter>;
    this.devices = new DeviceWriter(thread.blocks.inputs);
    this.ended = watch(thread, hungAfterMs).then((fault) => {
      this.#isRunning = false;
      this.#worker.terminate();
      return fault;
    });
  }

  /**
   * Starts a machine thread and waits until it is ready to run. Rejects with the `InputError` that the
   * machine's constructor or the given state raised, or with an `Error` when the thread does not start.
   */
  static async start(options: EmuClientOptions): Promise<EmuClient> {
    return new EmuClient(await startThread(options), options.hungAfterMs);
  }

  /** Whether the thread still lives. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Buttons that `source` holds from now on, and those it presses again and again: a byte a port, port 0 lowest. */
  setButtons(source: InputSourceName, buttons: number, turbo = 0): void {
    this.#inputs[source].setButtons(buttons);
    this.#inputs[source].setTurbo(turbo);
  }

  /**
   * Queues a command without waiting for it. Returns its ticket, or −1 when the ring is full or the
   * thread has ended: nothing was queued then.
   */
  send(code: number, a = 0, b = 0, c = 0): number {
    return this.#isRunning ? this.#producer.push(code, a, b, c) : -1;
  }

  /** Queues a command and resolves when it has been carried out. */
  async command(code: number, a = 0, b = 0, c = 0): Promise<void> {
    const failuresBefore = this.#producer.failures;
    const ticket = this.send(code, a, b, c);
    if (ticket < 0) {
      const what = this.#isRunning ? "the machine's command queue is full" : "the machine has ended";
      throw new InputError("unavailable", what, "", this.#isRunning ? "try again" : "");
    }
    const words = this.blocks.commands;
    while (!this.#producer.isDone(ticket)) {
      if (!this.#isRunning) throw new InputError("unavailable", "the machine ended before it was done");
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

  /** Runs so many frames, as fast as it goes unless `isPaced`, then pauses; resolves when they are done. */
  async step(frames: number, isPaced = false): Promise<void> {
    const first = readStats(this.blocks.stats).frames;
    await this.command(codes.COMMAND_STEP, frames, isPaced ? 1 : 0);
    while (this.#isRunning && (readStats(this.blocks.stats).frames - first) >>> 0 < frames)
      await Bun.sleep(1);
  }

  /** Begins to run so many frames at the console's pace, and then to pause; resolves when it has begun. */
  startSteps(frames: number): Promise<void> {
    return this.command(codes.COMMAND_STEP, frames, 1);
  }

  /** Takes the disk out and puts a side in, counted from 0; the next one; or none. Fails without a drive. */
  changeDisk(side: number | "next" | "none"): Promise<void> {
    const argument = side === "next" ? codes.DISK_NEXT : side === "none" ? codes.DISK_NONE : side;
    return this.command(codes.COMMAND_DISK, argument);
  }

  /** The reset button, or a power cycle. */
  reset(kind: ResetKind): Promise<void> {
    return this.command(kind === "power" ? codes.COMMAND_POWER : codes.COMMAND_RESET);
  }

  /** Percent of real time, 10 to 10,000; 0 runs uncapped. */
  setSpeed(percent: number): Promise<void> {
    return this.command(codes.COMMAND_SPEED, percent);
  }

  /** Holds buttons for an exact number of frames, beside what the input sources hold. */
  hold(buttons: number, frames: number): Promise<void> {
    return this.command(codes.COMMAND_HOLD, buttons, frames);
  }

  /** Leaves sound channels out, by their bits (see `MachineGeometry.soundChannels`). */
  muteChannels(channels: number): Promise<void> {
    return this.command(codes.COMMAND_MUTE_CHANNELS, channels);
  }

  /** Runs backwards from now on, or goes on from where that has come to. */
  setRewinding(isRewinding: boolean): Promise<void> {
    return this.command(codes.COMMAND_REWIND, isRewinding ? 1 : 0);
  }

  /** Shows the picture of so many frames ahead, 0 to 3: games that answer late seem to answer at once. */
  setRunAhead(frames: number): Promise<void> {
    return this.command(codes.COMMAND_RUN_AHEAD, frames);
  }

  /** The picture published last: palette indices with emphasis bits. */
  picture(): Promise<Uint16Array<ArrayBuffer>> {
    return this.#lock.run(async () => {
      await this.command(codes.COMMAND_PICTURE);
      return new Uint16Array(readSnapshot(this.blocks.picture)!.bytes.buffer);
    });
  }

  /** These cheats and no others are in force. */
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

  /** A numbered state as bytes to keep in a file; undefined when it is empty. */
  slotState(slot: number): Snapshot | undefined {
    const cell = this.blocks.slots[slot];
    return cell === undefined ? undefined : readSnapshot(cell);
  }

  /** The machine's state between two frames, now. */
  async saveState(): Promise<Snapshot> {
    await this.command(codes.COMMAND_SNAPSHOT);
    return readSnapshot(this.blocks.lastGood)!;
  }

  /** Goes to a state that `saveState` or `slotState` gave. */
  async loadState(state: Uint8Array): Promise<void> {
    const { stateBytes } = this.ready;
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

  /** The last state that was taken while all was well; also when the thread is gone. */
  lastGoodState(): Snapshot | undefined {
    return readSnapshot(this.blocks.lastGood);
  }

  /** Battery-backed memory as of the last second, or of the end; undefined without a battery. */
  battery(): Snapshot | undefined {
    return readSnapshot(this.blocks.battery);
  }

  stats(): StatsSummary {
    return readStats(this.blocks.stats);
  }

  /** Ends the thread after a last copy of state and battery, by force if need be. */
  async stop(): Promise<MachineFault | undefined> {
    // A full ring is a ring that a hung thread no longer empties: the end is the same.
    this.send(codes.COMMAND_STOP);
    const cancel = afterRunningFor(STOP_TIMEOUT_MS, this.#declareHung);
    const fault = await this.ended;
    cancel();
    return fault;
  }

  /** Throws what that command failed with, if it has failed. `count` failures had happened when it was done. */
  async #throwFailureOf(ticket: number, count: number): Promise<void> {
    const failures = this.#failures;
    // Messages are posted before the ring counts them; they are in the event loop's queue.
    while (((failures.heard - count) | 0) < 0 && this.#isRunning) await Bun.sleep(1);
    const error = failures.errors.get(ticket);
    if (error === undefined) return;
    failures.errors.delete(ticket);
    throw error;
  }
}

/** What the machine thread has said of commands that failed. */
interface Failures {
  /** Messages so far (wraps as the ring's count does). */
  heard: number;
  /** By ticket, the newest ones: of commands that nobody waits for, nobody asks. */
  readonly errors: Map<number, Error>;
}

function noteFailure(failures: Failures, ticket: number, error: Error): void {
  const { errors } = failures;
  errors.set(ticket, error);
  failures.heard = (failures.heard + 1) | 0;
  for (const oldest of errors.keys()) {
    if (errors.size <= MAX_FAILURES) break;
    errors.delete(oldest);
  }
}

interface StartedThread {
  readonly worker: Worker;
  readonly blocks: SharedBlocks;
  readonly description: SharedDescription;
  readonly ready: MachineReady;
  readonly failures: Failures;
  /** Makes `over` resolve with "hung", unless it has resolved before. */
  readonly declareHung: () => void;
  /** Resolves when the thread says or shows that it is over, or when it is declared hung. */
  readonly over: Promise<Omit<MachineFault, "lastGood"> | undefined>;
}

async function startThread(options: EmuClientOptions): Promise<StartedThread> {
  const { machine } = options;
  const { blocks, description } = createShared({
    ...DEFAULT_SIZES,
    ...machine.sizes,
    ...(options.forPlaying === true ? PLAY_SIZES : {}),
    rewindBytes: options.rewindBytes ?? 0,
  });
  const worker = new Worker(machine.worker, { name: "emu-machine" });
  const failures: Failures = { heard: 0, errors: new Map() };
  const ready = Promise.withResolvers<MachineReady>();
  const over = Promise.withResolvers<Omit<MachineFault, "lastGood"> | undefined>();

  worker.onmessage = (event: MessageEvent<MachineMessage>) => {
    const message = event.data;
    if (message.type === "ready") ready.resolve(message);
    else if (message.type === "stopped") over.resolve(undefined);
    else if (message.type === "command-failed")
      noteFailure(failures, message.ticket, errorFromReport(message.error));
    else {
      ready.reject(errorFromReport(message.error));
      over.resolve({ kind: "threw", message: message.error.message, stack: message.error.stack });
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
  };
}

/** Waits for the thread's end, and declares it hung when its beat stops. */
async function watch(thread: StartedThread, hungAfterMs?: number): Promise<MachineFault | undefined> {
  const { stats, lastGood, commands, audio } = thread.blocks;
  const watchdog = new Watchdog(readHeartbeat(stats), performance.now(), hungAfterMs);
  const timer = setInterval(() => {
    if (watchdog.isHung(readHeartbeat(stats), performance.now())) thread.declareHung();
    // While paused they sleep for up to 100 ms; a clock that is set back would make that longer.
    wakeConsumer(commands);
    wakeAudioReader(audio);
  }, WATCHDOG_POLL_MS);
  timer.unref();
  const fault = await thread.over;
  clearInterval(timer);
  return fault === undefined ? undefined : { ...fault, lastGood: readSnapshot(lastGood) };
}
