/** A server in this process with the built-in game, and clients for it. */
import { join } from "node:path";
import type { CoreGameFile } from "../../src/io/cores/core-game.ts";
import { loadRom } from "../../src/io/files/roms/rom-file.ts";
import { Server, type ServerOptions } from "../../src/io/serve/server.ts";

export const ROMS = join(import.meta.dir, "../../roms");

/** Starts a server with a paused machine. Errors that do not stop the server go to `errors`. */
export async function startServer(
  options: Partial<Omit<ServerOptions, "machine">> & {
    machine?: Partial<ServerOptions["machine"]>;
    rom?: string;
    /** A game of a core, instead of `rom`. */
    game?: CoreGameFile;
  } = {},
): Promise<Server & { errors: unknown[] }> {
  const errors: unknown[] = [];
  const { rom = join(ROMS, "swingby.nes"), game, machine, ...rest } = options;
  const server = await Server.start(game ?? (await loadRom(rom)), {
    listen: "127.0.0.1:0",
    connections: 64,
    players: 0,
    machines: 4,
    ...rest,
    machine: {
      nes: {},
      load: {},
      speedPercent: 100,
      startPaused: true,
      root: ROMS,
      realtime: false,
      onError: (error) => errors.push(error),
      ...machine,
    },
  });
  return Object.assign(server, { errors });
}

/** The port of `server`'s `--listen`. */
export function portOf(server: Server): number {
  return Number(server.addresses.listen!.split(":").at(-1));
}

/** A plain connection: text out, text in. */
export class RawPeer {
  /** Everything received and not read yet. */
  received = "";
  bytes = 0;
  isClosed = false;
  readonly #socket: Bun.Socket<unknown>;
  #changed: () => void = () => undefined;

  private constructor(socket: Bun.Socket<unknown>) {
    this.#socket = socket;
  }

  static async connect(target: { port: number } | { unix: string }): Promise<RawPeer> {
    let peer: RawPeer | undefined;
    let early = "";
    const handler: Bun.SocketHandler = {
      data: (_socket, data) => {
        if (peer === undefined) early += data.toString("latin1");
        else peer.take(data.toString("latin1"));
      },
      close: () => peer?.markClosed(),
      end: () => peer?.markClosed(),
      error: () => peer?.markClosed(),
    };
    const socket =
      "unix" in target
        ? await Bun.connect({ unix: target.unix, socket: handler })
        : await Bun.connect({ hostname: "127.0.0.1", port: target.port, socket: handler });
    peer = new RawPeer(socket);
    peer.take(early);
    return peer;
  }

  send(text: string | Uint8Array): void {
    this.#socket.write(text);
    this.#socket.flush();
  }

  /** Ends our half of the connection. */
  end(): void {
    this.#socket.shutdown();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.terminate();
    this.markClosed();
  }

  /** Waits until the received text fulfils `condition`, or the connection is closed. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.isClosed) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** The next line; undefined at the end. */
  async line(): Promise<string | undefined> {
    await this.until(() => this.received.includes("\n"));
    const at = this.received.indexOf("\n");
    if (at < 0) return undefined;
    const line = this.received.slice(0, at);
    this.received = this.received.slice(at + 1);
    return line;
  }

  take(text: string): void {
    this.received += text;
    this.bytes += text.length;
    this.#changed();
  }

  markClosed(): void {
    this.isClosed = true;
    this.#changed();
  }
}

interface Answer {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: results differ by method, and tests check them
  readonly result?: any;
  readonly error?: { code: number; message: string; data?: Record<string, unknown> };
}

/** Requests and answers over a connection. */
export class RpcPeer {
  readonly raw: RawPeer;
  readonly notifications: Answer[] = [];
  #id = 0;

  constructor(raw: RawPeer) {
    this.raw = raw;
  }

  static async connect(server: Server): Promise<RpcPeer> {
    return new RpcPeer(await RawPeer.connect({ port: portOf(server) }));
  }

  /** Returns the next message that is an answer; notifications are stored. */
  async answer(): Promise<Answer> {
    for (;;) {
      const line = await this.raw.line();
      if (line === undefined) throw new Error("the connection was closed");
      const message = JSON.parse(line) as Answer;
      if (message.method === undefined) return message;
      this.notifications.push(message);
    }
  }

  /** Returns the next notification, which may have come before the last answer. */
  async notification(): Promise<Answer> {
    const stored = this.notifications.shift();
    if (stored !== undefined) return stored;
    const line = await this.raw.line();
    if (line === undefined) throw new Error("the connection was closed");
    return JSON.parse(line) as Answer;
  }

  async ask(method: string, params: object = {}): Promise<Answer> {
    this.#id++;
    this.raw.send(`${JSON.stringify({ jsonrpc: "2.0", id: this.#id, method, params })}\n`);
    for (;;) {
      const answer = await this.answer();
      // Ignore the answer to a request whose caller has given up.
      if (answer.id === this.#id) return answer;
    }
  }

  /** Returns the result; throws the error of the answer. */
  async call(method: string, params: object = {}): Promise<Answer["result"]> {
    const { result, error } = await this.ask(method, params);
    if (error !== undefined) throw new Error(`${error.code} ${error.message}`);
    return result;
  }
}
