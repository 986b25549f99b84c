import { MalformedMessage, MessageReader, MessageWriter } from "./message-bytes.ts";
import { MAX_MESSAGE_BYTES } from "./packets.ts";
import type { TimeReport } from "./peer-clock.ts";

/** First byte of each message in a session's packet. */
export const PLAY = 0;
export const OFFER = 1;
export const CHUNK = 2;
export const WANT = 3;
export const BYE = 4;

/** Bits of a PLAY's flags. The sender's machine runs; it is ready to play; its player has paused it. */
const RUNNING = 1;
const READY = 2;
const PAUSED = 4;
const NO_HASH = 0xffffffff;
const POSITION_STEPS = 256;
const SHA256_BYTES = 32;
/** Bytes of a state in one CHUNK. */
export const CHUNK_BYTES = 1024;
/** Chunks that one WANT describes. */
export const WANT_BITS = 32;

/** A player's inputs, from a frame on. */
export interface InputRun {
  readonly player: number;
  readonly first: number;
  readonly buttons: Uint8Array;
}

/** Where two machines that should be equal were found to differ. */
export interface StateDesync {
  /** They differ before this frame. */
  readonly frame: number;
  /** They were equal before this frame; −1 if they never were. */
  readonly lastEqualFrame: number;
}

/** The hash of the state before a frame. */
export interface StateHash {
  readonly frame: number;
  readonly hash: number;
}

/** The message that both sides send at every frame. */
export interface Play {
  readonly time: TimeReport;
  readonly isReady: boolean;
  readonly isPaused: boolean;
  /** The longest way from another player to the sender, in milliseconds: relayed inputs take that longer. */
  readonly relayMs: number;
  /** For each player, the frame of the first input that the sender does not have. */
  readonly ends: readonly number[];
  /** The newest hash; undefined before the first. */
  readonly hash: StateHash | undefined;
  readonly runs: readonly InputRun[];
}

const PLAY_BYTES = 1 + 4 + 4 + 2 + 4 + 4 + 1 + 2 + 1 + 8 + 1;
const RUN_BYTES = 6;

/** Number of inputs that still fit into a PLAY with `players` players and these runs. */
export function roomForInputs(players: number, runs: readonly InputRun[]): number {
  const used = runs.reduce((bytes, run) => bytes + RUN_BYTES + run.buttons.length, 0);
  return Math.min(0xff, MAX_MESSAGE_BYTES - PLAY_BYTES - 4 * players - used - RUN_BYTES);
}

export function playMessage(play: Play): Uint8Array {
  const { time, hash } = play;
  const flags = (time.isRunning ? RUNNING : 0) | (play.isReady ? READY : 0) | (play.isPaused ? PAUSED : 0);
  const writer = new MessageWriter()
    .u8(PLAY)
    .u32(time.stamp)
    .u32(time.echo)
    .u16(time.holdStamps)
    .i32(Math.round(time.position * POSITION_STEPS))
    .i32(Math.round(time.lead * POSITION_STEPS))
    .u8(flags)
    .u16(Math.min(0xffff, Math.round(play.relayMs)))
    .u8(play.ends.length);
  for (const end of play.ends) writer.u32(end);
  writer.u32(hash?.frame ?? NO_HASH).u32(hash?.hash ?? 0);
  writer.u8(play.runs.length);
  for (const { player, first, buttons } of play.runs)
    writer.u8(player).u32(first).u8(buttons.length).bytes(buttons);
  return writer.finish();
}

/** Reads a PLAY of a game with `players` players. Throws `MalformedMessage`. */
export function readPlay(message: Uint8Array, players: number): Play {
  const reader = new MessageReader(message, 1);
  const stamp = reader.u32();
  const echo = reader.u32();
  const holdStamps = reader.u16();
  const position = reader.i32() / POSITION_STEPS;
  const lead = reader.i32() / POSITION_STEPS;
  const flags = reader.u8();
  const relayMs = reader.u16();
  const count = reader.u8();
  if (count !== 0 && count !== players) throw new MalformedMessage("another number of players");
  const ends = Array.from({ length: count }, () => reader.u32());
  const frame = reader.u32();
  const hash = reader.u32();
  const runs = Array.from({ length: reader.u8() }, () => {
    const player = reader.u8();
    const first = reader.u32();
    return { player, first, buttons: reader.bytes(reader.u8()) };
  });
  reader.end();
  if (runs.some(({ player }) => player >= players)) throw new MalformedMessage("no such player");
  return {
    time: { stamp, echo, holdStamps, position, lead, isRunning: (flags & RUNNING) !== 0 },
    isReady: (flags & READY) !== 0,
    isPaused: (flags & PAUSED) !== 0,
    relayMs,
    ends,
    hash: frame === NO_HASH ? undefined : { frame, hash },
    runs,
  };
}

/** Announces a state for a player who joins. */
export interface Offer {
  readonly bytes: number;
  readonly sha256: Uint8Array;
  readonly players: number;
  /** The assigned player number, from 0. */
  readonly player: number;
}

export function offerMessage({ bytes, sha256, players, player }: Offer): Uint8Array {
  return new MessageWriter().u8(OFFER).u32(bytes).bytes(sha256).u8(players).u8(player).finish();
}

/** Reads an OFFER. Throws `MalformedMessage`. */
export function readOffer(message: Uint8Array): Offer {
  const reader = new MessageReader(message, 1);
  const offer = {
    bytes: reader.u32(),
    sha256: reader.bytes(SHA256_BYTES),
    players: reader.u8(),
    player: reader.u8(),
  };
  reader.end();
  return offer;
}

export function chunkMessage(index: number, bytes: Uint8Array): Uint8Array {
  return new MessageWriter().u8(CHUNK).u32(index).bytes(bytes).finish();
}

/** Reads a CHUNK. Throws `MalformedMessage`. */
export function readChunk(message: Uint8Array): { readonly index: number; readonly bytes: Uint8Array } {
  const reader = new MessageReader(message, 1);
  return { index: reader.u32(), bytes: reader.rest() };
}

/** What a receiver has: all chunks before `base`, and those of the bits, bit 0 being `base`. */
export interface Want {
  readonly base: number;
  readonly bits: number;
}

export function wantMessage({ base, bits }: Want): Uint8Array {
  return new MessageWriter().u8(WANT).u32(base).u32(bits).finish();
}

/** Reads a WANT. Throws `MalformedMessage`. */
export function readWant(message: Uint8Array): Want {
  const reader = new MessageReader(message, 1);
  const want = { base: reader.u32(), bits: reader.u32() };
  reader.end();
  return want;
}

/** The sender leaves; `desync` says why, if the machines differ. */
export function byeMessage(desync: StateDesync | undefined): Uint8Array {
  const writer = new MessageWriter().u8(BYE);
  return (desync === undefined ? writer : writer.u32(desync.frame).i32(desync.lastEqualFrame)).finish();
}

/** Reads a BYE. Throws `MalformedMessage`. */
export function readBye(message: Uint8Array): StateDesync | undefined {
  if (message.length === 1) return undefined;
  const reader = new MessageReader(message, 1);
  const desync = { frame: reader.u32(), lastEqualFrame: reader.i32() };
  reader.end();
  return desync;
}
