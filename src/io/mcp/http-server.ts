import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { listenError } from "../serve/host-port.ts";
import type { TokenGate } from "../serve/token-gate.ts";
import { isOurs, NOT_OURS } from "../serve/web-guard.ts";
import type { Log } from "../shared/log.ts";
import { createMcpServer } from "./server.ts";
import type { McpSession } from "./session.ts";

/** The path of the protocol. */
const PATH = "/mcp";
const MAX_BODY_BYTES = 1024 * 1024;
/** A session without requests for this long can be closed to make room for a new one. */
const IDLE_MS = 10 * 60_000;

export interface McpHttpOptions {
  readonly host: string;
  readonly port: number;
  /** Limit on sessions, each with its own machine. */
  readonly sessions: number;
  readonly gate: TokenGate;
  readonly log: Log;
  /** Makes the machine of a new session. */
  readonly createSession: () => McpSession;
  /** Called with errors that can only be bugs of emu. */
  readonly onError: (error: unknown) => void;
}

interface OpenSession {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  lastUsedMs: number;
}

/** Serves the protocol as streamable HTTP at `/mcp`. Token, host and origin are checked as in `emu serve`. */
export class McpHttpServer {
  readonly #options: McpHttpOptions;
  readonly #server: Bun.Server<undefined>;
  readonly #open = new Map<string, OpenSession>();
  /** Number of sessions that are being started. */
  #pending = 0;

  /** Throws `InputError` ("unavailable") if it cannot listen on the address. */
  constructor(options: McpHttpOptions) {
    this.#options = options;
    const { host, port } = options;
    try {
      this.#server = Bun.serve({
        hostname: host,
        port,
        maxRequestBodySize: MAX_BODY_BYTES,
        // Answers are streams that stay open while a tool runs.
        idleTimeout: 0,
        fetch: (request, server) => this.#answer(request, server.requestIP(request)?.address ?? ""),
        error: (error) => {
          options.onError(error);
          return plain("internal error", 500);
        },
      });
    } catch (error) {
      throw listenError(error, host, port, "--http");
    }
  }

  /** The address of the protocol, with the actual port if port 0 was given. */
  get url(): string {
    return new URL(PATH, this.#server.url).href;
  }

  async close(): Promise<void> {
    for (const { transport } of this.#open.values()) await transport.close();
    await this.#server.stop(true);
  }

  async #answer(request: Request, peer: string): Promise<Response> {
    if (!isOurs(request.headers)) {
      this.#options.log.info({ peer }, "host or origin rejected");
      return plain(NOT_OURS, 403);
    }
    if (new URL(request.url).pathname !== PATH) return plain(`not found: the protocol is at ${PATH}`, 404);
    const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    const verdict = this.#options.gate.check(token, peer);
    if (verdict === "wait") return plain("too many wrong tokens: try again in 10 s", 429);
    if (verdict === "wrong") return plain("send the token: Authorization: Bearer TOKEN", 401);
    const id = request.headers.get("mcp-session-id");
    if (id === null) return this.#begin(request);
    const session = this.#open.get(id);
    if (session === undefined) return plain("no such session: initialize again", 404);
    session.lastUsedMs = performance.now();
    return session.transport.handleRequest(request);
  }

  /** Handles a request without a session: the transport accepts only one that starts a session. */
  async #begin(request: Request): Promise<Response> {
    if (this.#open.size + this.#pending >= this.#options.sessions && !(await this.#closeIdle()))
      return plain(`all ${this.#options.sessions} sessions are in use: close one, or try again later`, 503);
    this.#pending++;
    try {
      const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: () => crypto.randomUUID(),
        onsessioninitialized: (id) => {
          this.#open.set(id, { transport, lastUsedMs: performance.now() });
          this.#options.log.info({ open: this.#open.size }, "session opened");
        },
        maxRequestBodySize: MAX_BODY_BYTES,
      });
      transport.onclose = () => {
        if (transport.sessionId !== undefined) this.#open.delete(transport.sessionId);
      };
      await createMcpServer(this.#options.createSession()).connect(transport);
      return await transport.handleRequest(request);
    } finally {
      this.#pending--;
    }
  }

  /** Closes the session that has been idle longest, if it has been idle for IDLE_MS. */
  async #closeIdle(): Promise<boolean> {
    const [oldest] = [...this.#open.values()].toSorted((a, b) => a.lastUsedMs - b.lastUsedMs);
    if (oldest === undefined || performance.now() - oldest.lastUsedMs < IDLE_MS) return false;
    await oldest.transport.close();
    return true;
  }
}

function plain(text: string, status: number): Response {
  return new Response(`${text}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
