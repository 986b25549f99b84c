/**
 * The other side of the Python package: carries out orders that come as lines over a socket, and shares the
 * arrays of a vector of environments as a mapped file. It blocks on the socket, so that an order takes no
 * turn of an event loop.
 *
 * An order is a line: "s" for a step, "q" for the end, or JSON. An answer is "k", or JSON. The first order is
 * `hello`, which is answered at once; then `make`, whose answer says how large the memory must be; then
 * `open`, with its path.
 */
import { readSync, writeSync } from "node:fs";
import { InputError } from "../../emu/input-error.ts";
import { sleepMs } from "../ffi/clock.ts";
import { type PreparedVector, prepareVector, VectorEnv, type VectorEnvOptions } from "./vector-env.ts";

/** Counted up when the orders or the layout of the memory change. */
const PROTOCOL = 2;
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const RETRY_MS = 1;

type Order = Readonly<Record<string, unknown>>;

/** Serves the peer at the descriptors until it says so or closes them. */
export async function serveEnvProcess(input: number, output: number): Promise<void> {
  const lines = new BlockingLines(input);
  const send = (answer: string) => writeWhole(output, new TextEncoder().encode(`${answer}\n`));
  let prepared: PreparedVector | undefined;
  let vector: VectorEnv | undefined;
  try {
    for (let line = lines.next(); line !== undefined && line !== "q"; line = lines.next()) {
      try {
        if (line === "s") opened(vector).stepInPlace();
        else {
          const order = parseOrder(line);
          if (order.op === "hello") {
            send(JSON.stringify({ protocol: PROTOCOL }));
            continue;
          }
          if (order.op === "make") {
            prepared = await makeVector(order);
            send(JSON.stringify(descriptionOf(prepared)));
            continue;
          }
          if (order.op === "open") {
            if (prepared === undefined || vector !== undefined)
              throw new InputError("usage", "open must follow make");
            vector = new VectorEnv(prepared, { kind: "file", path: String(order.path) });
          } else carryOut(opened(vector), order);
        }
        send("k");
      } catch (error) {
        send(JSON.stringify({ error: errorData(error) }));
      }
    }
  } finally {
    vector?.close();
  }
}

function opened(vector: VectorEnv | undefined): VectorEnv {
  if (vector !== undefined) return vector;
  throw new InputError("usage", "there is no environment: make and open come first");
}

function parseOrder(line: string): Order {
  try {
    const order: unknown = JSON.parse(line);
    if (typeof order === "object" && order !== null) return order as Order;
  } catch {
    // Reported below.
  }
  throw new InputError("usage", "an order must be a JSON object");
}

function carryOut(vector: VectorEnv, order: Order): void {
  const index = Number(order.index);
  if (order.op === "reset") vector.resetInPlace(order.hasState === true);
  // These leave their results in the memory.
  else if (order.op === "save") vector.saveState(index);
  else if (order.op === "render") vector.render(index);
  else throw new InputError("usage", `unknown order ${String(order.op).slice(0, 40)}`);
}

async function makeVector(order: Order): Promise<PreparedVector> {
  const { rom, options } = order;
  if (typeof rom !== "string") throw new InputError("usage", "rom must be a path");
  if (typeof options !== "object" || options === null)
    throw new InputError("usage", "options must be an object");
  return prepareVector(rom, withStates(options as Record<string, unknown>) as unknown as VectorEnvOptions);
}

/** Decodes the states in `starts`, which JSON holds as base64. */
function withStates(options: Record<string, unknown>): Record<string, unknown> {
  const { starts } = options;
  if (!Array.isArray(starts)) return options;
  const decoded = starts.map((start: unknown) => {
    const text = (start as { base64?: unknown } | null)?.base64;
    if (typeof text !== "string") return start;
    try {
      return { state: Uint8Array.fromBase64(text) };
    } catch {
      throw new InputError("usage", "a start is not base64");
    }
  });
  return { ...options, starts: decoded };
}

function descriptionOf({ prepared, count, workers, autoreset, places }: PreparedVector): object {
  const { plan } = prepared;
  return {
    count,
    workers,
    autoreset,
    places,
    shape: plan.layout.shape,
    stateBytes: plan.stateBytes,
    actions: { kind: plan.rules.actions.kind, size: plan.rules.actions.size },
    info: plan.rules.info.map(({ name }) => name),
    picture: [prepared.nes.geometry.height, prepared.nes.geometry.width, 3],
    framesPerSecond: prepared.nes.geometry.frameRateHz / plan.rules.frameSkip,
  };
}

function errorData(error: unknown): object {
  if (error instanceof InputError) {
    const { kind, message, where, remedy } = error;
    return { kind, message, where, remedy };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: "bug", message: `this is a bug in emu: ${stack.slice(0, 2000)}`, where: "", remedy: "" };
}

/** Reads lines from a descriptor, and waits for them. */
class BlockingLines {
  readonly #input: number;
  /** What was received and not returned yet is from `#from` to `#to`; no line ends before `#searched`. */
  #bytes = new Uint8Array(2 * CHUNK_BYTES);
  #from = 0;
  #searched = 0;
  #to = 0;

  constructor(input: number) {
    this.#input = input;
  }

  /** The next line; undefined at the end. Throws `InputError` if a line is too long. */
  next(): string | undefined {
    for (;;) {
      const length = this.#bytes.subarray(this.#searched, this.#to).indexOf(0x0a);
      if (length >= 0) {
        const end = this.#searched + length;
        const line = new TextDecoder().decode(this.#bytes.subarray(this.#from, end));
        this.#from = this.#searched = end + 1;
        return line;
      }
      this.#searched = this.#to;
      if (this.#to - this.#from > MAX_LINE_BYTES) throw new InputError("data", "an order is too long");
      this.#makeRoom();
      const received = this.#read();
      if (received === 0) return undefined;
      this.#to += received;
    }
  }

  /** Makes room for a chunk. Doubling the memory keeps the cost of a long line proportional to its length. */
  #makeRoom(): void {
    if (this.#bytes.length - this.#to >= CHUNK_BYTES) return;
    const waiting = this.#bytes.subarray(this.#from, this.#to);
    const isLarge = waiting.length + CHUNK_BYTES > this.#bytes.length;
    const bytes = isLarge ? new Uint8Array(2 * this.#bytes.length) : this.#bytes;
    bytes.set(waiting);
    this.#bytes = bytes;
    this.#searched -= this.#from;
    this.#from = 0;
    this.#to = waiting.length;
  }

  /** Returns 0 at the end, and when the peer was killed. */
  #read(): number {
    for (;;) {
      try {
        return readSync(this.#input, this.#bytes, this.#to, CHUNK_BYTES, null);
      } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === "ECONNRESET" || code === "EOF") return 0;
        if (code !== "EAGAIN" && code !== "EINTR") throw error;
        sleepMs(RETRY_MS);
      }
    }
  }
}

/** Writes all bytes. A peer that was killed ends with the next read. */
function writeWhole(output: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(output, bytes, done, bytes.length - done);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EPIPE" || code === "ECONNRESET") return;
      if (code !== "EAGAIN" && code !== "EINTR") throw error;
      sleepMs(RETRY_MS);
    }
  }
}
