/** Compares every file engine with the file functions of Bun and Node. */
import {
  closeSync,
  mkdtempSync,
  openSync,
  promises,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linuxIo } from "../../src/io/ffi/libc.ts";
import type { FileEngine } from "../../src/io/runtime/files/engine.ts";
import {
  FILE_ENGINES,
  FileBatch,
  openFileEngine,
  openFlags,
  probeFileEngine,
} from "../../src/io/runtime/files/index.ts";
import { UringEngine } from "../../src/io/runtime/files/uring-engine.ts";
import { SocketAddress } from "../../src/io/runtime/linux/address.ts";
import { interleave, quantile, type Row, round, type Section } from "./measure.ts";

const FILES = 1000;
const FILE_BYTES = 1024;

function makeFiles(): { folder: string; paths: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "emu-bench-"));
  const paths = Array.from({ length: FILES }, (_, i) => join(folder, `file-${i}.bin`));
  for (const path of paths) writeFileSync(path, new Uint8Array(FILE_BYTES).fill(7));
  return { folder, paths };
}

function readAll(
  batch: FileBatch,
  paths: readonly string[],
  into: readonly Uint8Array<SharedArrayBuffer>[],
): void {
  for (const [i, path] of paths.entries()) {
    const file = batch.opened(batch.open(path, openFlags.O_RDONLY));
    batch.read(file, into[i]!, 0);
    batch.close(file);
  }
  batch.complete();
  if (batch.result(1) < 0) throw new Error("a file was not read");
}

function plainRead(paths: readonly string[], into: readonly Uint8Array<SharedArrayBuffer>[]): void {
  for (const [i, path] of paths.entries()) {
    const descriptor = openSync(path, "r");
    readSync(descriptor, into[i]!, 0, FILE_BYTES, 0);
    closeSync(descriptor);
  }
}

/** Opens, reads and closes 1,000 files of 1 KiB. */
export async function files(rounds: number): Promise<Section> {
  const { folder, paths } = makeFiles();
  const arena = new SharedArrayBuffer(FILES * FILE_BYTES);
  const into = paths.map((_, i) => new Uint8Array(arena, i * FILE_BYTES, FILE_BYTES));
  const engines: [string, FileEngine][] = FILE_ENGINES.filter(
    (name) => probeFileEngine(name) === undefined,
  ).map((engine) => [engine, openFileEngine({ engine }).engine]);
  if (probeFileEngine("io_uring") === undefined)
    engines.push(["io_uring, one thread", new UringEngine({ leastForAssist: Number.POSITIVE_INFINITY })]);
  const contenders: Record<string, () => unknown> = {};
  for (const [name, engine] of engines) {
    const batch = new FileBatch(engine, arena);
    contenders[name] = () => readAll(batch, paths, into);
  }
  contenders["fs open/read/closeSync"] = () => plainRead(paths, into);
  contenders["fs.readFileSync"] = () => paths.map((path) => readFileSync(path));
  contenders["fs.promises.readFile"] = () => Promise.all(paths.map((path) => promises.readFile(path)));
  contenders["Bun.file"] = () => Promise.all(paths.map((path) => Bun.file(path).bytes()));
  const times = await interleave(contenders, rounds);
  rmSync(folder, { recursive: true });
  const rest = Object.keys(times).filter(
    (name) => !engines.some(([engine]) => engine === name && engine !== "blocking"),
  );
  // The fastest of the others by its median, so that luck in single rounds does not count.
  const [rival = ""] = rest.sort((a, b) => quantile(times[a]!, 0.5) - quantile(times[b]!, 0.5));
  const rows = Object.entries(times).map(([name, samples]) => ({
    name,
    "ms (median)": round(quantile(samples, 0.5)),
    "ms (best)": round(quantile(samples, 0)),
    "files/s": Math.round((FILES / quantile(samples, 0.5)) * 1000),
    "times the best other, paired": round(paired(times[rival]!, samples)),
  }));
  const ring = times.io_uring;
  if (ring === undefined) return { rows, bars: [] };
  const rate = (FILES / quantile(ring, 0.5)) * 1000;
  const ratio = paired(times[rival]!, ring);
  return {
    rows,
    bars: [
      {
        what: "files/s with io_uring",
        wanted: "≥ 400,000",
        measured: `${Math.round(rate)}`,
        met: rate >= 400_000,
      },
      { what: `times ${rival}`, wanted: "≥ 1.8", measured: `${round(ratio)}`, met: ratio >= 1.8 },
    ],
  };
}

/** The ratio of two times: the median over the rounds. */
function paired(one: readonly number[], other: readonly number[]): number {
  return quantile(
    other.map((sample, at) => one[at]! / sample),
    0.5,
  );
}

/**
 * Measures the cost of batches on systems that reject io_uring: compares the engines used there with the same
 * calls without a batch, in pairs, for batches of several sizes.
 */
export async function degraded(rounds: number): Promise<Section> {
  const { folder, paths } = makeFiles();
  const arena = new SharedArrayBuffer(FILES * FILE_BYTES);
  const into = paths.map((_, i) => new Uint8Array(arena, i * FILE_BYTES, FILE_BYTES));
  process.env.EMU_NO_IO_URING = "1";
  const { engine } = openFileEngine();
  delete process.env.EMU_NO_IO_URING;
  const batch = new FileBatch(engine, arena);
  const rows: Row[] = [];
  let worst = 0;
  for (const files of [1, 4, 16, 64, FILES]) {
    const some = paths.slice(0, files);
    const repeats = Math.ceil(64 / files);
    const times = await interleave(
      {
        chain: () => repeat(repeats, () => readAll(batch, some, into)),
        plain: () => repeat(repeats, () => plainRead(some, into)),
      },
      rounds,
    );
    // The sum includes the cost of rare attempts with threads, which a median hides.
    const ratio = paired(times.chain!, times.plain!);
    const whole = sum(times.chain!) / sum(times.plain!);
    worst = Math.max(worst, ratio);
    rows.push({
      name: `chain / plain calls, ${files} files`,
      ratio: round(ratio, 3),
      "of sums": round(whole, 3),
    });
  }
  engine.close();
  rmSync(folder, { recursive: true });
  const measured = `${round(worst, 3)}`;
  const met = worst <= 1.05;
  return { rows, bars: [{ what: "degraded chain / plain calls", wanted: "≤ 1.05", measured, met }] };
}

function repeat(times: number, run: () => void): void {
  for (let i = 0; i < times; i++) run();
}

function sum(samples: readonly number[]): number {
  return samples.reduce((total, sample) => total + sample, 0);
}

/**
 * Mixes reads, writes and accepts in batches, and counts those submitted together with at least three others.
 */
export async function mixed(rounds: number): Promise<Section> {
  const io = linuxIo();
  if (io === undefined || probeFileEngine("io_uring") !== undefined) return { rows: [], bars: [] };
  const folder = mkdtempSync(join(tmpdir(), "emu-bench-"));
  const engine = new UringEngine();
  const arena = new SharedArrayBuffer(64 * 1024);
  const batch = new FileBatch(engine, arena);
  const path = join(folder, "file");
  writeFileSync(path, new Uint8Array(FILE_BYTES));
  const file = openSync(path, "r+");
  const listening = io.socket(1, 1, 0);
  const address = new SocketAddress();
  address.set({ path: join(folder, "socket") });
  io.bind(listening, address.address, address.length);
  io.listen(listening, 128);
  const buffers = Array.from({ length: 16 }, (_, i) => new Uint8Array(arena, i * FILE_BYTES, FILE_BYTES));
  const latencies: number[] = [];
  for (let at = 0; at < rounds; at++) {
    const clients = Array.from({ length: 4 }, () => io.socket(1, 1, 0));
    for (const client of clients) io.connect(client, address.address, address.length);
    const start = performance.now();
    for (let i = 0; i < 8; i++) batch.read(file, buffers[i]!, 0);
    for (let i = 8; i < 12; i++) batch.write(file, buffers[i]!, (i - 8) * FILE_BYTES);
    const accepted = clients.map(() => batch.accept(listening));
    batch.complete();
    latencies.push((performance.now() - start) * 1000);
    for (const ticket of accepted) io.close(batch.resultOrThrow(ticket, "accepting"));
    for (const client of clients) io.close(client);
  }
  closeSync(file);
  io.close(listening);
  rmSync(folder, { recursive: true });
  const together = (100 * engine.submittedTogether) / engine.submitted;
  const row = {
    name: "8 reads, 4 writes, 4 accepts a batch",
    "together, %": round(together, 1),
    "batch µs p50": round(quantile(latencies, 0.5), 1),
    "batch µs p99": round(quantile(latencies, 0.99), 1),
  };
  const measured = `${round(together, 1)} %`;
  return {
    rows: [row],
    bars: [{ what: "submitted with 3 others or more", wanted: "> 80 %", measured, met: together > 80 }],
  };
}
