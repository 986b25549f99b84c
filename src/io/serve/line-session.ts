import type { Log } from "../shared/log.ts";
import type { ServerCounters } from "./counters.ts";
import type { TokenVerdict } from "./token-gate.ts";

/** What all connections of a server share. */
export interface LineContext {
  readonly counters: ServerCounters;
  /** Receives connections, their ends, and what is rejected. */
  readonly log: Log;
  /** Called with errors that can only be bugs of emu. */
  readonly onError: (error: unknown) => void;
}

/** What a session can send in addition to answers. Both return false if the peer was too slow to take it. */
export interface SessionPeer {
  /** Its address, if known. */
  readonly address: string;
  notify(text: string): boolean;
  /** Sends a packed picture; undefined for text-only transports. */
  readonly sendPacked?: (bytes: Uint8Array<ArrayBuffer>) => boolean;
}

/** What is sent back for a message. */
export type Answer = string | Uint8Array<ArrayBuffer>;

/** Checks and answers the messages of one connection. */
export interface LineSession {
  readonly isAuthorized: boolean;
  /** True if the peer has sent too many invalid messages and must be disconnected. */
  readonly isExhausted: boolean;
  /** Number of requests so far, with those of batches. */
  readonly requests: number;
  /** Checks a token, and authorizes the peer if it is right. */
  authorize(token: string): TokenVerdict;
  /** Resolves with the answer, or undefined if none is wanted. Never rejects. */
  handle(text: string): Promise<Answer | undefined>;
  /** Call it when the peer has disconnected. */
  close(): void;
}
