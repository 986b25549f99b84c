import { createServer, type Server, type Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { InputError } from "../../../emu/input-error.ts";
import { listenError } from "../../serve/host-port.ts";
import { DebugAdapter } from "./adapter.ts";
import type { GameSource } from "./game-source.ts";
import { MessageGuard } from "./message-guard.ts";

/** Maximum number of clients: each has a machine and its history. */
const MAX_CLIENTS = 8;
/** A client that does not read is disconnected when this much is waiting for it. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

/** Serves one client until it leaves. Throws `InputError` ("data") if it sends anything but messages. */
export function serveStreams(input: Readable, output: Writable, source: GameSource): Promise<void> {
  return new Promise((done, failed) => {
    const guard = new MessageGuard();
    const adapter = new DebugAdapter({ source, onEnd: done });
    const end = (): void => adapter.shutdown();
    guard.on("error", (error) => {
      failed(new InputError("data", error.message, "standard input"));
      end();
    });
    for (const stream of [input, output]) stream.on("error", end);
    input.on("end", end);
    adapter.start(input.pipe(guard), output);
  });
}

export interface DapListenOptions {
  readonly host: string;
  readonly port: number;
  readonly source: GameSource;
  /** Checks the token of a client at an address; undefined if none is needed. */
  readonly isTokenRight?: ((token: string, address: string) => boolean) | undefined;
  /** Called when a connection is closed because of what the client sent. */
  onRejected?(address: string, why: string): void;
}

/** Listens for clients and gives each its own game. */
export class DapServer {
  readonly #server: Server;
  readonly #adapters = new Map<Socket, DebugAdapter>();
  readonly #options: DapListenOptions;

  private constructor(options: DapListenOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Throws `InputError` ("unavailable") if the address cannot be used. */
  static listen(options: DapListenOptions): Promise<DapServer> {
    const server = new DapServer(options);
    const { host, port } = options;
    return new Promise((done, failed) => {
      server.#server.once("error", (error) => {
        failed(listenError(error, host, port, "--dap-listen"));
      });
      server.#server.listen(port, host, () => done(server));
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  get clients(): number {
    return this.#adapters.size;
  }

  async close(): Promise<void> {
    for (const socket of this.#adapters.keys()) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #accept(socket: Socket): void {
    const { source, isTokenRight, onRejected } = this.#options;
    const address = socket.remoteAddress ?? "";
    if (this.#adapters.size >= MAX_CLIENTS) {
      onRejected?.(address, "too many clients");
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    const guard = new MessageGuard();
    const adapter = new DebugAdapter({
      source,
      isTokenRight: isTokenRight === undefined ? undefined : (token) => isTokenRight(token, address),
      onEnd: () => {
        this.#adapters.delete(socket);
        // The last messages still reach the client.
        socket.end();
      },
    });
    this.#adapters.set(socket, adapter);
    guard.on("error", (error) => {
      onRejected?.(address, error.message);
      socket.destroy();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => adapter.shutdown());
    adapter.onDidSendMessage(() => {
      if (socket.writableLength > MAX_UNSENT_BYTES) socket.destroy();
    });
    adapter.start(socket.pipe(guard), socket);
  }
}
