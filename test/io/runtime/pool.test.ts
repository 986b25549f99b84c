import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Arena } from "../../../src/emu/arena.ts";
import { linuxIo } from "../../../src/io/ffi/libc.ts";
import { AsyncLoop } from "../../../src/io/runtime/async-loop.ts";
import type { BackendName } from "../../../src/io/runtime/backend.ts";
import { BACKEND_NAMES, probeBackend } from "../../../src/io/runtime/backends/index.ts";
import { type Block, BlockPool } from "../../../src/io/runtime/block-pool.ts";
import { Runtime } from "../../../src/io/runtime/runtime.ts";
import type { StreamSocket } from "../../../src/io/runtime/sockets/types.ts";
import { FarEnd } from "../../support/far-end.ts";
import { Prng } from "../../support/prng.ts";
import { soakSize } from "../../support/soak.ts";

const BACKENDS = BACKEND_NAMES.filter((name) => probeBackend(name) === undefined);
const BLOCK_BYTES = 1024;
const MS = 1e6;
const folder = mkdtempSync(join(tmpdir(), "emu-pool-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function makePool(blocks: number): BlockPool {
  return new BlockPool(new Arena(new SharedArrayBuffer(blocks * BLOCK_BYTES)), "blocks", blocks, BLOCK_BYTES);
}

test("blocks against a model: a returned one goes to the caller that has waited longest", () => {
  const steps = soakSize(20_000, 1_000_000);
  const random = new Prng(3);
  const pool = makePool(3);
  const lent: Block[] = [];
  const line: { id: number; leave: () => void }[] = [];
  let wrong = 0;
  for (let step = 0; step < steps; step++) {
    const choice = random.below(5);
    if (choice === 0) {
      const block = pool.take();
      if ((block === undefined) !== (lent.length === 3)) wrong++;
      if (block !== undefined) lent.push(block);
    } else if (choice === 1) {
      const isFree = lent.length < 3;
      const leave = pool.whenAvailable((block) => {
        if (!isFree && line.shift()?.id !== step) wrong++;
        lent.push(block);
      });
      if (!isFree) line.push({ id: step, leave });
    } else if (choice === 2 && line.length > 0) {
      line.splice(random.below(line.length), 1)[0]!.leave();
    } else if (lent.length > 0) {
      lent.splice(random.below(lent.length), 1)[0]!.release();
    }
    if (pool.available !== 3 - lent.length) wrong++;
  }
  expect(wrong).toBe(0);
});

/** A loop with a pool, and readers whose far ends the test controls. */
class Readers {
  readonly loop: AsyncLoop;
  readonly near: StreamSocket[] = [];
  readonly far: FarEnd[] = [];
  readonly counts: number[] = [];
  readonly bytes: number[] = [];
  readonly #name: string;
  #failure: unknown;

  constructor(backend: BackendName, name: string, blocks: number) {
    this.#name = join(folder, `${name}-${backend}`);
    this.loop = new AsyncLoop(new Runtime({ backend, sources: 256 }), makePool(blocks));
  }

  async connect(count: number): Promise<void> {
    const listener = await this.loop.listen({ path: this.#name }, 128);
    for (let at = 0; at < count; at++) {
      this.far.push(new FarEnd(listener.endpoint));
      this.near.push(await this.during(this.loop.accept(listener)));
      this.counts.push(0);
      this.bytes.push(0);
    }
    this.loop.close(listener);
  }

  /** Runs the loop until a task is done. */
  async during<T>(task: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
      this.loop.runtime.wake();
    };
    void task.then(end, end);
    while (!isDone) await this.loop.runOnce(10 * MS);
    if (this.#failure !== undefined) throw this.#failure;
    return task;
  }

  /** Reads from a socket until its end; `hold` is called with each block before it is released. */
  read(at: number, hold?: () => Promise<unknown>): void {
    void (async () => {
      for (;;) {
        const block = await this.loop.recv(this.near[at]!);
        if (block === undefined) return;
        this.counts[at]!++;
        this.bytes[at]! += block.length;
        if (hold !== undefined) await hold();
        block.release();
      }
    })().catch((error: unknown) => {
      if ((error as { code?: string }).code !== "ECANCELED") this.#failure = error;
    });
  }

  async close(): Promise<void> {
    for (const near of this.near) this.loop.close(near);
    for (const far of this.far) far.close();
    await new Promise(setImmediate);
    this.loop.runtime.close();
  }
}

describe.skipIf(linuxIo() === undefined)("a pool that is empty", () => {
  test.each(BACKENDS)("%s: one greedy reader and a waiting one share a single block", async (backend) => {
    const rounds = soakSize(2_000, 1_000_000);
    const readers = new Readers(backend, "greedy", 1);
    await readers.connect(2);
    readers.read(0);
    readers.read(1);
    const filling = (async () => {
      while (readers.counts[0]! + readers.counts[1]! < rounds) {
        for (const far of readers.far) far.flood();
        await readers.loop.sleep(0);
      }
    })();
    await readers.during(filling);
    const [greedy, waiting] = readers.counts as [number, number];
    expect(Math.min(greedy, waiting) / Math.max(greedy, waiting)).toBeGreaterThan(0.8);
    await readers.close();
  });

  test.each(BACKENDS)(
    "%s: a reader that always holds the block does not starve readers with little data",
    async (backend) => {
      const rounds = soakSize(300, 20_000);
      const readers = new Readers(backend, "little", 1);
      await readers.connect(11);
      readers.read(0, () => readers.loop.sleep(20_000));
      for (let at = 1; at < 11; at++) readers.read(at);
      const asking = (async () => {
        for (let round = 1; round <= rounds; round++) {
          readers.far[0]!.flood();
          for (let at = 1; at < 11; at++) readers.far[at]!.send(10);
          const before = readers.counts[0]!;
          while (readers.bytes.slice(1).some((bytes) => bytes < 10 * round)) await readers.loop.sleep(10_000);
          // Each of the ten waits for at most one turn of the greedy one, and so do late ones.
          if (readers.counts[0]! - before > 40) throw new Error("the greedy one had more than its turns");
        }
      })();
      await readers.during(asking);
      expect(readers.bytes.slice(1)).toEqual(new Array(10).fill(10 * rounds));
      await readers.close();
    },
  );

  test.each(BACKENDS)(
    "%s: 100 peers: nothing is read, then everything, one after the other",
    async (backend) => {
      const peers = 100;
      const readers = new Readers(backend, "hundred", 2);
      await readers.connect(peers + 1);
      const held = [readers.loop.pool!.take()!, readers.loop.pool!.take()!];
      for (let at = 0; at < peers; at++) readers.read(at);
      await readers.during(readers.loop.sleep(20 * MS));
      const sent = readers.far.map((far) => far.flood());
      // The amount that the kernel buffers for a connection that is never read is the most that it buffers
      // for these.
      const [unread] = sent.splice(peers);
      expect(sent).toEqual(new Array(peers).fill(unread));
      await readers.during(readers.loop.sleep(50 * MS));
      expect(readers.far.map((far) => far.send(1))).toEqual(new Array(peers + 1).fill(-1));
      expect(readers.counts.every((count) => count === 0)).toBe(true);
      for (const block of held) block.release();
      let spread = 0;
      const reading = (async () => {
        while (readers.bytes.some((bytes, at) => at < peers && bytes < unread!)) {
          await readers.loop.sleep(0);
          const counts = readers.counts.slice(0, peers);
          if (Math.max(...counts) < unread! / BLOCK_BYTES)
            spread = Math.max(spread, Math.max(...counts) - Math.min(...counts));
        }
      })();
      await readers.during(reading);
      expect(readers.bytes.slice(0, peers)).toEqual(sent);
      expect(spread).toBeLessThanOrEqual(3);
      await readers.close();
    },
  );
});
