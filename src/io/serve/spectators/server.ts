import { InputError } from "../../../emu/input-error.ts";
import type { AsyncLoop } from "../../runtime/async-loop.ts";
import type { Listener } from "../../runtime/sockets/types.ts";
import { type LogRoot, NO_LOG_ROOT } from "../../shared/log.ts";
import { ServerCounters } from "../counters.ts";
import { listenError } from "../host-port.ts";
import { errorText } from "../json-rpc.ts";
import { LineServer } from "../line-server.ts";
import type { LineContext, LineSession } from "../line-session.ts";
import type { WatchedGame } from "../machine/watched-game.ts";
import { endpointName, openLoop, pemOf } from "../server-loop.ts";
import type { TlsIdentity } from "../tls-identity.ts";
import { MAX_TOKEN_CHARACTERS, TokenGate, type TokenVerdict } from "../token-gate.ts";
import { SpectatorHub } from "./hub.ts";

/** Maximum number of spectators at a time. */
const CONNECTIONS = 16;
/** Number of settings of character pictures besides the default. Each costs time on the thread that plays. */
const CELL_GROUPS = 2;
const MAX_FAULTS = 3;

export interface SpectatorServerOptions {
  readonly host: string;
  readonly port: number;
  /** The option that gave the address, for errors. */
  readonly option: string;
  /** The token that spectators must send. */
  readonly token: string;
  /** Encrypts the connections with this certificate. */
  readonly tls?: TlsIdentity;
  readonly onError: (error: unknown) => void;
  readonly log?: LogRoot;
}

/** Shows a game that is played here to spectators, who use `emu watch`. They can only watch. */
export class SpectatorServer {
  /** HOST:PORT. */
  readonly address: string;
  readonly port: number;
  readonly counters = new ServerCounters();
  readonly #loop: AsyncLoop;
  readonly #listener: Listener;
  readonly #options: SpectatorServerOptions;
  #lines: LineServer | undefined;
  #game: WatchedGame | undefined;

  private constructor(loop: AsyncLoop, listener: Listener, port: number, options: SpectatorServerOptions) {
    this.#loop = loop;
    this.#listener = listener;
    this.#options = options;
    this.port = port;
    this.address = endpointName(listener.endpoint);
  }

  /**
   * Opens the address. Spectators wait until `begin`. Rejects with `InputError` ("unavailable") if the
   * address is not available.
   */
  static async open(options: SpectatorServerOptions): Promise<SpectatorServer> {
    const { host, port, option, tls, log } = options;
    const loop = openLoop(CONNECTIONS, log);
    try {
      const listener = await loop.listen({ host, port }, CONNECTIONS, pemOf(tls));
      const { endpoint } = listener;
      return new SpectatorServer(loop, listener, "port" in endpoint ? endpoint.port : port, options);
    } catch (error) {
      loop.runtime.close();
      throw listenError(error, host, port, option);
    }
  }

  /** Starts to show this game to the spectators who wait. */
  begin(game: WatchedGame): void {
    this.#game = game;
    const { log = NO_LOG_ROOT, onError, token } = this.#options;
    const gate = new TokenGate(token);
    const context: LineContext = { counters: this.counters, log: log.child({ scope: "serve" }), onError };
    const hub = new SpectatorHub(
      this.#loop,
      { ...context, host: game },
      { players: 0, cellGroups: CELL_GROUPS },
    );
    this.#lines = new LineServer(this.#loop, context, hub, {
      connections: CONNECTIONS,
      // A token, and the settings of a spectator.
      lineBytes: () => 4 * MAX_TOKEN_CHARACTERS,
      openSession: ({ address }) => new SpectatorSession(gate, address),
    });
    void this.#lines.accept(this.#listener, "tcp");
    void this.#loop.run();
  }

  /** Disconnects all spectators. */
  async close(): Promise<void> {
    if (this.#lines === undefined) this.#loop.close(this.#listener);
    this.#lines?.close();
    this.#game?.feed.close();
    this.#loop.stop();
    // Cancelled tasks finish before the things that they use are closed.
    await new Promise(setImmediate);
    this.#loop.runtime.close();
  }
}

/** A connection whose peer may only watch. */
class SpectatorSession implements LineSession {
  isAuthorized = false;
  requests = 0;
  readonly #gate: TokenGate;
  readonly #address: string;

  constructor(gate: TokenGate, address: string) {
    this.#gate = gate;
    this.#address = address;
  }

  get isExhausted(): boolean {
    return this.requests >= MAX_FAULTS;
  }

  authorize(token: string): TokenVerdict {
    const verdict = this.#gate.check(token, this.#address);
    this.isAuthorized = verdict === "right";
    return verdict;
  }

  async handle(): Promise<string> {
    this.requests++;
    return errorText(
      null,
      new InputError("usage", "this game can only be watched", "", "use emu watch HOST:PORT --token TOKEN"),
    );
  }

  close(): void {}
}
