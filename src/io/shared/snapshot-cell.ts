import type { CellBlock } from "./layout.ts";
import { CELL_BEGUN, CELL_BYTES, CELL_FENCE, CELL_FINISHED, CELL_TAG } from "./layout-words.ts";

/**
 * The writing end of a cell that always holds the last complete copy of something: a state, a battery, a
 * reply. Copies alternate between the two halves, so a copy that is never finished, because its thread hung
 * or was ended, leaves the previous one intact. Call `begin`, fill the half, call `finish`.
 */
export class SnapshotWriter {
  readonly #words: Int32Array;
  readonly #halves: readonly Uint8Array[];
  #version: number;

  constructor(block: CellBlock) {
    this.#words = block.words;
    this.#halves = block.halves;
    this.#version = Atomics.load(block.words, CELL_FINISHED);
  }

  /** Starts a copy and returns the half to fill, at most up to its length. */
  begin(): Uint8Array {
    const version = (this.#version + 1) | 0;
    Atomics.store(this.#words, CELL_BEGUN, version);
    // The load orders the store above before the plain stores of the copy, on ARM as well.
    Atomics.load(this.#words, CELL_FINISHED);
    return this.#halves[version & 1]!;
  }

  /**
   * Publishes the copy: its first `bytes` bytes, with a number of the writer's choice (for example a frame).
   */
  finish(bytes: number, tag: number): void {
    const version = (this.#version + 1) | 0;
    Atomics.store(this.#words, CELL_BYTES + (version & 1), bytes);
    Atomics.store(this.#words, CELL_TAG + (version & 1), tag);
    Atomics.store(this.#words, CELL_FINISHED, version);
    this.#version = version;
  }
}

/** A complete copy read from a cell. */
export interface Snapshot {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tag: number;
  /** Grows by one with each copy that the cell has held. */
  readonly version: number;
}

/**
 * Reads the last complete copy; undefined if there never was one. It tries again if the writer laps it; a
 * writer laps a reader only by finishing one copy and starting another during the read.
 */
export function readSnapshot(block: CellBlock): Snapshot | undefined {
  const words = block.words;
  for (;;) {
    const version = Atomics.load(words, CELL_FINISHED);
    if (version === 0) return undefined;
    const half = version & 1;
    const bytes = block.halves[half]!.slice(0, Atomics.load(words, CELL_BYTES + half));
    const tag = Atomics.load(words, CELL_TAG + half);
    // The exchange keeps the copy's plain loads before the check, on ARM as well.
    Atomics.exchange(words, CELL_FENCE, 1);
    const begun = Atomics.load(words, CELL_BEGUN);
    if (((begun - version) | 0) < 2) return { bytes: new Uint8Array(bytes), tag, version };
  }
}
