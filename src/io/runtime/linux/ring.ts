import { type Pointer, toArrayBuffer } from "bun:ffi";
import { errno } from "../../ffi/libc.ts";
import { callError, EINTR, KernelMemory, libc } from "./calls.ts";

const SYS_SETUP = 425;
const SYS_ENTER = 426;
const SYS_REGISTER = 427;

const SETUP_SQPOLL = 1 << 1;
const SETUP_CQSIZE = 1 << 3;
const SETUP_COOP_TASKRUN = 1 << 8;
const SETUP_SINGLE_ISSUER = 1 << 12;
const SETUP_DEFER_TASKRUN = 1 << 13;
const REGISTER_FILES2 = 13;
const REGISTER_SPARSE = 1;
const FEATURE_SINGLE_MMAP = 1;
const FEATURE_EXT_ARG = 1 << 8;
const ENTER_GETEVENTS = 1;
const ENTER_SQ_WAKEUP = 2;
const ENTER_EXT_ARG = 8;
const SQ_NEED_WAKEUP = 1;
const OFFSET_SQES = 0x1000_0000;
const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATE = 0x8001;
const ETIME = 62;
const EBUSY = 16;
const EAGAIN = 11;

/** Words of `struct io_uring_params`. */
const PARAMS_BYTES = 120;
const PARAM_SQ_ENTRIES = 0;
const PARAM_CQ_ENTRIES = 1;
const PARAM_FLAGS = 2;
const PARAM_SQ_IDLE = 4;
const PARAM_FEATURES = 5;
const PARAM_SQ_OFFSETS = 10;
const PARAM_CQ_OFFSETS = 20;

const SQE_WORDS = 16;
const USED_WORDS = 12;
const CQE_WORDS = 4;

/** Opcodes of the operations that are used. */
export const OP_FSYNC = 3;
export const OP_READ_FIXED = 4;
export const OP_POLL_ADD = 6;
export const OP_POLL_REMOVE = 7;
export const OP_TIMEOUT = 11;
export const OP_ACCEPT = 13;
export const OP_ASYNC_CANCEL = 14;
export const OP_CONNECT = 16;
export const OP_OPENAT = 18;
export const OP_CLOSE = 19;
export const OP_READ = 22;
export const OP_WRITE = 23;

/** Flags in a submission's first word. The descriptor is an index into the ring's own file table. */
export const SQE_FIXED_FILE = 1 << 8;
/** The next submission starts when this one is done, and is cancelled if this one fails. */
export const SQE_LINK = 1 << 10;
/** The next submission starts when this one is done, even if it failed. */
export const SQE_HARD_LINK = 1 << 11;

export interface RingOptions {
  /** Maximum number of waiting submissions, a power of two. */
  readonly entries: number;
  /** Maximum number of waiting completions, a power of two; by default twice the submissions. */
  readonly completions?: number;
  /**
   * Only the thread that creates the ring uses it; late completions are processed when that thread waits for
   * them.
   */
  readonly singleIssuer?: boolean;
  /** A kernel thread polls for submissions; it sleeps after this many idle milliseconds. */
  readonly sqPollIdleMs?: number;
}

/**
 * An io_uring: submissions and completions as words in memory shared with the kernel. Fill a submission at
 * the index that `next` returns, call `enter`, then walk the completions with `completion`.
 * https://kernel.dk/io_uring.pdf
 */
export class Ring {
  readonly descriptor: number;
  readonly entries: number;
  /** Submissions, 16 words each. */
  readonly sqes: Int32Array;
  readonly #ring: Int32Array;
  readonly #mappings: [address: Pointer, bytes: number][] = [];
  readonly #sqTail: number;
  readonly #sqHead: number;
  readonly #sqMask: number;
  readonly #sqFlags: number;
  readonly #cqHead: number;
  readonly #cqTail: number;
  readonly #cqMask: number;
  readonly #cqes: number;
  readonly #isSqPoll: boolean;
  readonly #arguments = new KernelMemory(24);
  readonly #timespec = new KernelMemory(16);
  /** Submissions that were filled and not yet passed to the kernel. */
  #pending = 0;
  #tail: number;

  /** Throws `InputError` ("unavailable") if the kernel has no io_uring or does not permit it. */
  constructor(options: RingOptions) {
    const params = new KernelMemory(PARAMS_BYTES);
    this.descriptor = setUp(params, options);
    this.#isSqPoll = options.sqPollIdleMs !== undefined;
    const { words } = params;
    const features = words[PARAM_FEATURES]!;
    if ((features & FEATURE_SINGLE_MMAP) === 0 || (features & FEATURE_EXT_ARG) === 0) {
      libc().close(this.descriptor);
      throw callError("io_uring_setup: features of Linux 5.11", 38);
    }
    this.entries = words[PARAM_SQ_ENTRIES]!;
    const sq = (field: number) => words[PARAM_SQ_OFFSETS + field]!;
    const cq = (field: number) => words[PARAM_CQ_OFFSETS + field]!;
    const arrayStart = sq(6);
    const cqesStart = cq(5);
    const ringBytes = Math.max(
      arrayStart + this.entries * 4,
      cqesStart + words[PARAM_CQ_ENTRIES]! * CQE_WORDS * 4,
    );
    this.#ring = new Int32Array(this.#map(ringBytes & ~3, 0));
    this.sqes = new Int32Array(this.#map(this.entries * SQE_WORDS * 4, OFFSET_SQES));
    this.#sqHead = sq(0) >> 2;
    this.#sqTail = sq(1) >> 2;
    this.#sqMask = this.#ring[sq(2) >> 2]!;
    this.#sqFlags = sq(4) >> 2;
    this.#cqHead = cq(0) >> 2;
    this.#cqTail = cq(1) >> 2;
    this.#cqMask = this.#ring[cq(2) >> 2]!;
    this.#cqes = cqesStart >> 2;
    // Submission n always goes into slot n: the indirection is not needed.
    for (let i = 0; i < this.entries; i++) this.#ring[(arrayStart >> 2) + i] = i;
    this.#tail = Atomics.load(this.#ring, this.#sqTail);
  }

  /** Submissions that can be filled before the next `enter`. */
  get room(): number {
    return this.entries - ((this.#tail - Atomics.load(this.#ring, this.#sqHead)) | 0);
  }

  /** Returns the index in `sqes` of the next free submission's first word, cleared. There must be `room`. */
  next(): number {
    const { sqes } = this;
    const at = (this.#tail & this.#sqMask) * SQE_WORDS;
    // The last four words belong to operations that are not used: they stay zero.
    for (let word = at; word < at + USED_WORDS; word++) sqes[word] = 0;
    this.#tail = (this.#tail + 1) | 0;
    this.#pending++;
    return at;
  }

  /**
   * Passes filled submissions to the kernel and waits until `least` completions have arrived, the time is
   * over (negative: no limit), or a signal arrived. Returns how many submissions the kernel took.
   */
  enter(least: number, timeoutNs = -1): number {
    Atomics.store(this.#ring, this.#sqTail, this.#tail);
    let flags = least > 0 ? ENTER_GETEVENTS : 0;
    if (this.#isSqPoll) {
      if ((Atomics.load(this.#ring, this.#sqFlags) & SQ_NEED_WAKEUP) !== 0) flags |= ENTER_SQ_WAKEUP;
      else if (least === 0) {
        this.#pending = 0;
        return 0;
      }
    }
    const isTimed = least > 0 && timeoutNs >= 0;
    const argument = isTimed ? this.#timeArgument(timeoutNs) : 0;
    if (isTimed) flags |= ENTER_EXT_ARG;
    const taken = libc().syscall(
      SYS_ENTER,
      this.descriptor,
      this.#pending,
      least,
      flags,
      argument,
      isTimed ? 24 : 0,
    );
    if (taken >= 0) {
      this.#pending = this.#isSqPoll ? 0 : this.#pending - taken;
      return taken;
    }
    const code = errno();
    if (code === ETIME || code === EINTR) {
      // The submissions were taken; only the wait ended early.
      this.#pending = (this.#tail - Atomics.load(this.#ring, this.#sqHead)) | 0;
      return 0;
    }
    // Completions must be reaped before more can go in.
    if (code === EBUSY || code === EAGAIN) return 0;
    throw callError("io_uring_enter", code);
  }

  /** Number of waiting completions. */
  get available(): number {
    return (Atomics.load(this.#ring, this.#cqTail) - Atomics.load(this.#ring, this.#cqHead)) | 0;
  }

  /** Index of the n-th waiting completion, for the next three methods. */
  completion(n: number): number {
    const head = Atomics.load(this.#ring, this.#cqHead);
    return this.#cqes + ((head + n) & this.#cqMask) * CQE_WORDS;
  }

  /** Low word of a completion's user data. */
  userData(completion: number): number {
    return this.#ring[completion]! >>> 0;
  }

  /** High word of a completion's user data. */
  userDataHigh(completion: number): number {
    return this.#ring[completion + 1]! >>> 0;
  }

  /** A completion's result: a negative errno, or what the operation returns. */
  result(completion: number): number {
    return this.#ring[completion + 2]!;
  }

  /** Returns the oldest `count` completions to the kernel. */
  release(count: number): void {
    Atomics.store(this.#ring, this.#cqHead, (Atomics.load(this.#ring, this.#cqHead) + count) | 0);
  }

  /** `io_uring_register`: returns its result or −errno. */
  register(operation: number, address: number, count: number): number {
    const result = libc().syscall(SYS_REGISTER, this.descriptor, operation, address, count, 0, 0);
    return result < 0 ? -errno() : result;
  }

  /**
   * Reserves an empty table for the ring's own files. Returns false if the kernel cannot (before Linux 5.19).
   */
  registerFileTable(files: number): boolean {
    const argument = new KernelMemory(32);
    argument.words[0] = files;
    argument.words[1] = REGISTER_SPARSE;
    return this.register(REGISTER_FILES2, argument.address as number, 32) === 0;
  }

  close(): void {
    libc().close(this.descriptor);
    for (const [address, bytes] of this.#mappings) libc().munmap(address, bytes);
    this.#mappings.length = 0;
  }

  #map(bytes: number, offset: number): ArrayBuffer {
    const address = libc().mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED_POPULATE, this.descriptor, offset);
    if (address === null || Number(address) <= 0 || Number(address) > 2 ** 63)
      throw callError("mmap of an io_uring");
    this.#mappings.push([address as Pointer, bytes]);
    return toArrayBuffer(address as Pointer, 0, bytes);
  }

  #timeArgument(timeoutNs: number): number {
    const seconds = Math.floor(timeoutNs / 1e9);
    const time = this.#timespec.words;
    time[0] = Math.min(0x7fff_ffff, seconds);
    time[1] = 0;
    time[2] = Math.min(999_999_999, Math.ceil(timeoutNs - seconds * 1e9));
    time[3] = 0;
    const { words, address } = this.#arguments;
    setAddress(words, 4, this.#timespec.address);
    return address as number;
  }
}

/** Stores an address as two words, low one first. */
export function setAddress(words: Int32Array, at: number, address: number): void {
  words[at] = address | 0;
  words[at + 1] = Math.floor(address / 2 ** 32);
}

function setUp(params: KernelMemory, options: RingOptions): number {
  const { words, address } = params;
  let flags = 0;
  if (options.completions !== undefined) flags |= SETUP_CQSIZE;
  if (options.sqPollIdleMs !== undefined) flags |= SETUP_SQPOLL;
  // Older kernels reject unknown flags; the optional ones are then left out.
  const helpful =
    options.singleIssuer === true && (flags & SETUP_SQPOLL) === 0
      ? [SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN, SETUP_COOP_TASKRUN, 0]
      : [0];
  for (const extra of helpful) {
    words.fill(0);
    words[PARAM_CQ_ENTRIES] = options.completions ?? 0;
    words[PARAM_FLAGS] = flags | extra;
    words[PARAM_SQ_IDLE] = options.sqPollIdleMs ?? 0;
    const descriptor = libc().syscall(SYS_SETUP, options.entries, address as number, 0, 0, 0, 0);
    if (descriptor >= 0) return descriptor;
    if (extra === 0) throw callError("io_uring_setup");
  }
  throw new Error("unreachable");
}
