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
  /** True if batches are completed by `completeAsync`: a ring then runs on a thread of its own. */
  readonly asynchronous?: boolean;
  readonly threads?: number;
  readonly uring?: UringOptions;
  /** Gets the engine that was chosen, and why those before it cannot be used. */
  readonly log?: Log;
}

/** An engine that works, and why those before it in the chain do not. */
export interface OpenedFileEngine {
  readonly engine: FileEngine;
  readonly refused: readonly { readonly name: FileEngineName; readonly reason: string }[];
}

/**
 * Opens the engine asked for, or goes down the chain: io_uring, threads, blocking calls. They keep the same
 * contract, so that nothing but speed tells which one it is. Throws `InputError` ("unavailable") when the
 * one asked for does not work here.
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

/** Why an engine cannot work here, or undefined when it can. `EMU_NO_IO_URING=1` disables io_uring. */
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
