import { InputError } from "../../../emu/input-error.ts";
import { FILE_CLOSE, FILE_FSYNC, FILE_OPEN, MOST_LEVELS } from "./operations.ts";

/** A file: a descriptor, or `fileOf` a ticket whose result will be one. */
export type FileReference = number;

/** The file that the intent with this ticket will open or accept. */
export function fileOf(ticket: number): FileReference {
  return -2 - ticket;
}

/** The ticket in a reference that `fileOf` made; negative when it is a descriptor. */
export function ticketOf(file: FileReference): number {
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
  readonly columns: SharedArrayBuffer;
  readonly paths: SharedArrayBuffer;
  /** The arena that all buffers lie in. */
  readonly arena: SharedArrayBuffer;
}

const WORD_COLUMNS = 7;

/** Reserves the memory of a batch whose buffers lie in `arena`. */
export function createIntentMemory(arena: SharedArrayBuffer, sizes: IntentSizes): IntentMemory {
  const columns = new SharedArrayBuffer(sizes.intents * (8 + WORD_COLUMNS * 4));
  return { sizes, columns, paths: new SharedArrayBuffer(sizes.pathBytes), arena };
}

/**
 * The intents of one batch in columns. Intents that name the same file keep their order as far as it
 * matters: reads and writes go on side by side, what makes durable or closes waits for all before it.
 */
export class Intents {
  readonly memory: IntentMemory;
  readonly operation: Int32Array;
  readonly file: Int32Array;
  /** Where in the arena the buffer begins, or where in the paths the path does. */
  readonly start: Int32Array;
  readonly length: Int32Array;
  /** Flags of open, events of poll. */
  readonly flags: Int32Array;
  readonly level: Int32Array;
  readonly result: Int32Array;
  /** Place in the file, or nanoseconds of a timeout. */
  readonly offset: Float64Array;
  readonly #paths: Buffer;
  #pathEnd = 0;
  #count = 0;
  #levels = 0;
  /** By ticket of the intent that opened the file: the highest level on it, and that of its last barrier. */
  readonly #highest: Int32Array;
  readonly #barrier: Int32Array;
  /** The same for files that were open before; made anew for each batch. */
  readonly #openFiles = new Map<number, { highest: number; barrier: number }>();

  constructor(memory: IntentMemory) {
    this.memory = memory;
    const { intents } = memory.sizes;
    const { columns } = memory;
    this.offset = new Float64Array(columns, 0, intents);
    const column = (index: number) => new Int32Array(columns, intents * (8 + 4 * index), intents);
    this.operation = column(0);
    this.file = column(1);
    this.start = column(2);
    this.length = column(3);
    this.flags = column(4);
    this.level = column(5);
    this.result = column(6);
    this.#highest = new Int32Array(intents);
    this.#barrier = new Int32Array(intents);
    this.#paths = Buffer.from(memory.paths);
  }

  get count(): number {
    return this.#count;
  }

  /** Levels in use: intents of one level do not wait for each other. */
  get levels(): number {
    return this.#levels;
  }

  /** Takes over the count that the thread which filled the columns has posted. */
  adopt(count: number, levels: number): void {
    this.#count = count;
    this.#levels = levels;
  }

  clear(): void {
    this.#count = 0;
    this.#levels = 0;
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
    if (ticket === this.memory.sizes.intents) return -1;
    const level = this.#levelFor(operation, file);
    if (level > MOST_LEVELS) return -1;
    this.#count++;
    this.operation[ticket] = operation;
    this.file[ticket] = file;
    this.start[ticket] = start;
    this.length[ticket] = length;
    this.offset[ticket] = offset;
    this.flags[ticket] = flags;
    this.level[ticket] = level;
    this.result[ticket] = 0;
    this.#highest[ticket] = level;
    this.#barrier[ticket] = level;
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
    const file = this.file[ticket]!;
    return file >= -1 ? file : this.result[ticketOf(file)]!;
  }

  #levelFor(operation: number, file: FileReference): number {
    if (operation === FILE_OPEN || file === -1) return 0;
    const isBarrier = operation === FILE_CLOSE || operation === FILE_FSYNC;
    const opener = ticketOf(file);
    if (opener >= 0) {
      if (opener >= this.#count) throw new InputError("usage", `there is no intent ${opener} yet`);
      const level = (isBarrier ? this.#highest[opener]! : this.#barrier[opener]!) + 1;
      if (level > this.#highest[opener]!) this.#highest[opener] = level;
      if (isBarrier) this.#barrier[opener] = level;
      return level;
    }
    const known = this.#openFiles.get(file) ?? { highest: -1, barrier: -1 };
    this.#openFiles.set(file, known);
    const level = (isBarrier ? known.highest : known.barrier) + 1;
    known.highest = Math.max(known.highest, level);
    if (isBarrier) known.barrier = level;
    return level;
  }
}
