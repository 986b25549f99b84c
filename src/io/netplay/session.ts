import type { InputError } from "../../emu/input-error.ts";
import type { StateDesync } from "./messages.ts";

/** What a session needs from around it: a clock, randomness and a way to send datagrams. */
export interface SessionWorld {
  /** Monotonic milliseconds, on the clock of the machine thread. */
  nowMs(): number;
  randomBytes(count: number): Uint8Array;
  /** Sends a datagram, which may get lost. The address has the form that received datagrams give it. */
  send(packet: Uint8Array, address: string): void;
}

/** What both sides must have in common. */
export interface GameTerms {
  readonly token: string;
  /** SHA-1 of the ROM. */
  readonly romSha1: Uint8Array;
  /** SHA-256 of emu's version, the machine's options, and the image with its header and BIOS. */
  readonly machineSha256: Uint8Array;
  /** The time of a frame. */
  readonly periodMs: number;
  /** The player's choice of the input delay, in frames; undefined to choose by the latency. */
  readonly delayFrames: number | undefined;
}

/** How a game with others has ended. */
export type SessionEnd =
  | { readonly kind: "failed"; readonly error: InputError }
  | { readonly kind: "desync"; readonly desync: StateDesync };

/** Figures for the status line. */
export interface SessionStatus {
  /** The local player, from 1. */
  readonly player: number;
  readonly roundTripMs: number;
  readonly jitterMs: number;
  readonly delayFrames: number;
  /** What the game waits for; empty while it runs. */
  readonly notice: string;
}

/** A peer that has sent nothing for this long may be gone; the game waits for it. */
export const SILENT_MS = 3000;
/** The game waits this long for a player to come back. */
export const ABSENT_MS = 60_000;
/** A packet is sent at least this often, also while no frame runs. */
export const KEEP_ALIVE_MS = 50;
