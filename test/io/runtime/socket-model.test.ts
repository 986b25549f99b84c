import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linuxIo } from "../../../src/io/ffi/libc.ts";
import type { BackendName } from "../../../src/io/runtime/backend.ts";
import { BACKEND_NAMES, probeBackend } from "../../../src/io/runtime/backends/index.ts";
import { EventBatch } from "../../../src/io/runtime/event-batch.ts";
import { END, HANGUP, READ, WRITE } from "../../../src/io/runtime/keys.ts";
import { Runtime } from "../../../src/io/runtime/runtime.ts";
import { openSockets } from "../../../src/io/runtime/sockets/index.ts";
import { type Listener, type StreamSocket, WOULD_BLOCK } from "../../../src/io/runtime/sockets/types.ts";
import { FarEnd } from "../../support/far-end.ts";
import { Prng } from "../../support/prng.ts";
import { soakSize } from "../../support/soak.ts";

const BACKENDS = BACKEND_NAMES.filter((name) => probeBackend(name) === undefined);
const SOCKETS = 8;
const MS = 1e6;
/** Anything that is not reported within this time counts as never reported. */
const PATIENCE_MS = 10_000;
/** Limit on unread bytes, so that a far end's sends are never partial. */
const MAX_UNREAD_BYTES = 30_000;
const folder = mkdtempSync(join(tmpdir(), "emu-model-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A connection of the runtime under test, and the model's state of it. */
interface Modelled {
  near: StreamSocket;
  far: FarEnd;
  wanted: number;
  sent: number;
  received: number;
  hasFarEnded: boolean;
  isFarClosed: boolean;
  /** True if the near end sent until nothing more fitted, and the far end has read nothing since. */
  isStuffed: boolean;
}

/** The readiness that waits must finally report. Readiness caused by the other end may take some time. */
function expected(each: Modelled): number {
  const { wanted, isFarClosed, hasFarEnded } = each;
  if (wanted === 0) return 0;
  const end = hasFarEnded && (wanted & READ) !== 0 ? END : 0;
  if (isFarClosed) return wanted | end | HANGUP;
  const canRead = each.sent > each.received || hasFarEnded ? READ : 0;
  const ready = wanted & (canRead | (each.isStuffed ? 0 : WRITE));
  return ready === 0 ? 0 : ready | end;
}

/** The runtime's own sockets on one backend, and the model, with the same random operations. */
class SocketWorld {
  readonly runtime: Runtime;
  readonly listener: Listener;
  readonly batch = new EventBatch(64);
  readonly sockets: Modelled[] = [];
  readonly random: Prng;
  /** While a socket is paused, Bun does not say why it is ready. */
  readonly #optional: number;
  readonly #scratch = new Uint8Array(new SharedArrayBuffer(65_536));

  constructor(backend: BackendName, seed: number) {
    this.random = new Prng(seed);
    this.#optional = backend === "bun" ? END | HANGUP : 0;
    this.runtime = new Runtime({ backend, sources: SOCKETS + 3 });
    this.listener = openSockets(this.runtime).listen({ path: join(folder, `${backend}-${seed}`) }, 16);
  }

  async open(): Promise<void> {
    while (this.sockets.length < SOCKETS) this.sockets.push(await this.#connect());
  }

  async step(): Promise<void> {
    const at = this.random.below(SOCKETS);
    const one = this.sockets[at]!;
    const choice = this.random.below(10);
    if (choice <= 1) this.#send(one);
    else if (choice <= 3) this.#want(one, this.random.below(4));
    else if (choice <= 5) this.#read(one, 1 + this.random.below(2000));
    else if (choice === 6 && this.random.below(4) === 0) this.#stuff(one);
    else if (choice === 7) this.#empty(one);
    else if (choice === 8 && this.random.below(6) === 0) this.#end(one);
    else if (choice === 9 && this.random.below(10) === 0) {
      if (one.isFarClosed || this.random.below(2) === 0) await this.#replace(at);
      else this.#closeFar(one);
    }
  }

  /** Waits until everything that the model expects has been reported. Returns what is wrong. */
  async compare(): Promise<string | undefined> {
    const byKey = new Map(this.sockets.map((each) => [each.near.key, each]));
    const deadlineMs = performance.now() + PATIENCE_MS;
    for (let tries = 0; ; tries++) {
      const seen = new Map<number, number>();
      await this.runtime.wait(this.batch, tries === 0 ? 0 : MS);
      for (let at = 0; at < this.batch.count; at++) seen.set(this.batch.keys[at]!, this.batch.events[at]!);
      for (const [key, events] of seen) {
        const one = byKey.get(key);
        if (one === undefined) return `an event of no socket: ${key}`;
        if ((events & ~expected(one)) !== 0) return `${events} instead of ${expected(one)}`;
      }
      const missing = this.sockets.find((each) => !this.#isAll(each, seen.get(each.near.key) ?? 0));
      if (missing === undefined) return undefined;
      if (performance.now() > deadlineMs)
        return `${seen.get(missing.near.key)} and never ${expected(missing)} of ${JSON.stringify({ ...missing, near: 0, far: 0 })}`;
    }
  }

  /** Reads what the far ends have sent. Returns the number of bytes that never arrived. */
  async drain(): Promise<number> {
    const left = () => this.sockets.reduce((sum, each) => sum + each.sent - each.received, 0);
    for (const each of this.sockets) this.#want(each, READ);
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (left() > 0 && performance.now() < deadlineMs) {
      await this.runtime.wait(this.batch, MS);
      for (const each of this.sockets) while (this.#read(each, 65_536) > 0);
    }
    return left();
  }

  close(): void {
    for (const { near, far, isFarClosed } of this.sockets) {
      near.close();
      if (!isFarClosed) far.close();
    }
    this.listener.close();
    this.runtime.close();
  }

  #isAll(each: Modelled, events: number): boolean {
    return (events | this.#optional) === (expected(each) | this.#optional);
  }

  async #connect(): Promise<Modelled> {
    const far = new FarEnd(this.listener.endpoint);
    this.runtime.modify(this.listener.key, READ);
    let near = this.listener.tryAccept();
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (near === undefined) {
      if (performance.now() > deadlineMs) throw new Error("a connection was never accepted");
      await this.runtime.wait(this.batch, MS);
      near = this.listener.tryAccept();
    }
    this.runtime.modify(this.listener.key, 0);
    const none = {
      wanted: 0,
      sent: 0,
      received: 0,
      hasFarEnded: false,
      isFarClosed: false,
      isStuffed: false,
    };
    return { near, far, ...none };
  }

  #want(one: Modelled, wanted: number): void {
    one.wanted = wanted;
    this.runtime.modify(one.near.key, wanted);
  }

  #send(one: Modelled): void {
    if (one.hasFarEnded || one.sent - one.received > MAX_UNREAD_BYTES) return;
    one.sent += Math.max(0, one.far.send(1 + this.random.below(1000)));
  }

  #read(one: Modelled, most: number): number {
    const length = one.near.tryRecv(this.#scratch.subarray(0, most));
    if (length > 0) one.received += length;
    if (one.received > one.sent) throw new Error("more was received than sent");
    if (length === 0 && !(one.hasFarEnded && one.received === one.sent))
      throw new Error(`the end came after ${one.received} of ${one.sent} bytes`);
    return length;
  }

  #stuff(one: Modelled): void {
    if (one.isFarClosed) return;
    while (one.near.trySend(this.#scratch) !== WOULD_BLOCK);
    one.isStuffed = true;
  }

  #empty(one: Modelled): void {
    if (one.isFarClosed) return;
    one.far.empty();
    one.isStuffed = false;
  }

  #end(one: Modelled): void {
    if (one.hasFarEnded) return;
    one.far.end();
    one.hasFarEnded = true;
  }

  /** If a far end closes with unread data, the near end gets an error, so the data is read first. */
  #closeFar(one: Modelled): void {
    one.far.empty();
    one.far.close();
    one.hasFarEnded = true;
    one.isFarClosed = true;
  }

  async #replace(at: number): Promise<void> {
    const { near, far, isFarClosed } = this.sockets[at]!;
    near.close();
    if (!isFarClosed) far.close();
    this.sockets[at] = await this.#connect();
  }
}

describe.skipIf(linuxIo() === undefined)("sockets against a model", () => {
  test.each(BACKENDS)(
    "%s: half-closed and closed peers, full and empty windows: every event, and no other",
    async (backend) => {
      const steps = soakSize(6_000, 1_000_000);
      const world = new SocketWorld(backend, 2600);
      await world.open();
      let wrong: string | undefined;
      let step = 0;
      for (; step < steps && wrong === undefined; step++) {
        await world.step();
        if (step % 3 === 0) wrong = await world.compare();
      }
      expect([step, wrong]).toEqual([steps, undefined]);
      expect(await world.drain()).toBe(0);
      world.close();
    },
    { timeout: 3_600_000 },
  );
});
