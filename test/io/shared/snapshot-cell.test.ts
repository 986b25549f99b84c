import { describe, expect, test } from "bun:test";
import type { CellBlock } from "../../../src/io/shared/layout.ts";
import { readSnapshot, SnapshotWriter } from "../../../src/io/shared/snapshot-cell.ts";
import { soakSize } from "../../support/soak.ts";
import { runThread } from "../../support/test-thread.ts";
import type { SnapshotOrder } from "./threads/snapshot-writer.ts";

function cellBlock(bytes: number): CellBlock {
  return {
    words: new Int32Array(new SharedArrayBuffer(128)),
    halves: [new Uint8Array(new SharedArrayBuffer(bytes)), new Uint8Array(new SharedArrayBuffer(bytes))],
  };
}

describe("snapshot cell", () => {
  test("is empty until the first copy is finished", () => {
    const cell = cellBlock(16);
    const writer = new SnapshotWriter(cell);
    writer.begin().fill(1);
    expect(readSnapshot(cell)).toBeUndefined();
    writer.finish(4, 77);
    expect(readSnapshot(cell)).toEqual({ bytes: new Uint8Array(4).fill(1), tag: 77, version: 1 });
  });

  test("an unfinished copy never replaces the previous one", () => {
    const cell = cellBlock(16);
    const writer = new SnapshotWriter(cell);
    writer.begin().fill(1);
    writer.finish(16, 1);
    for (let attempt = 0; attempt < 3; attempt++) new SnapshotWriter(cell).begin().fill(0xee);
    expect(readSnapshot(cell)?.bytes).toEqual(new Uint8Array(16).fill(1));
  });

  test("two threads: no copy is torn or older than the one before", async () => {
    const copies = soakSize(200_000, 5_000_000);
    const cell = cellBlock(2000);
    const module = new URL("./threads/snapshot-writer.ts", import.meta.url);
    const writer = runThread<SnapshotOrder, number>(module, { cell, copies });
    let last = 0;
    let wrong = 0;
    let reads = 0;
    while (last < copies) {
      const snapshot = readSnapshot(cell);
      if (snapshot === undefined) continue;
      const { bytes, tag } = snapshot;
      if (tag < last || bytes.length !== 1000 + (tag % 1000) || bytes.some((byte) => byte !== (tag & 0xff)))
        wrong++;
      last = tag;
      reads++;
    }
    expect(wrong).toBe(0);
    expect(reads).toBeGreaterThan(10);
    expect(await writer).toBe(copies);
  }, 120_000);
});
