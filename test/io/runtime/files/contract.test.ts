import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Arena } from "../../../../src/emu/arena.ts";
import { linuxIo } from "../../../../src/io/ffi/libc.ts";
import type { FileEngine, FileEngineName } from "../../../../src/io/runtime/files/engine.ts";
import {
  FILE_ENGINES,
  FileBatch,
  openFileEngine,
  openFlags,
  probeFileEngine,
} from "../../../../src/io/runtime/files/index.ts";
import { BAD_FILE, CANCELLED, NOT_THERE, TIMED_OUT } from "../../../../src/io/runtime/files/operations.ts";
import { ThreadEngine } from "../../../../src/io/runtime/files/thread-engine.ts";
import { UringEngine } from "../../../../src/io/runtime/files/uring-engine.ts";
import { READ } from "../../../../src/io/runtime/keys.ts";
import { SocketAddress } from "../../../../src/io/runtime/linux/address.ts";
import { KernelMemory } from "../../../../src/io/runtime/linux/calls.ts";
import { Prng } from "../../../support/prng.ts";
import { soakSize } from "../../../support/soak.ts";

const { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } = openFlags;
const CREATE = O_WRONLY | O_CREAT | O_TRUNC;
const HAS_RING = probeFileEngine("io_uring") === undefined;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "emu-files-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Every engine, and the ring without plain calls for small batches, with and without registered memory. */
const ENGINES: Record<string, { engine: FileEngineName; make: () => FileEngine }> = Object.fromEntries([
  ...FILE_ENGINES.map((engine) => [engine, { engine, make: () => openFileEngine({ engine }).engine }]),
  ["ring for all", { engine: "io_uring", make: () => new UringEngine({ leastForRing: 1, entries: 8 }) }],
  [
    "ring with registered memory",
    {
      engine: "io_uring",
      make: () => new UringEngine({ leastForRing: 1, registerArena: true, leastForRegistered: 1 }),
    },
  ],
  [
    "ring on a thread",
    { engine: "io_uring", make: () => new ThreadEngine({ threads: 1, engine: "io_uring" }) },
  ],
  ["threads for all", { engine: "threads", make: () => new ThreadEngine({ always: true }) }],
]);

for (const [name, { engine, make }] of Object.entries(ENGINES)) {
  describe.skipIf(probeFileEngine(engine) !== undefined)(name, () => {
    const withBatch =
      (
        body: (batch: FileBatch, arena: Arena, complete: () => Promise<void>) => Promise<void>,
        sizes?: { intents: number; pathBytes: number },
      ) =>
      async () => {
        const opened = make();
        const arena = new Arena(new SharedArrayBuffer(1 << 20));
        const batch = new FileBatch(opened, arena.buffer, sizes);
        let turn = 0;
        await body(batch, arena, async () => {
          if (turn++ % 2 === 0) batch.complete();
          else await batch.completeAsync();
        });
        opened.close();
      };

    test(
      "writes a file, makes it durable, and reads it back, each in one batch",
      withBatch(async (batch, arena, complete) => {
        const path = join(folder, `${name} round trip`);
        const out = arena.uint8("out", 1000);
        out.set(new Prng(1).bytes(1000));
        const opened = batch.open(path, CREATE);
        const first = batch.write(batch.opened(opened), out.subarray(0, 400), 0);
        const second = batch.write(batch.opened(opened), out.subarray(400), 400);
        const synced = batch.fsync(batch.opened(opened));
        const closed = batch.close(batch.opened(opened));
        await complete();
        expect([first, second, synced, closed].map((ticket) => batch.result(ticket))).toEqual([
          400, 600, 0, 0,
        ]);
        expect(new Uint8Array(readFileSync(path))).toEqual(new Uint8Array(out));

        const into = arena.uint8("into", 1200);
        const again = batch.open(path, O_RDONLY);
        const whole = batch.read(batch.opened(again), into.subarray(0, 700));
        const rest = batch.read(batch.opened(again), into.subarray(700), 700);
        batch.close(batch.opened(again));
        await complete();
        expect([batch.result(whole), batch.result(rest)]).toEqual([700, 300]);
        expect(into.subarray(0, 1000)).toEqual(out);
      }),
    );

    test(
      "reports how long operations took, and how many were in progress together",
      withBatch(async (batch, arena, complete) => {
        const path = join(folder, `${name} timed`);
        writeFileSync(path, "here");
        const into = arena.uint8("into", 16);
        for (let round = 0; round < 17; round++) {
          for (let i = 0; i < 40; i++) {
            const file = batch.opened(batch.open(path, O_RDONLY));
            batch.read(file, into, 0);
            batch.close(file);
          }
          await complete();
        }
        const { operationMicroseconds, queueDepth } = batch.statistics();
        expect(Object.keys(operationMicroseconds).sort()).toEqual(["close", "open", "read"]);
        // Two batches of the 17 are sampled.
        for (const { count, p50, max } of Object.values(operationMicroseconds)) {
          expect(count).toBe(80);
          expect(p50).toBeGreaterThan(0);
          expect(max).toBeLessThan(10e6);
        }
        expect(queueDepth.count).toBe(240);
        expect(queueDepth.max).toBeGreaterThanOrEqual(1);
        expect(queueDepth.max).toBeLessThanOrEqual(120);
      }),
    );

    test(
      "a file that is not there fails alone, and what depends on it is cancelled",
      withBatch(async (batch, arena, complete) => {
        const path = join(folder, `${name} present`);
        writeFileSync(path, "here");
        const into = arena.uint8("into", 16);
        const missing = batch.open(join(folder, "missing"), O_RDONLY);
        const lost = batch.read(batch.opened(missing), into, 0);
        const closed = batch.close(batch.opened(missing));
        const present = batch.open(path, O_RDONLY);
        const read = batch.read(batch.opened(present), into, 0);
        batch.close(batch.opened(present));
        await complete();
        expect(batch.result(missing)).toBe(NOT_THERE);
        expect([batch.result(lost), batch.result(closed)]).toEqual([CANCELLED, CANCELLED]);
        expect(batch.result(read)).toBe(4);
        expect(() => batch.resultOrThrow(missing, "opening", "missing")).toThrow("opening: ENOENT");
        expect(batch.statistics()).toMatchObject({ batches: 1, failed: 3, operations: 6 });
      }),
    );

    test(
      "a full batch rejects an intent visibly, and continues after it is completed",
      withBatch(
        async (batch, _arena, complete) => {
          const path = join(folder, `${name} full`);
          writeFileSync(path, "");
          const tickets = Array.from({ length: 6 }, () => batch.open(path, O_RDONLY));
          expect(tickets).toEqual([0, 1, 2, 3, -1, -1]);
          await complete();
          const descriptors = tickets.slice(0, 4).map((ticket) => batch.result(ticket));
          expect(descriptors.every((descriptor) => descriptor > 2)).toBe(true);
          expect(batch.count).toBe(0);
          for (const descriptor of descriptors) expect(batch.close(descriptor)).toBeGreaterThanOrEqual(0);
          await complete();
          expect(batch.open("x".repeat(1000), O_RDONLY)).toBe(-1);
        },
        { intents: 4, pathBytes: 512 },
      ),
    );

    test(
      "a thousand files, in the order of the requests",
      withBatch(async (batch, arena, complete) => {
        const count = 300;
        const paths = Array.from({ length: count }, (_, i) => join(folder, `${name} ${i} äöü`));
        for (const [i, path] of paths.entries()) writeFileSync(path, `file ${i}`);
        const into = paths.map((_, i) => arena.uint8(`${i}`, 16));
        const reads = paths.map((path, i) => {
          const file = batch.opened(batch.open(path, O_RDONLY));
          const read = batch.read(file, into[i]!, 0);
          batch.close(file);
          return read;
        });
        await complete();
        const texts = reads.map((ticket, i) =>
          Buffer.from(into[i]!.subarray(0, batch.result(ticket))).toString(),
        );
        expect(texts).toEqual(paths.map((_, i) => `file ${i}`));
      }),
    );

    test(
      "many files in a row, half of them missing and all shorter than requested",
      withBatch(async (batch, arena, complete) => {
        const path = join(folder, `${name} short`);
        writeFileSync(path, "here");
        const into = Array.from({ length: 400 }, (_, i) => arena.uint8(`${i}`, 16));
        for (let round = 0; round < 3; round++) {
          const tickets = into.map((bytes, i) => {
            const opened = batch.open(i % 2 === 0 ? path : join(folder, "missing"), O_RDONLY);
            const file = batch.opened(opened);
            return [opened, batch.read(file, bytes, 1), batch.close(file)] as const;
          });
          await complete();
          for (const [i, [opened, read, closed]] of tickets.entries()) {
            const results = [Math.min(0, batch.result(opened)), batch.result(read), batch.result(closed)];
            expect(results).toEqual(i % 2 === 0 ? [0, 3, 0] : [NOT_THERE, CANCELLED, CANCELLED]);
          }
        }
      }),
    );

    test(
      "an operation after the close of a file is an error",
      withBatch(async (batch, arena, complete) => {
        const path = join(folder, `${name} closed`);
        writeFileSync(path, "here");
        const into = arena.uint8("into", 16);
        const files = Array.from({ length: 5 }, () => batch.opened(batch.open(path, O_RDONLY)));
        const reads = files.map((file) => batch.read(file, into, 0));
        const closed = files.map((file) => batch.close(file));
        const [file = 0] = files;
        const late = batch.read(file, into, 0);
        await complete();
        expect(reads.map((ticket) => batch.result(ticket))).toEqual([4, 4, 4, 4, 4]);
        expect(closed.map((ticket) => batch.result(ticket))).toEqual([0, 0, 0, 0, 0]);
        expect(batch.result(late)).toBe(BAD_FILE);
      }),
    );

    test(
      "timeouts and cancelled polls",
      withBatch(async (batch, _arena, complete) => {
        const start = performance.now();
        const timeout = batch.timeout(3e6);
        await complete();
        expect(batch.result(timeout)).toBe(TIMED_OUT);
        expect(performance.now() - start).toBeGreaterThanOrEqual(3);
        const endless = batch.timeout(3600e9);
        const cancelled = batch.cancel(endless);
        await complete();
        expect([batch.result(endless), batch.result(cancelled)]).toEqual([CANCELLED, 0]);
      }),
    );

    test.skipIf(linuxIo() === undefined)(
      "polls return readiness",
      withBatch(async (batch, _arena, complete) => {
        const io = linuxIo()!;
        const pair = new KernelMemory(8);
        io.socketpair(1, 1, 0, pair.address);
        const [one, other] = [pair.words[0]!, pair.words[1]!];
        io.send(other, pair.address, 1, 0);
        const polled = batch.poll(one, READ);
        await complete();
        expect(batch.result(polled)).toBe(READ);
        for (const descriptor of [one, other]) io.close(descriptor);
      }),
    );

    test.skipIf(linuxIo() === undefined)(
      "accepts and connects in one batch, whichever was queued first, and uses what was accepted",
      withBatch(async (batch, arena, complete) => {
        const io = linuxIo()!;
        const listening = io.socket(1, 1, 0);
        const path = join(folder, `${name} socket`);
        const address = new SocketAddress();
        address.set({ path });
        expect(io.bind(listening, address.address, address.length)).toBe(0);
        io.listen(listening, 64);
        const out = arena.uint8("out", 1);
        for (let round = 0; round < 4; round++) {
          const clients = Array.from({ length: 12 }, () => io.socket(1, 1, 0));
          const connected: number[] = [];
          const accepted: number[] = [];
          const accept = () => clients.map(() => accepted.push(batch.accept(listening)));
          const connect = () => clients.map((client) => connected.push(batch.connect(client, { path })));
          if (round % 2 === 0) accept();
          connect();
          if (round % 2 === 1) accept();
          const written = accepted.map((ticket) => batch.write(batch.opened(ticket), out));
          const closed = accepted.map((ticket) => batch.close(batch.opened(ticket)));
          await complete();
          expect(connected.map((ticket) => batch.result(ticket))).toEqual(clients.map(() => 0));
          expect(accepted.every((ticket) => batch.result(ticket) > 2)).toBe(true);
          expect(written.map((ticket) => batch.result(ticket))).toEqual(clients.map(() => 1));
          expect(closed.map((ticket) => batch.result(ticket))).toEqual(clients.map(() => 0));
          for (const client of clients) io.close(client);
        }
        io.close(listening);
      }),
    );

    test(
      "an invalid call is an error, not a crash",
      withBatch(async (batch, arena, complete) => {
        const into = arena.uint8("into", 16);
        const read = batch.read(9999, into, 0);
        const closed = batch.close(9999);
        const folderRead = batch.open(folder, O_WRONLY);
        await complete();
        expect([batch.result(read), batch.result(closed), batch.result(folderRead)]).toEqual([-9, -9, -21]);
        expect(() => batch.open("a\0b", O_RDONLY)).toThrow("zero byte");
        expect(() => batch.read(3, new Uint8Array(new SharedArrayBuffer(4)))).toThrow("arena");
        expect(() => batch.read(batch.opened(99), into)).toThrow("no intent 99");
      }),
    );

    test(
      "random mixed batches agree with a simple model",
      withBatch(async (batch, arena, complete) => {
        const random = new Prng(42);
        const slots = Array.from({ length: 40 }, (_, i) => arena.uint8(`${i}`, 256));
        const model = new Map<string, Buffer>();
        for (let round = 0; round < soakSize(30, 1000); round++) {
          const checks: (() => void)[] = [];
          const used = new Set<string>();
          for (const slot of slots) {
            const path = join(folder, `${name} mixed ${random.below(60)}`);
            if (used.has(path)) continue;
            used.add(path);
            const known = model.get(path);
            if (known === undefined || random.below(2) === 0) {
              const length = random.below(257);
              slot.set(random.bytes(length));
              const file = batch.opened(batch.open(path, CREATE));
              const written = batch.write(file, slot.subarray(0, length), 0);
              if (random.below(8) === 0) batch.fsync(file);
              batch.close(file);
              model.set(path, Buffer.from(slot.subarray(0, length)));
              checks.push(() => expect(batch.result(written)).toBe(length));
            } else {
              const file = batch.opened(batch.open(path, O_RDONLY));
              const read = batch.read(file, slot, 0);
              batch.close(file);
              checks.push(() =>
                expect(Buffer.from(slot.subarray(0, batch.result(read))).equals(known)).toBe(true),
              );
            }
          }
          await complete();
          for (const check of checks) check();
        }
        for (const [path, content] of model) expect(readFileSync(path).equals(content)).toBe(true);
      }),
      600_000,
    );
  });
}

describe.skipIf(!HAS_RING)("a ring's own operations", () => {
  test("more completions than the queue holds all arrive", () => {
    const engine = new UringEngine({ leastForRing: 1, entries: 8 });
    const batch = new FileBatch(engine, new SharedArrayBuffer(64), { intents: 5000, pathBytes: 64 });
    const tickets = Array.from({ length: 5000 }, () => batch.timeout(1000));
    batch.complete();
    expect(tickets.every((ticket) => batch.result(ticket) === TIMED_OUT)).toBe(true);
    engine.close();
  });
});

describe.skipIf(!HAS_RING)("registered arenas", () => {
  const pinnedKb = () => Number(/VmPin:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);

  test("are replaced by that of the next batch, and unregistered at the end", () => {
    const before = pinnedKb();
    const engine = new UringEngine({ leastForRing: 1, registerArena: true, leastForRegistered: 1 });
    const path = join(folder, "registered");
    writeFileSync(path, "contents");
    const arenas = [new SharedArrayBuffer(1 << 20), new SharedArrayBuffer(1 << 19)];
    const batches = arenas.map((arena) => new FileBatch(engine, arena));
    for (let round = 0; round < 6; round++) {
      const arena = arenas[round % 2]!;
      const batch = batches[round % 2]!;
      const into = new Uint8Array(arena, 4096, 16).fill(0);
      const file = batch.opened(batch.open(path, O_RDONLY));
      const read = batch.read(file, into, 0);
      batch.close(file);
      batch.complete();
      expect(engine.isArenaRegistered).toBe(true);
      expect(pinnedKb() - before).toBe(arena.byteLength / 1024);
      expect(batch.result(read)).toBe(8);
      expect(Buffer.from(into).toString("latin1", 0, 8)).toBe("contents");
    }
    engine.close();
    expect(pinnedKb()).toBe(before);
  });
});

describe("the chain of engines", () => {
  test("falls back when the kernel refuses, and says why", () => {
    const script = `
      const { openFileEngine } = await import(${JSON.stringify(join(import.meta.dir, "../../../../src/io/runtime/files/index.ts"))});
      const { engine, refused } = openFileEngine();
      console.log(JSON.stringify({ name: engine.name, refused }));
      process.exit(0);`;
    const { stdout } = Bun.spawnSync([process.execPath, "-e", script], {
      env: { ...process.env, EMU_NO_IO_URING: "1" },
    });
    expect(JSON.parse(stdout.toString())).toEqual({
      name: "threads",
      refused: [{ name: "io_uring", reason: "EMU_NO_IO_URING is set" }],
    });
  });

  test.skipIf(!HAS_RING).each([
    [1, "EPERM"],
    [38, "ENOSYS"],
  ])("falls back when the kernel refuses with error %d", (number, name) => {
    const program = join(import.meta.dir, "../../../support/deny-calls.ts");
    const { stdout, stderr } = Bun.spawnSync([process.execPath, program, `${number}`]);
    if (stderr.toString().includes("no seccomp here")) return;
    const reason = `io_uring_setup failed: ${name}`;
    expect(JSON.parse(stdout.toString())).toEqual({
      engine: "threads",
      refused: [{ name: "io_uring", reason }],
      ring: { name: "io_uring", available: false, reason },
    });
  });

  test("the requested engine works or is an error", () => {
    for (const engine of FILE_ENGINES) {
      if (probeFileEngine(engine) === undefined) expect(openFileEngine({ engine }).engine.name).toBe(engine);
      else expect(() => openFileEngine({ engine })).toThrow("no file engine");
    }
    expect(existsSync(folder)).toBe(true);
  });
});
