import { describe, expect, test } from "bun:test";
import type { AsyncLoop } from "../../../../src/io/runtime/async-loop.ts";
import { IoError } from "../../../../src/io/runtime/io-error.ts";
import { type StreamSocket, WOULD_BLOCK } from "../../../../src/io/runtime/sockets/types.ts";
import { MemoryBudget } from "../../../../src/io/serve/memory-budget.ts";
import { Viewer } from "../../../../src/io/serve/spectators/viewer.ts";

const STALL_SECONDS = 60;

/**
 * A viewer of a peer that reads a byte after each of these pauses. Every wait of the viewer takes its second,
 * because the kernel does not report a socket as writable for single bytes.
 */
function viewerOf(pausesSeconds: readonly number[]) {
  const seen = { seconds: 0, stalls: 0, bytes: 0 };
  const readAt = new Set<number>();
  let atSeconds = 0;
  for (const pause of pausesSeconds) {
    atSeconds += pause;
    readAt.add(atSeconds);
  }
  const loop = {
    writable: async () => {
      seen.seconds++;
      throw new IoError("ETIMEDOUT", "waiting");
    },
    close: () => undefined,
  } as unknown as AsyncLoop;
  const socket = {
    key: 1,
    remote: "peer",
    trySend: () => {
      if (!readAt.has(seen.seconds)) return WOULD_BLOCK;
      seen.bytes++;
      return 1;
    },
  } as unknown as StreamSocket;
  const budget = new MemoryBudget(1000);
  const onStall = () => seen.stalls++;
  return { seen, budget, viewer: new Viewer(loop, socket, { budget, stallSeconds: STALL_SECONDS, onStall }) };
}

describe("a viewer with unsent bytes", () => {
  test("is disconnected after the stated time without reading, and its memory is free again", async () => {
    const { seen, budget, viewer } = viewerOf([]);
    viewer.send(new Uint8Array(1000));
    expect(budget.take(1)).toBe(false);
    await viewer.gone;
    expect(seen).toEqual({ seconds: STALL_SECONDS, stalls: 1, bytes: 0 });
    expect(budget.take(1000)).toBe(true);
  });

  test("stays as long as it reads anything within that time", async () => {
    const pauses = new Array<number>(100).fill(STALL_SECONDS - 1);
    const { seen, viewer } = viewerOf(pauses);
    viewer.send(new Uint8Array(1000));
    await viewer.gone;
    expect(seen).toEqual({ seconds: 100 * (STALL_SECONDS - 1) + STALL_SECONDS, stalls: 1, bytes: 100 });
  });
});
