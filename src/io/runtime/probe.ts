import type { BackendName } from "./backend.ts";
import { BACKEND_NAMES, probeBackend } from "./backends/index.ts";
import type { FileEngineName } from "./files/engine.ts";
import { FILE_ENGINES, probeFileEngine } from "./files/index.ts";

export interface Availability<Name> {
  readonly name: Name;
  readonly available: boolean;
  /** Why it is or is not. */
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

/** What the async runtime can use on this computer: `emu doctor`'s "runtime". */
export function probeRuntime(): {
  backends: Availability<BackendName>[];
  files: Availability<FileEngineName>[];
} {
  return {
    backends: BACKEND_NAMES.map((name) => availability(name, probeBackend(name), BACKEND_REASONS[name])),
    files: FILE_ENGINES.map((name) => availability(name, probeFileEngine(name), FILE_REASONS[name])),
  };
}

function availability<Name>(name: Name, refusal: string | undefined, use: string): Availability<Name> {
  return { name, available: refusal === undefined, reason: refusal ?? use };
}
