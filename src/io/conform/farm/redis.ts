import { createHash } from "node:crypto";
import { RedisClient } from "bun";
import { parseFarmAddress } from "./address.ts";
import { CONNECT_MS, DamagedAnswer, explainRedisError, isMissingScript, retryOf } from "./redis-errors.ts";

const RETRY_MS = 250;
/** After this time without an answer, as behind a broken network, the connection is made again. */
const ANSWER_MS = 15_000;
/** An answer gets at least this time, even if the patience is shorter. */
const MIN_ANSWER_MS = 5000;
/** Files may take longer: 1 MiB in 8 s. */
const MIN_BYTES_PER_MS = 128;
/** A command whose answers are damaged is sent this often, each time over a new connection. */
const MAX_DAMAGED = 3;

/** What the answer of a command must be; others are damaged. Throws `DamagedAnswer`. */
type Reader<T> = (answer: unknown) => T;

/**
 * A connection to the farm's Redis that comes back after Redis has restarted. A command is repeated until it
 * gets an answer of the right kind, so it may run twice: only use commands for which that makes no
 * difference. All methods that ask Redis throw `InputError` ("unavailable") when the patience ends, and at
 * once if Redis refuses the command.
 */
export class FarmRedis {
  readonly #url: string;
  #patienceMs: number;
  #client: RedisClient | undefined;
  #connecting: Promise<RedisClient> | undefined;
  #closed = false;
  /** The time by which the files that were sent and requested so far must have arrived. */
  #busyUntilMs = 0;

  /** Commands without an answer for `patienceMs` throw. Throws `InputError` ("usage") for a wrong address. */
  constructor(url: string, patienceMs: number) {
    parseFarmAddress(url, process.env);
    this.#url = url;
    this.#patienceMs = patienceMs;
  }

  /** Connects for the first time. Throws `InputError` ("unavailable") that says what is wrong. */
  async open(): Promise<void> {
    try {
      const client = await this.#connected();
      await answeredWithin(CONNECT_MS, client.send("PING", []));
    } catch (error) {
      this.reconnect();
      throw await explainRedisError(this.#url, error);
    }
  }

  /** Commands that wait and later ones throw if they have had no answer for `patienceMs`. */
  hurry(patienceMs: number): void {
    this.#patienceMs = patienceMs;
  }

  /** Sends a command that only stores something, or whose answer does not matter. */
  async send(command: string, args: readonly (string | Uint8Array)[]): Promise<void> {
    await this.#ask(command, args, () => {});
  }

  /** Sends a command that Redis answers with a whole number. */
  async count(command: string, args: readonly string[]): Promise<number> {
    return this.#ask(command, args, readCount);
  }

  /** Sends a command that Redis answers with a list of texts; with `length`, one of that length. */
  async texts(command: string, args: readonly string[], length?: number): Promise<(string | null)[]> {
    return this.#ask(command, args, (answer) => readTexts(answer, length));
  }

  /** Sends a command that Redis answers with a text, or null; numbers become texts. */
  async text(command: string, args: readonly string[]): Promise<string | null> {
    return this.#ask(command, args, (answer) =>
      readString(typeof answer === "number" ? String(answer) : answer),
    );
  }

  /** The fields of a hash and their texts. */
  async fields(key: string): Promise<Readonly<Record<string, string>>> {
    return this.#ask("HGETALL", [key], readFields);
  }

  /** Runs a script, which Redis keeps after the first time. `read` checks its answer. */
  async script<T>(
    text: string,
    keys: readonly string[],
    args: readonly string[],
    read: Reader<T>,
  ): Promise<T> {
    const hash = scriptHash(text);
    const rest = [hash, String(keys.length), ...keys, ...args];
    return this.#repeat(0, async (client) => {
      const run = (): Promise<unknown> => client.send("EVALSHA", rest);
      const answer = await run().catch(async (error) => {
        if (!isMissingScript(error)) throw error;
        // The hash proves that the script that Redis has is this one.
        await client.send("SCRIPT", ["LOAD", text]);
        return run();
      });
      return read(answer);
    });
  }

  /** The bytes of a key; null if it does not exist. `size` is their approximate number. */
  async bytes(key: string, size: number): Promise<Uint8Array | null> {
    return this.#repeat(size, (client) => client.getBuffer(key));
  }

  /** The next command makes a new connection. Commands that wait for an answer are sent again. */
  reconnect(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  close(): void {
    this.#closed = true;
    this.reconnect();
  }

  #ask<T>(command: string, args: readonly (string | Uint8Array)[], read: Reader<T>): Promise<T> {
    const bytes = args.reduce((sum, { length }) => sum + length, 0);
    return this.#repeat(bytes, async (client) => read(await client.send(command, args as string[])));
  }

  /** Repeats an action until it is answered. `bytes` is the size of what is sent and received. */
  #repeat<T>(bytes: number, action: (client: RedisClient) => Promise<T>): Promise<T> {
    let client: RedisClient | undefined;
    const attempt = async (): Promise<T> => {
      client = undefined;
      client = await this.#connected();
      const nowMs = performance.now();
      this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs) + bytes / MIN_BYTES_PER_MS;
      return answeredWithin(this.#busyUntilMs - nowMs + answerMs(this.#patienceMs), action(client));
    };
    return repeated(this.#url, attempt, {
      patienceMs: () => (this.#closed ? -1 : this.#patienceMs),
      // Another command may have connected again by now.
      onFailure: () => {
        if (client === this.#client) this.reconnect();
      },
    });
  }

  /** The connection, which commands that are sent at the same time share. */
  async #connected(): Promise<RedisClient> {
    if (this.#client?.connected === true) return this.#client;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<RedisClient> {
    this.reconnect();
    this.#busyUntilMs = 0;
    const client = newClient(this.#url);
    this.#client = client;
    await client.connect();
    return client;
  }
}

/** For commands whose answer does not matter. */
export const readNothing: Reader<void> = () => {};

/** A whole number of at least 0. */
export function readCount(answer: unknown): number {
  if (typeof answer !== "number" || !Number.isSafeInteger(answer) || answer < 0) {
    throw new DamagedAnswer("no number");
  }
  return answer;
}

/** A text, or null. */
export function readString(answer: unknown): string | null {
  if (answer !== null && typeof answer !== "string") throw new DamagedAnswer("no text");
  return answer;
}

/** A list of texts, each of which can be null; with `length`, of that length. */
export function readTexts(answer: unknown, length?: number): (string | null)[] {
  if (!Array.isArray(answer) || (length !== undefined && answer.length !== length)) {
    throw new DamagedAnswer("no list");
  }
  return answer.map(readString);
}

/** A list of whole numbers, of this length. */
export function readNumbers(answer: unknown, length: number): number[] {
  if (!Array.isArray(answer) || answer.length !== length || !answer.every(Number.isSafeInteger)) {
    throw new DamagedAnswer("no list of numbers");
  }
  return answer as number[];
}

function readFields(answer: unknown): Readonly<Record<string, string>> {
  if (answer === null || typeof answer !== "object" || Array.isArray(answer)) {
    throw new DamagedAnswer("no fields");
  }
  if (!Object.values(answer).every((value) => typeof value === "string")) {
    throw new DamagedAnswer("no fields of texts");
  }
  return answer as Readonly<Record<string, string>>;
}

const scriptHashes = new Map<string, string>();

function scriptHash(text: string): string {
  const hash = scriptHashes.get(text) ?? createHash("sha1").update(text).digest("hex");
  scriptHashes.set(text, hash);
  return hash;
}

/** An unconnected client of Bun's own. It does not reconnect by itself. */
export function newClient(url: string): RedisClient {
  const { clientUrl } = parseFarmAddress(url, process.env);
  return new RedisClient(clientUrl, { autoReconnect: false, connectionTimeout: CONNECT_MS });
}

/** How long an answer may take. */
export function answerMs(patienceMs: number): number {
  return Math.max(MIN_ANSWER_MS, Math.min(ANSWER_MS, patienceMs));
}

/** Waits for an answer, and throws if none has come after `milliseconds`. */
export async function answeredWithin<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("the connection gives no answer")), milliseconds);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** How a command is repeated. */
interface Repetition {
  /** How long a lost connection may last. */
  readonly patienceMs: () => number;
  /** Called after each attempt that fails, before the next. */
  readonly onFailure: () => void;
}

/**
 * Repeats an attempt as long as the connection is lost, and a few times if it is damaged. Throws `InputError`
 * ("unavailable") that says what is wrong.
 */
export async function repeated<T>(
  url: string,
  attempt: () => Promise<T>,
  { patienceMs, onFailure }: Repetition,
): Promise<T> {
  const start = performance.now();
  for (let damaged = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      const retry = retryOf(error);
      if (retry === "damaged") damaged++;
      onFailure();
      const isOver = performance.now() - start > patienceMs();
      if (retry === "never" || isOver || damaged >= MAX_DAMAGED) throw await explainRedisError(url, error);
      await Bun.sleep(RETRY_MS);
    }
  }
}
