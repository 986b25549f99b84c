import { createHash } from "node:crypto";
import { RedisClient } from "bun";
import { InputError } from "../../../emu/input-error.ts";
import { printable } from "../../files/text.ts";

/** How long one attempt to connect may take. */
const CONNECT_MS = 5000;
const RETRY_MS = 250;
const DEFAULT_PORT = 6379;

/**
 * A connection to the farm's Redis that comes back after Redis has restarted. A command is repeated until it
 * is answered, so it may run twice: only use commands for which that makes no difference.
 */
export class FarmRedis {
  readonly url: string;
  readonly #patienceMs: number;
  #client: RedisClient | undefined;
  #connecting: Promise<RedisClient> | undefined;
  #closed = false;

  /** A command that is not answered for `patienceMs` throws. */
  constructor(url: string, patienceMs: number) {
    this.url = checkUrl(url);
    this.#patienceMs = patienceMs;
  }

  /** Connects for the first time. Throws `InputError` ("unavailable") that says what is wrong. */
  async open(): Promise<void> {
    try {
      const client = await this.#connected();
      await client.send("PING", []);
    } catch (error) {
      this.#drop();
      throw await explainRedisError(this.url, error);
    }
  }

  async send(command: string, args: readonly (string | Uint8Array)[]): Promise<unknown> {
    const start = performance.now();
    for (;;) {
      let client: RedisClient | undefined;
      try {
        client = await this.#connected();
        return await client.send(command, args as string[]);
      } catch (error) {
        if (this.#closed || isMissingScript(error)) throw error;
        const isLost = isConnectionLost(error) || isLoading(error);
        if (!isLost || performance.now() - start > this.#patienceMs) {
          throw await explainRedisError(this.url, error);
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

  /** Like `send("GET", …)`, as bytes. */
  async bytes(key: string): Promise<Uint8Array | null> {
    await this.send("PING", []);
    return this.#client!.getBuffer(key);
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
    const client = newClient(this.url);
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
  return new RedisClient(url, { autoReconnect: false, connectionTimeout: CONNECT_MS });
}

function checkUrl(url: string): string {
  const remedy = "redis://HOST:PORT, redis://USER:PASSWORD@HOST:PORT, rediss://… or redis+unix:///PATH";
  if (/^(rediss?|redis\+tls|redis\+unix|redis\+tls\+unix):\/\//.test(url) && URL.canParse(url)) return url;
  throw new InputError("usage", "is not the address of a Redis", withoutPassword(url), remedy);
}

/** The address for messages. */
function withoutPassword(url: string): string {
  return printable(url.replace(/\/\/[^@/]*@/, "//"));
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
  const where = withoutPassword(url);
  const message = isConnectionLost(error) ? await refusalOf(url) : String((error as Error).message);
  const fail = (what: string, remedy: string) => new InputError("unavailable", what, where, remedy);
  if (/WRONGPASS|AUTH.*(without|called)/i.test(message)) {
    return fail("Redis refuses the name or password", "check the address: redis://USER:PASSWORD@HOST:PORT");
  }
  if (/NOAUTH/.test(message)) {
    return fail("Redis wants a password", "give it in the address: redis://:PASSWORD@HOST:PORT");
  }
  if (/\bOOM\b|maxmemory/.test(message)) {
    return fail("Redis is out of memory", "raise its maxmemory, or run fewer tests at a time");
  }
  if (/NOPERM/.test(message))
    return fail("Redis does not permit this user the farm's commands", "see its ACL");
  if (/READONLY/.test(message)) return fail("this Redis is a read-only replica", "name the primary");
  if (/MISCONF/.test(message)) return fail("Redis cannot write its file", "see its log, and its disk");
  if (message === "") return fail("Redis cannot be reached", "start redis-server, or check host and port");
  return fail(`Redis answers: ${printable(message)}`, "");
}

/**
 * The first answer of Redis, or "" if there is none. Bun's client reports refused names and passwords as a
 * closed connection, so this asks over a plain socket.
 */
async function refusalOf(url: string): Promise<string> {
  const { protocol, hostname, port, pathname, username, password } = new URL(url);
  const names = [username, password].map(decodeURIComponent).filter((part) => part !== "");
  const words = password === "" ? ["PING"] : ["AUTH", ...names];
  const request = `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = {
    open: (peer: { write(text: string): number }) => void peer.write(request),
    data: (_peer: unknown, bytes: Uint8Array) => resolve(new TextDecoder().decode(bytes)),
    close: () => resolve(""),
  };
  const isTls = protocol !== "redis:" && protocol !== "redis+unix:";
  try {
    const peer = protocol.includes("unix")
      ? await Bun.connect({ unix: decodeURIComponent(pathname), tls: isTls, socket })
      : await Bun.connect({ hostname, port: Number(port === "" ? DEFAULT_PORT : port), tls: isTls, socket });
    const timer = setTimeout(() => resolve(""), CONNECT_MS);
    const answer = await promise;
    clearTimeout(timer);
    peer.end();
    return answer.startsWith("-") ? answer.slice(1).split("\r\n")[0]! : "";
  } catch {
    return "";
  }
}
