import { useEffect, useRef } from "preact/hooks";
import type { MachineSnapshot } from "./snapshot-format.ts";

type Draw = (snapshot: MachineSnapshot) => void;

/** Snapshots that wait to be drawn. They arrive less evenly than the browser draws. */
const MAX_WAITING = 2;

/**
 * Gives the snapshots to what draws them, one per frame of the browser. If more arrive than are drawn, older
 * ones are skipped; a snapshot of the stopped program skips all before it.
 */
export class SnapshotFeed {
  latest: MachineSnapshot | undefined;
  /** Number of snapshots drawn. */
  drawn = 0;
  #waiting: MachineSnapshot[] = [];
  readonly #draws = new Set<Draw>();
  readonly #onDrawn: (serial: number) => void;

  /** `onDrawn` is called with the serial number of each drawn snapshot. */
  constructor(onDrawn: (serial: number) => void) {
    this.#onDrawn = onDrawn;
  }

  receive(snapshot: MachineSnapshot): void {
    const isDue = this.#waiting.length > 0;
    this.#waiting = snapshot.header.isStopped ? [snapshot] : [...this.#waiting, snapshot].slice(-MAX_WAITING);
    if (!isDue) requestAnimationFrame(() => this.#drawNext());
  }

  #drawNext(): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    if (this.#waiting.length > 0) requestAnimationFrame(() => this.#drawNext());
    this.latest = next;
    for (const draw of this.#draws) draw(next);
    this.drawn++;
    this.#onDrawn(next.header.serial);
  }

  /** Draws each snapshot by `draw`, beginning with the latest. Returns a function that ends it. */
  subscribe(draw: Draw): () => void {
    this.#draws.add(draw);
    if (this.latest !== undefined) draw(this.latest);
    return () => this.#draws.delete(draw);
  }

  /** Draws the latest snapshot again. */
  redraw(draw: Draw): void {
    if (this.latest !== undefined) draw(this.latest);
  }
}

/** Draws each snapshot while a component is shown, and the latest again when one of `inputs` has changed. */
export function useSnapshots(feed: SnapshotFeed, draw: Draw, inputs: readonly unknown[] = []): void {
  const newest = useRef(draw);
  newest.current = draw;
  useEffect(() => feed.subscribe((snapshot) => newest.current(snapshot)), [feed]);
  useEffect(() => feed.redraw((snapshot) => newest.current(snapshot)), inputs);
}
