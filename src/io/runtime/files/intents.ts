import { InputError } from "../../../emu/input-error.ts";
import {
  FILE_CLOSE,
  FILE_FSYNC,
  FILE_OPEN,
  FILE_READ,
  LEVEL_BITS,
  MAX_LEVELS,
  phaseOf,
} from "./operations.ts";

/** A file: a descriptor, or `fileOf` a ticket whose result will be one. */
export type FileReference = number;

/** The file that the intent with this ticket will open or accept. */
export function fileOf(ticket: number): FileReference {
  return -2 - ticket;
}

/** The ticket in a reference that `fileOf` made; negative when it is a descriptor. */
function ticketOf(file: FileReference): number {
  return -2 - file;
}

export interface IntentSizes {
  /** The most intents in a batch. */
  readonly intents: number;
  /** Bytes for the paths of a batch. */
  readonly pathBytes: number;
}

/** Everything about a batch as plain shared memory, so that any thread can carry it out. */
export interface IntentMemory {
  readonly sizes: IntentSizes;
  readonly records: SharedArrayBuffer;
  readonly paths: SharedArrayBuffer;
  /** The arena that all buffers lie in. */
  readonly arena: SharedArrayBuffer;
}

/** Words of an intent, one record after the other: what belongs together is read together. */
const RECORD_WORDS = 8;
const OPERATION = 0;
const FILE = 1;
const START = 2;
const LENGTH = 3;
const FLAGS = 4;
const LEVEL = 5;
const CHAIN = 6;
const NEXT = 7;
/** Bytes of an intent: its offset, the record, its result, its latency and its queue depth. */
const INTENT_BYTES = 8 + RECORD_WORDS * 4 + 4 + 4 + 4;

/** Intents of the longest chain: one with many reads goes on better side by side. */
export const LONGEST_CHAIN = 6;

/** Reserves the memory of a batch whose buffers lie in `arena`. */
export function createIntentMemory(arena: SharedArrayBuffer, sizes: IntentSizes): IntentMemory {
  const records = new SharedArrayBuffer(sizes.intents * INTENT_BYTES);
  return { sizes, records, paths: new SharedArrayBuffer(sizes.pathBytes), arena };
}

/**
 * The intents of one batch. Intents that name the same file keep their order as far as it
 * matters: reads and writes go on side by side, what makes durable or closes waits for all before it.
 */
export class Intents {
  readonly memory: IntentMemory;
  readonly result: Int32Array;
  /** Place in the file, or nanoseconds of a timeout. */
  readonly offset: Float64Array;
  /** True if the batch's operations are timed one by one. */
  isSampled = false;
  /** Of a sampled batch: microseconds from handing an operation over to its result. */
  readonly latency: Float32Array;
  /** Of a sampled batch: operations that were under way when it was handed over, itself included. */
  readonly depth: Int32Array;
  readonly #capacity: number;
  readonly #records: Int32Array;
  readonly #paths: Buffer;
  #pathEnd = 0;
  #count = 0;
  #levels = 0;
  #hasWaits = false;
  /** By ticket of the intent that opened the file: the highest level on it, and above it that of its last barrier. */
  readonly #fileLevels: Int32Array;
  /** By the same ticket: the last intent of its chain. */
  readonly #last: Int32Array;
  /** The same for files that were open before; built again for each batch. */
  readonly #openFiles = new Map<number, { highest: number; barrier: number }>();

  constructor(memory: IntentMemory) {
    this.memory = memory;
    const { intents } = memory.sizes;
    const { records } = memory;
    this.#capacity = intents;
    this.offset = new Float64Array(records, 0, intents);
    this.#records = new Int32Array(records, intents * 8, intents * RECORD_WORDS);
    this.result = new Int32Array(records, intents * (8 + RECORD_WORDS * 4), intents);
    this.latency = new Float32Array(records, intents * (8 + RECORD_WORDS * 4 + 4), intents);
    this.depth = new Int32Array(records, intents * (8 + RECORD_WORDS * 4 + 8), intents);
    this.#fileLevels = new Int32Array(intents);
    this.#last = new Int32Array(intents);
    this.#paths = Buffer.from(memory.paths);
  }

  get count(): number {
    return this.#count;
  }

  /** Levels in use: intents of one level do not wait for each other. */
  get levels(): number {
    return this.#levels;
  }

  /** True if an intent waits for somebody else: an accept, a poll or a timeout. */
  get hasWaits(): boolean {
    return this.#hasWaits;
  }

  /** Takes over what the thread which filled the records has posted. */
  adopt(count: number, levels: number, hasWaits: boolean, isSampled: boolean): void {
    this.isSampled = isSampled;
    this.#count = count;
    this.#levels = levels;
    this.#hasWaits = hasWaits;
  }

  clear(): void {
    this.#count = 0;
    this.#levels = 0;
    this.#hasWaits = false;
    this.#pathEnd = 0;
    if (this.#openFiles.size > 0) this.#openFiles.clear();
  }

  /** Queues an intent; returns its ticket, or −1 when the batch is full. */
  push(
    operation: number,
    file: FileReference,
    start: number,
    length: number,
    offset: number,
    flags: number,
  ): number {
    const ticket = this.#count;
    if (ticket === this.#capacity) return -1;
    const level =
      file < -1 ? this.#follow(ticketOf(file), ticket, operation) : this.#begin(ticket, operation, file);
    if (level > MAX_LEVELS) return -1;
    this.#count = ticket + 1;
    const records = this.#records;
    const at = ticket * RECORD_WORDS;
    records[at + OPERATION] = operation;
    records[at + FILE] = file;
    records[at + START] = start;
    records[at + LENGTH] = length;
    records[at + FLAGS] = flags;
    records[at + LEVEL] = level;
    records[at + CHAIN] = operation === FILE_OPEN ? 1 : 0;
    this.offset[ticket] = offset;
    if (phaseOf(operation) > 0) this.#hasWaits = true;
    if (level >= this.#levels) this.#levels = level + 1;
    return ticket;
  }

  /** Stores a path; returns where it begins, or −1 when there is no room. It ends with a zero byte. */
  storePath(path: string): number {
    const start = this.#pathEnd;
    // A UTF-16 unit takes at most three bytes.
    if (
      start + path.length * 3 + 1 > this.#paths.length &&
      start + Buffer.byteLength(path) >= this.#paths.length
    )
      return -1;
    const length = this.#paths.write(path, start);
    this.#paths[start + length] = 0;
    this.#pathEnd = start + length + 1;
    return start;
  }

  /** Stores a `struct sockaddr` among the paths; returns where it begins, or −1 when there is no room. */
  storeBytes(bytes: Uint8Array): number {
    const start = (this.#pathEnd + 7) & ~7;
    if (start + bytes.length > this.#paths.length) return -1;
    this.#paths.set(bytes, start);
    this.#pathEnd = start + bytes.length;
    return start;
  }

  /** A stored path as text. */
  pathAt(start: number): string {
    return this.#paths.toString("utf8", start, this.#paths.indexOf(0, start));
  }

  /** Where a buffer begins in the arena. Throws when it lies elsewhere. */
  placeOf(bytes: Uint8Array<SharedArrayBuffer>): number {
    if (bytes.buffer !== this.memory.arena) throw new Error("the buffer is not in the batch's arena");
    return bytes.byteOffset;
  }

  /** The descriptor that an intent works on: its own, or the one that another has opened; negative is an error. */
  descriptor(ticket: number): number {
    const file = this.file(ticket);
    return file >= -1 ? file : this.result[ticketOf(file)]!;
  }

  operation(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + OPERATION]!;
  }

  file(ticket: number): FileReference {
    return this.#records[ticket * RECORD_WORDS + FILE]!;
  }

  /** Where in the arena the buffer begins, or where in the paths the path does. */
  start(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + START]!;
  }

  length(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + LENGTH]!;
  }

  /** Flags of open, events of poll. */
  flags(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + FLAGS]!;
  }

  /** Intents of one level do not wait for each other. */
  level(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + LEVEL]!;
  }

  /**
   * Of an intent that opens a file: minus the number of intents of its chain, if the batch closes the file
   * as well and does nothing with it that needs its descriptor. Nothing else is below zero.
   */
  chain(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + CHAIN]!;
  }

  /** The ticket that follows in the chain; of its last intent it says nothing. */
  next(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + NEXT]!;
  }

  /** Returns true if an intent is part of a chain. */
  isChained(ticket: number): boolean {
    const file = this.file(ticket);
    return this.chain(file < -1 ? ticketOf(file) : ticket) < 0;
  }

  /** The level of an intent on a file that an earlier one opens; enters it into that one's chain. */
  #follow(opener: number, ticket: number, operation: number): number {
    if (opener >= ticket) throw new InputError("usage", `there is no intent ${opener} yet`);
    const isBarrier = operation === FILE_CLOSE || operation === FILE_FSYNC;
    const levels = this.#fileLevels[opener]!;
    const highest = levels & MAX_LEVELS;
    const barrier = levels >> LEVEL_BITS;
    const level = (isBarrier ? highest : barrier) + 1;
    if (level > MAX_LEVELS) return level;
    this.#fileLevels[opener] = Math.max(highest, level) | ((isBarrier ? level : barrier) << LEVEL_BITS);
    this.#link(opener, ticket, operation);
    return level;
  }

  #link(opener: number, ticket: number, operation: number): void {
    const records = this.#records;
    const at = opener * RECORD_WORDS + CHAIN;
    const length = records[at]!;
    // What comes after the close, or needs a descriptor, makes it no chain.
    if (length <= 0 || length === LONGEST_CHAIN || operation < FILE_READ || operation > FILE_CLOSE) {
      records[at] = 0;
      return;
    }
    records[at] = operation === FILE_CLOSE ? -length - 1 : length + 1;
    records[this.#last[opener]! * RECORD_WORDS + NEXT] = ticket;
    this.#last[opener] = ticket;
  }

  /** The level of an intent that opens a file, or is on one that was open before, or on none. */
  #begin(ticket: number, operation: number, file: FileReference): number {
    this.#fileLevels[ticket] = 0;
    this.#last[ticket] = ticket;
    if (operation === FILE_OPEN || file === -1) return 0;
    const isBarrier = operation === FILE_CLOSE || operation === FILE_FSYNC;
    const known = this.#openFiles.get(file) ?? { highest: -1, barrier: -1 };
    this.#openFiles.set(file, known);
    const level = (isBarrier ? known.highest : known.barrier) + 1;
    known.highest = Math.max(known.highest, level);
    if (isBarrier) known.barrier = level;
    // An accepted connection can be used after its accept.
    this.#fileLevels[ticket] = level | (level << LEVEL_BITS);
    return level;
  }
}
