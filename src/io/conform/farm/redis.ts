import { createHash } from "node:crypto";
import { RedisClient } from "bun";
import { InputError } from "../../../emu/input-error.ts";
import { printable } from "../../files/text.ts";
import { type FarmAddress, PASSWORD_VARIABLE, parseFarmAddress } from "./address.ts";

/** How long one attempt to connect may take. */
const CONNECT_MS = 5000;
const RETRY_MS = 250;
/** After this time without an answer, as behind a broken network, the connection is made again. */
const ANSWER_MS = 15_000;
/** An answer gets at least this time, even if the patience is shorter. */
const LEAST_ANSWER_MS = 5000;
/** Files may take longer: 1 MiB in 8 s. */
const LEAST_BYTES_PER_MS = 128;

/**
 * A connection to the farm's Redis that comes back after Redis has restarted. A command is repeated until it
 * is answered, so it may run twice: only use commands for which that makes no difference.
 */
export class FarmRedis {
  readonly #url: string;
  readonly #patienceMs: number;
  #client: RedisClient | undefined;
  #connecting: Promise<RedisClient> | undefined;
  #closed = false;
  /** The time by which the files that were sent and requested so far must have arrived. */
  #busyUntilMs = 0;

  /** Commands without an answer for `patienceMs` throw. Throws `InputError` ("usage") for a wrong address. */
  constructor(url: string, patienceMs: number) {
    addressOf(url);
    this.#url = url;
    this.#patienceMs = patienceMs;
  }

  /** Connects for the first time. Throws `InputError` ("unavailable") that says what is wrong. */
  async open(): Promise<void> {
    try {
      const client = await this.#connected();
      await within(CONNECT_MS, client.send("PING", []));
    } catch (error) {
      this.#drop();
      throw await explainRedisError(this.#url, error);
    }
  }

  async send(command: string, args: readonly (string | Uint8Array)[]): Promise<unknown> {
    const bytes = args.reduce((sum, { length }) => sum + length, 0);
    return this.#repeat(bytes, (client) => client.send(command, args as string[]));
  }

  /** Repeats an action until it is answered. `bytes` is the size of what is sent and received. */
  async #repeat<T>(bytes: number, action: (client: RedisClient) => Promise<T>): Promise<T> {
    const start = performance.now();
    for (;;) {
      let client: RedisClient | undefined;
      try {
        client = await this.#connected();
        const nowMs = performance.now();
        this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs) + bytes / LEAST_BYTES_PER_MS;
        const answerMs = Math.max(LEAST_ANSWER_MS, Math.min(ANSWER_MS, this.#patienceMs));
        return await within(this.#busyUntilMs - nowMs + answerMs, action(client));
      } catch (error) {
        if (this.#closed || isMissingScript(error)) throw error;
        const isLost = isConnectionLost(error) || isLoading(error);
        if (!isLost || performance.now() - start > this.#patienceMs) {
          throw await explainRedisError(this.#url, error);
        }
        // Another command may have connected again by now.
        if (client === this.#client) this.#drop();
        await Bun.sleep(RETRY_MS);
      }
    }
  }

  /** Runs a script, which Redis keeps after the first time. */
  async script(text: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.send("EVALSHA", [scriptHash(text), ...rest]);
    } catch (error) {
      if (!isMissingScript(error)) throw error;
      return this.send("EVAL", [text, ...rest]);
    }
  }

  /** Like `send("GET", …)`, but returns bytes. `size` is their approximate number. */
  async bytes(key: string, size: number): Promise<Uint8Array | null> {
    return this.#repeat(size, (client) => client.getBuffer(key));
  }

  close(): void {
    this.#closed = true;
    this.#drop();
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
    this.#drop();
    this.#busyUntilMs = 0;
    const client = newClient(this.#url);
    this.#client = client;
    await client.connect();
    return client;
  }

  #drop(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}

const scriptHashes = new Map<string, string>();

function scriptHash(text: string): string {
  const hash = scriptHashes.get(text) ?? createHash("sha1").update(text).digest("hex");
  scriptHashes.set(text, hash);
  return hash;
}

/** An unconnected client of Bun's own. It does not reconnect by itself. */
export function newClient(url: string): RedisClient {
  return new RedisClient(addressOf(url).clientUrl, { autoReconnect: false, connectionTimeout: CONNECT_MS });
}

function addressOf(url: string): FarmAddress {
  return parseFarmAddress(url, process.env);
}

/** Waits for an answer, and throws if none has come after `milliseconds`. */
async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("the connection gives no answer")), milliseconds);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Repeats an action of clients that come back after a lost connection, for up to `patienceMs`. */
export async function repeatIfLost<T>(patienceMs: number, action: () => Promise<T>): Promise<T> {
  const start = performance.now();
  for (;;) {
    try {
      return await within(Math.max(LEAST_ANSWER_MS, patienceMs), action());
    } catch (error) {
      // They load their scripts again when they notice that Redis was started again.
      const isLost = isConnectionLost(error) || isLoading(error) || isMissingScript(error);
      if (!isLost || performance.now() - start > patienceMs) throw error;
      await Bun.sleep(RETRY_MS);
    }
  }
}

function isConnectionLost(error: unknown): boolean {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  return /CONNECTION|TIMEOUT|ECONN|EPIPE/.test(code) || /connection|socket/i.test(message);
}

/** Redis forgets scripts when it restarts. */
function isMissingScript(error: unknown): boolean {
  return /^NOSCRIPT/.test((error as Error).message ?? "");
}

/** Redis reads its append-only file after a restart. */
function isLoading(error: unknown): boolean {
  return /^LOADING/.test((error as Error).message ?? "");
}

/** The error that tells what is wrong with Redis, and what to do. */
export async function explainRedisError(url: string, error: unknown): Promise<InputError> {
  if (error instanceof InputError) return error;
  const address = addressOf(url);
  const fail = (what: string, remedy: string) => new InputError("unavailable", what, address.shown, remedy);
  const refusal = isConnectionLost(error) ? await refusalOf(address) : (error as Error).message;
  if (typeof refusal !== "string") return fail(...NO_ANSWER[refusal.problem](address));
  const [, what, remedy] = REFUSALS.find(([pattern]) => pattern.test(refusal)) ?? [];
  return fail(what ?? `Redis answers: ${printable(refusal)}`, remedy ?? "");
}

const GIVE_PASSWORD = `set ${PASSWORD_VARIABLE}, or write it into the address: redis://USER:PASSWORD@HOST:PORT`;

/** Answers of Redis, each with its meaning and the remedy. */
const REFUSALS: readonly (readonly [RegExp, what: string, remedy: string])[] = [
  [/WRONGPASS|AUTH.*(without|called)/i, "Redis refuses the name or password", GIVE_PASSWORD],
  [/NOAUTH/, "Redis wants a password", GIVE_PASSWORD],
  [/\bOOM\b|maxmemory/, "Redis is out of memory", "raise its maxmemory, or run fewer tests at a time"],
  [/NOPERM/, "Redis does not permit this user the farm's commands", "see its ACL"],
  [/READONLY/, "this Redis is a read-only replica", "name the primary"],
  [/MISCONF/, "Redis cannot write its file", "see its log, and its disk"],
];

type Problem = "unreachable" | "silent" | "certificate";

const NO_ANSWER: Readonly<
  Record<Problem, (address: FarmAddress) => readonly [what: string, remedy: string]>
> = {
  unreachable: ({ socket }) => [
    "Redis cannot be reached",
    `start redis-server, or check ${"unix" in socket ? "the path" : "host and port"}`,
  ],
  silent: ({ isTls }) => [
    "no Redis answers at this address",
    `check the network; a Redis ${isTls ? "without TLS has redis://" : "with TLS has rediss://"} addresses`,
  ],
  certificate: () => [
    "the certificate of this Redis is not trusted",
    "name a file with the certificate of its authority in NODE_EXTRA_CA_CERTS, and the host that it is for",
  ],
};

/**
 * The first error that Redis answers, or why there is none. Bun's client reports all of this as a closed
 * connection, so this asks over a plain socket.
 */
async function refusalOf({
  socket: at,
  isTls,
  login,
}: FarmAddress): Promise<string | { readonly problem: Problem }> {
  const words = login.length === 0 ? ["PING"] : ["AUTH", ...login];
  const request = `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
  const { promise, resolve } = Promise.withResolvers<string | { readonly problem: Problem }>();
  const timer = setTimeout(() => resolve({ problem: "silent" }), CONNECT_MS);
  type Peer = { write(text: string): number };
  const socket = {
    open: (peer: Peer) => void (isTls ? undefined : peer.write(request)),
    handshake: (peer: Peer, isTrusted: boolean, error: unknown) => {
      if (isTrusted) peer.write(request);
      else resolve({ problem: isOfCertificate(error) ? "certificate" : "silent" });
    },
    data: (_peer: unknown, bytes: Uint8Array) => {
      const [line = ""] = new TextDecoder().decode(bytes).split("\r\n");
      if (line.startsWith("-")) resolve(line.slice(1));
      else resolve({ problem: line.startsWith("+") ? "unreachable" : "silent" });
    },
    close: () => resolve({ problem: "silent" }),
  };
  try {
    const options = { tls: isTls, socket };
    const peer = await ("unix" in at
      ? Bun.connect({ ...at, ...options })
      : Bun.connect({ ...at, ...options }));
    const answer = await promise;
    peer.end();
    return answer;
  } catch {
    return { problem: "unreachable" };
  } finally {
    clearTimeout(timer);
  }
}

function isOfCertificate(error: unknown): boolean {
  return /CERT|ISSUER|VERIFY/.test(String((error as { code?: string } | null)?.code));
}
