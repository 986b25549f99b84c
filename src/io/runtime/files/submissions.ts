import { ptr } from "bun:ffi";
import { KernelMemory, pollMask } from "../linux/calls.ts";
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
  type Ring,
  SQE_FIXED_FILE,
  SQE_HARD_LINK,
  SQE_LINK,
  setAddress,
} from "../linux/ring.ts";
import { DEFAULT_MODE, O_CLOEXEC, SOCK_NONBLOCK_CLOEXEC } from "./calls.ts";
import type { Intents } from "./intents.ts";
import {
  BAD_FILE,
  CANCELLED,
  CURRENT_POSITION,
  FILE_ACCEPT,
  FILE_CANCEL,
  FILE_CLOSE,
  FILE_FSYNC,
  FILE_OPEN,
  FILE_POLL,
  FILE_READ,
  FILE_TIMEOUT,
  FILE_WRITE,
} from "./operations.ts";

const AT_FDCWD = -100;
const REGISTER_BUFFERS = 0;
const UNREGISTER_BUFFERS = 1;
const TIMESPEC_BYTES = 16;
/** No ring. */
const NEVER = Number.POSITIVE_INFINITY;

/** Writes intents into submissions of a ring. The words are those of `struct io_uring_sqe`. */
export class Submissions {
  #arena: SharedArrayBuffer | undefined;
  #arenaAddress = 0;
  #paths: SharedArrayBuffer | undefined;
  #pathAddress = 0;
  /** The ring that the arena is registered with, and the shortest read that uses the registration. */
  #registered: Ring | undefined;
  #leastForRegistered = NEVER;
  /** A timespec for each timeout: the kernel reads it when it takes the submission. */
  #times: KernelMemory | undefined;

  /** Uses the memory of a batch from now on. Returns true if its arena differs from the one before. */
  attach({ memory }: Intents): boolean {
    if (this.#paths !== memory.paths) {
      this.#paths = memory.paths;
      this.#pathAddress = ptr(new Uint8Array(memory.paths));
    }
    if (this.#arena === memory.arena) return false;
    this.#arena = memory.arena;
    this.#arenaAddress = memory.arena.byteLength === 0 ? 0 : ptr(new Uint8Array(memory.arena));
    return true;
  }

  /**
   * Registers the arena with a ring, replacing the one before, for reads of at least `leastBytes`. Returns
   * true if the kernel permits it.
   */
  registerArena(ring: Ring, leastBytes: number): boolean {
    this.unregisterArena();
    const vector = new KernelMemory(16);
    setAddress(vector.words, 0, this.#arenaAddress);
    setAddress(vector.words, 2, this.#arena?.byteLength ?? 0);
    const isRegistered = ring.register(REGISTER_BUFFERS, vector.address, 1) === 0;
    this.#registered = isRegistered ? ring : undefined;
    this.#leastForRegistered = leastBytes;
    return isRegistered;
  }

  /** Unregisters the arena: until then the kernel keeps its memory pinned. */
  unregisterArena(): void {
    this.#registered?.register(UNREGISTER_BUFFERS, 0, 0);
    this.#registered = undefined;
  }

  /**
   * Fills one submission. Returns false if the intent already has a result because its file could not be
   * opened.
   */
  fill(ring: Ring, intents: Intents, ticket: number): boolean {
    const operation = intents.operation(ticket);
    let descriptor = -1;
    if (operation !== FILE_OPEN && operation !== FILE_TIMEOUT && operation !== FILE_CANCEL) {
      descriptor = intents.descriptor(ticket);
      if (descriptor < 0) {
        intents.result[ticket] = intents.file(ticket) < -1 ? CANCELLED : BAD_FILE;
        return false;
      }
    }
    const { sqes } = ring;
    const at = ring.next();
    sqes[at + 1] = descriptor;
    sqes[at + 8] = ticket;
    if (operation === FILE_READ || operation === FILE_WRITE) this.#fillTransfer(ring, intents, ticket, at);
    else if (operation === FILE_OPEN) this.#fillOpen(sqes, intents, ticket, at, O_CLOEXEC);
    else if (operation === FILE_CLOSE) sqes[at] = OP_CLOSE;
    else if (operation === FILE_FSYNC) sqes[at] = OP_FSYNC;
    else this.#fillOther(sqes, intents, ticket, at, operation);
    return true;
  }

  /**
   * Fills the submission of a chained intent, whose file is in the ring's own table. If an open fails, the
   * rest of the chain is cancelled; after a short read or a failed write the file is still closed.
   */
  fillChained(ring: Ring, intents: Intents, ticket: number, place: number): void {
    const operation = intents.operation(ticket);
    const { sqes } = ring;
    const at = ring.next();
    sqes[at + 8] = ticket;
    if (operation === FILE_OPEN) {
      // Such a file cannot be inherited, and the kernel rejects the flag that says so.
      this.#fillOpen(sqes, intents, ticket, at, 0);
      sqes[at] = OP_OPENAT | SQE_LINK;
      sqes[at + 11] = place + 1;
    } else if (operation === FILE_CLOSE) {
      sqes[at] = OP_CLOSE;
      sqes[at + 9] = place + 1;
      sqes[at + 11] = place + 1;
    } else {
      sqes[at + 1] = place;
      if (operation === FILE_FSYNC) sqes[at] = OP_FSYNC;
      else this.#fillTransfer(ring, intents, ticket, at);
      sqes[at] = sqes[at]! | SQE_FIXED_FILE | SQE_HARD_LINK;
    }
  }

  #fillOpen(sqes: Int32Array, intents: Intents, ticket: number, at: number, flags: number): void {
    sqes[at] = OP_OPENAT;
    sqes[at + 1] = AT_FDCWD;
    setAddress(sqes, at + 4, this.#pathAddress + intents.start(ticket));
    sqes[at + 6] = DEFAULT_MODE;
    sqes[at + 7] = intents.flags(ticket) | flags;
  }

  #fillTransfer(ring: Ring, intents: Intents, ticket: number, at: number): void {
    const { sqes } = ring;
    const length = intents.length(ticket);
    const offset = intents.offset[ticket]!;
    const isRead = intents.operation(ticket) === FILE_READ;
    const isRegistered = isRead && length >= this.#leastForRegistered && ring === this.#registered;
    sqes[at] = isRead ? (isRegistered ? OP_READ_FIXED : OP_READ) : OP_WRITE;
    if (offset === CURRENT_POSITION) {
      sqes[at + 2] = -1;
      sqes[at + 3] = -1;
    } else {
      setAddress(sqes, at + 2, offset);
    }
    setAddress(sqes, at + 4, this.#arenaAddress + intents.start(ticket));
    sqes[at + 6] = length;
  }

  #fillOther(sqes: Int32Array, intents: Intents, ticket: number, at: number, operation: number): void {
    const start = intents.start(ticket);
    if (operation === FILE_POLL) {
      sqes[at] = OP_POLL_ADD;
      sqes[at + 7] = pollMask(intents.flags(ticket));
    } else if (operation === FILE_TIMEOUT) {
      this.#fillTimeout(sqes, intents, ticket, at);
    } else if (operation === FILE_CANCEL) {
      sqes[at] = OP_ASYNC_CANCEL;
      sqes[at + 4] = intents.length(ticket);
    } else if (operation === FILE_ACCEPT) {
      sqes[at] = OP_ACCEPT;
      sqes[at + 7] = SOCK_NONBLOCK_CLOEXEC;
    } else {
      sqes[at] = OP_CONNECT;
      setAddress(sqes, at + 4, this.#pathAddress + start);
      sqes[at + 2] = intents.length(ticket);
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
