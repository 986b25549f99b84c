import type { NetplayBlock } from "../shared/netplay-block.ts";
import { DelayChoice } from "./delay-choice.ts";
import { HashLedger } from "./hash-ledger.ts";
import { InputRecord } from "./input-record.ts";
import { type PlayFacts, positionOf } from "./peer-stream.ts";

/** A machine that stays behind by this much of a frame's time has stopped for now. */
const STOPPED_FRAMES = 3;

/** Our side of a running game: its shared memory, record, hashes and input delay. */
export class GameSide {
  readonly block: NetplayBlock;
  readonly periodMs: number;
  readonly record = new InputRecord();
  readonly ledger = new HashLedger();
  /** True while the player has paused the game. */
  isPaused = false;
  readonly #delay = new DelayChoice();
  readonly #fixedDelay: number | undefined;

  /** `periodMs` is the time of a frame. `fixedDelay` is the player's choice of the input delay. */
  constructor(block: NetplayBlock, periodMs: number, fixedDelay: number | undefined) {
    this.block = block;
    this.periodMs = periodMs;
    this.#fixedDelay = fixedDelay;
    if (fixedDelay !== undefined) block.delayFrames = fixedDelay;
  }

  /** Takes what the machine has done. Call it before inputs are added. */
  update(): void {
    this.record.update(this.block);
    this.ledger.update(this.block);
  }

  /** True if frames are being run, or are due. */
  isRunning(nowMs: number): boolean {
    const { block } = this;
    return !block.isHeld && !this.isPaused && nowMs - block.frameStartMs < STOPPED_FRAMES * this.periodMs;
  }

  /** How far the machine has run; undefined while it does not run. */
  position(nowMs: number): number | undefined {
    return this.isRunning(nowMs) ? positionOf(this.block, nowMs, this.periodMs) : undefined;
  }

  /** Chooses the input delay by the longest way that inputs take, unless the player has. */
  chooseDelay(wayMs: number, jitterMs: number, nowMs: number): void {
    if (this.#fixedDelay === undefined)
      this.block.delayFrames = this.#delay.next(wayMs, jitterMs, this.periodMs, nowMs);
  }

  /** The fields of the next PLAY besides inputs and times. */
  facts(nowMs: number, relayMs: number): PlayFacts {
    return {
      isReady: true,
      isPaused: this.isPaused,
      isRunning: this.isRunning(nowMs),
      relayMs,
      hash: this.ledger.newest,
    };
  }
}
