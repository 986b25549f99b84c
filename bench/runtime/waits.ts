/** Measures how soon the runtime wakes up, and how soon it accepts connections. */
import { linuxIo } from "../../src/io/ffi/libc.ts";
import type { BackendName } from "../../src/io/runtime/backend.ts";
import { BACKEND_NAMES, chooseBackend, probeBackend } from "../../src/io/runtime/backends/index.ts";
import type { PosterHandle } from "../../src/io/runtime/bell.ts";
import { EventBatch } from "../../src/io/runtime/event-batch.ts";
import { READ } from "../../src/io/runtime/keys.ts";
import { Runtime } from "../../src/io/runtime/runtime.ts";
import { openSockets } from "../../src/io/runtime/sockets/index.ts";
import { type Bar, quantile, type Row, round, type Section } from "./measure.ts";

const BURST = 100;

const POSTS = 2000;

/**
 * Measures the time from a post on a worker until the main thread, which slept in `wait`, has the event. Also
 * measures the lower bound: from a notify until the thread has woken from `Atomics.waitAsync`.
 */
export async function post(): Promise<Section> {
  const rows: Row[] = [];
  const bars: Bar[] = [];
  const awaken = await latencies(undefined, async (words, at) => {
    const wait = Atomics.waitAsync(words, 1, at);
    if (wait.async) await wait.value;
  });
  rows.push({ name: "notify → awake, no runtime", "p50 µs": awaken.p50, "p99 µs": awaken.p99 });
  for (const backend of BACKEND_NAMES.filter((name) => probeBackend(name) === undefined)) {
    const runtime = new Runtime({ backend });
    const batch = new EventBatch();
    const { p50, p99 } = await latencies(runtime.poster, () => runtime.wait(batch));
    runtime.close();
    rows.push({ name: `post → awake, ${backend}`, "p50 µs": p50, "p99 µs": p99 });
    if (backend !== chooseBackend({})) continue;
    const measured = `${p50}, ${p99} µs`;
    const met = p50 <= 15 && p99 <= 60;
    bars.push({ what: "post → awake, p50, p99", wanted: "≤ 15, ≤ 60 µs", measured, met });
  }
  return { rows, bars };
}

/** Microseconds until `wait` ends; the first tenth does not count. */
async function latencies(
  handle: PosterHandle | undefined,
  wait: (words: Int32Array, at: number) => Promise<unknown>,
): Promise<{ p50: number; p99: number }> {
  const go = new Int32Array(new SharedArrayBuffer(8));
  const times = new Float64Array(new SharedArrayBuffer(8 * POSTS));
  const worker = new Worker(new URL("./poster-thread.ts", import.meta.url));
  worker.postMessage({ handle, go, times });
  const samples: number[] = [];
  for (let at = 0; at < times.length; at++) {
    Atomics.store(go, 0, at + 1);
    Atomics.notify(go, 0);
    await wait(go, at);
    samples.push((performance.timeOrigin + performance.now() - times[at]!) * 1000);
  }
  worker.terminate();
  const counted = samples.slice(POSTS / 10);
  return { p50: round(quantile(counted, 0.5), 1), p99: round(quantile(counted, 0.99), 1) };
}

/**
 * Opens 100 connections at once and measures until all are accepted. In one half of the rounds the time
 * starts when they are established, which measures only the accepting side. In the other half it starts at
 * each `connect`, and another thread of this program makes the handshakes meanwhile.
 */
export async function accept(rounds: number): Promise<Section> {
  if (linuxIo() === undefined) return { rows: [], bars: [] };
  const rows: Row[] = [];
  const bars: Bar[] = [];
  for (const backend of BACKEND_NAMES.filter((name) => probeBackend(name) === undefined)) {
    const { waiting, live } = await acceptBursts(backend, BURST, 2 * rounds);
    const p99 = round(quantile(waiting, 0.99), 1);
    rows.push({
      name: `accept in bursts of ${BURST}, ${backend}`,
      "all of them, p50 µs": round(quantile(waiting, 0.5), 1),
      "p99 µs": p99,
      "connect → accepted, p50 µs": round(quantile(live, 0.5), 1),
      "p99 µs ": round(quantile(live, 0.99), 1),
    });
    if (backend !== chooseBackend({})) continue;
    const measured = `${p99} µs`;
    bars.push({ what: `accept burst of ${BURST}, p99`, wanted: "< 1000 µs", measured, met: p99 < 1000 });
  }
  return { rows, bars };
}

/**
 * Microseconds for whole bursts that waited to be accepted, and for single connections of the other bursts.
 */
async function acceptBursts(
  backend: BackendName,
  burst: number,
  rounds: number,
): Promise<{ waiting: number[]; live: number[] }> {
  const runtime = new Runtime({ backend });
  const listener = openSockets(runtime).listen({ host: "127.0.0.1", port: 0 }, 256);
  runtime.modify(listener.key, READ);
  const go = new Int32Array(new SharedArrayBuffer(12));
  const times = new Float64Array(new SharedArrayBuffer(8 * burst * rounds));
  const worker = new Worker(new URL("./burst-thread.ts", import.meta.url));
  const { port } = listener.endpoint as { port: number };
  worker.postMessage({ port, go, times, burst });
  const batch = new EventBatch();
  const waiting: number[] = [];
  const live: number[] = [];
  const now = () => performance.timeOrigin + performance.now();
  for (let at = 0; at < rounds; at++) {
    const isLive = at % 2 === 0;
    Atomics.store(go, 0, at + 1);
    Atomics.notify(go, 0);
    if (!isLive) while (Atomics.load(go, 2) <= at) Atomics.wait(go, 2, at, 1000);
    const start = now();
    const sockets = [];
    while (sockets.length < burst) {
      await runtime.wait(batch);
      for (let socket = listener.tryAccept(); socket !== undefined; socket = listener.tryAccept()) {
        if (isLive && at >= rounds / 10) live.push((now() - times[at * burst + sockets.length]!) * 1000);
        sockets.push(socket);
      }
    }
    if (!isLive && at >= rounds / 10) waiting.push((now() - start) * 1000);
    for (const socket of sockets) socket.close();
    Atomics.store(go, 1, at + 1);
    Atomics.notify(go, 1);
  }
  worker.terminate();
  listener.close();
  runtime.close();
  return { waiting, live };
}
