import type { ReadableStreamDefaultReader } from "node:stream/web";
import { fileURLToPath } from "node:url";

const GUARD = fileURLToPath(new URL("test-guard.ts", import.meta.url));
/** How long the rest of the output is waited for after the end of the tests. */
const DRAIN_MS = 1000;
/** How much of the end of each stream is kept. */
const MAX_OUTPUT_BYTES = 64 * 1024;

export interface UnitTestOptions {
  /** The folder that `bun test` runs in. */
  readonly cwd: string;
  /** Stops the tests. */
  readonly signal: AbortSignal;
  /** Limit on the time that they take, in milliseconds. */
  readonly limitMs: number;
}

export interface UnitTestRun {
  readonly code: number;
  /** The end of standard output and of standard error. */
  readonly output: string;
  /** Why they were stopped before they ended. */
  readonly stopped?: "limit" | "aborted";
}

/**
 * Runs `bun test` on a file or folder. All processes that the tests started are ended with it (on Windows
 * only `bun test` itself), also if emu is killed. Processes that made a session of their own are not.
 */
export async function runUnitTests(
  target: string,
  { cwd, signal, limitMs }: UnitTestOptions,
): Promise<UnitTestRun> {
  if (signal.aborted) return { code: 1, output: "", stopped: "aborted" };
  const child = Bun.spawn([process.execPath, GUARD, cwd, target], {
    // Settings of Bun in the tests' folder are for the tests, not for the guard.
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    env: { ...process.env, NO_COLOR: "1" },
    // Ends when this process ends.
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  const endAll = (): void => {
    try {
      if (process.platform === "win32") child.stdin.end();
      else process.kill(-child.pid, "SIGKILL");
    } catch {
      // All of them have ended.
    }
  };
  let stopped: UnitTestRun["stopped"];
  const stop = (why: UnitTestRun["stopped"]): void => {
    stopped ??= why;
    endAll();
  };
  const onAbort = (): void => stop("aborted");
  signal.addEventListener("abort", onAbort);
  const limit = setTimeout(() => stop("limit"), limitMs);
  const outputs = [child.stdout, child.stderr].map((stream) => new OutputEnd(stream));
  const code = await child.exited;
  clearTimeout(limit);
  signal.removeEventListener("abort", onAbort);
  endAll();
  await Promise.race([Promise.all(outputs.map(({ ended }) => ended)), Bun.sleep(DRAIN_MS)]);
  const output = outputs.map((each) => each.take()).join("");
  return { code, output, ...(stopped === undefined ? {} : { stopped }) };
}

/** The last bytes of a stream. */
class OutputEnd {
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.ended = this.#read().catch(() => {});
  }

  /** What has been read. Nothing more is read. */
  take(): string {
    void this.#reader.cancel().catch(() => {});
    return new TextDecoder().decode(this.#bytes);
  }

  async #read(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      this.#bytes = Buffer.concat([this.#bytes, value]).subarray(-MAX_OUTPUT_BYTES);
    }
  }
}
