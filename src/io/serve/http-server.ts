import { KIB, MIB } from "../../emu/units.ts";
import { loadPage } from "../files/bundled-page.ts";
import { OVERLOADED, POLICY_VIOLATION, TOO_LARGE } from "./close-codes.ts";
import { listenError } from "./host-port.ts";
import { clip } from "./json-rpc.ts";
import type { SessionPeer } from "./line-session.ts";
import { MESSAGES_PER_SECOND, MessageRate } from "./message-rate.ts";
import { type MetricsSources, metricsText } from "./metrics.ts";
import { PeerSession, type SessionContext } from "./peer-session.ts";
import { SPECTATOR_PAGE } from "./spectators/page.ts";
import { STRANGER_BYTES, STRANGER_MS } from "./stranger-limits.ts";
import type { TlsIdentity } from "./tls-identity.ts";
import { isOurs, NOT_OURS, pageResponse } from "./web-guard.ts";

/** A browser with more unsent bytes than this misses pictures. */
const PICTURE_ROOM_BYTES = 256 * KIB;
/** A connection with more unsent bytes than this is closed. */
const MAX_WAITING_BYTES = 16 * MIB;
/** Limit on requests of one connection that wait for the previous one. */
const MAX_QUEUED = 256;
/** Requests have no body. */
const MAX_BODY_BYTES = 1024;

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** The longest message of an authorized peer; see `limitsChanged`. */
  readonly messageBytes: () => number;
  /** Limit on open WebSockets. */
  readonly connections: number;
  /** Serves by https with this certificate. */
  readonly tls?: TlsIdentity;
}

interface SocketData {
  session: PeerSession | undefined;
  queue: string[];
  readonly rate: MessageRate;
  isBusy: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

type Socket = Bun.ServerWebSocket<SocketData>;

/** Serves the page, the metrics, and JSON-RPC over WebSocket, with Bun's HTTP server. */
export class HttpServer {
  readonly #context: SessionContext;
  readonly #sources: MetricsSources;
  readonly #options: HttpServerOptions;
  readonly #server: Bun.Server<SocketData>;
  /** The page, bundled when it is first asked for. */
  #text: Promise<string> | undefined;

  /** Throws `InputError` ("unavailable") if it cannot listen on the address. */
  constructor(context: SessionContext, sources: MetricsSources, options: HttpServerOptions) {
    this.#context = context;
    this.#sources = sources;
    this.#options = options;
    try {
      this.#server = Bun.serve<SocketData>(this.#settings());
    } catch (error) {
      throw listenError(error, options.host, options.port, "--http");
    }
  }

  /** The address it listens on, with the actual port if port 0 was given. */
  get url(): string {
    return this.#server.url.href;
  }

  async close(): Promise<void> {
    await this.#server.stop(true);
  }

  /** Applies a new limit on message length, also to open WebSockets. */
  limitsChanged(): void {
    this.#server.reload(this.#settings());
  }

  #settings(): Bun.Serve.Options<SocketData> {
    const { host, port, messageBytes, tls } = this.#options;
    return {
      ...(tls === undefined ? {} : { tls: { cert: tls.cert, key: tls.key } }),
      hostname: host,
      port,
      maxRequestBodySize: MAX_BODY_BYTES,
      fetch: (request, server) => this.#answer(request, server),
      error: (error) => {
        this.#context.onError(error);
        return plain("internal error", 500);
      },
      websocket: {
        maxPayloadLength: messageBytes(),
        backpressureLimit: MAX_WAITING_BYTES,
        closeOnBackpressureLimit: true,
        open: (socket) => this.#open(socket),
        message: (socket, message) => this.#receive(socket, message),
        close: (socket) => this.#close(socket),
      },
    };
  }

  #answer(request: Request, server: Bun.Server<SocketData>): Response | Promise<Response> | undefined {
    if (!isOurs(request.headers, this.#options.tls === undefined ? "http" : "https")) {
      const peer = server.requestIP(request)?.address ?? "";
      const [host, origin] = ["host", "origin"].map((name) => clip(request.headers.get(name) ?? ""));
      this.#context.log.info({ peer, host, origin }, "host or origin rejected");
      return plain(NOT_OURS, 403);
    }
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== "GET" && request.method !== "HEAD") return plain("only GET is served", 405);
    switch (pathname) {
      case "/":
        return this.#page();
      case "/metrics":
        return this.#metrics(request, searchParams.get("token"), server.requestIP(request)?.address ?? "");
      case "/rpc":
        return this.#upgrade(request, server);
      default:
        return plain("not found", 404);
    }
  }

  /** The page's text has a content policy of its own; the headers add what only headers can say. */
  async #page(): Promise<Response> {
    this.#text ??= loadPage(SPECTATOR_PAGE);
    return pageResponse(await this.#text);
  }

  #metrics(request: Request, given: string | null, address: string): Response {
    const bearer = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
    const verdict = this.#context.gate.check(given ?? bearer ?? "", address);
    if (verdict === "wait") return plain("too many wrong tokens: try again in 10 s", 429);
    if (verdict === "wrong") return plain("a token is needed", 401);
    const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
    return new Response(metricsText(this.#sources), { headers });
  }

  #upgrade(request: Request, server: Bun.Server<SocketData>): Response | undefined {
    const { counters } = this.#context;
    if (counters.open.websocket >= this.#options.connections) {
      counters.refused++;
      const peer = server.requestIP(request)?.address ?? "";
      this.#context.log.warn({ peer, connections: counters.open.websocket }, "connection rejected");
      return plain("too many connections", 503);
    }
    const rate = new MessageRate(MESSAGES_PER_SECOND);
    const data: SocketData = { session: undefined, queue: [], rate, isBusy: false, timer: undefined };
    return server.upgrade(request, { data }) ? undefined : plain("this address accepts only WebSockets", 426);
  }

  #open(socket: Socket): void {
    const { counters, log } = this.#context;
    counters.open.websocket++;
    counters.accepted.websocket++;
    const opened = { transport: "websocket", peer: socket.remoteAddress, open: counters.open.websocket };
    log.info(opened, "connected");
    const hasRoom = () => socket.getBufferedAmount() < PICTURE_ROOM_BYTES;
    const peer: SessionPeer = {
      address: socket.remoteAddress,
      notify: (text) => hasRoom() && socket.sendText(text) !== 0,
      sendPacked: (bytes) => hasRoom() && socket.sendBinary(bytes) !== 0,
    };
    const session = new PeerSession(this.#context, peer);
    socket.data.session = session;
    if (session.isAuthorized) return;
    socket.data.timer = setTimeout(() => {
      if (!session.isAuthorized) this.#end(socket, POLICY_VIOLATION, "no token in time");
    }, STRANGER_MS);
  }

  #receive(socket: Socket, message: string | Buffer): void {
    const { data } = socket;
    const isStranger = data.session?.isAuthorized !== true;
    if (typeof message !== "string") this.#end(socket, POLICY_VIOLATION, "requests must be text");
    else if (isStranger && Buffer.byteLength(message) > STRANGER_BYTES)
      this.#end(socket, TOO_LARGE, "send the token first");
    else if (data.queue.length >= MAX_QUEUED) this.#end(socket, OVERLOADED, "too many requests at a time");
    else {
      data.queue.push(message);
      if (!data.isBusy) void this.#work(socket);
    }
  }

  /** Carries out the requests of a socket, one after the other. */
  async #work(socket: Socket): Promise<void> {
    const { data } = socket;
    data.isBusy = true;
    for (let text = data.queue.shift(); text !== undefined; text = data.queue.shift()) {
      const session = data.session!;
      const requestsBefore = session.requests;
      const answer = await session.handle(text);
      if (answer !== undefined && socket.readyState === WebSocket.OPEN) socket.send(answer);
      if (session.isExhausted) this.#end(socket, POLICY_VIOLATION, "too many invalid messages");
      const waitMs = data.rate.take(performance.now(), session.requests - requestsBefore);
      // Give other connections a turn, and count the messages that arrived meanwhile.
      if (waitMs > 0) await Bun.sleep(waitMs);
      else await new Promise(setImmediate);
    }
    data.isBusy = false;
  }

  #end(socket: Socket, code: number, reason: string): void {
    this.#context.counters.ended++;
    this.#context.log.info({ peer: socket.remoteAddress, reason }, "connection ended");
    socket.data.queue.length = 0;
    socket.close(code, reason);
  }

  #close(socket: Socket): void {
    const { counters, log } = this.#context;
    counters.open.websocket--;
    const peer = { transport: "websocket", peer: socket.remoteAddress };
    log.info({ ...peer, open: counters.open.websocket }, "disconnected");
    clearTimeout(socket.data.timer);
    socket.data.queue.length = 0;
    socket.data.session?.close();
  }
}

function plain(text: string, status: number): Response {
  return new Response(`${text}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
