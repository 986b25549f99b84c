import type { CellBlock } from "../../../../src/io/shared/layout.ts";
import { SnapshotWriter } from "../../../../src/io/shared/snapshot-cell.ts";
import { serveThread } from "../../../support/test-thread.ts";

export interface SnapshotOrder {
  readonly cell: CellBlock;
  readonly copies: number;
}

/** Writes copies whose length, bytes and tag are derived from their number. */
serveThread(({ cell, copies }: SnapshotOrder): number => {
  const writer = new SnapshotWriter(cell);
  for (let copy = 1; copy <= copies; copy++) {
    const bytes = 1000 + (copy % 1000);
    writer.begin().fill(copy & 0xff, 0, bytes);
    writer.finish(bytes, copy);
  }
  return copies;
});
