import { InputError } from "../../emu/input-error.ts";
import { MIB } from "../../emu/units.ts";
import {
  BinaryResult,
  binaryAnswer,
  clip,
  errorText,
  INVALID_PARAMS,
  METHOD_NOT_FOUND,
  parseMessage,
  RpcError,
  readRequest,
  resultText,
  UNAUTHORIZED,
} from "./json-rpc.ts";
import type { Answer, LineContext, LineSession, SessionPeer } from "./line-session.ts";
import type { MachineHost } from "./machine/machine-host.ts";
import type { MachinePool } from "./machine/machine-pool.ts";
import { METHODS, type PictureFormat } from "./methods.ts";
import { ParamReader } from "./params.ts";
import { PeerMachines, SHARED_MACHINE } from "./peer-machines.ts";
import { Subscription } from "./subscription.ts";
import { MAX_TOKEN_CHARACTERS, type TokenGate, type TokenVerdict } from "./token-gate.ts";

/** What all sessions of a server share. */
export interface SessionContext extends LineContext {
  /** The server's own machine, which all peers share. */
  readonly host: MachineHost;
  readonly pool: MachinePool;
  readonly gate: TokenGate;
}

/** When the answers of a batch are longer than this, its other requests are rejected. */
const MAX_BATCH_ANSWER = 4 * MIB;
/** After this time with requests of one batch, other peers get a turn. */
const BATCH_TURN_MS = 2;

/**
 * Invalid messages in a row after which a peer is disconnected, and how many of them a wrong token counts as.
 */
const MAX_FAULTS = 100;
const TOKEN_FAULTS = 34;

/** Checks, carries out and answers the messages of one peer, over any transport. */
export class PeerSession implements LineSession {
  readonly host: MachineHost;
  readonly machines: PeerMachines;
  /** Number of requests so far, with those of batches. */
  requests = 0;
  readonly #context: SessionContext;
  readonly #peer: SessionPeer;
  readonly #end = new AbortController();
  #isAuthorized: boolean;
  #faults = 0;
  #isInBatch = false;
  /** The subscription to each machine. */
  readonly #subscriptions = new Map<number, Subscription>();

  constructor(context: SessionContext, peer: SessionPeer) {
    this.#context = context;
    this.host = context.host;
    this.machines = new PeerMachines(context.host, context.pool);
    this.#peer = peer;
    this.#isAuthorized = !context.gate.isClosed;
  }

  /** Aborts when the peer disconnects. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get isAuthorized(): boolean {
    return this.#isAuthorized;
  }

  /** True if the peer has sent too many invalid messages and must be disconnected. */
  get isExhausted(): boolean {
    return this.#faults >= MAX_FAULTS;
  }

  get takesBinary(): boolean {
    return this.#peer.sendPacked !== undefined && !this.#isInBatch;
  }

  /**
   * Carries out a message: a request or a batch of them, one after the other. Resolves with the answer, or
   * undefined if none is wanted. Never rejects.
   */
  async handle(text: string): Promise<Answer | undefined> {
    let message: unknown;
    try {
      message = parseMessage(text);
    } catch (error) {
      this.requests++;
      this.#note(error);
      return errorText(null, error);
    }
    return Array.isArray(message) ? await this.#handleBatch(message) : await this.#handleRequest(message);
  }

  async #handleBatch(messages: readonly unknown[]): Promise<string | undefined> {
    const answers: string[] = [];
    let characters = 0;
    let turnStartMs = performance.now();
    this.#isInBatch = true;
    for (const message of messages) {
      // A peer that has left or is about to be disconnected does not wait for the rest.
      if (this.signal.aborted || this.isExhausted) break;
      const answer =
        characters > MAX_BATCH_ANSWER ? this.#rejectRest(message) : await this.#handleRequest(message);
      if (answer !== undefined) {
        answers.push(String(answer));
        characters += answer.length;
      }
      if (performance.now() - turnStartMs < BATCH_TURN_MS) continue;
      await new Promise(setImmediate);
      turnStartMs = performance.now();
    }
    this.#isInBatch = false;
    return answers.length === 0 ? undefined : `[${answers.join(",")}]`;
  }

  /** Answers a request of a batch whose answers are too long already. It is not carried out. */
  #rejectRest(message: unknown): string | undefined {
    this.requests++;
    try {
      const { id } = readRequest(message);
      const what = `not carried out: the answers before it have more than ${MAX_BATCH_ANSWER / MIB} MiB`;
      const error = new InputError("unavailable", what, "", "send smaller batches");
      return id === undefined ? undefined : errorText(id, error);
    } catch (error) {
      return errorText(error instanceof RpcError ? error.id : null, error);
    }
  }

  async #handleRequest(message: unknown): Promise<Answer | undefined> {
    const { counters } = this.#context;
    const began = performance.now();
    this.requests++;
    try {
      const { id, method, params } = readRequest(message);
      try {
        const result = await this.#call(method, params);
        this.#faults = 0;
        if (id === undefined) return undefined;
        return result instanceof BinaryResult ? binaryAnswer(id, result) : resultText(id, result);
      } catch (error) {
        this.#note(error);
        return id === undefined ? undefined : errorText(id, error);
      }
    } catch (error) {
      this.#note(error);
      return errorText(error instanceof RpcError ? error.id : null, error);
    } finally {
      counters.requestMicroseconds.record((performance.now() - began) * 1000);
    }
  }

  /** Authorizes the peer if the token is right. */
  authorize(token: string): TokenVerdict {
    const verdict = this.#context.gate.check(token, this.#peer.address);
    this.#isAuthorized = verdict === "right";
    if (!this.#isAuthorized) this.#faults += TOKEN_FAULTS;
    if (verdict !== "right") this.#context.log.info({ peer: this.#peer.address, verdict }, "token rejected");
    return verdict;
  }

  /**
   * Starts to notify the peer of every `every`th picture of a machine; 0 stops it. With `hasSound`, packed
   * pictures come with the sound up to them.
   */
  subscribe(machine: number, every: number, format: PictureFormat | "packed", hasSound = false): void {
    const host = this.machines.of(machine);
    this.#subscriptions.get(machine)?.end();
    this.#subscriptions.delete(machine);
    if (every === 0) return;
    if (format === "packed" && this.#peer.sendPacked === undefined)
      throw new RpcError(INVALID_PARAMS, 'packed pictures go over WebSocket only: ask for "hash" or "png"');
    if (format === "packed" && machine !== SHARED_MACHINE)
      throw new RpcError(
        INVALID_PARAMS,
        'packed pictures do not name their machine: ask for "hash" or "png"',
      );
    const wish = { machine, host, every, format, hasSound };
    this.#subscriptions.set(machine, new Subscription(wish, this.#peer, this.#context.counters));
  }

  /**
   * Releases the buttons, ends the subscriptions and destroys the machines of a peer that has disconnected.
   */
  close(): void {
    for (const subscription of this.#subscriptions.values()) subscription.end();
    this.#end.abort();
    this.host.release(this);
    void this.machines.close(this.#context.onError);
  }

  async #call(name: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    const { requests } = this.#context.counters;
    const reader = new ParamReader(params);
    if (name === "auth") {
      const token = reader.string("token", MAX_TOKEN_CHARACTERS);
      reader.end();
      const verdict = this.authorize(token);
      if (verdict === "wait") throw new RpcError(UNAUTHORIZED, "too many wrong tokens: try again in 10 s");
      if (verdict === "wrong") throw new RpcError(UNAUTHORIZED, "wrong token");
      return {};
    }
    if (!this.#isAuthorized) throw new RpcError(UNAUTHORIZED, 'send "auth" with the token first');
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    requests.set(method === undefined ? "" : name, (requests.get(method === undefined ? "" : name) ?? 0) + 1);
    if (method === undefined) throw new RpcError(METHOD_NOT_FOUND, `unknown method "${clip(name)}"`);
    return await method(this, reader);
  }

  #note(error: unknown): void {
    const { counters, log } = this.#context;
    counters.failedRequests++;
    const reason = clip(error instanceof Error ? error.message : String(error));
    log.debug({ peer: this.#peer.address, reason }, "request rejected");
    if (error instanceof RpcError) this.#faults++;
    else if (!(error instanceof InputError)) this.#context.onError(error);
  }
}
