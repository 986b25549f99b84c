import type { Arena } from "../../emu/arena.ts";
import type { Machine, MachineGeometry } from "../../emu/machine.ts";
import { sharedNowMs, sleepMs, threadCpuClock, threadCpuMs } from "../ffi/clock.ts";
import { Poster } from "../runtime/bell.ts";
import { CommandConsumer } from "../shared/command-ring.ts";
import { Histogram } from "../shared/histogram.ts";
import { InputLatch } from "../shared/input-words.ts";
import { attachShared, machineArena, type SharedBlocks } from "../shared/layout.ts";
import {
  MACHINE_FAULTED,
  MACHINE_PAUSED,
  MACHINE_RUNNING,
  MACHINE_STOPPED,
  STAT_FRAMES,
  STAT_HEARTBEAT,
  STAT_LATCHED_BUTTONS,
  STAT_MISSED,
  STAT_REANCHORED,
  STAT_SKIPPED,
  STAT_SPEED_PERCENT,
  STAT_STATE,
} from "../shared/layout-words.ts";
import { postedLog } from "../shared/log.ts";
import { addStat, setStat } from "../shared/stats.ts";
import { TripleBufferWriter } from "../shared/triple-buffer.ts";
import { ThreadPriority } from "../workers/realtime.ts";
import { ClassKeeper } from "./class-keeper.ts";
import { reportError } from "./error-report.ts";
import { FrameRunner } from "./frame-runner.ts";
import { MachineCommands } from "./machine-commands.ts";
import {
  type Arcade,
  type MachineMessage,
  NETPLAY_POST,
  type NetplayDescription,
  type StartMessage,
} from "./messages.ts";
import { MovieTrack } from "./movie-track.ts";
import { Pacer } from "./pacer.ts";
import { Rollback } from "./rollback.ts";

/** Builds the machine in the worker, in `arena`, from the payload of the start message. */
export type MachineFactory = (arena: Arena, payload: unknown) => Machine;

/** A paused thread still beats this often. */
const PAUSED_BEAT_MS = 100;
/** How often the last good state and the battery are copied. */
const SNAPSHOT_MS = 1000;
/** A machine that is always late still shows every fifth frame. */
const MAX_SKIPPED_IN_A_ROW = 4;
/** Warm-up must not keep the player waiting: a start takes less than half a second. */
const MAX_WARM_UP_MS = 250;

/**
 * The real-time side of emu: runs a machine frame by frame on the calling thread and does not return to its
 * event loop while it runs. Between two frames it executes commands and beats. It blocks only in its pacing
 * wait or, while paused, on the command ring. It allocates nothing while it runs.
 */
export class MachineThread {
  readonly #blocks: SharedBlocks;
  readonly #machine: Machine;
  readonly #commands: MachineCommands;
  readonly #ring: CommandConsumer;
  readonly #input: InputLatch;
  readonly #frames: TripleBufferWriter;
  /** The same pictures for spectators. */
  readonly #watched: TripleBufferWriter | undefined;
  readonly #frameRunner: FrameRunner;
  readonly #track: MovieTrack | undefined;
  readonly #rollback: Rollback | undefined;
  readonly #pacer: Pacer;
  readonly #priority: ThreadPriority | undefined;
  readonly #class: ClassKeeper | undefined;
  readonly #post: (message: MachineMessage) => void;
  readonly #work: Histogram;
  #geometry: MachineGeometry;
  #periodMs: number;
  /** `performance.now` counts from a thread's start; adding this gives `sharedNowMs`. */
  readonly #clockOriginMs = sharedNowMs() - performance.now();
  #nextSnapshotMs = 0;
  #skippedInARow = 0;

  /** Builds the machine, seals its arena, warms it up and reports to main that it is ready. */
  constructor(start: StartMessage, create: MachineFactory, post: (message: MachineMessage) => void) {
    this.#post = post;
    const blocks = attachShared(start.buffer, start.description);
    this.#blocks = blocks;
    const arena = machineArena(start.buffer, start.description);
    const machine = create(arena, start.payload);
    arena.seal();
    this.#machine = machine;
    checkSizes(machine, blocks);
    if (start.battery !== undefined) setBattery(machine, start.battery);

    this.#ring = new CommandConsumer(blocks.commands);
    this.#input = new InputLatch(blocks.inputs);
    this.#frames = new TripleBufferWriter(blocks.frames);
    if (blocks.sizes.hasSpectators === true) this.#watched = new TripleBufferWriter(blocks.watched);
    this.#commands = new MachineCommands(machine, blocks, this.#frames);
    this.#track = start.track === undefined ? undefined : new MovieTrack(machine, start.track);
    this.#commands.track = this.#track;
    this.#rollback = start.netplay === undefined ? undefined : this.#playWithOthers(start.netplay);
    this.#commands.rollback = this.#rollback;
    this.#frameRunner = new FrameRunner({
      machine,
      blocks,
      commands: this.#commands,
      input: this.#input,
      frames: this.#frames,
      track: this.#track,
      rollback: this.#rollback,
    });
    this.#commands.isPaused = start.startPaused;
    this.#commands.speedPercent = start.speedPercent;
    this.#pacer = new Pacer(new WorkerClock(), new Histogram(blocks.stats.lateness));
    this.#work = new Histogram(blocks.stats.work);
    this.#geometry = machine.geometry;
    this.#periodMs = 1000 / machine.geometry.frameRateHz;

    const warmUp = this.#warmUp(start.warmUpFrames);
    if (start.state !== undefined) machine.load(start.state);
    machine.setInput(this.#input);
    this.#commands.takeSnapshot();
    this.#priority = raisePriority(start, this.#periodMs);
    if (this.#priority !== undefined) {
      this.#class = new ClassKeeper(this.#priority, this.#pacer, threadCpuMs);
      this.#class.start(warmUp.lastCpuMs, this.#periodMs);
    }
    // Collect the garbage of start-up now, not during the first seconds of play.
    Bun.gc(true);
    this.#nextSnapshotMs = performance.now() + SNAPSHOT_MS;
    this.#logStart(start, warmUp);
    post({
      type: "ready",
      geometry: machine.geometry,
      stateBytes: machine.stateBytes,
      hasDisk: machine.disk !== undefined,
      coins: arcadeOf(machine),
      steps: this.#priority?.steps ?? [],
      warmUpMs: warmUp.milliseconds,
      cpuClock: threadCpuClock(),
    });
  }

  #playWithOthers({ block, poster }: NetplayDescription): Rollback {
    const post = new Poster(poster);
    return new Rollback(this.#machine, block, this.#input, {
      nowMs: () => this.#clockOriginMs + performance.now(),
      // A full queue means that main is late; it looks at the block whenever it wakes.
      onFrameTime: () => void post.post(NETPLAY_POST, 0),
    });
  }

  /** Logged before the clock starts: nothing is allocated after that. */
  #logStart(start: StartMessage, took: WarmUp): void {
    const log = postedLog(this.#post);
    const { stateBytes, batteryRam, geometry } = this.#machine;
    const { frameRateHz } = geometry;
    const machine = { stateBytes, batteryBytes: batteryRam.length, frameRateHz };
    const warmUp = { frames: start.warmUpFrames, milliseconds: Math.round(took.milliseconds) };
    log.info({ ...machine, warmUp, hasState: start.state !== undefined }, "the machine is ready");
    const steps = this.#priority?.steps;
    if (steps === undefined) log.debug({}, "the thread's priority is not changed");
    else log.info({ steps }, "the thread's priority");
  }

  /** Runs until a stop command or an exception of the machine. It reports both to main. */
  run(): void {
    try {
      while (!this.#commands.isStopping) this.#turn();
      this.#commands.takeSnapshot();
      this.#track?.finish();
      setStat(this.#blocks.stats, STAT_STATE, MACHINE_STOPPED);
      this.#post({ type: "stopped" });
    } catch (error) {
      setStat(this.#blocks.stats, STAT_STATE, MACHINE_FAULTED);
      this.#post({ type: "fault", error: reportError(error) });
    } finally {
      this.#priority?.lower();
    }
  }

  /** Waits for the next frame's time, executes commands, and runs the frame. */
  #turn(): void {
    const commands = this.#commands;
    if (commands.hasNewTempo) this.#startStretch();
    const isIdle = commands.isIdle;
    if (this.#rollback !== undefined)
      this.#pacer.setPeriod(this.#periodMs / (1 + this.#rollback.ratePpm / 1e6));
    if (isIdle) this.#ring.wait(PAUSED_BEAT_MS);
    else this.#pacer.waitForDeadline();
    addStat(this.#blocks.stats, STAT_HEARTBEAT, 1);
    this.#drainCommands();
    if (isIdle || commands.hasNewTempo || commands.isStopping) return;
    if (commands.isUnseen) this.#runUnseen();
    else this.#runFrame();
    if (commands.stepsLeft > 0 && --commands.stepsLeft === 0) commands.hasNewTempo = true;
  }

  #startStretch(): void {
    const commands = this.#commands;
    commands.hasNewTempo = false;
    const { isIdle } = commands;
    setStat(this.#blocks.stats, STAT_STATE, isIdle ? MACHINE_PAUSED : MACHINE_RUNNING);
    setStat(this.#blocks.stats, STAT_SPEED_PERCENT, commands.isRewinding ? 100 : commands.speedPercent);
    const speed = commands.isRewinding || commands.speedPercent === 0 ? 100 : commands.speedPercent;
    this.#pacer.restart(commands.isPaced ? (this.#periodMs * 100) / speed : 0);
    // A thread that idles takes nothing from others.
    if (!commands.isPaced && !isIdle) this.#priority?.lower();
  }

  #drainCommands(): void {
    const ring = this.#ring;
    for (let code = ring.take(); code !== 0; code = ring.take()) {
      try {
        this.#commands.execute(code, ring);
      } catch (error) {
        const report = reportError(error);
        if (report.input === undefined) throw error;
        this.#post({ type: "command-failed", ticket: ring.ticket, error: report });
        ring.fail();
      }
      ring.done();
    }
  }

  #runFrame(): void {
    const { stats } = this.#blocks;
    const machine = this.#machine;
    const began = performance.now();
    const hasRun = this.#frameRunner.run(this.#skippedInARow > 0);
    const isBehind = this.#pacer.finishFrame();
    const ended = performance.now();
    if (!hasRun) return;
    if (machine.geometry !== this.#geometry) this.#takeGeometry();
    if (isBehind && this.#skippedInARow < MAX_SKIPPED_IN_A_ROW) {
      this.#skippedInARow++;
      addStat(stats, STAT_SKIPPED, 1);
    } else {
      this.#skippedInARow = 0;
      this.#publish(this.#clockOriginMs + ended);
    }
    this.#work.record((ended - began) * 1000);
    setStat(stats, STAT_LATCHED_BUTTONS, machine.latchedButtons);
    setStat(stats, STAT_MISSED, this.#pacer.missed);
    setStat(stats, STAT_REANCHORED, this.#pacer.reanchored);
    addStat(stats, STAT_FRAMES, 1);
    this.#class?.frameDone();
    if (ended >= this.#nextSnapshotMs) {
      this.#nextSnapshotMs = ended + SNAPSHOT_MS;
      this.#commands.takeSnapshot();
    }
  }

  #publish(timeMs: number): void {
    const { frame, geometry } = this.#machine;
    const { width, height, frameRateHz, pixelAspect } = geometry;
    this.#frames.publish(frame, timeMs, width, height, frameRateHz, pixelAspect);
    const watched = this.#watched;
    if (watched === undefined) return;
    watched.pixels.set(this.#frames.published);
    watched.publish(frame, timeMs, width, height, frameRateHz, pixelAspect);
  }

  #runUnseen(): void {
    this.#frameRunner.runUnseen();
    this.#pacer.finishFrame();
    addStat(this.#blocks.stats, STAT_FRAMES, 1);
  }

  /** The machine's rates may have changed. */
  #takeGeometry(): void {
    this.#geometry = this.#machine.geometry;
    const periodMs = 1000 / this.#geometry.frameRateHz;
    if (periodMs !== this.#periodMs) this.#commands.hasNewTempo = true;
    this.#periodMs = periodMs;
  }

  /** Afterwards the machine is as it was before. */
  #warmUp(frames: number): WarmUp {
    const machine = this.#machine;
    const began = performance.now();
    const before = new Uint8Array(machine.stateBytes);
    let lastCpuMs: number | undefined;
    if (machine.hasStates === false) return { milliseconds: 0, lastCpuMs };
    machine.save(before);
    for (let i = 0; i < frames && performance.now() - began < MAX_WARM_UP_MS; i++) {
      const cpuBeganMs = threadCpuMs();
      machine.runFrame(this.#frames.pixels);
      lastCpuMs = cpuBeganMs === undefined ? undefined : threadCpuMs()! - cpuBeganMs;
    }
    machine.restore(before);
    this.#frames.pixels.fill(0);
    return { milliseconds: performance.now() - began, lastCpuMs };
  }
}

/** What the frames before the start have taken. */
interface WarmUp {
  readonly milliseconds: number;
  /** CPU time of the last one: the first ones are compiled. Undefined if there was none. */
  readonly lastCpuMs: number | undefined;
}

class WorkerClock {
  nowMs(): number {
    return performance.now();
  }

  sleepMs(milliseconds: number): void {
    sleepMs(milliseconds);
  }
}

function checkSizes(machine: Machine, blocks: SharedBlocks): void {
  const { sizes } = blocks;
  if (machine.stateBytes > sizes.stateBytes)
    throw new Error(`a state needs ${machine.stateBytes} bytes, ${sizes.stateBytes} are reserved`);
  if (machine.batteryRam.length > sizes.batteryBytes)
    throw new Error(
      `the battery needs ${machine.batteryRam.length} bytes, ${sizes.batteryBytes} are reserved`,
    );
  const { width, height } = machine.geometry;
  if (width * height > sizes.widthPixels * sizes.heightPixels)
    throw new Error(`the machine draws ${width} × ${height} pixels, the shared block has no room for them`);
}

/** A save file of another length is copied up to the shorter of the two lengths, as every emulator does. */
function setBattery(machine: Machine, battery: Uint8Array): void {
  machine.batteryRam.set(battery.subarray(0, machine.batteryRam.length));
}

function raisePriority(start: StartMessage, periodMs: number): ThreadPriority | undefined {
  if (start.realtime === undefined) return undefined;
  const priority = new ThreadPriority({ ...start.realtime, periodMs });
  priority.raise();
  priority.lower();
  priority.lockMemory(new Uint8Array(start.buffer, 0, start.description.offsets["lastGood.words"]));
  return priority;
}

declare const self: Worker;

/** Makes the calling worker a machine thread, which starts when main sends the start message. */
export function serveMachine(create: MachineFactory): void {
  const post = (message: MachineMessage) => postMessage(message);
  self.onmessage = (event: MessageEvent<StartMessage>) => {
    let thread: MachineThread;
    try {
      thread = new MachineThread(event.data, create, post);
    } catch (error) {
      post({ type: "fault", error: reportError(error) });
      return;
    }
    thread.run();
  };
}

function arcadeOf({ coins }: Machine): Arcade | undefined {
  if (coins === undefined) return undefined;
  const { hasPanel = false, slotCount, switches, switchCount, dips } = coins;
  return { hasPanel, slotCount, switches, switchCount, dips };
}
