import { InputError } from "../../emu/input-error.ts";
import type { Log } from "../shared/log.ts";
import type { BackendName } from "./backend.ts";
import { BACKEND_NAMES, probeBackend } from "./backends/index.ts";
import type { FileEngineName } from "./files/engine.ts";
import {
  FILE_ENGINES,
  FileBatch,
  type FileStatistics,
  openFileEngine,
  openFlags,
  probeFileEngine,
} from "./files/index.ts";

export interface Availability<Name> {
  readonly name: Name;
  readonly available: boolean;
  /** Why it can or cannot be used. */
  readonly reason: string;
}

const BACKEND_REASONS: Readonly<Record<BackendName, string>> = {
  bun: "Bun's own event loop; the default, and the only one with TLS",
  epoll: "for descriptors and for threads that may block",
  io_uring: "for descriptors and for threads that may block",
  poll: "the plain fallback",
};

const FILE_REASONS: Readonly<Record<FileEngineName, string>> = {
  io_uring: "batches in one system call",
  threads: "batches shared out among threads",
  blocking: "plain calls",
};

const TRIALS = 20;
const TRIAL_FILES = 64;
const TRIAL_BYTES = 1024;

/** Which parts of the async runtime work on this computer: the "runtime" part of `emu doctor`. */
export function probeRuntime(log?: Log): {
  backends: Availability<BackendName>[];
  files: Availability<FileEngineName>[];
  fileTrial: FileStatistics | undefined;
} {
  return {
    backends: BACKEND_NAMES.map((name) => availability(name, probeBackend(name), BACKEND_REASONS[name])),
    files: FILE_ENGINES.map((name) => availability(name, probeFileEngine(name), FILE_REASONS[name])),
    fileTrial: tryFiles(log),
  };
}

/**
 * Reads the start of a file that certainly exists, many times in a few batches, with the engine that is
 * chosen here. Returns undefined if even that fails.
 */
function tryFiles(log: Log | undefined): FileStatistics | undefined {
  const { engine } = openFileEngine(log === undefined ? {} : { log });
  const arena = new SharedArrayBuffer(TRIAL_FILES * TRIAL_BYTES);
  const batch = new FileBatch(engine, arena);
  try {
    for (let trial = 0; trial < TRIALS; trial++) {
      for (let at = 0; at < TRIAL_FILES; at++) {
        const file = batch.opened(batch.open(process.execPath, openFlags.O_RDONLY));
        batch.read(file, new Uint8Array(arena, at * TRIAL_BYTES, TRIAL_BYTES), 0);
        batch.close(file);
      }
      batch.complete();
    }
    return batch.statistics();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  } finally {
    engine.close();
  }
}

function availability<Name>(name: Name, refusal: string | undefined, use: string): Availability<Name> {
  return { name, available: refusal === undefined, reason: refusal ?? use };
}
