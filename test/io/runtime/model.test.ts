import { describe, expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import { linuxIo } from "../../../src/io/ffi/libc.ts";
import type { BackendName } from "../../../src/io/runtime/backend.ts";
import { BACKEND_NAMES, probeBackend } from "../../../src/io/runtime/backends/index.ts";
import { EventBatch } from "../../../src/io/runtime/event-batch.ts";
import { END, HANGUP, READ, WRITE } from "../../../src/io/runtime/keys.ts";
import { KernelMemory } from "../../../src/io/runtime/linux/calls.ts";
import { Runtime } from "../../../src/io/runtime/runtime.ts";
import { Prng } from "../../support/prng.ts";
import { soakSize } from "../../support/soak.ts";

const BACKENDS = BACKEND_NAMES.filter((name) => name !== "bun" && probeBackend(name) === undefined);
const SOURCES = 12;
const AF_UNIX = 1;
const STREAM_NONBLOCK = 0x801;
const MSG_NOSIGNAL = 0x4000;
const SHUT_WR = 1;

/** One end of a socket pair that the runtimes watch, and the model's state of it. */
class ModelSource {
  near = -1;
  far = -1;
  /** Its key in each runtime. */
  keys: number[] = [];
  wanted = 0;
  /** Bytes on their way to the near end: number sent, and number read. */
  sent = 0;
  received = 0;
  /** True if the far end has ended its half; true if it is closed. */
  hasFarEnded = false;
  isFarClosed = false;
  /** True if the near end's send buffer was filled and has not been emptied since. */
  isStuffed = false;

  /** The readiness that a wait must report. */
  get expected(): number {
    if (this.wanted === 0) return 0;
    const end = this.hasFarEnded && (this.wanted & READ) !== 0 ? END : 0;
    if (this.isFarClosed) return this.wanted | end | HANGUP;
    const canRead = this.sent > this.received || this.hasFarEnded ? READ : 0;
    const ready = this.wanted & (canRead | (this.isStuffed ? 0 : WRITE));
    return ready === 0 ? 0 : ready | end;
  }
}

/** The same descriptors in a runtime of every backend, and the model, with the same random operations. */
class World {
  readonly io = linuxIo()!;
  readonly memory = new KernelMemory(65_536);
  readonly pair = new KernelMemory(8);
  readonly runtimes: Runtime[];
  readonly batches: EventBatch[];
  readonly sources: ModelSource[] = [];
  readonly random: Prng;
  /** Blocks of an imaginary pool: a source is read, and wanted for reading, only while a block is free. */
  freeBlocks = 3;
  lent: number[] = [];

  constructor(backends: readonly BackendName[], seed: number, capacity: number) {
    this.random = new Prng(seed);
    this.runtimes = backends.map((backend) => new Runtime({ backend, sources: SOURCES + 2 }));
    this.batches = backends.map(() => new EventBatch(capacity));
    for (let i = 0; i < SOURCES; i++) this.sources.push(this.#fresh(new ModelSource()));
  }

  step(): void {
    const source = this.sources[this.random.below(SOURCES)]!;
    const choice = this.random.below(10);
    if (choice <= 1) this.#send(source);
    else if (choice === 2) this.#want(source, this.random.below(4));
    else if (choice === 3) this.#read(source, 1 + this.random.below(2000));
    else if (choice === 4) this.#stuff(source);
    else if (choice === 5) this.#empty(source);
    else if (choice === 6 && this.random.below(8) === 0) this.#closeFar(source);
    else if (choice === 7 && this.random.below(8) === 0) this.#replace(source);
    else if (choice === 8) this.#returnBlock();
    else if (choice === 9 && this.random.below(4) === 0) this.#endFar(source);
  }

  /** Waits in every runtime and compares with the model. Returns the number of differences. */
  compare(): number {
    // Interest in reading depends on the pool, as an owner derives it.
    const expected = new Map<number, number>();
    let wrong = 0;
    for (const [at, runtime] of this.runtimes.entries()) {
      expected.clear();
      for (const source of this.sources)
        if (source.expected !== 0) expected.set(source.keys[at]!, source.expected);
      const batch = this.batches[at]!;
      runtime.waitSync(batch, 0);
      for (let i = 0; i < batch.count; i++) {
        if (expected.get(batch.keys[i]!) !== batch.events[i]) wrong++;
        expected.delete(batch.keys[i]!);
      }
      wrong += expected.size;
    }
    return wrong;
  }

  /** Reads as long as readiness is reported. Returns the number of bytes still unread. */
  drain(): number {
    this.freeBlocks = Number.POSITIVE_INFINITY;
    for (const source of this.sources) {
      this.#empty(source);
      this.#want(source, READ);
    }
    const [runtime] = this.runtimes;
    const [batch] = this.batches;
    const byKey = new Map(this.sources.map((source) => [source.keys[0]!, source]));
    const open = new Set(this.sources);
    for (let waits = 0; waits < 100_000 && open.size > 0; waits++) {
      if (runtime!.waitSync(batch!, 0) === 0) break;
      for (let i = 0; i < batch!.count; i++) {
        const source = byKey.get(batch!.keys[i]!)!;
        if (this.#read(source, 65_536) === 0 && source.hasFarEnded) {
          this.#want(source, 0);
          open.delete(source);
        }
      }
    }
    return this.sources.reduce((left, source) => left + source.sent - source.received, 0);
  }

  close(): void {
    for (const runtime of this.runtimes) runtime.close();
    for (const { near, far, isFarClosed } of this.sources) {
      this.io.close(near);
      if (!isFarClosed) this.io.close(far);
    }
  }

  #fresh(source: ModelSource): ModelSource {
    this.io.socketpair(AF_UNIX, STREAM_NONBLOCK, 0, this.pair.address);
    source.near = this.pair.words[0]!;
    source.far = this.pair.words[1]!;
    source.keys = this.runtimes.map((runtime) => runtime.add(source.near, 0));
    source.wanted = 0;
    source.sent = 0;
    source.received = 0;
    source.hasFarEnded = false;
    source.isFarClosed = false;
    source.isStuffed = false;
    return source;
  }

  #want(source: ModelSource, wanted: number): void {
    const derived = this.freeBlocks > 0 ? wanted : wanted & ~READ;
    source.wanted = derived;
    for (const [at, runtime] of this.runtimes.entries()) runtime.modify(source.keys[at]!, derived);
  }

  #send(source: ModelSource): void {
    if (source.hasFarEnded) return;
    const length = 1 + this.random.below(1000);
    const taken = this.io.send(source.far, this.memory.address, length, MSG_NOSIGNAL);
    if (taken > 0) source.sent += taken;
  }

  #read(source: ModelSource, most: number): number {
    if (this.freeBlocks <= 0) return -1;
    const length = this.io.recv(source.near, this.memory.address, most, 0);
    if (length > 0) source.received += length;
    if (length <= 0 || this.freeBlocks === Number.POSITIVE_INFINITY) return length;
    this.freeBlocks--;
    this.lent.push(1);
    // Without a block nothing is wanted for reading.
    if (this.freeBlocks === 0) for (const each of this.sources) this.#want(each, each.wanted & ~READ);
    return length;
  }

  #returnBlock(): void {
    if (this.lent.pop() === undefined) return;
    this.freeBlocks++;
    if (this.freeBlocks === 1)
      for (const each of this.sources)
        this.#want(each, each.wanted | (this.random.below(2) === 0 ? READ : 0));
  }

  #stuff(source: ModelSource): void {
    if (source.isFarClosed || this.random.below(10) !== 0) return;
    while (this.io.send(source.near, this.memory.address, 65_536, MSG_NOSIGNAL) > 0);
    source.isStuffed = true;
  }

  #empty(source: ModelSource): void {
    if (source.isFarClosed) return;
    while (this.io.recv(source.far, this.memory.address, 65_536, 0) > 0);
    source.isStuffed = false;
  }

  #closeFar(source: ModelSource): void {
    if (source.isFarClosed) return;
    this.#empty(source);
    this.io.close(source.far);
    source.hasFarEnded = true;
    source.isFarClosed = true;
  }

  /** The far end ends its half; what is on its way to it stays there. */
  #endFar(source: ModelSource): void {
    if (source.hasFarEnded) return;
    this.io.shutdown(source.far, SHUT_WR);
    source.hasFarEnded = true;
  }

  #replace(source: ModelSource): void {
    for (const [at, runtime] of this.runtimes.entries()) runtime.remove(source.keys[at]!);
    this.io.close(source.near);
    if (!source.isFarClosed) this.io.close(source.far);
    this.#fresh(source);
  }
}

describe.each(BACKENDS)("descriptors that %s cannot wait for", (backend) => {
  const io = linuxIo();
  const refusals: [what: string, code: string, open: () => number][] = [
    ["a regular file", "EPERM", () => openSync(import.meta.path, "r")],
    ["a folder", "EPERM", () => openSync(import.meta.dir, "r")],
    ["a device without readiness", "EPERM", () => openSync("/dev/null", "r")],
  ];

  test.each(refusals)("%s is rejected with %s", (_what, code, open) => {
    const runtime = new Runtime({ backend });
    const descriptor = open();
    expect(() => runtime.add(descriptor, READ)).toThrow(expect.objectContaining({ name: "IoError", code }));
    expect(runtime.sources.count).toBe(0);
    closeSync(descriptor);
    runtime.close();
  });

  test("a closed descriptor, and one that is already waited for", () => {
    const runtime = new Runtime({ backend });
    const event = io!.eventfd(1, 0x800);
    const key = runtime.add(event, READ);
    expect(() => runtime.add(event, READ)).toThrow(expect.objectContaining({ code: "EEXIST" }));
    const batch = new EventBatch();
    runtime.waitSync(batch, 0);
    expect([batch.count, batch.keys[0], batch.events[0]]).toEqual([1, key, READ]);
    runtime.remove(key);
    expect(runtime.remove(runtime.add(event, READ))).toBe(true);
    io!.close(event);
    expect(() => runtime.add(event, READ)).toThrow(expect.objectContaining({ code: "EBADF" }));
    expect(() => runtime.add(-1, READ)).toThrow(expect.objectContaining({ code: "EBADF" }));
    runtime.close();
  });
});

describe.skipIf(BACKENDS.length === 0)("readiness against a model", () => {
  test(
    `the same events on ${BACKENDS.join(", ")}: none lost, none of a removed source, none unwanted`,
    () => {
      const steps = soakSize(40_000, 1_000_000);
      const world = new World(BACKENDS, 6502, 64);
      let wrong = 0;
      for (let step = 0; step < steps && wrong === 0; step++) {
        world.step();
        if (step % 3 === 0) wrong += world.compare();
      }
      expect(wrong).toBe(0);
      expect(world.drain()).toBe(0);
      world.close();
    },
    { timeout: 3_600_000 },
  );

  test.each(BACKENDS)(
    "%s: with a small batch every ready source is reported within ⌈n / (b / 3)⌉ waits",
    (name) => {
      const capacity = 6;
      const bound = Math.ceil(SOURCES / (capacity / 3));
      const world = new World([name], 1, capacity);
      const [runtime] = world.runtimes;
      for (const source of world.sources) runtime!.modify(source.keys[0]!, WRITE);
      const lastTold = new Map(world.sources.map((source) => [source.keys[0]!, 0]));
      for (let wait = 1; wait <= 1000; wait++) {
        for (let i = 0; i < capacity / 3; i++) {
          runtime!.post(1, i);
          runtime!.startTimer(0);
        }
        runtime!.waitSync(world.batches[0]!, 0);
        for (const key of world.batches[0]!.keys.subarray(0, world.batches[0]!.count))
          if (lastTold.has(key)) lastTold.set(key, wait);
        for (const told of lastTold.values()) expect(wait - told).toBeLessThanOrEqual(bound);
      }
      world.close();
    },
  );
});
