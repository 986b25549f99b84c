import { gameSource } from "../../src/io/debug/dap/game-source.ts";
import { RequestArguments } from "../../src/io/debug/dap/request-arguments.ts";
import { DEBUGGER_PAGE } from "../../src/io/debug/web/debugger-page.ts";
import type { DebugState, EventMessage } from "../../src/io/debug/web/protocol.ts";
import { WebDebugger } from "../../src/io/debug/web/web-debugger.ts";
import { WebServer } from "../../src/io/debug/web/web-server.ts";
import { loadPage } from "../../src/io/files/bundled-page.ts";
import { TokenGate } from "../../src/io/serve/token-gate.ts";
import { NO_LOG } from "../../src/io/shared/log.ts";

export const WEB_TOKEN = "a-token-for-tests";

/** A debugger with its server in this process. */
export interface TestDebugger {
  readonly game: WebDebugger;
  readonly url: string;
  /** Bugs that were reported. */
  readonly bugs: unknown[];
  close(): Promise<void>;
}

/**
 * Serves a game's debugger; `withPage` bundles the page, `watch` loads a rebuilt game. The game runs as fast
 * as possible.
 */
export async function startDebugger(
  rom: string,
  { withPage = false, watch = false }: { withPage?: boolean; watch?: boolean } = {},
): Promise<TestDebugger> {
  const bugs: unknown[] = [];
  const onError = (error: unknown): void => void bugs.push(error);
  const source = gameSource({ program: rom, load: {}, machine: {} });
  const game = await WebDebugger.start(() => source(new RequestArguments({})), onError, {
    speedPercent: 0,
    watch,
  });
  const html = withPage ? await loadPage(DEBUGGER_PAGE) : "<!doctype html>";
  const gate = new TokenGate(WEB_TOKEN);
  const server = new WebServer(game, html, { host: "127.0.0.1", port: 0, gate, log: NO_LOG, onError });
  return {
    game,
    url: server.url,
    bugs,
    close: async () => {
      game.end();
      await server.close();
    },
  };
}

/** A page without a browser. */
export class WebPeer {
  readonly states: DebugState[] = [];
  readonly events: EventMessage[] = [];
  readonly snapshots: ArrayBuffer[] = [];
  /** The code with which the connection was closed. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, (answer: { result?: unknown; error?: string }) => void>();
  #changed = (): void => {};
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.closed = promise;
    socket.binaryType = "arraybuffer";
    socket.onclose = ({ code }) => {
      resolve(code);
      for (const answer of this.#pending.values()) answer({ error: "closed" });
    };
    socket.onmessage = ({ data }) => this.#receive(data);
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<WebPeer> {
    const socket = new WebSocket(new URL("/debug", url).href.replace("http", "ws"), { headers });
    await new Promise<void>((done, fail) => {
      socket.onopen = () => done();
      socket.onerror = () => fail(new Error("refused"));
    });
    return new WebPeer(socket);
  }

  /** Connects, sends the token and waits for the state. */
  static async connect(url: string, page = "test"): Promise<WebPeer> {
    const peer = await WebPeer.open(url);
    await peer.call("auth", { token: WEB_TOKEN, page });
    await peer.until(() => peer.states.length > 0);
    return peer;
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.#socket.send(bytes);
  }

  /** Sends a request; returns its answer, also if it is an error. */
  request(method: string, params: unknown = {}): Promise<{ result?: unknown; error?: string }> {
    const id = ++this.#id;
    this.sendText(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.#pending.set(id, resolve));
  }

  /** Sends a request; returns its result, or throws its error. */
  // biome-ignore lint/suspicious/noExplicitAny: tests know the results
  async call(method: string, params: unknown = {}): Promise<any> {
    const { result, error } = await this.request(method, params);
    if (error !== undefined) throw new Error(error);
    return result;
  }

  /** Waits until a message has arrived that makes `condition` true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((done) => {
        this.#changed = done;
      });
    }
  }

  /** Sends a request that changes the state. Returns the state in which the program stands afterwards. */
  async stopAfter(method: string, params: unknown = {}): Promise<DebugState> {
    await this.call(method, params);
    await this.until(() => this.states.at(-1)?.moving === undefined);
    return this.states.at(-1)!;
  }

  close(): Promise<number> {
    this.#socket.close();
    return this.closed;
  }

  #receive(data: string | ArrayBuffer): void {
    if (typeof data !== "string") this.snapshots.push(data);
    else {
      const message = JSON.parse(data);
      if ("event" in message) {
        this.events.push(message);
        if (message.event === "state") this.states.push(message);
      } else {
        this.#pending.get(message.id)?.(message);
        this.#pending.delete(message.id);
      }
    }
    this.#changed();
  }
}
