/** How soon the runtime is awake, and how soon it has accepted. */
import { linuxIo } from "../../src/io/ffi/libc.ts";
import type { BackendName } from "../../src/io/runtime/backend.ts";
import { BACKEND_NAMES, chooseBackend, probeBackend } from "../../src/io/runtime/backends/index.ts";
import { EventBatch } from "../../src/io/runtime/event-batch.ts";
import { READ } from "../../src/io/runtime/keys.ts";
import { Runtime } from "../../src/io/runtime/runtime.ts";
import { openSockets } from "../../src/io/runtime/sockets/index.ts";
import { type Bar, quantile, type Row, round, type Section } from "./measure.ts";

const BURST = 100;

/** From a post on a worker until the main thread, which slept in `wait`, has the event. */
export async function post(): Promise<Section> {
  const rows: Row[] = [];
  const bars: Bar[] = [];
  for (const backend of BACKEND_NAMES.filter((name) => probeBackend(name) === undefined)) {
    const runtime = new Runtime({ backend });
    const go = new Int32Array(new SharedArrayBuffer(8));
    const times = new Float64Array(new SharedArrayBuffer(8 * 2000));
    const worker = new Worker(new URL("./poster-thread.ts", import.meta.url));
    worker.postMessage({ handle: runtime.poster, go, times });
    const batch = new EventBatch();
    const latencies: number[] = [];
    for (let at = 0; at < times.length; at++) {
      Atomics.store(go, 0, at + 1);
      Atomics.notify(go, 0);
      await runtime.wait(batch);
      latencies.push((performance.timeOrigin + performance.now() - times[at]!) * 1000);
    }
    worker.terminate();
    runtime.close();
    const counted = latencies.slice(200);
    const [p50, p99] = [round(quantile(counted, 0.5), 1), round(quantile(counted, 0.99), 1)];
    rows.push({ name: `post → awake, ${backend}`, "p50 µs": p50, "p99 µs": p99 });
    if (backend !== chooseBackend({})) continue;
    const measured = `${p50}, ${p99} µs`;
    bars.push({
      what: "post → awake, p50, p99",
      wanted: "≤ 15, ≤ 60 µs",
      measured,
      met: p50 <= 15 && p99 <= 60,
    });
  }
  return { rows, bars };
}

/** 100 connections at once: from each `connect` until it has been accepted. */
export async function accept(): Promise<Section> {
  if (linuxIo() === undefined) return { rows: [], bars: [] };
  const rows: Row[] = [];
  for (const backend of BACKEND_NAMES.filter((name) => probeBackend(name) === undefined))
    rows.push(await acceptBursts(backend, BURST));
  const best = Math.min(...rows.map((row) => Number(row["p99 µs"])));
  const measured = `${best} µs`;
  return {
    rows,
    bars: [
      {
        what: `accept burst of ${BURST}, p99, best backend`,
        wanted: "< 1000 µs",
        measured,
        met: best < 1000,
      },
    ],
  };
}

async function acceptBursts(backend: BackendName, burst: number): Promise<Row> {
  const rounds = 50;
  const runtime = new Runtime({ backend });
  const listener = openSockets(runtime).listen({ host: "127.0.0.1", port: 0 }, 256);
  runtime.modify(listener.key, READ);
  const go = new Int32Array(new SharedArrayBuffer(8));
  const times = new Float64Array(new SharedArrayBuffer(8 * burst * rounds));
  const worker = new Worker(new URL("./burst-thread.ts", import.meta.url));
  const { port } = listener.endpoint as { port: number };
  worker.postMessage({ port, go, times, burst });
  const batch = new EventBatch();
  const latencies: number[] = [];
  for (let at = 0; at < rounds; at++) {
    Atomics.store(go, 0, at + 1);
    Atomics.notify(go, 0);
    const sockets = [];
    while (sockets.length < burst) {
      await runtime.wait(batch);
      for (let socket = listener.tryAccept(); socket !== undefined; socket = listener.tryAccept()) {
        const now = performance.timeOrigin + performance.now();
        if (at >= 5) latencies.push((now - times[at * burst + sockets.length]!) * 1000);
        sockets.push(socket);
      }
    }
    for (const socket of sockets) socket.close();
    Atomics.store(go, 1, at + 1);
    Atomics.notify(go, 1);
  }
  worker.terminate();
  listener.close();
  runtime.close();
  return {
    name: `accept in bursts of ${burst}, ${backend}`,
    "p50 µs": round(quantile(latencies, 0.5), 1),
    "p99 µs": round(quantile(latencies, 0.99), 1),
  };
}
