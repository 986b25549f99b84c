import { InputError } from "../../emu/input-error.ts";
import type { Log } from "../shared/log.ts";
import type { ServerCounters } from "./counters.ts";
import {
  clip,
  errorText,
  INVALID_PARAMS,
  METHOD_NOT_FOUND,
  notificationText,
  parseRequest,
  RpcError,
  resultText,
  UNAUTHORIZED,
} from "./json-rpc.ts";
import type { MachineHost } from "./machine-host.ts";
import { describePicture, METHODS, type PictureFormat } from "./methods.ts";
import { ParamReader } from "./params.ts";
import type { ServedPicture } from "./served-picture.ts";
import { MAX_TOKEN_CHARACTERS, type TokenGate, type TokenVerdict } from "./token-gate.ts";

/** What a session can send in addition to answers. Both return false if the peer was too slow to take it. */
export interface SessionPeer {
  /** Its address, if known. */
  readonly address: string;
  notify(text: string): boolean;
  /** Sends a packed picture; undefined for text-only transports. */
  readonly sendPacked?: (bytes: Uint8Array<ArrayBuffer>) => boolean;
}

/** What all sessions of a server share. */
export interface SessionContext {
  readonly host: MachineHost;
  readonly counters: ServerCounters;
  readonly gate: TokenGate;
  /** Receives connections, their ends, and what is rejected. */
  readonly log: Log;
  /** Called with errors that can only be bugs of emu. */
  readonly onError: (error: unknown) => void;
}

/**
 * Invalid messages in a row after which a peer is disconnected, and how many of them a wrong token counts as.
 */
const MAX_FAULTS = 100;
const TOKEN_FAULTS = 34;

/** Checks, carries out and answers the messages of one peer, over any transport. */
export class PeerSession {
  readonly host: MachineHost;
  readonly #context: SessionContext;
  readonly #peer: SessionPeer;
  readonly #end = new AbortController();
  #isAuthorized: boolean;
  #faults = 0;
  #unsubscribe: (() => void) | undefined;

  constructor(context: SessionContext, peer: SessionPeer) {
    this.#context = context;
    this.host = context.host;
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

  /** Carries out a message. Resolves with the answer, or undefined if none is wanted. Never rejects. */
  async handle(text: string): Promise<string | undefined> {
    const { counters } = this.#context;
    const began = performance.now();
    try {
      const { id, method, params } = parseRequest(text);
      try {
        const result = await this.#call(method, params);
        this.#faults = 0;
        return id === undefined ? undefined : resultText(id, result);
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

  /** Starts to notify the peer of every `every`th picture; 0 stops it. */
  subscribe(every: number, format: PictureFormat | "packed"): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    if (every === 0) return;
    if (format === "packed" && this.#peer.sendPacked === undefined)
      throw new RpcError(INVALID_PARAMS, 'packed pictures go over WebSocket only: ask for "hash" or "png"');
    const newest = this.host.feed.latest();
    // A page that is opened while the machine is paused shows the current picture.
    let isShown = format !== "packed" || newest === undefined || this.#show(newest, format);
    let last = Number.NaN;
    this.#unsubscribe = this.host.feed.subscribe((picture, isStill) => {
      const stretch = Math.floor(picture.frame / every);
      const isDue = isStill ? !isShown && format === "packed" : stretch !== last;
      if (!isDue) return;
      last = stretch;
      isShown = this.#show(picture, format);
    });
  }

  /** Releases the buttons and ends the subscription of a peer that has disconnected. */
  close(): void {
    this.#unsubscribe?.();
    this.#end.abort();
    this.host.release(this);
  }

  /** Returns true if the peer had room for it. */
  #show(picture: ServedPicture, format: PictureFormat | "packed"): boolean {
    const { counters } = this.#context;
    let bytes = 0;
    let isSent: boolean;
    if (format === "packed") {
      const packed = picture.packed(this.host.geometry);
      bytes = packed.length;
      isSent = this.#peer.sendPacked!(packed);
    } else {
      const text = notificationText("frame", describePicture(picture, format, this.host));
      bytes = text.length;
      isSent = this.#peer.notify(text);
    }
    if (isSent) {
      counters.picturesSent++;
      counters.pictureBytes += bytes;
    } else counters.picturesDropped++;
    return isSent;
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
