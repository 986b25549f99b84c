import { ptr } from "bun:ffi";
import { sleepMs } from "../ffi/clock.ts";
import { errno, errnoText, linuxC, macSystem, windowsKernel, windowsMultimedia } from "../ffi/libc.ts";

/** The result of one step of the ladder. No step is required: without privileges only punctuality suffers. */
export interface RealtimeStep {
  readonly name: "fifo" | "nice" | "timer-slack" | "affinity" | "qos" | "time-constraint" | "memory-lock";
  readonly ok: boolean;
  /** What was set, or why it was not. */
  readonly reason: string;
}

export interface RealtimeOptions {
  /** True if the thread may ask for a real-time class. Never true for a thread that runs uncapped. */
  readonly realtimeClass: boolean;
  /** The CPU to stay on; undefined lets the kernel choose. */
  readonly cpu?: number;
  /** Time between two frames, and the longest time that one may compute: macOS asks for both. */
  readonly periodMs: number;
}

export const DEFAULT_REALTIME: RealtimeOptions = { realtimeClass: true, periodMs: 1000 / 60.0988 };

const SCHED_OTHER = 0;
const SCHED_FIFO = 1;
/** Threads that this thread starts later (JIT and collector helpers) must not inherit the class. */
const SCHED_RESET_ON_FORK = 0x4000_0000;
/** Above ordinary threads and below the kernel's own interrupt threads (50). */
const FIFO_PRIORITY = 10;
const PRIO_PROCESS = 0;
const NICE = -10;
const PR_SET_TIMERSLACK = 29;
const AFFINITY_BYTES = 128;

const QOS_CLASS_USER_INTERACTIVE = 0x21;
const QOS_CLASS_DEFAULT = 0x15;
const THREAD_STANDARD_POLICY = 1;
const THREAD_TIME_CONSTRAINT_POLICY = 2;

const THREAD_PRIORITY_TIME_CRITICAL = 15;
const THREAD_PRIORITY_HIGHEST = 2;
const THREAD_PRIORITY_NORMAL = 0;

/** Memory with a stable address for the small structures that calls read. */
const scratch = new SharedArrayBuffer(AFFINITY_BYTES);

/**
 * Raises another thread of this process on Linux: into the real-time class, otherwise as nice as is allowed.
 * For threads that other libraries have started and that start none themselves.
 */
export function raiseThread(threadId: number): void {
  const c = linuxC();
  if (c === undefined) return;
  const priority = new Int32Array(scratch);
  priority[0] = FIFO_PRIORITY;
  if (c.sched_setscheduler(threadId, SCHED_FIFO, ptr(priority)) !== 0)
    c.setpriority(PRIO_PROCESS, threadId, NICE);
}

/**
 * Raises the calling thread by a ladder of steps: FIFO, otherwise nice, and always the finest timers; on
 * macOS and Windows their counterparts. It can lower and raise the thread again around stretches that run
 * uncapped: a FIFO thread at full load loses 50 ms per second to the kernel's budget, and starves all other
 * threads.
 */
export class ThreadPriority {
  readonly steps: RealtimeStep[] = [];
  #options: RealtimeOptions;
  #isRaised = false;
  #hasClass = false;

  constructor(options: RealtimeOptions) {
    this.#options = options;
  }

  /** True if the thread has a real-time class now. */
  get isRaised(): boolean {
    return this.#isRaised;
  }

  /** True if `raise` gained a real-time class that `restore` can return to. */
  get hasClass(): boolean {
    return this.#hasClass;
  }

  /** Climbs the ladder. `steps` records the result of each step. */
  raise(): void {
    this.steps.length = 0;
    if (process.platform === "linux") this.#raiseOnLinux();
    else if (process.platform === "darwin") this.#raiseOnMac();
    else if (process.platform === "win32") this.#raiseOnWindows();
    this.#hasClass = this.#isRaised;
  }

  /** Leaves the real-time class if the thread is in one. Everything else that was gained stays. */
  lower(): void {
    if (!this.#isRaised) return;
    this.#isRaised = false;
    if (process.platform === "linux") this.#setLinuxClass(SCHED_OTHER, 0);
    else if (process.platform === "darwin") this.#setMacTimeConstraint(0);
    else setWindowsPriority(THREAD_PRIORITY_HIGHEST);
  }

  /** Returns to the real-time class that `raise` gained. */
  restore(): void {
    if (this.#isRaised || !this.#hasClass) return;
    if (process.platform === "linux")
      this.#isRaised = this.#setLinuxClass(SCHED_FIFO | SCHED_RESET_ON_FORK, FIFO_PRIORITY) === 0;
    else if (process.platform === "darwin")
      this.#isRaised = this.#setMacTimeConstraint(this.#options.periodMs) === 0;
    else this.#isRaised = setWindowsPriority(THREAD_PRIORITY_TIME_CRITICAL);
  }

  /** Undoes everything that can be undone: for a probe on a thread that must not stay raised. */
  undo(): void {
    this.lower();
    linuxC()?.prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0);
    const c = linuxC();
    c?.setpriority(PRIO_PROCESS, c.gettid(), 0);
    macSystem()?.pthread_set_qos_class_self_np(QOS_CLASS_DEFAULT, 0);
    if (process.platform === "win32") setWindowsPriority(THREAD_PRIORITY_NORMAL);
    windowsMultimedia()?.timeEndPeriod(1);
  }

  /** Locks `bytes` of `view` into memory, so that they are never paged out. */
  lockMemory(view: Uint8Array<SharedArrayBuffer>): void {
    const c = linuxC() ?? macSystem();
    if (c === undefined) return;
    const ok = c.mlock(ptr(view), view.byteLength) === 0;
    this.#report("memory-lock", ok, ok ? `${view.byteLength} bytes` : errnoText(errno()));
  }

  #report(name: RealtimeStep["name"], ok: boolean, reason: string): void {
    this.steps.push({ name, ok, reason });
  }

  #raiseOnLinux(): void {
    const c = linuxC();
    if (c === undefined) {
      this.#report("fifo", false, "no C library could be opened");
      return;
    }
    if (this.#options.realtimeClass) {
      const code = this.#setLinuxClass(SCHED_FIFO | SCHED_RESET_ON_FORK, FIFO_PRIORITY);
      this.#isRaised = code === 0;
      this.#report("fifo", code === 0, code === 0 ? `priority ${FIFO_PRIORITY}` : errnoText(code));
    } else {
      this.#report("fifo", false, "not requested");
    }
    // Set even with FIFO: it is what remains when the thread leaves the class.
    const isNice = c.setpriority(PRIO_PROCESS, c.gettid(), NICE) === 0;
    this.#report("nice", isNice, isNice ? `${NICE}` : errnoText(errno()));
    const isFine = c.prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0) === 0;
    this.#report("timer-slack", isFine, isFine ? "1 ns" : errnoText(errno()));
    if (this.#options.cpu !== undefined) this.#pinOnLinux(this.#options.cpu);
  }

  /** Returns 0 or errno. */
  #setLinuxClass(policy: number, priority: number): number {
    new Int32Array(scratch)[0] = priority;
    return linuxC()!.sched_setscheduler(0, policy, ptr(new Int32Array(scratch))) === 0 ? 0 : errno();
  }

  #pinOnLinux(cpu: number): void {
    const mask = new Uint8Array(scratch).fill(0);
    mask[cpu >> 3] = 1 << (cpu & 7);
    const ok = linuxC()!.sched_setaffinity(0, AFFINITY_BYTES, ptr(mask)) === 0;
    this.#report("affinity", ok, ok ? `CPU ${cpu}` : errnoText(errno()));
  }

  #raiseOnMac(): void {
    const system = macSystem();
    if (system === undefined) {
      this.#report("qos", false, "libSystem could not be opened");
      return;
    }
    const code = system.pthread_set_qos_class_self_np(QOS_CLASS_USER_INTERACTIVE, 0);
    this.#report("qos", code === 0, code === 0 ? "user interactive" : errnoText(code));
    if (!this.#options.realtimeClass) {
      this.#report("time-constraint", false, "not requested");
      return;
    }
    const result = this.#setMacTimeConstraint(this.#options.periodMs);
    this.#isRaised = result === 0;
    this.#report("time-constraint", result === 0, result === 0 ? "set" : `kern_return ${result}`);
    if (this.#options.cpu !== undefined) this.#report("affinity", false, "macOS has no hard affinity");
  }

  /** Sets the period; 0 restores the standard policy. Returns a kern_return_t, 0 for success. */
  #setMacTimeConstraint(periodMs: number): number {
    const system = macSystem()!;
    const words = new Uint32Array(scratch);
    if (periodMs === 0)
      return system.thread_policy_set(system.mach_thread_self(), THREAD_STANDARD_POLICY, ptr(words), 0);
    system.mach_timebase_info(ptr(words));
    const ticksPerMs = (1e6 * words[1]!) / words[0]!;
    words[0] = periodMs * ticksPerMs; // period
    words[1] = periodMs * ticksPerMs * 0.25; // computation
    words[2] = periodMs * ticksPerMs * 0.5; // constraint
    words[3] = 1; // preemptible
    return system.thread_policy_set(system.mach_thread_self(), THREAD_TIME_CONSTRAINT_POLICY, ptr(words), 4);
  }

  #raiseOnWindows(): void {
    const isFine = windowsMultimedia()?.timeBeginPeriod(1) === 0;
    this.#report("timer-slack", isFine, isFine ? "1 ms" : "timeBeginPeriod failed");
    const priority = this.#options.realtimeClass ? THREAD_PRIORITY_TIME_CRITICAL : THREAD_PRIORITY_HIGHEST;
    const ok = setWindowsPriority(priority);
    this.#isRaised = ok && this.#options.realtimeClass;
    this.#report("nice", ok, ok ? `priority ${priority}` : `error ${windowsKernel()?.GetLastError() ?? 0}`);
    if (this.#options.cpu === undefined) return;
    const kernel = windowsKernel();
    const pinned = kernel?.SetThreadAffinityMask(kernel.GetCurrentThread(), 2 ** this.#options.cpu);
    this.#report("affinity", Boolean(pinned), pinned ? `CPU ${this.#options.cpu}` : "refused");
  }
}

function setWindowsPriority(priority: number): boolean {
  const kernel = windowsKernel();
  return kernel !== undefined && kernel.SetThreadPriority(kernel.GetCurrentThread(), priority) !== 0;
}

/** What this computer gives a thread that must be on time: the "realtime" part of `emu doctor`. */
export interface RealtimeReport {
  readonly platform: string;
  readonly steps: readonly RealtimeStep[];
  /** How late a 2 ms sleep ends on a raised thread: the median and the worst of 25. */
  readonly sleepOvershootMicroseconds: { readonly p50: number; readonly max: number };
}

/** Climbs the ladder on the calling thread, measures its sleeps, and steps down again. Takes 60 ms. */
export function probeRealtime(): RealtimeReport {
  const priority = new ThreadPriority(DEFAULT_REALTIME);
  priority.raise();
  const overshoots: number[] = [];
  for (let i = 0; i < 25; i++) {
    const start = performance.now();
    sleepMs(2);
    overshoots.push((performance.now() - start - 2) * 1000);
  }
  priority.undo();
  overshoots.sort((a, b) => a - b);
  return {
    platform: `${process.platform}-${process.arch}`,
    steps: priority.steps,
    sleepOvershootMicroseconds: { p50: Math.round(overshoots[12]!), max: Math.round(overshoots[24]!) },
  };
}
