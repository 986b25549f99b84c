import { InputError } from "../../../emu/input-error.ts";
import { errnoText } from "../../ffi/libc.ts";
import { Histogram, type HistogramSummary } from "../../shared/histogram.ts";
import { HISTOGRAM_WORDS } from "../../shared/layout-words.ts";
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

/** Intents of a batch, and on average 64 bytes for a path. */
const DEFAULT_SIZES: IntentSizes = { intents: 4096, pathBytes: 262_144 };

/** One batch in this many is timed. Timing every batch costs about 5 % of a small one. */
const SAMPLED = 16;

/** What an engine has done so far. */
export interface FileStatistics {
  readonly engine: FileEngineName;
  readonly operations: number;
  readonly failed: number;
  readonly batches: number;
  /** Number of intents in a batch. */
  readonly batchSize: HistogramSummary;
  /** Time from submitting a batch to its last result, in every sixteenth batch. */
  readonly batchMicroseconds: HistogramSummary;
  /** By kind of operation, the time from submitting it to its result, in the same batches. */
  readonly operationMicroseconds: Readonly<Record<string, HistogramSummary>>;
  /** Number of operations of a batch in progress at once, in the same batches. */
  readonly queueDepth: HistogramSummary;
}

/**
 * A batch of file operations: queue intents during a phase, then `complete` it before the next. Every method
 * that queues returns a ticket, or −1 if the batch is full: then complete it and continue. Results are found
 * by ticket, in the order of queueing, whatever order the kernel finished in.
 *
 * Buffers lie in the arena that was passed to the constructor. A file is a descriptor, or `opened(ticket)` of
 * an open in the same batch. Operations on one file keep their order where it matters: reads and writes with
 * explicit offsets run in parallel; `fsync` and `close` wait for all operations before them.
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
   * Opens a file with flags of `openFlags`; the result is a descriptor. If the same batch closes the file,
   * the result only shows, by not being negative, that the open succeeded.
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

  /** Makes all earlier writes durable. */
  fsync(file: FileReference): number {
    this.#begin();
    return this.#intents.push(FILE_FSYNC, file, 0, 0, 0, 0);
  }

  close(file: FileReference): number {
    this.#begin();
    return this.#intents.push(FILE_CLOSE, file, 0, 0, 0, 0);
  }

  /** Accepts a connection on a listening descriptor; the result is a non-blocking descriptor. Linux only. */
  accept(descriptor: number): number {
    this.#begin();
    return this.#intents.push(FILE_ACCEPT, descriptor, 0, 0, 0, 0);
  }

  /**
   * Connects a socket's descriptor, which should be blocking: a non-blocking one returns −EINPROGRESS. Linux
   * only.
   */
  connect(descriptor: number, endpoint: Endpoint): number {
    this.#begin();
    const address = new SocketAddress();
    address.set(endpoint);
    const { bytes } = address;
    const start = this.#intents.storeBytes(bytes);
    return start < 0 ? -1 : this.#intents.push(FILE_CONNECT, descriptor, start, bytes.length, 0, 0);
  }

  /** Waits until a descriptor is ready for READ or WRITE; the result is its readiness. */
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

  /** Carries the batch out and returns when it has all results. */
  complete(): void {
    this.#begin();
    const start = this.#sample();
    this.#engine.run(this.#intents);
    this.#note(start);
  }

  /** As `complete`, while the thread continues with other work. */
  async completeAsync(): Promise<void> {
    this.#begin();
    const start = this.#sample();
    await this.#engine.runAsync(this.#intents);
    this.#note(start);
  }

  /** The result of an intent of the last completed batch: ≥ 0, or a negative error number. */
  result(ticket: number): number {
    if (!this.#isComplete) throw new Error("the batch has not been completed");
    return this.#intents.result[ticket]!;
  }

  /** The result; throws a negative one as an `IoError` about `what`. */
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

  /** The first intent after a completed batch starts the next batch. */
  #begin(): void {
    if (!this.#isComplete) return;
    this.#isComplete = false;
    this.#intents.clear();
  }

  /** Decides whether the batch is timed. Returns the time at which it starts, if so. */
  #sample(): number {
    const intents = this.#intents;
    intents.isSampled = this.#batches % SAMPLED === 0;
    if (!intents.isSampled) return 0;
    intents.depth.fill(0, 0, intents.count);
    return performance.now();
  }

  #note(start: number): void {
    const { count, result } = this.#intents;
    this.#isComplete = true;
    this.#batches++;
    if (this.#intents.isSampled) {
      this.#latencies.record((performance.now() - start) * 1000);
      this.#noteOperations();
    }
    this.#operations += count;
    for (let ticket = 0; ticket < count; ticket++) if (result[ticket]! < 0) this.#failed++;
    this.#sizes.record(count);
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
