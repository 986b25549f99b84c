import { KIB } from "../../../emu/units.ts";
import { OVERLOADED, POLICY_VIOLATION } from "../../serve/close-codes.ts";
import { listenError } from "../../serve/host-port.ts";
import { MESSAGES_PER_SECOND, MessageRate } from "../../serve/message-rate.ts";
import { STRANGER_BYTES, STRANGER_MS } from "../../serve/stranger-limits.ts";
import type { TokenGate } from "../../serve/token-gate.ts";
import { isOurs, NOT_OURS, pageResponse } from "../../serve/web-guard.ts";
import type { Log } from "../../shared/log.ts";
import { RequestArguments } from "../dap/request-arguments.ts";
import { CLOSE_TAKEN, CLOSE_UNAUTHORIZED, type RequestMessage, type Welcome } from "./protocol.ts";
import type { PageClient, WebDebugger } from "./web-debugger.ts";

const MAX_MESSAGE_BYTES = 64 * KIB;
const MAX_SOCKETS = 16;
/** Requests of a page that are not answered yet. */
const MAX_PENDING = 256;
const MAX_INVALID = 100;
const MAX_ID = Number.MAX_SAFE_INTEGER;

export interface WebServerOptions {
  readonly host: string;
  readonly port: number;
  readonly gate: TokenGate;
  readonly log: Log;
  /** Called for bugs while a request is answered; the server continues. */
  onError(error: unknown): void;
}

interface SocketData {
  /** A number that the page chooses, so that it replaces itself when it connects again. */
  page: string;
  client: PageClient | undefined;
  pending: number;
  invalid: number;
  readonly rate: MessageRate;
  timer: ReturnType<typeof setTimeout> | undefined;
}

type Socket = Bun.ServerWebSocket<SocketData>;

/**
 * Serves the debugger's page, and the debugger over WebSocket to one page at a time. Requests of foreign
 * pages are rejected as by `emu serve`; the WebSocket needs the token in its first message.
 */
export class WebServer {
  readonly #game: WebDebugger;
  readonly #html: string;
  readonly #options: WebServerOptions;
  readonly #server: Bun.Server<SocketData>;
  #active: Socket | undefined;
  #sockets = 0;

  /** Throws `InputError` ("unavailable") if it cannot listen on the address. */
  constructor(game: WebDebugger, html: string, options: WebServerOptions) {
    this.#game = game;
    this.#html = html;
    this.#options = options;
    const { host, port } = options;
    try {
      this.#server = Bun.serve<SocketData>(this.#settings());
    } catch (error) {
      throw listenError(error, host, port, "--http");
    }
  }

  /** The address it listens on, with the actual port if port 0 was given. */
  get url(): string {
    return this.#server.url.href;
  }

  async close(): Promise<void> {
    await this.#server.stop(true);
  }

  #settings(): Bun.Serve.Options<SocketData> {
    const { host, port, onError } = this.#options;
    return {
      hostname: host,
      port,
      maxRequestBodySize: KIB,
      fetch: (request, server) => this.#answer(request, server),
      error: (error) => {
        onError(error);
        return plain("internal error", 500);
      },
      websocket: {
        maxPayloadLength: MAX_MESSAGE_BYTES,
        perMessageDeflate: true,
        open: (socket) => this.#open(socket),
        message: (socket, message) => void this.#receive(socket, message),
        close: (socket) => this.#close(socket),
      },
    };
  }

  #answer(request: Request, server: Bun.Server<SocketData>): Response | undefined {
    if (!isOurs(request.headers)) {
      this.#options.log.info({ peer: server.requestIP(request)?.address ?? "" }, "host or origin rejected");
      return plain(NOT_OURS, 403);
    }
    if (request.method !== "GET" && request.method !== "HEAD") return plain("only GET is served", 405);
    const { pathname } = new URL(request.url);
    if (pathname === "/") return this.#page();
    if (pathname !== "/debug") return plain("not found", 404);
    if (this.#sockets >= MAX_SOCKETS) return plain("too many connections", 503);
    const data: SocketData = {
      page: "",
      client: undefined,
      pending: 0,
      invalid: 0,
      rate: new MessageRate(MESSAGES_PER_SECOND),
      timer: undefined,
    };
    return server.upgrade(request, { data }) ? undefined : plain("this address accepts only WebSockets", 426);
  }

  /** The page has its policy in itself. It contains nothing secret, so it needs no token. */
  #page(): Response {
    return pageResponse(this.#html);
  }

  #open(socket: Socket): void {
    this.#sockets++;
    socket.data.timer = setTimeout(() => {
      if (socket.data.page === "") socket.close(POLICY_VIOLATION, "no token in time");
    }, STRANGER_MS);
  }

  #close(socket: Socket): void {
    this.#sockets--;
    clearTimeout(socket.data.timer);
    if (this.#active === socket) this.#active = undefined;
    if (socket.data.client === undefined) return;
    this.#game.detach(socket.data.client);
    this.#options.log.info({ peer: socket.remoteAddress }, "page disconnected");
  }

  async #receive(socket: Socket, text: string | Buffer): Promise<void> {
    const { data } = socket;
    const isStranger = data.page === "";
    if (typeof text !== "string") socket.close(POLICY_VIOLATION, "requests must be text");
    else if (isStranger && Buffer.byteLength(text) > STRANGER_BYTES)
      socket.close(POLICY_VIOLATION, "send the token first");
    else if (data.pending >= MAX_PENDING) socket.close(OVERLOADED, "too many requests at a time");
    else {
      data.pending++;
      const waitMs = data.rate.take(performance.now());
      if (waitMs > 0) await Bun.sleep(waitMs);
      await this.#request(socket, text);
      data.pending--;
    }
  }

  async #request(socket: Socket, text: string): Promise<void> {
    const message = readRequest(text);
    if (message === undefined) {
      reply(socket, { id: 0, error: "a request is a JSON object with id, method and params" });
      if (++socket.data.invalid >= MAX_INVALID || socket.data.page === "")
        socket.close(POLICY_VIOLATION, "too many invalid messages");
      return;
    }
    const { id, method, params } = message;
    if (method === "auth") this.#authorize(socket, id, new RequestArguments(params));
    else if (socket.data.client === undefined) reply(socket, { id, error: "send auth first" });
    else reply(socket, await this.#game.handle(id, method, params));
  }

  #authorize(socket: Socket, id: number, args: RequestArguments): void {
    if (socket.data.client !== undefined) {
      reply(socket, { id, error: "this page is connected already" });
      return;
    }
    const { gate, log } = this.#options;
    const given = textOf(args, "token");
    const verdict = gate.check(given, socket.remoteAddress);
    if (verdict !== "right") {
      log.warn({ peer: socket.remoteAddress, verdict }, "token rejected");
      const reason = verdict === "wait" ? "too many wrong tokens: try again in 10 s" : "wrong token";
      socket.close(CLOSE_UNAUTHORIZED, reason);
      return;
    }
    socket.data.page = textOf(args, "page").slice(0, 100) || "unnamed";
    const other = this.#active;
    if (other !== undefined && other.data.page !== socket.data.page && !args.flag("takeOver")) {
      reply(socket, { id, result: { busy: true } satisfies Welcome });
      return;
    }
    this.#active = socket;
    other?.close(CLOSE_TAKEN, "another page has taken over");
    if (other?.data.client !== undefined) this.#game.detach(other.data.client);
    const client: PageClient = {
      send: (message) => void socket.sendText(message),
      sendBytes: (bytes) => void socket.sendBinary(bytes, true),
    };
    socket.data.client = client;
    log.info({ peer: socket.remoteAddress }, "page connected");
    const facts = this.#game.attach(client);
    reply(socket, { id, result: { busy: false, ...facts } satisfies Welcome });
  }
}

function reply(socket: Socket, message: object): void {
  if (socket.readyState === WebSocket.OPEN) socket.sendText(JSON.stringify(message));
}

function textOf(args: RequestArguments, name: string): string {
  try {
    return args.optionalText(name) ?? "";
  } catch {
    return "";
  }
}

function readRequest(text: string): RequestMessage | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== "object" || message === null || !("id" in message) || !("method" in message))
    return undefined;
  const { id, method } = message;
  if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > MAX_ID) return undefined;
  if (typeof method !== "string") return undefined;
  const params = "params" in message && typeof message.params === "object" ? message.params : undefined;
  return { id, method, ...(params === undefined || params === null ? {} : { params }) };
}

function plain(text: string, status: number): Response {
  return new Response(`${text}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
