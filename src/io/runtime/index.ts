/**
 * `emuterm/runtime`: one wait for sockets, timers, messages between threads and signals, and files in
 * batches. docs/runtime.md is the manual, `examples/runtime/` has a program for each part.
 */
export { Arena } from "../../emu/arena.ts";
export { InputError } from "../../emu/input-error.ts";
export { AsyncLoop, type WaitOptions } from "./async-loop.ts";
export type { BackendName, Capabilities } from "./backend.ts";
export { BACKEND_NAMES, probeBackend } from "./backends/index.ts";
export { Poster, type PosterHandle } from "./bell.ts";
export { type Block, BlockPool } from "./block-pool.ts";
export { EventBatch } from "./event-batch.ts";
export {
  FILE_ENGINES,
  FileBatch,
  type FileEngineOptions,
  type FileStatistics,
  type OpenedFileEngine,
  openFileEngine,
  openFlags,
  probeFileEngine,
} from "./files/index.ts";
export { IoError } from "./io-error.ts";
export { END, ERROR, HANGUP, KEY_WAKE, type KeyKind, keyKind, postedKey, READ, WRITE } from "./keys.ts";
export { ManagedWorkers, type ManagedWorkersOptions, serveOrders } from "./managed-workers.ts";
export { nowNs, Runtime, type RuntimeOptions } from "./runtime.ts";
export { openSockets } from "./sockets/index.ts";
export {
  type Datagram,
  type DatagramSocket,
  type Endpoint,
  type Listener,
  type SocketFactory,
  type StreamSocket,
  type TlsOptions,
  WOULD_BLOCK,
} from "./sockets/types.ts";
