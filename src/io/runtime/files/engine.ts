import type { Intents } from "./intents.ts";

export type FileEngineName = "io_uring" | "threads" | "blocking";

/** Carries out all intents of a batch and stores their results. */
export interface FileEngine {
  readonly name: FileEngineName;
  /** Returns when everything is done. */
  run(intents: Intents): void;
  /** Resolves when everything is done; the thread continues with other work meanwhile. */
  runAsync(intents: Intents): Promise<void>;
  close(): void;
}
