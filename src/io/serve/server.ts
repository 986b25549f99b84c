import { chmod, lstat, unlink } from "node:fs/promises";
import { InputError } from "../../emu/input-error.ts";
import { KIB } from "../../emu/units.ts";
import type { AsyncLoop } from "../runtime/async-loop.ts";
import type { BlockPool } from "../runtime/block-pool.ts";
import { type LogRoot, NO_LOG_ROOT } from "../shared/log.ts";
import type { MachineFault } from "../thread/emu-client.ts";
import { ServerCounters } from "./counters.ts";
import { checkedHostPort, listenError, unixError } from "./host-port.ts";
import { HttpServer } from "./http-server.ts";
import { LineServer } from "./line-server.ts";
import type { SessionPeer } from "./line-session.ts";
import type { ServedGame } from "./machine/hosted-machine.ts";
import { MachineHost } from "./machine/machine-host.ts";
import type { MachineHostOptions } from "./machine/machine-host-options.ts";
import { MachinePool } from "./machine/machine-pool.ts";
import { SoleRunner } from "./machine/sole-runner.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { PeerSession, type SessionContext } from "./peer-session.ts";
import { endpointName, openLoop, pemOf } from "./server-loop.ts";
import { SpectatorHub } from "./spectators/hub.ts";
import type { TlsIdentity } from "./tls-identity.ts";
import { checkTokenStrength, TokenGate } from "./token-gate.ts";

export interface ServerOptions {
  readonly machine: MachineHostOptions;
  /** HOST:PORT for requests and spectators; port 0 lets the system choose. */
  readonly listen?: string;
  /** A Unix socket for the same. */
  readonly unix?: string;
  /** HOST:PORT for the page, the metrics and requests over WebSocket. */
  readonly http?: string;
  /** The token that peers must send. Without one, only this computer is served. */
  readonly token?: string;
  /** Encrypts `listen` and `http` with this certificate. */
  readonly tls?: TlsIdentity;
  /** Limit on open sockets, and on open WebSockets. */
  readonly connections: number;
  /** Limit on the machines that peers create. */
  readonly machines: number;
  /** Number of controller ports, from the first, that spectators may use. */
  readonly players: number;
  /** Time after which a spectator that reads nothing is disconnected. Default: `SPECTATOR_STALL_SECONDS`. */
  readonly stallSeconds?: number;
  /** Receives connections, rejections, games and saves. By default nothing is logged. */
  readonly log?: LogRoot;
}

/** Where a server can be reached. */
export interface ServerAddresses {
  readonly listen?: string;
  readonly unix?: string;
  readonly http?: string;
  /** SHA-256 of the certificate, for clients that pin it. */
  readonly tlsFingerprint?: string;
}

/**
 * Other settings of character pictures than the default, by size, colours and rate. Each costs 2 to 6 MB.
 */
const CELL_GROUPS = 24;
/** Room for the rest of a line that holds a state in base64. */
const LINE_EXTRA_BYTES = 64 * KIB;
const PRIVATE_SOCKET = 0o600;

/** The server of `emu serve`. */
export class Server {
  readonly host: MachineHost;
  /** The machines that peers create. */
  readonly machines: MachinePool;
  readonly addresses: ServerAddresses;
  readonly counters: ServerCounters;
  /** Blocks for received bytes. All are free when nothing is being received. */
  readonly pool: BlockPool;
  /** Memory of unfinished lines. */
  readonly lineBudget: MemoryBudget;
  readonly #parts: ServerParts;

  private constructor(parts: ServerParts) {
    this.#parts = parts;
    this.host = parts.context.host;
    this.machines = parts.context.pool;
    this.counters = parts.context.counters;
    this.pool = parts.loop.pool!;
    this.lineBudget = parts.lines.budget;
    this.addresses = parts.addresses;
  }

  /** Starts serving. Rejects with `InputError` if it cannot listen on an address or the game cannot run. */
  static async start(game: ServedGame, options: ServerOptions): Promise<Server> {
    const endpoints = await checkAddresses(options);
    const logs = options.log ?? NO_LOG_ROOT;
    const log = logs.child({ scope: "serve" });
    const machine = { runs: new SoleRunner(), ...options.machine };
    const host = await MachineHost.start(game, machine, logs);
    const counters = new ServerCounters();
    const gate = new TokenGate(options.token?.trim());
    const pool = new MachinePool(game, machine, options.machines, logs);
    const context: SessionContext = { host, pool, counters, gate, log, onError: options.machine.onError };
    const loop = openLoop(options.connections, options.log);
    const { players, stallSeconds } = options;
    const hub = new SpectatorHub(loop, context, { players, cellGroups: CELL_GROUPS, stallSeconds });
    const lineBytes = () =>
      Math.ceil((Math.max(host.stateBytes, pool.stateBytes) * 4) / 3) + LINE_EXTRA_BYTES;
    const openSession = (peer: SessionPeer) => new PeerSession(context, peer);
    const lines = new LineServer(loop, context, hub, {
      connections: options.connections,
      lineBytes,
      openSession,
    });
    const parts: ServerParts = {
      context,
      loop,
      lines,
      http: undefined,
      addresses: {},
      unixPath: undefined,
    };
    try {
      await open(parts, endpoints, { ...options, messageBytes: lineBytes });
      log.info({ ...parts.addresses, needsToken: gate.isClosed, players: options.players }, "serving");
      // Another game may have larger states, and so longer messages.
      host.onGame = pool.onChange = () => parts.http?.limitsChanged();
      return new Server(parts);
    } catch (error) {
      await closeParts(parts);
      throw error;
    }
  }

  /** Resolves if the machine ends by itself. */
  get fault(): Promise<MachineFault> {
    return this.host.fault;
  }

  /** Closes all connections, then stops the machine and saves its battery RAM. */
  close(): Promise<void> {
    return closeParts(this.#parts);
  }
}

interface ServerParts {
  readonly context: SessionContext;
  readonly loop: AsyncLoop;
  readonly lines: LineServer;
  http: HttpServer | undefined;
  addresses: ServerAddresses;
  /** Path of the Unix socket, once this server owns it. */
  unixPath: string | undefined;
}

interface CheckedAddresses {
  readonly listen: { host: string; port: number } | undefined;
  readonly http: { host: string; port: number } | undefined;
  readonly unix: string | undefined;
}

async function open(
  parts: ServerParts,
  { listen, http, unix }: CheckedAddresses,
  options: ServerOptions & { messageBytes: () => number },
): Promise<void> {
  const { loop, lines, context } = parts;
  const { connections, messageBytes, tls } = options;
  let listening: string | undefined;
  if (listen !== undefined) {
    const listener = await loop.listen(listen, connections, pemOf(tls)).catch((error: unknown) => {
      const { host, port } = listen;
      throw listenError(error, host, port, "--listen");
    });
    void lines.accept(listener, "tcp");
    listening = endpointName(listener.endpoint);
  }
  if (unix !== undefined) {
    await removeStaleSocket(unix);
    const listener = await loop.listen({ path: unix }, connections).catch((error: unknown) => {
      throw unixError(error, unix);
    });
    void lines.accept(listener, "unix");
    parts.unixPath = unix;
    // Everybody who can open the socket can control the machine.
    await chmod(unix, PRIVATE_SOCKET);
  }
  const sources = { host: context.host, counters: context.counters, pool: loop.pool!, budget: lines.budget };
  if (http !== undefined)
    parts.http = new HttpServer(context, sources, {
      ...http,
      messageBytes,
      connections,
      ...(tls === undefined ? {} : { tls }),
    });
  parts.addresses = {
    ...(listening === undefined ? {} : { listen: listening }),
    ...(unix === undefined ? {} : { unix }),
    ...(parts.http === undefined ? {} : { http: parts.http.url }),
    ...(tls === undefined ? {} : { tlsFingerprint: tls.fingerprint }),
  };
  void loop.run();
}

async function closeParts({ context, loop, lines, http, unixPath }: ServerParts): Promise<void> {
  const { accepted, refused, ended, failedRequests, picturesSent, picturesDropped } = context.counters;
  const counts = { accepted, refused, ended, failedRequests, picturesSent, picturesDropped };
  context.log.info(counts, "closing");
  lines.close();
  await http?.close();
  await context.pool.close();
  await context.host.close();
  loop.stop();
  // Cancelled tasks finish before the things that they use are closed.
  await new Promise(setImmediate);
  loop.runtime.close();
  if (unixPath !== undefined) await unlink(unixPath).catch(() => undefined);
}

/**
 * Throws `InputError` ("usage") for a weak token, and for addresses that others can reach if there is no
 * token.
 */
async function checkAddresses(options: ServerOptions): Promise<CheckedAddresses> {
  const { unix, token } = options;
  if (token !== undefined) checkTokenStrength(token, "--token");
  const check = async (text: string | undefined, option: string) => {
    if (text === undefined) return undefined;
    return checkedHostPort(text, option, token !== undefined);
  };
  return { listen: await check(options.listen, "--listen"), http: await check(options.http, "--http"), unix };
}

/** Removes a socket file without a listener, because it would block the new one. */
async function removeStaleSocket(path: string): Promise<void> {
  const status = await lstat(path).catch(() => undefined);
  if (status === undefined) return;
  const inUse = new InputError("unavailable", "already exists and is in use", path);
  if (!status.isSocket()) throw inUse;
  const isServed = await Bun.connect({ unix: path, socket: { data: () => undefined } }).then(
    (socket) => {
      socket.end();
      return true;
    },
    () => false,
  );
  if (isServed) throw inUse;
  await unlink(path);
}
