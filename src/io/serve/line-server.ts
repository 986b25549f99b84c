import { InputError } from "../../emu/input-error.ts";
import { KIB, MIB } from "../../emu/units.ts";
import type { AsyncLoop } from "../runtime/async-loop.ts";
import { IoError } from "../runtime/io-error.ts";
import type { Listener, StreamSocket } from "../runtime/sockets/types.ts";
import { errorText } from "./json-rpc.ts";
import { LineBuffer } from "./line-buffer.ts";
import type { LineContext, LineSession, SessionPeer } from "./line-session.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { MESSAGES_PER_SECOND, MessageRate } from "./message-rate.ts";
import { Outbox } from "./outbox.ts";
import type { SpectatorHub } from "./spectators/hub.ts";
import { isWatchLine } from "./spectators/watch-line.ts";
import { STRANGER_BYTES, STRANGER_MS } from "./stranger-limits.ts";

/** Limit on the unfinished lines of all connections together. */
const BUDGET_BYTES = 64 * MIB;
/** A peer with more unsent bytes than this misses notifications. */
const NOTIFY_ROOM_BYTES = 256 * KIB;
/** After this time with messages of one peer, the others get a turn. */
const TURN_MS = 2;
const ACCEPT_PAUSE_NS = 100e6;
/** A web page can make a browser send HTTP requests to any port, this one included. */
const HTTP_LIKE = /^(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PRI) /;
const TLS_HANDSHAKE = 0x16;

export interface LineServerOptions {
  /** Makes the session of a new connection. */
  readonly openSession: (peer: SessionPeer) => LineSession;
  /** Limit on open connections of all listeners together. */
  readonly connections: number;
  /** The longest line of an authorized peer. */
  readonly lineBytes: () => number;
}

/**
 * Serves sessions, whose messages are lines, and spectators, on stream sockets of the runtime.
 */
export class LineServer {
  readonly budget = new MemoryBudget(BUDGET_BYTES);
  readonly #loop: AsyncLoop;
  readonly #context: LineContext;
  readonly #hub: SpectatorHub;
  readonly #options: LineServerOptions;
  readonly #sockets = new Set<StreamSocket>();
  readonly #listeners: Listener[] = [];
  readonly #encoder = new TextEncoder();
  #isClosed = false;

  constructor(loop: AsyncLoop, context: LineContext, hub: SpectatorHub, options: LineServerOptions) {
    this.#loop = loop;
    this.#context = context;
    this.#hub = hub;
    this.#options = options;
  }

  /** Serves all connections to `listener`, until `close`. */
  async accept(listener: Listener, transport: "tcp" | "unix"): Promise<void> {
    this.#listeners.push(listener);
    while (!this.#isClosed) {
      let socket: StreamSocket;
      try {
        socket = await this.#loop.accept(listener);
      } catch (error) {
        if (this.#isClosed) return;
        // Most likely out of descriptors: some are free again when a connection closes.
        this.#context.onError(error);
        await this.#loop.sleep(ACCEPT_PAUSE_NS);
        continue;
      }
      void this.#serve(socket, transport);
    }
  }

  /** Closes all connections. */
  close(): void {
    this.#isClosed = true;
    for (const listener of this.#listeners) this.#loop.close(listener);
    for (const socket of this.#sockets) this.#loop.close(socket);
  }

  async #serve(socket: StreamSocket, transport: "tcp" | "unix"): Promise<void> {
    const { counters } = this.#context;
    if (this.#sockets.size >= this.#options.connections) {
      counters.refused++;
      this.#context.log.warn({ peer: socket.remote, connections: this.#sockets.size }, "connection rejected");
      this.#refuse(socket);
      return;
    }
    this.#sockets.add(socket);
    counters.accepted[transport]++;
    counters.open[transport]++;
    const { log } = this.#context;
    const peer = { transport, peer: socket.remote };
    log.info({ ...peer, open: this.#sockets.size }, "connected");
    try {
      await this.#converse(socket);
    } catch (error) {
      log.info(
        { ...peer, error: error instanceof Error ? error.message : String(error) },
        "connection failed",
      );
      // An error of one connection does not affect the others.
      if (!(error instanceof InputError)) this.#context.onError(error);
    } finally {
      this.#sockets.delete(socket);
      counters.open[transport]--;
      log.info({ ...peer, open: this.#sockets.size }, "disconnected");
      this.#loop.close(socket);
    }
  }

  async #converse(socket: StreamSocket): Promise<void> {
    const lines = new LineBuffer(this.budget, STRANGER_BYTES);
    const outbox = new Outbox(this.#loop, socket, () => this.#loop.close(socket));
    const session = this.#options.openSession(this.#peerOf(socket, outbox));
    const stranger = this.#sendStrangerAway(socket, session);
    try {
      await this.#answerLines(socket, lines, outbox, session);
    } catch (error) {
      if (error instanceof IoError || !(error instanceof InputError)) throw error;
      this.#end(socket, error.message);
      outbox.send(this.#line(errorText(null, error)));
      await outbox.settle();
    } finally {
      clearTimeout(stranger);
      session.close();
      lines.close();
    }
  }

  /** Disconnects a peer without the token after STRANGER_MS, whatever it sends until then. */
  #sendStrangerAway(socket: StreamSocket, session: LineSession): Timer | undefined {
    if (session.isAuthorized) return undefined;
    return setTimeout(() => {
      if (session.isAuthorized) return;
      this.#end(socket, "no token in time");
      this.#loop.close(socket);
    }, STRANGER_MS);
  }

  async #answerLines(
    socket: StreamSocket,
    lines: LineBuffer,
    outbox: Outbox,
    session: LineSession,
  ): Promise<void> {
    const rate = new MessageRate(MESSAGES_PER_SECOND);
    let turnStartMs = performance.now();
    for (let messages = 0; ; messages++) {
      lines.mostBytes = session.isAuthorized ? this.#options.lineBytes() : STRANGER_BYTES;
      const line = await this.#nextLine(socket, lines, messages === 0);
      if (line === undefined) break;
      if (HTTP_LIKE.test(line)) {
        this.#end(socket, "it speaks HTTP");
        return;
      }
      if (messages === 0 && isWatchLine(line)) {
        await this.#hub.watch(socket, line, lines, session);
        return;
      }
      if (line.trim() === "") continue;
      const requestsBefore = session.requests;
      const answer = await session.handle(line);
      // Binary answers are for WebSockets only.
      if (answer !== undefined) outbox.send(this.#line(String(answer)));
      if (session.isExhausted) {
        this.#end(socket, "too many wrong messages");
        break;
      }
      if (outbox.queuedBytes > 0) await outbox.settle();
      const nowMs = performance.now();
      const waitMs = rate.take(nowMs, session.requests - requestsBefore);
      if (waitMs > 0) await this.#loop.sleep(waitMs * 1e6);
      else if (nowMs - turnStartMs > TURN_MS) await new Promise(setImmediate);
      else continue;
      turnStartMs = performance.now();
    }
    await outbox.settle();
  }

  /** Returns the next line, or undefined at the end of the stream. */
  async #nextLine(socket: StreamSocket, lines: LineBuffer, isFirst: boolean): Promise<string | undefined> {
    for (;;) {
      const line = lines.next();
      if (line !== undefined) return line;
      const block = await this.#loop.recv(socket);
      if (block === undefined) return undefined;
      try {
        lines.append(block.content);
      } finally {
        block.release();
      }
      // A TLS or HTTP client may never send a newline, so it is detected before the line ends.
      if (isFirst && (lines.rest[0] === TLS_HANDSHAKE || HTTP_LIKE.test(ascii(lines.rest.subarray(0, 8))))) {
        this.#end(socket, "it speaks TLS or HTTP");
        return undefined;
      }
    }
  }

  /** Counts and logs a connection that is ended because of what its peer sends. */
  #end(socket: StreamSocket, reason: string): void {
    this.#context.counters.ended++;
    this.#context.log.info({ peer: socket.remote, reason }, "connection ended");
  }

  #peerOf(socket: StreamSocket, outbox: Outbox): SessionPeer {
    return {
      address: socket.remote,
      notify: (text) => {
        if (outbox.queuedBytes > NOTIFY_ROOM_BYTES) return false;
        outbox.send(this.#line(text));
        return true;
      },
    };
  }

  #line(text: string): Uint8Array {
    return this.#encoder.encode(`${text}\n`);
  }

  #refuse(socket: StreamSocket): void {
    const { connections } = this.#options;
    const error = new InputError(
      "unavailable",
      `all ${connections} connections are in use`,
      "",
      "try again later",
    );
    try {
      socket.trySend(this.#line(errorText(null, error)));
    } catch {
      // The peer has already disconnected.
    }
    socket.close();
  }
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
