import { InputError } from "../../emu/input-error.ts";
import type { Cheat, FramePixels, MemorySpace, ResetKind } from "../../emu/machine.ts";
import { CommandProducer } from "../shared/command-ring.ts";
import * as codes from "../shared/commands.ts";
import { DeviceWriter, type InputSourceName, InputWriter } from "../shared/input-words.ts";
import type { SharedBlocks, SharedDescription } from "../shared/layout.ts";
import { INPUT_SOURCES } from "../shared/layout-words.ts";
import { type Log, NO_LOG } from "../shared/log.ts";
import { readSnapshot, type Snapshot, SnapshotWriter } from "../shared/snapshot-cell.ts";
import { readStats, type StatsSummary } from "../shared/stats.ts";
import { afterRunningFor } from "../workers/patience.ts";
import type { EmuClientOptions, MachineFault } from "./client-options.ts";
import type { CommandFailures } from "./command-failures.ts";
import { Lock } from "./lock.ts";
import type { DiskSides } from "./machine-replies.ts";
import type { MachineReady } from "./messages.ts";
import { type StartedThread, startThread, superviseThread } from "./start-thread.ts";

export type { EmuClientOptions, MachineFault } from "./client-options.ts";
export type { MachineReady } from "./messages.ts";

/** The watchdog sees a thread that hangs. A busy computer can make others wait for their last work. */
const STOP_TIMEOUT_MS = 5000;
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

  /**
   * Ejects the disk and inserts a side, counted from 0, the next side, or none. Returns which one it was.
   * Fails without a drive.
   */
  changeDisk(side: number | "next" | "none"): Promise<DiskSides> {
    const argument = side === "next" ? codes.DISK_NEXT : side === "none" ? codes.DISK_NONE : side;
    return this.#lock.run(async () => {
      await this.command(codes.COMMAND_DISK, argument);
      return this.#jsonReply() as DiskSides;
    });
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

  /** Saves the machine's current state, between two frames. */
  async saveState(): Promise<Snapshot> {
    await this.command(codes.COMMAND_SNAPSHOT);
    return readSnapshot(this.blocks.lastGood)!;
  }

  /** Loads a state that `saveState` returned. */
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
      return this.#jsonReply() as Record<string, number>;
    });
  }

  #jsonReply(): unknown {
    return JSON.parse(new TextDecoder().decode(readSnapshot(this.blocks.reply)!.bytes));
  }

  /** The last state that was copied while the machine ran; also available after the thread's end. */
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
    const cancel = afterRunningFor(STOP_TIMEOUT_MS, this.#declareHung);
    // A full ring is soon empty, unless the thread hangs.
    while (this.#isRunning && this.send(codes.COMMAND_STOP) < 0) await Bun.sleep(1);
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
