import { InputError } from "../../../emu/input-error.ts";
import type { Log } from "../../shared/log.ts";
import { probeRing } from "../linux/probe-ring.ts";
import { BlockingEngine } from "./blocking-engine.ts";
import type { FileEngine, FileEngineName } from "./engine.ts";
import { ThreadEngine } from "./thread-engine.ts";
import { UringEngine, type UringOptions } from "./uring-engine.ts";

export { FileBatch, type FileStatistics } from "./file-batch.ts";
export { openFlags } from "./operations.ts";

/** Engines in the order in which they are tried. */
export const FILE_ENGINES: readonly FileEngineName[] = ["io_uring", "threads", "blocking"];

export interface FileEngineOptions {
  /** The engine; by default the first of `FILE_ENGINES` that works here. */
  readonly engine?: FileEngineName;
  /** True if `completeAsync` completes batches: a ring then runs on its own thread. */
  readonly asynchronous?: boolean;
  readonly threads?: number;
  readonly uring?: UringOptions;
  /** Receives which engine was chosen, and why the preferred ones cannot be used. */
  readonly log?: Log;
}

/** The engine that was opened, and why the ones before it in the chain cannot be used. */
export interface OpenedFileEngine {
  readonly engine: FileEngine;
  readonly refused: readonly { readonly name: FileEngineName; readonly reason: string }[];
}

/**
 * Opens the requested engine, or the first that works of io_uring, threads and blocking calls. All have the
 * same contract and differ only in speed. Throws `InputError` ("unavailable") if the requested one does not
 * work here.
 */
export function openFileEngine(options: FileEngineOptions = {}): OpenedFileEngine {
  const refused: { name: FileEngineName; reason: string }[] = [];
  for (const name of options.engine === undefined ? FILE_ENGINES : [options.engine]) {
    const reason = probeFileEngine(name);
    if (reason === undefined) {
      options.log?.info({ engine: name, refused }, "file engine chosen");
      return { engine: build(name, options), refused };
    }
    refused.push({ name, reason });
  }
  const reasons = refused.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  throw new InputError("unavailable", `no file engine (${reasons})`);
}

/** Returns why an engine cannot work here, or undefined if it can. `EMU_NO_IO_URING=1` disables io_uring. */
export function probeFileEngine(name: FileEngineName): string | undefined {
  return name === "io_uring" ? probeRing() : undefined;
}

function build(name: FileEngineName, options: FileEngineOptions): FileEngine {
  if (name === "blocking") return new BlockingEngine();
  if (name === "threads") return new ThreadEngine({ threads: options.threads ?? 4 });
  return options.asynchronous === true
    ? new ThreadEngine({ threads: 1, engine: "io_uring" })
    : new UringEngine(options.uring);
}
