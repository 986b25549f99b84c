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
import { MeasuredChoice } from "./choice.ts";
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
/** Intents that the assistant has in hand at a time, and those done here between two looks at it. */
const ASSIST_CHUNK = 64;
const OWN_CHUNK = 32;
/** The assistant's kernel thread sleeps after that long without work: it spins until then. */
const ASSIST_IDLE_MS = 1;

export interface UringOptions {
  /** Submissions that go to the kernel in one call. Measured best between 64 and 256. */
  readonly entries?: number;
  /**
   * Levels with fewer intents than this are plain calls: below it a ring's submission and completion
   * cost more than the calls that they save. Measured break-even: 2 to 4.
   */
  readonly leastForRing?: number;
  /**
   * Levels with at least this many intents are shared with a second ring, whose kernel thread carries its
   * part out on another core meanwhile, as long as that measures quicker. Infinity never does. Default 128
   * where there are two cores.
   */
  readonly leastForAssist?: number;
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
  /** Operations that went to the kernel by a ring, and those of them that went together with three others or more. */
  submitted = 0;
  submittedTogether = 0;
  /** Whether the kernel let us register the arena. */
  isArenaRegistered = false;
  readonly #ring: Ring;
  readonly #plain = new BlockingEngine();
  readonly #leastForRing: number;
  readonly #leastForRegistered: number;
  readonly #wantsRegistered: boolean;
  readonly #leastForAssist: number;
  #assistant: Ring | undefined;
  /** With or without the assistant, by batch: a busy computer has no core to spare. */
  readonly #choice = new MeasuredChoice();
  /** Tickets of the level under way. */
  #tickets = new Int32Array(0);
  #arena: SharedArrayBuffer | undefined;
  #arenaAddress = 0;
  #pathAddress = 0;
  #paths: SharedArrayBuffer | undefined;
  /** A timespec for every timeout of a level: the kernel reads it when it takes the submission. */
  #times: KernelMemory | undefined;

  /** Throws `InputError` ("unavailable") when the kernel has no io_uring for us. */
  constructor(options: UringOptions = {}) {
    this.#ring = new Ring({ entries: options.entries ?? 256, singleIssuer: true, ...options.ring });
    this.#leastForRing = options.leastForRing ?? 4;
    this.#leastForRegistered = options.leastForRegistered ?? 64 * 1024;
    this.#wantsRegistered = options.registerArena ?? false;
    this.#leastForAssist =
      options.leastForAssist ?? (navigator.hardwareConcurrency > 1 ? 128 : Number.POSITIVE_INFINITY);
  }

  run(intents: Intents): void {
    this.#attach(intents);
    const isLarge = intents.count >= this.#leastForAssist;
    const way = isLarge ? this.#choice.next() : 0;
    const start = performance.now();
    const { levels } = intents;
    for (let level = 0; level < levels; level++) {
      const count = this.#collectLevel(intents, level);
      if (count < this.#leastForRing) this.#runPlainly(intents, count);
      else if (way === 1 && count >= this.#leastForAssist) this.#runAssisted(intents, count);
      else this.#runOnRing(intents, 0, count);
    }
    if (isLarge) this.#choice.note(way, (performance.now() - start) / intents.count);
  }

  async runAsync(intents: Intents): Promise<void> {
    this.run(intents);
  }

  close(): void {
    this.#ring.close();
    this.#assistant?.close();
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

  /** Notes the tickets of a level; returns how many there are. */
  #collectLevel(intents: Intents, level: number): number {
    if (this.#tickets.length < intents.count) this.#tickets = new Int32Array(intents.memory.sizes.intents);
    let count = 0;
    for (let ticket = 0; ticket < intents.count; ticket++)
      if (intents.level[ticket] === level) this.#tickets[count++] = ticket;
    return count;
  }

  /** Carries out tickets `from` to `to` of the level, as many together as the ring holds. */
  #runOnRing(intents: Intents, from: number, to: number): void {
    const ring = this.#ring;
    let inFlight = 0;
    for (let at = from; at < to || inFlight > 0; ) {
      const before = inFlight;
      while (at < to && ring.room > 0) if (this.#submit(ring, intents, this.#tickets[at++]!)) inFlight++;
      this.#count(inFlight - before);
      // With more to come, half of the room is enough to go on with.
      const least = at < to ? inFlight >> 1 : inFlight;
      ring.enter(Math.max(0, least - ring.available));
      inFlight -= this.#reap(ring, intents);
    }
  }

  /** Shares a level with the assistant: it gets a chunk whenever it has nothing in hand. */
  #runAssisted(intents: Intents, count: number): void {
    this.#assistant ??= new Ring({ entries: ASSIST_CHUNK, sqPollIdleMs: ASSIST_IDLE_MS });
    const assistant = this.#assistant;
    let inHand = 0;
    for (let at = 0; at < count || inHand > 0; ) {
      inHand -= this.#reap(assistant, intents);
      if (inHand === 0 && at < count) {
        const end = Math.min(count, at + ASSIST_CHUNK);
        while (at < end) if (this.#submit(assistant, intents, this.#tickets[at++]!)) inHand++;
        this.#count(inHand);
        assistant.enter(0);
      }
      const end = Math.min(count, at + OWN_CHUNK);
      if (at < end) this.#runOnRing(intents, at, end);
      else if (inHand > 0) assistant.enter(inHand);
      at = end;
    }
  }

  #runPlainly(intents: Intents, count: number): void {
    for (let at = 0; at < count; at++) {
      const ticket = this.#tickets[at]!;
      const operation = intents.operation[ticket];
      const isForSockets = operation === FILE_ACCEPT || operation === FILE_CONNECT;
      if (isForSockets) this.#runOnRing(intents, at, at + 1);
      else intents.result[ticket] = this.#plain.perform(intents, ticket);
    }
  }

  #count(together: number): void {
    this.submitted += together;
    if (together >= 4) this.submittedTogether += together;
  }

  /** Notes the results that are there; returns how many. */
  #reap(ring: Ring, intents: Intents): number {
    const ended = ring.available;
    for (let i = 0; i < ended; i++) {
      const completion = ring.completion(i);
      const ticket = ring.userData(completion);
      const result = ring.result(completion);
      const isPoll = intents.operation[ticket] === FILE_POLL && result > 0;
      intents.result[ticket] = isPoll ? readinessOf(result) : result;
    }
    if (ended > 0) ring.release(ended);
    return ended;
  }

  /** Queues one intent. False when its result is there already, because its file is not. */
  #submit(ring: Ring, intents: Intents, ticket: number): boolean {
    const operation = intents.operation[ticket]!;
    let descriptor = -1;
    if (operation !== FILE_OPEN && operation !== FILE_TIMEOUT && operation !== FILE_CANCEL) {
      descriptor = intents.descriptor(ticket);
      if (descriptor < 0) {
        intents.result[ticket] = intents.file[ticket]! < -1 ? CANCELLED : BAD_FILE;
        return false;
      }
    }
    const { sqes } = ring;
    const at = ring.next();
    sqes[at + 1] = descriptor;
    sqes[at + 8] = ticket;
    if (operation === FILE_READ || operation === FILE_WRITE) this.#fillTransfer(ring, intents, ticket, at);
    else if (operation === FILE_OPEN) this.#fillOpen(sqes, intents, ticket, at);
    else if (operation === FILE_CLOSE) sqes[at] = OP_CLOSE;
    else if (operation === FILE_FSYNC) sqes[at] = OP_FSYNC;
    else this.#fillOther(sqes, intents, ticket, at, operation);
    return true;
  }

  #fillOpen(sqes: Int32Array, intents: Intents, ticket: number, at: number): void {
    sqes[at] = OP_OPENAT;
    sqes[at + 1] = AT_FDCWD;
    setAddress(sqes, at + 4, this.#pathAddress + intents.start[ticket]!);
    sqes[at + 6] = DEFAULT_MODE;
    sqes[at + 7] = intents.flags[ticket]! | O_CLOEXEC;
  }

  #fillTransfer(ring: Ring, intents: Intents, ticket: number, at: number): void {
    const { sqes } = ring;
    const length = intents.length[ticket]!;
    const offset = intents.offset[ticket]!;
    const isRead = intents.operation[ticket] === FILE_READ;
    const isRegistered =
      isRead && ring === this.#ring && this.isArenaRegistered && length >= this.#leastForRegistered;
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

  #fillOther(sqes: Int32Array, intents: Intents, ticket: number, at: number, operation: number): void {
    const start = intents.start[ticket]!;
    if (operation === FILE_POLL) {
      sqes[at] = OP_POLL_ADD;
      sqes[at + 7] = pollMask(intents.flags[ticket]!);
    } else if (operation === FILE_TIMEOUT) {
      this.#fillTimeout(sqes, intents, ticket, at);
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

  #fillTimeout(sqes: Int32Array, intents: Intents, ticket: number, at: number): void {
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
