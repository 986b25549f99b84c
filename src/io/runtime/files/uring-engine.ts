import { ptr } from "bun:ffi";
import { KernelMemory, pollMask, readinessOf } from "../linux/calls.ts";
import {
  OP_ACCEPT,
  OP_ASYNC_CANCEL,
  OP_CLOSE,
  OP_CONNECT,
  OP_FSYNC,
  OP_OPENAT,
  OP_POLL_ADD,
  OP_READ,
  OP_READ_FIXED,
  OP_TIMEOUT,
  OP_WRITE,
  Ring,
  type RingOptions,
  setAddress,
} from "../linux/ring.ts";
import { BlockingEngine } from "./blocking-engine.ts";
import { DEFAULT_MODE, O_CLOEXEC } from "./calls.ts";
import type { FileEngine } from "./engine.ts";
import type { Intents } from "./intents.ts";
import {
  BAD_FILE,
  CANCELLED,
  CURRENT_POSITION,
  FILE_ACCEPT,
  FILE_CANCEL,
  FILE_CLOSE,
  FILE_CONNECT,
  FILE_FSYNC,
  FILE_OPEN,
  FILE_POLL,
  FILE_READ,
  FILE_TIMEOUT,
  FILE_WRITE,
} from "./operations.ts";

const AT_FDCWD = -100;
const SOCK_NONBLOCK_CLOEXEC = 0x80800;
const REGISTER_BUFFERS = 0;
const TIMESPEC_BYTES = 16;

export interface UringOptions {
  /** Submissions that go to the kernel in one call. Measured best between 64 and 256. */
  readonly entries?: number;
  /**
   * Levels with fewer intents than this are plain calls: below it a ring's submission and completion
   * cost more than the calls that they save. Measured break-even: 2 to 4.
   */
  readonly leastForRing?: number;
  /** Register the arena, so that large reads need not pin it each time. Needs RLIMIT_MEMLOCK. */
  readonly registerArena?: boolean;
  /** Reads from this length on use the registered arena; smaller ones gain nothing. */
  readonly leastForRegistered?: number;
  readonly ring?: Partial<RingOptions>;
}

/**
 * Linux's io_uring: all intents of a level go to the kernel together and are waited for together. Few of
 * them are plain calls instead.
 */
export class UringEngine implements FileEngine {
  readonly name = "io_uring";
  /** Whether the kernel let us register the arena. */
  isArenaRegistered = false;
  readonly #ring: Ring;
  readonly #plain = new BlockingEngine();
  readonly #leastForRing: number;
  readonly #leastForRegistered: number;
  readonly #wantsRegistered: boolean;
  #arena: SharedArrayBuffer | undefined;
  #arenaAddress = 0;
  #pathAddress = 0;
  #paths: SharedArrayBuffer | undefined;
  /** A timespec for every timeout of a level: the kernel reads it when it takes the submission. */
  #times: KernelMemory | undefined;
  #inFlight = 0;

  /** Throws `InputError` ("unavailable") when the kernel has no io_uring for us. */
  constructor(options: UringOptions = {}) {
    this.#ring = new Ring({ entries: options.entries ?? 256, singleIssuer: true, ...options.ring });
    this.#leastForRing = options.leastForRing ?? 4;
    this.#leastForRegistered = options.leastForRegistered ?? 64 * 1024;
    this.#wantsRegistered = options.registerArena ?? false;
  }

  run(intents: Intents): void {
    this.#attach(intents);
    const { levels } = intents;
    for (let level = 0; level < levels; level++) this.#runLevel(intents, level, levels === 1);
  }

  async runAsync(intents: Intents): Promise<void> {
    this.run(intents);
  }

  close(): void {
    this.#ring.close();
  }

  #attach({ memory }: Intents): void {
    if (this.#arena !== memory.arena) {
      this.#arena = memory.arena;
      this.#arenaAddress = memory.arena.byteLength === 0 ? 0 : ptr(new Uint8Array(memory.arena));
      if (this.#wantsRegistered) this.#registerArena(memory.arena.byteLength);
    }
    if (this.#paths !== memory.paths) {
      this.#paths = memory.paths;
      this.#pathAddress = ptr(new Uint8Array(memory.paths));
    }
  }

  #registerArena(bytes: number): void {
    const vector = new KernelMemory(16);
    setAddress(vector.words, 0, this.#arenaAddress);
    setAddress(vector.words, 2, bytes);
    this.isArenaRegistered = this.#ring.register(REGISTER_BUFFERS, vector.address, 1) === 0;
  }

  #runLevel(intents: Intents, level: number, isOnly: boolean): void {
    const { count } = intents;
    if (count < this.#leastForRing || (!isOnly && !this.#isWorthwhile(intents, level))) {
      this.#runPlainly(intents, level);
      return;
    }
    for (let ticket = 0; ticket < count; ticket++) {
      if (intents.level[ticket] !== level) continue;
      if (this.#ring.room === 0) this.#turnOver(intents, this.#inFlight >> 1);
      const isSubmitted = this.#submit(intents, ticket);
      if (isSubmitted) this.#inFlight++;
    }
    while (this.#inFlight > 0) this.#turnOver(intents, this.#inFlight);
  }

  #isWorthwhile(intents: Intents, level: number): boolean {
    let inLevel = 0;
    for (let ticket = 0; ticket < intents.count; ticket++)
      if (intents.level[ticket] === level && ++inLevel >= this.#leastForRing) return true;
    return false;
  }

  #runPlainly(intents: Intents, level: number): void {
    for (let ticket = 0; ticket < intents.count; ticket++) {
      if (intents.level[ticket] !== level) continue;
      const operation = intents.operation[ticket];
      const isForSockets = operation === FILE_ACCEPT || operation === FILE_CONNECT;
      if (!isForSockets) intents.result[ticket] = this.#plain.perform(intents, ticket);
      else if (this.#submit(intents, ticket)) {
        this.#inFlight++;
        while (this.#inFlight > 0) this.#turnOver(intents, 1);
      }
    }
  }

  /** Gives the kernel what is queued, waits for at least so many ends, and notes all that there are. */
  #turnOver(intents: Intents, least: number): void {
    const ring = this.#ring;
    ring.enter(Math.max(0, least - ring.available));
    const ended = ring.available;
    for (let i = 0; i < ended; i++) {
      const completion = ring.completion(i);
      const ticket = ring.userData(completion);
      const result = ring.result(completion);
      const isPoll = intents.operation[ticket] === FILE_POLL && result > 0;
      intents.result[ticket] = isPoll ? readinessOf(result) : result;
    }
    ring.release(ended);
    this.#inFlight -= ended;
  }

  /** Queues one intent. False when its result is there already, because its file is not. */
  #submit(intents: Intents, ticket: number): boolean {
    const operation = intents.operation[ticket]!;
    let descriptor = -1;
    if (operation !== FILE_OPEN && operation !== FILE_TIMEOUT && operation !== FILE_CANCEL) {
      descriptor = intents.descriptor(ticket);
      if (descriptor < 0) {
        intents.result[ticket] = intents.file[ticket]! < -1 ? CANCELLED : BAD_FILE;
        return false;
      }
    }
    const { sqes } = this.#ring;
    const at = this.#ring.next();
    sqes[at + 1] = descriptor;
    sqes[at + 8] = ticket;
    if (operation === FILE_READ || operation === FILE_WRITE) this.#fillTransfer(intents, ticket, at);
    else if (operation === FILE_OPEN) this.#fillOpen(intents, ticket, at);
    else if (operation === FILE_CLOSE) sqes[at] = OP_CLOSE;
    else if (operation === FILE_FSYNC) sqes[at] = OP_FSYNC;
    else this.#fillOther(intents, ticket, at, operation);
    return true;
  }

  #fillOpen(intents: Intents, ticket: number, at: number): void {
    const { sqes } = this.#ring;
    sqes[at] = OP_OPENAT;
    sqes[at + 1] = AT_FDCWD;
    setAddress(sqes, at + 4, this.#pathAddress + intents.start[ticket]!);
    sqes[at + 6] = DEFAULT_MODE;
    sqes[at + 7] = intents.flags[ticket]! | O_CLOEXEC;
  }

  #fillTransfer(intents: Intents, ticket: number, at: number): void {
    const { sqes } = this.#ring;
    const length = intents.length[ticket]!;
    const offset = intents.offset[ticket]!;
    const isRead = intents.operation[ticket] === FILE_READ;
    const isRegistered = isRead && this.isArenaRegistered && length >= this.#leastForRegistered;
    sqes[at] = isRead ? (isRegistered ? OP_READ_FIXED : OP_READ) : OP_WRITE;
    if (offset === CURRENT_POSITION) {
      sqes[at + 2] = -1;
      sqes[at + 3] = -1;
    } else {
      setAddress(sqes, at + 2, offset);
    }
    setAddress(sqes, at + 4, this.#arenaAddress + intents.start[ticket]!);
    sqes[at + 6] = length;
  }

  #fillOther(intents: Intents, ticket: number, at: number, operation: number): void {
    const { sqes } = this.#ring;
    const start = intents.start[ticket]!;
    if (operation === FILE_POLL) {
      sqes[at] = OP_POLL_ADD;
      sqes[at + 7] = pollMask(intents.flags[ticket]!);
    } else if (operation === FILE_TIMEOUT) {
      this.#fillTimeout(intents, ticket, at);
    } else if (operation === FILE_CANCEL) {
      sqes[at] = OP_ASYNC_CANCEL;
      sqes[at + 4] = intents.length[ticket]!;
    } else if (operation === FILE_ACCEPT) {
      sqes[at] = OP_ACCEPT;
      sqes[at + 7] = SOCK_NONBLOCK_CLOEXEC;
    } else {
      sqes[at] = OP_CONNECT;
      setAddress(sqes, at + 4, this.#pathAddress + start);
      sqes[at + 2] = intents.length[ticket]!;
    }
  }

  #fillTimeout(intents: Intents, ticket: number, at: number): void {
    const { sqes } = this.#ring;
    this.#times ??= new KernelMemory(intents.memory.sizes.intents * TIMESPEC_BYTES);
    const nanoseconds = intents.offset[ticket]!;
    const seconds = Math.floor(nanoseconds / 1e9);
    const word = ticket * 4;
    this.#times.words[word] = seconds;
    this.#times.words[word + 1] = 0;
    this.#times.words[word + 2] = nanoseconds - seconds * 1e9;
    this.#times.words[word + 3] = 0;
    sqes[at] = OP_TIMEOUT;
    sqes[at + 1] = -1;
    setAddress(sqes, at + 4, this.#times.address + ticket * TIMESPEC_BYTES);
    sqes[at + 6] = 1;
  }
}
