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

/** A file: a descriptor, or `fileOf` a ticket whose result is one. */
export type FileReference = number;

/** The file that the intent with this ticket will open or accept. */
export function fileOf(ticket: number): FileReference {
  return -2 - ticket;
}

/** The ticket in a reference that `fileOf` created; negative if the reference is a descriptor. */
function ticketOf(file: FileReference): number {
  return -2 - file;
}

export interface IntentSizes {
  /** Maximum number of intents in a batch. */
  readonly intents: number;
  /** Number of bytes for the paths of a batch. */
  readonly pathBytes: number;
}

/** A whole batch as plain shared memory, so that any thread can carry it out. */
export interface IntentMemory {
  readonly sizes: IntentSizes;
  readonly records: SharedArrayBuffer;
  readonly paths: SharedArrayBuffer;
  /** The arena that all buffers lie in. */
  readonly arena: SharedArrayBuffer;
}

/** Words of an intent. Each intent is one record, because its words are read together. */
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

/** Maximum number of intents in a chain: many reads of one file are faster in parallel. */
export const MAX_CHAIN_INTENTS = 6;

/** Reserves the memory of a batch whose buffers lie in `arena`. */
export function createIntentMemory(arena: SharedArrayBuffer, sizes: IntentSizes): IntentMemory {
  const records = new SharedArrayBuffer(sizes.intents * INTENT_BYTES);
  return { sizes, records, paths: new SharedArrayBuffer(sizes.pathBytes), arena };
}

/**
 * The intents of one batch. Intents on the same file keep their order where it matters: reads and writes run
 * in parallel; `fsync` and `close` wait for everything before them.
 */
export class Intents {
  readonly memory: IntentMemory;
  readonly result: Int32Array;
  /** Offset in the file, or nanoseconds of a timeout. */
  readonly offset: Float64Array;
  /** True if the batch's operations are timed individually. */
  isSampled = false;
  /** In a sampled batch: microseconds from submitting an operation to its result. */
  readonly latency: Float32Array;
  /** In a sampled batch: number of operations in progress when it was submitted, including itself. */
  readonly depth: Int32Array;
  readonly #capacity: number;
  readonly #records: Int32Array;
  readonly #paths: Buffer;
  #pathEnd = 0;
  #count = 0;
  #levels = 0;
  #hasWaits = false;
  /**
   * By ticket of the intent that opened the file: the highest level on it in the low bits, the level of its
   * last barrier above them.
   */
  readonly #fileLevels: Int32Array;
  /** By the same ticket: the last intent of its chain. */
  readonly #last: Int32Array;
  /** The same for files that were open before the batch; rebuilt for each batch. */
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

  /** Number of levels in use: intents of one level do not wait for each other. */
  get levels(): number {
    return this.#levels;
  }

  /** True if an intent waits for something outside the batch: an accept, a poll or a timeout. */
  get hasWaits(): boolean {
    return this.#hasWaits;
  }

  /** Takes over the counts that the thread which filled the records has posted. */
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

  /** Queues an intent; returns its ticket, or −1 if the batch is full. */
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

  /** Stores a path with a closing zero byte; returns where it begins, or −1 if there is no room. */
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

  /** Stores a `struct sockaddr` among the paths; returns where it begins, or −1 if there is no room. */
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

  /** Where a buffer begins in the arena. Throws if it lies elsewhere. */
  placeOf(bytes: Uint8Array<SharedArrayBuffer>): number {
    if (bytes.buffer !== this.memory.arena) throw new Error("the buffer is not in the batch's arena");
    return bytes.byteOffset;
  }

  /**
   * The descriptor that an intent works on: its own, or the one that an earlier intent opened; a negative
   * value is an error.
   */
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

  /** Where the buffer begins in the arena, or the path among the paths. */
  start(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + START]!;
  }

  length(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + LENGTH]!;
  }

  /** The flags of an open or the events of a poll. */
  flags(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + FLAGS]!;
  }

  /** Intents of one level do not wait for each other. */
  level(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + LEVEL]!;
  }

  /**
   * For an intent that opens a file: the negated number of intents of its chain, if the batch also closes the
   * file and uses it for nothing that needs its descriptor. Only such values are negative.
   */
  chain(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + CHAIN]!;
  }

  /** The ticket that follows in the chain; without meaning for the chain's last intent. */
  next(ticket: number): number {
    return this.#records[ticket * RECORD_WORDS + NEXT]!;
  }

  /** Returns true if an intent is part of a chain. */
  isChained(ticket: number): boolean {
    const file = this.file(ticket);
    return this.chain(file < -1 ? ticketOf(file) : ticket) < 0;
  }

  /**
   * Returns the level of an intent on a file that an earlier one opens, and adds it to the chain of that one.
   */
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
    // An operation after the close, or one that needs a descriptor, ends the chain.
    if (length <= 0 || length === MAX_CHAIN_INTENTS || operation < FILE_READ || operation > FILE_CLOSE) {
      records[at] = 0;
      return;
    }
    records[at] = operation === FILE_CLOSE ? -length - 1 : length + 1;
    records[this.#last[opener]! * RECORD_WORDS + NEXT] = ticket;
    this.#last[opener] = ticket;
  }

  /**
   * Returns the level of an intent that opens a file, works on a file that was open before, or has no file.
   */
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
