import { InputError } from "../../../emu/input-error.ts";
import { errnoText } from "../../ffi/libc.ts";
import { Histogram, type HistogramSummary } from "../../shared/histogram.ts";
import { HISTOGRAM_WORDS } from "../../shared/layout.ts";
import { IoError } from "../io-error.ts";
import { SocketAddress } from "../linux/address.ts";
import type { Endpoint } from "../sockets/types.ts";
import type { FileEngine, FileEngineName } from "./engine.ts";
import { createIntentMemory, type FileReference, fileOf, type IntentSizes, Intents } from "./intents.ts";
import {
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
  OPERATION_NAMES,
} from "./operations.ts";

/** Intents of a batch, and room for paths of 64 bytes each. */
const DEFAULT_SIZES: IntentSizes = { intents: 4096, pathBytes: 262_144 };

/** One batch in this many has its operations timed. Timing all costs about 5 %. */
const SAMPLED = 16;

/** What an engine has done so far. */
export interface FileStatistics {
  readonly engine: FileEngineName;
  readonly operations: number;
  readonly failed: number;
  readonly batches: number;
  /** Intents in a batch. */
  readonly batchSize: HistogramSummary;
  /** From handing a batch over until its last result. */
  readonly batchMicroseconds: HistogramSummary;
  /** By kind of operation, from handing one over until its result: of every sixteenth batch. */
  readonly operationMicroseconds: Readonly<Record<string, HistogramSummary>>;
  /** Operations that were under way together, of the same batches. */
  readonly queueDepth: HistogramSummary;
}

/**
 * A batch of file operations: queue intents during a phase, then `complete` it before the next. Every
 * method that queues returns a ticket, or −1 when the batch is full: then complete it and go on. Results
 * are there by ticket, in the order of queueing, whatever order the kernel finished in.
 *
 * Buffers lie in the arena that the batch was made with. A file may be a descriptor, or `opened(ticket)`
 * of an open in the same batch. Operations on one file keep their order as far as it matters: reads and
 * writes with offsets of their own go on side by side, `fsync` and `close` wait for all before them.
 */
export class FileBatch {
  readonly #engine: FileEngine;
  readonly #intents: Intents;
  readonly #sizes = new Histogram(new Int32Array(HISTOGRAM_WORDS));
  readonly #latencies = new Histogram(new Int32Array(HISTOGRAM_WORDS));
  readonly #operationLatencies = new Map<number, Histogram>();
  readonly #depths = new Histogram(new Int32Array(HISTOGRAM_WORDS));
  #operations = 0;
  #failed = 0;
  #batches = 0;
  #isComplete = false;

  constructor(engine: FileEngine, arena: SharedArrayBuffer, sizes: IntentSizes = DEFAULT_SIZES) {
    this.#engine = engine;
    this.#intents = new Intents(createIntentMemory(arena, sizes));
  }

  /** The engine that carries the batch out. */
  get engine(): FileEngineName {
    return this.#engine.name;
  }

  /** Intents in the batch so far. */
  get count(): number {
    return this.#isComplete ? 0 : this.#intents.count;
  }

  /** The file that an earlier intent of this batch opens or accepts. */
  opened(ticket: number): FileReference {
    return fileOf(ticket);
  }

  /**
   * Opens a file with flags of `openFlags`; the result is a descriptor. Of a file that the same batch closes
   * it says only, by not being negative, that the file could be opened.
   */
  open(path: string, flags: number): number {
    this.#begin();
    if (path.includes("\0")) throw new InputError("usage", "a path cannot have a zero byte", path);
    const start = this.#intents.storePath(path);
    return start < 0 ? -1 : this.#intents.push(FILE_OPEN, -1, start, 0, 0, flags);
  }

  /** Reads into `bytes`, from `offset` or the file position; the result is the number of bytes. */
  read(file: FileReference, bytes: Uint8Array<SharedArrayBuffer>, offset = CURRENT_POSITION): number {
    this.#begin();
    return this.#intents.push(FILE_READ, file, this.#intents.placeOf(bytes), bytes.length, offset, 0);
  }

  /** Writes `bytes`; the result is the number of bytes written. */
  write(file: FileReference, bytes: Uint8Array<SharedArrayBuffer>, offset = CURRENT_POSITION): number {
    this.#begin();
    return this.#intents.push(FILE_WRITE, file, this.#intents.placeOf(bytes), bytes.length, offset, 0);
  }

  /** Makes durable what was written before. */
  fsync(file: FileReference): number {
    this.#begin();
    return this.#intents.push(FILE_FSYNC, file, 0, 0, 0, 0);
  }

  close(file: FileReference): number {
    this.#begin();
    return this.#intents.push(FILE_CLOSE, file, 0, 0, 0, 0);
  }

  /** Accepts a connection on a listening descriptor; the result is its descriptor, non-blocking. Linux only. */
  accept(descriptor: number): number {
    this.#begin();
    return this.#intents.push(FILE_ACCEPT, descriptor, 0, 0, 0, 0);
  }

  /** Connects a socket's descriptor, which should be a blocking one: others return −EINPROGRESS. Linux only. */
  connect(descriptor: number, endpoint: Endpoint): number {
    this.#begin();
    const address = new SocketAddress();
    address.set(endpoint);
    const { bytes } = address;
    const start = this.#intents.storeBytes(bytes);
    return start < 0 ? -1 : this.#intents.push(FILE_CONNECT, descriptor, start, bytes.length, 0, 0);
  }

  /** Waits until a descriptor is ready for READ or WRITE; the result says for what. */
  poll(descriptor: number, wanted: number): number {
    this.#begin();
    return this.#intents.push(FILE_POLL, descriptor, 0, 0, 0, wanted);
  }

  /** Delays the completion of the batch by the given time; the result is −ETIME. */
  timeout(nanoseconds: number): number {
    this.#begin();
    return this.#intents.push(FILE_TIMEOUT, -1, 0, 0, nanoseconds, 0);
  }

  /** Cancels an earlier poll, accept or timeout of this batch: its result is −ECANCELED. */
  cancel(ticket: number): number {
    this.#begin();
    return this.#intents.push(FILE_CANCEL, -1, 0, ticket, 0, 0);
  }

  /** Carries the batch out and returns when all its results are there. */
  complete(): void {
    this.#begin();
    this.#sample();
    const start = performance.now();
    this.#engine.run(this.#intents);
    this.#note(start);
  }

  /** As `complete`, while the thread goes on with other work. */
  async completeAsync(): Promise<void> {
    this.#begin();
    this.#sample();
    const start = performance.now();
    await this.#engine.runAsync(this.#intents);
    this.#note(start);
  }

  /** The result of an intent of the batch that was completed last: ≥ 0, or a negative error number. */
  result(ticket: number): number {
    if (!this.#isComplete) throw new Error("the batch has not been completed");
    return this.#intents.result[ticket]!;
  }

  /** The result, or the error that it is as an `IoError` about `what`. */
  resultOrThrow(ticket: number, what: string, where = ""): number {
    const result = this.result(ticket);
    if (result < 0) throw new IoError(errnoText(-result), what, where);
    return result;
  }

  statistics(): FileStatistics {
    return {
      engine: this.#engine.name,
      operations: this.#operations,
      failed: this.#failed,
      batches: this.#batches,
      batchSize: this.#sizes.summary(),
      batchMicroseconds: this.#latencies.summary(),
      operationMicroseconds: Object.fromEntries(
        [...this.#operationLatencies].map(([operation, times]) => [
          OPERATION_NAMES[operation],
          times.summary(),
        ]),
      ),
      queueDepth: this.#depths.summary(),
    };
  }

  /** The first intent after a completed batch begins the next one. */
  #begin(): void {
    if (!this.#isComplete) return;
    this.#isComplete = false;
    this.#intents.clear();
  }

  #sample(): void {
    const intents = this.#intents;
    intents.isSampled = this.#batches % SAMPLED === 0;
    if (intents.isSampled) intents.depth.fill(0, 0, intents.count);
  }

  #note(start: number): void {
    const { count, result } = this.#intents;
    this.#isComplete = true;
    this.#batches++;
    if (this.#intents.isSampled) this.#noteOperations();
    this.#operations += count;
    for (let ticket = 0; ticket < count; ticket++) if (result[ticket]! < 0) this.#failed++;
    this.#sizes.record(count);
    this.#latencies.record((performance.now() - start) * 1000);
  }

  #noteOperations(): void {
    const { count, latency, depth } = this.#intents;
    for (let ticket = 0; ticket < count; ticket++) {
      // An intent whose file could not be opened was never submitted.
      if (depth[ticket] === 0) continue;
      const operation = this.#intents.operation(ticket);
      const times = this.#operationLatencies.get(operation) ?? new Histogram(new Int32Array(HISTOGRAM_WORDS));
      this.#operationLatencies.set(operation, times);
      times.record(latency[ticket]!);
      this.#depths.record(depth[ticket]!);
    }
  }
}
