import type { FramePixels, Machine } from "../../emu/machine.ts";
import type { InputLatch } from "../shared/input-words.ts";
import { MAX_ROLLBACK_FRAMES, NetplayBlock } from "../shared/netplay-block.ts";

/** States and inputs of the last frames, a power of two above `MAX_ROLLBACK_FRAMES` + 1. */
const KEPT_FRAMES = 16;
/** Frames between two hashes of the state: a second. */
const HASH_EVERY_FRAMES = 60;
const PORT_MASK = 0xff;

/** What a `Rollback` needs from its thread. */
export interface RollbackHost {
  /** Milliseconds of the shared clock. */
  nowMs(): number;
  /** Called at every frame time: main can send the local player's newest inputs. */
  onFrameTime(): void;
}

/**
 * Runs the frames of a netplay game for the machine thread. Inputs that are not known yet are predicted. When
 * one turns out different, the machine goes back to the state before its frame and runs all frames since
 * again, without pictures. Allocates nothing while it runs.
 */
export class Rollback {
  readonly #machine: Machine;
  readonly #block: NetplayBlock;
  readonly #input: InputLatch;
  readonly #host: RollbackHost;
  /** The state before frame f at index f modulo `KEPT_FRAMES`, and the inputs that frame f ran with. */
  readonly #states: readonly Uint8Array[];
  readonly #words = new Uint32Array(KEPT_FRAMES);
  /** A state to load: a machine keeps views of the array that it loads from, so it is always the same one. */
  readonly #loading: Uint8Array;
  /** Inputs of all frames before this one are known, and those frames ran with them. */
  #settled: number;
  #nextHash: number;
  /** Frames by which the machine may run ahead of what is known. */
  readonly #mostAhead: number;

  /** `buffer` is that of a `NetplayBlock`. */
  constructor(machine: Machine, buffer: SharedArrayBuffer, input: InputLatch, host: RollbackHost) {
    this.#machine = machine;
    this.#block = new NetplayBlock(buffer);
    this.#input = input;
    this.#host = host;
    this.#states = Array.from({ length: KEPT_FRAMES }, () => new Uint8Array(machine.stateBytes));
    this.#loading = new Uint8Array(machine.stateBytes);
    this.#mostAhead = this.#block.localPlayer < 0 ? 0 : MAX_ROLLBACK_FRAMES;
    this.#settled = this.#block.frame;
    this.#nextHash = Math.ceil(this.#block.frame / HASH_EVERY_FRAMES) * HASH_EVERY_FRAMES;
  }

  /** How much faster frames run than the console's, in millionths. */
  get ratePpm(): number {
    return this.#block.ratePpm;
  }

  /** Runs the next frame into `pixels`. Returns false if it cannot run yet. */
  run(pixels: FramePixels): boolean {
    const block = this.#block;
    const { frame } = block;
    this.#sampleLocal(frame);
    this.settle();
    const mayRun = !block.isHeld && frame - block.confirmedEnd < this.#mostAhead;
    if (mayRun) {
      block.beginFrame(frame, this.#host.nowMs());
      this.#runFrame(frame, pixels);
    } else if (!block.isHeld) block.countStall();
    this.#hashSettled();
    this.#host.onFrameTime();
    return mayRun;
  }

  /** Runs frames again whose inputs were predicted wrongly. */
  settle(): void {
    const block = this.#block;
    const { frame, confirmedEnd } = block;
    for (let wrong = this.#settled; wrong < frame; wrong++) {
      if (this.#words[wrong % KEPT_FRAMES] === block.word(wrong)) continue;
      this.#loading.set(this.#states[wrong % KEPT_FRAMES]!);
      this.#machine.restore(this.#loading);
      for (let again = wrong; again < frame; again++) this.#runFrame(again, undefined);
      block.countRollback(frame - wrong);
      break;
    }
    this.#settled = Math.max(this.#settled, Math.min(confirmedEnd, frame));
  }

  /**
   * Copies the last state into `into` that does not depend on predictions. Returns the frame that follows it.
   */
  saveSettled(into: Uint8Array): number {
    this.settle();
    if (this.#settled === this.#block.frame) this.#machine.save(into);
    else into.set(this.#states[this.#settled % KEPT_FRAMES]!);
    return this.#settled;
  }

  /** The player's buttons of now count from `delayFrames` frames later on. */
  #sampleLocal(frame: number): void {
    const block = this.#block;
    this.#input.replayed = -1;
    const buttons = this.#input.latchButtons() & PORT_MASK;
    const player = block.localPlayer;
    if (player < 0) return;
    while (block.end(player) <= frame + block.delayFrames) block.addInput(player, buttons);
  }

  #runFrame(frame: number, pixels: FramePixels | undefined): void {
    const word = this.#block.word(frame);
    this.#machine.save(this.#states[frame % KEPT_FRAMES]!);
    this.#words[frame % KEPT_FRAMES] = word;
    this.#input.replayed = word;
    // Frames that run again make samples too: the sound filters are part of the state.
    this.#machine.runFrame(pixels);
  }

  #hashSettled(): void {
    const { frame } = this.#block;
    while (this.#nextHash < frame && this.#nextHash <= this.#settled) {
      this.#block.addHash(this.#nextHash, Bun.hash.crc32(this.#states[this.#nextHash % KEPT_FRAMES]!));
      this.#nextHash += HASH_EVERY_FRAMES;
    }
  }
}
