import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { startError } from "../../files/command-line.ts";
import { printable } from "../../files/text.ts";
import { afterRunningFor } from "../../workers/patience.ts";

const MAX_LINE_BYTES = 8 * MIB;
const MAX_STDERR_CHARACTERS = 2000;
/** How long a program may take to end after its input was closed. */
const END_MILLISECONDS = 1000;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;

/** The emulator does not know a method, or a parameter of it. */
export class NotOffered extends Error {
  readonly method: string;

  constructor(method: string) {
    super(`the emulator does not offer "${method}"`);
    this.method = method;
  }
}

type Answer = Readonly<Record<string, unknown>>;

/**
 * A program that answers JSON-RPC 2.0 on its standard streams, one object per line, one request at a time. If
 * it crashes, hangs or writes anything but an answer, that is an `InputError` ("unavailable").
 */
export class RpcProcess {
  readonly #process: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #lines: AsyncGenerator<string>;
  readonly #hangMilliseconds: number;
  #stderr = "";
  #id = 0;
  #isOver = false;

  /** `signal` ends the program at once. Throws `InputError` ("missing") if it cannot be started. */
  constructor(command: readonly string[], hangMilliseconds: number, signal?: AbortSignal) {
    this.#hangMilliseconds = hangMilliseconds;
    try {
      this.#process = Bun.spawn([...command], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
    } catch (error) {
      throw startError(error, command[0] ?? "", "missing");
    }
    this.#lines = readLines(this.#process.stdout);
    void this.#keepStderr();
    const stop = (): void => this.kill();
    signal?.addEventListener("abort", stop, { once: true });
    void this.#process.exited.then(() => signal?.removeEventListener("abort", stop));
  }

  /** Calls a method. Throws `NotOffered`, or `InputError` for anything else but a result. */
  async call(method: string, params: Answer = {}): Promise<Answer> {
    const id = ++this.#id;
    let cancel = (): void => {};
    const late = new Promise<"late">((resolve) => {
      cancel = afterRunningFor(this.#hangMilliseconds, () => resolve("late"));
    });
    try {
      this.#process.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      this.#process.stdin.flush();
      const answer = await Promise.race([this.#answerTo(id), late]);
      if (answer !== "late") return this.#resultOf(answer, method);
    } catch (error) {
      if (error instanceof InputError || error instanceof NotOffered) throw error;
      // The program has ended.
      throw await this.#lost(method);
    } finally {
      cancel();
    }
    this.kill();
    throw failure(`hangs: no answer to "${method}" for ${this.#hangMilliseconds / 1000} s`);
  }

  /** Ends the program, first by closing its input. */
  async end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      await this.#process.stdin.end();
    } catch {
      // It has ended already.
    }
    const isGone = await Promise.race([this.#process.exited.then(() => true), Bun.sleep(END_MILLISECONDS)]);
    if (isGone !== true) this.#process.kill("SIGKILL");
  }

  /** Ends the program at once. */
  kill(): void {
    this.#isOver = true;
    this.#process.kill("SIGKILL");
  }

  /** Reads the answer with this id and ignores notifications. */
  async #answerTo(id: number): Promise<Answer> {
    for (;;) {
      const { value: line, done } = await this.#lines.next();
      if (done === true || line === undefined) throw new Error("the end of its output");
      if (line.trim() === "") continue;
      const message = parseLine(line);
      if (message === undefined) {
        this.kill();
        throw failure(`wrote a line that is not a JSON-RPC answer: ${printable(line)}`);
      }
      if (message.id === undefined && typeof message.method === "string") continue;
      if (message.id === id) return message;
      this.kill();
      throw failure(`answered request ${printable(JSON.stringify(message.id ?? null), 40)}, ${id} was asked`);
    }
  }

  #resultOf({ result, error }: Answer, method: string): Answer {
    if (typeof error === "object" && error !== null) {
      const { code, message } = error as Answer;
      if (code === METHOD_NOT_FOUND || code === INVALID_PARAMS) throw new NotOffered(method);
      throw failure(`refused "${method}": ${printable(String(message))}`);
    }
    if (typeof result === "object" && result !== null) return result as Answer;
    throw failure(`answered "${method}" without a result that is an object`);
  }

  async #lost(method: string): Promise<InputError> {
    const { exited } = this.#process;
    await Promise.race([exited, Bun.sleep(END_MILLISECONDS)]);
    const { exitCode, signalCode } = this.#process;
    const how =
      signalCode !== null
        ? `ended by ${signalCode}`
        : exitCode !== null
          ? `ended with code ${exitCode}`
          : "closed its output";
    const last = this.#stderr.trimEnd().split("\n").pop() ?? "";
    const said = last === "" ? "" : `: ${printable(last, 300)}`;
    this.kill();
    return failure(`${how} at "${method}"${said}`);
  }

  async #keepStderr(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.#process.stderr) {
        const text = this.#stderr + decoder.decode(chunk, { stream: true });
        this.#stderr = text.slice(-MAX_STDERR_CHARACTERS);
      }
    } catch {
      // Reports can leave out a program's last output.
    }
  }
}

function failure(what: string): InputError {
  return new InputError("unavailable", `the emulator ${what}`);
}

function parseLine(line: string): Answer | undefined {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === "object" && message !== null ? (message as Answer) : undefined;
  } catch {
    return undefined;
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_BYTES)
      throw failure(`wrote a line of more than ${MAX_LINE_BYTES / 1024 / 1024} MiB`);
    yield* lines;
  }
  if (rest !== "") yield rest;
}
