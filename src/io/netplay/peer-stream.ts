import { INPUT_RING_FRAMES, type NetplayBlock } from "../shared/netplay-block.ts";
import { type InputRun, type Play, playMessage, readPlay, roomForInputs } from "./messages.ts";
import { PeerClock, stampOf } from "./peer-clock.ts";

/** Inputs further ahead than this are not taken: the ring keeps those that are still needed. */
const MAX_AHEAD_FRAMES = INPUT_RING_FRAMES / 2;

/** The fields of a PLAY besides inputs and times. */
export interface PlayFacts {
  readonly isReady: boolean;
  readonly isPaused: boolean;
  readonly isRunning: boolean;
  readonly relayMs: number;
  readonly hash: Play["hash"];
}

/** How far a machine has run, with a fraction of the frame; frames take `periodMs`. */
export function positionOf(block: NetplayBlock, nowMs: number, periodMs: number): number {
  const part = (nowMs - block.frameStartMs) / periodMs;
  return block.frame - 1 + Math.max(0, Math.min(1, part));
}

/** The inputs between us and one peer: sends what the peer does not have, and takes what is new. */
export class PeerStream {
  readonly clock = new PeerClock();
  /** For each player, the frame of the first input that the peer may not have. */
  readonly acked: number[];
  isReady = false;
  isPaused = false;
  relayMs = 0;

  constructor(ends: readonly number[]) {
    this.acked = [...ends];
  }

  /** A PLAY with all inputs of `players` that the peer has not acknowledged. */
  write(
    block: NetplayBlock,
    players: readonly number[],
    facts: PlayFacts,
    nowMs: number,
    periodMs: number,
  ): Uint8Array {
    const runs: InputRun[] = [];
    for (const player of players) {
      const first = this.acked[player]!;
      const count = Math.min(block.end(player) - first, roomForInputs(block.players, runs));
      if (count <= 0) continue;
      const buttons = Uint8Array.from({ length: count }, (_, index) => block.input(player, first + index));
      runs.push({ player, first, buttons });
    }
    return playMessage({
      time: {
        stamp: stampOf(nowMs),
        ...this.clock.echo(nowMs),
        position: positionOf(block, nowMs, periodMs),
        lead: this.clock.lead,
        isRunning: facts.isRunning,
      },
      isReady: facts.isReady,
      isPaused: facts.isPaused,
      relayMs: facts.relayMs,
      hash: facts.hash,
      ends: Array.from({ length: block.players }, (_, player) => block.end(player)),
      runs,
    });
  }

  /**
   * Takes a PLAY: inputs of players that the peer may speak for, and, if no later one came before, times and
   * flags. Returns its hash. Throws `MalformedMessage`.
   */
  read(
    message: Uint8Array,
    isNewest: boolean,
    block: NetplayBlock,
    maySpeakFor: (player: number) => boolean,
    nowMs: number,
    position: number | undefined,
  ): Play["hash"] {
    const play = readPlay(message, block.players);
    for (const [player, end] of play.ends.entries())
      if (end <= block.end(player)) this.acked[player] = Math.max(this.acked[player]!, end);
    for (const run of play.runs) if (maySpeakFor(run.player)) takeRun(block, run);
    if (isNewest) {
      this.clock.take(play.time, position, nowMs);
      this.isReady = play.isReady;
      this.isPaused = play.isPaused;
      this.relayMs = play.relayMs;
    }
    return play.hash;
  }
}

/** Adds the inputs that continue the known ones. */
function takeRun(block: NetplayBlock, { player, first, buttons }: InputRun): void {
  const end = block.end(player);
  if (first > end) return;
  const limit = block.frame + MAX_AHEAD_FRAMES;
  for (let frame = end; frame < first + buttons.length && frame < limit; frame++)
    block.addInput(player, buttons[frame - first]!);
}
