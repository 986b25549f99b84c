import { useEffect, useRef } from "preact/hooks";
import type { MachineSnapshot } from "./snapshot-format.ts";

type Draw = (snapshot: MachineSnapshot) => void;

/** Gives each new snapshot to what draws it, once per frame of the browser. Older ones are skipped. */
export class SnapshotFeed {
  latest: MachineSnapshot | undefined;
  /** Number of snapshots drawn. */
  drawn = 0;
  readonly #draws = new Set<Draw>();
  readonly #onDrawn: (serial: number) => void;
  #isDue = false;

  /** `onDrawn` is called with the serial number of each drawn snapshot. */
  constructor(onDrawn: (serial: number) => void) {
    this.#onDrawn = onDrawn;
  }

  receive(snapshot: MachineSnapshot): void {
    this.latest = snapshot;
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      const newest = this.latest;
      if (newest === undefined) return;
      for (const draw of this.#draws) draw(newest);
      this.drawn++;
      this.#onDrawn(newest.header.serial);
    });
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
