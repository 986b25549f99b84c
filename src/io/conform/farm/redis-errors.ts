import { InputError } from "../../../emu/input-error.ts";
import { printable } from "../../files/text.ts";
import { type FarmAddress, PASSWORD_VARIABLE, parseFarmAddress } from "./address.ts";

/** How long one attempt to connect may take. */
export const CONNECT_MS = 5000;

/** An answer that does not fit its command: the connection has lost or changed bytes. */
export class DamagedAnswer extends Error {}

/**
 * How a failed command is repeated. "lost": the connection is lost, so repeat it as long as the patience
 * lasts. "never": Redis refuses the command, or the error is not of Redis, which is a bug. "damaged": the
 * command or its answer is damaged, which Redis and its client report in many ways, so repeat it a few times.
 */
export function retryOf(error: unknown): "lost" | "damaged" | "never" {
  if (isRefusal(error) || !isOfRedis(error)) return "never";
  return isConnectionLost(error) || isLoading(error) ? "lost" : "damaged";
}

/** Returns true for an error of Redis, of Bun's client for it, of the connection, or of an answer. */
export function isOfRedis(error: unknown): boolean {
  const { code = "" } = error as { code?: string };
  return error instanceof DamagedAnswer || String(code).startsWith("ERR_REDIS_") || isConnectionLost(error);
}

function isConnectionLost(error: unknown): boolean {
  if (error instanceof InputError) return false;
  const { code = "", message = "" } = error as { code?: string; message?: string };
  return /CONNECTION|TIMEOUT|ECONN|EPIPE/.test(code) || /connection|socket/i.test(message);
}

/** Redis forgets scripts when it restarts. */
export function isMissingScript(error: unknown): boolean {
  return /^NOSCRIPT/.test((error as Error).message ?? "");
}

/** Redis reads its append-only file after a restart. */
function isLoading(error: unknown): boolean {
  return /^LOADING/.test((error as Error).message ?? "");
}

/** Redis refuses what it is asked, and would refuse it again. */
function isRefusal(error: unknown): boolean {
  const { message = "" } = error as { message?: string };
  return REFUSALS.some(([pattern]) => pattern.test(message));
}

/** The error that says what is wrong with Redis, and what to do. Other errors are returned as they are. */
export async function explainRedisError(url: string, error: unknown): Promise<unknown> {
  if (!isOfRedis(error)) return error;
  const address = parseFarmAddress(url, process.env);
  const fail = (what: string, remedy: string) => new InputError("unavailable", what, address.shown, remedy);
  if (error instanceof DamagedAnswer && !isRefusal(error)) return fail(...NO_ANSWER.unsteady(address));
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

type Problem = "unreachable" | "unsteady" | "silent" | "certificate";

const NO_ANSWER: Readonly<
  Record<Problem, (address: FarmAddress) => readonly [what: string, remedy: string]>
> = {
  unreachable: ({ socket }) => [
    "Redis cannot be reached",
    `start redis-server, or check ${"unix" in socket ? "the path" : "host and port"}`,
  ],
  unsteady: () => [
    "answers of Redis were lost or damaged, though it answers now",
    "check the network, and run the command again",
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
      else resolve({ problem: line.startsWith("+") ? "unsteady" : "silent" });
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
