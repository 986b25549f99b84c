/**
 * Attacks `emu serve`, with and without a token: half-closed and slow peers, oversize lines, wrong tokens,
 * files that are not ROMs, damaged states, connect storms. Meanwhile a normal client sends requests. Prints
 * the server's CPU time and memory before, during and after, and whether it exited correctly.
 *
 *   bun bench/hostile.ts [--minutes 10] [--peers 12] [--json]
 */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { showsBug } from "../test/support/no-bug.ts";
import { Prng } from "../test/support/prng.ts";
import { buildRom } from "../test/support/rom-builder.ts";
import { ServedProcess } from "../test/support/served-process.ts";
import { ATTACKS, type Target } from "./hostile/attacks.ts";
import { markdownTable } from "./markdown.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    peers: { type: "string", default: "12" },
    json: { type: "boolean", default: false },
  },
});
const ROMS = join(import.meta.dir, "../roms");
const TOKEN = "a token that nobody guesses";
const BASELINE_MS = 10_000;
const SETTLE_MS = 15_000;
const SAMPLE_MS = 1000;
const PROBE_MS = 250;
const TICKS_PER_SECOND = 100;

/** A sample of a process: memory, descriptors, CPU time so far. */
interface Sample {
  readonly rssMb: number;
  readonly descriptors: number;
  readonly cpuSeconds: number;
  readonly atMs: number;
}

function sample(pid: number): Sample {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return {
    rssMb: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    atMs: performance.now(),
  };
}

/** Share of a core between two samples, in percent. */
function cpuPercent(before: Sample, after: Sample): number {
  return (100_000 * (after.cpuSeconds - before.cpuSeconds)) / (after.atMs - before.atMs);
}

/** A normal client that sends requests all the time, and records how long the answers take. */
class Prober {
  readonly latenciesMs: number[] = [];
  reconnects = 0;
  isOver = false;
  readonly #target: Target;
  readonly #token: string | undefined;

  constructor(target: Target, token: string | undefined) {
    this.#target = target;
    this.#token = token;
  }

  async run(): Promise<void> {
    while (!this.isOver) {
      await this.#converse().catch(() => undefined);
      if (!this.isOver) {
        this.reconnects++;
        await Bun.sleep(PROBE_MS);
      }
    }
  }

  async #converse(): Promise<void> {
    let text = "";
    let isClosed = false;
    const over = () => {
      isClosed = true;
    };
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: this.#target.port,
      socket: {
        data: (_socket, data) => {
          text += data.toString();
        },
        close: over,
        end: over,
        error: over,
      },
    });
    const ask = async (method: string, params: object) => {
      text = "";
      const began = performance.now();
      socket.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })}\n`);
      while (!text.includes("\n") && !isClosed) await Bun.sleep(1);
      return performance.now() - began;
    };
    if (this.#token !== undefined) await ask("auth", { token: this.#token });
    while (!this.isOver && !isClosed) {
      const tookMs = await ask("registers", {});
      if (text.includes('"result"')) this.latenciesMs.push(tookMs);
      await Bun.sleep(PROBE_MS);
    }
    socket.end();
  }
}

function makeRoot(): { root: string; files: string[] } {
  const root = mkdtempSync(join(tmpdir(), "emu-hostile-"));
  for (const name of ["swingby.nes", "test-card.nes"]) copyFileSync(join(ROMS, name), join(root, name));
  writeFileSync(join(root, "text.nes"), "no game");
  writeFileSync(join(root, "no-board.nes"), buildRom({ mapper: 3, nes2: true, bytes: { 8: 0x0e } }));
  writeFileSync(join(root, "short.nes"), buildRom().subarray(0, 3000));
  Bun.spawnSync(["mkfifo", join(root, "pipe.nes")]);
  return { root, files: [...readdirSync(root), "nothing.nes", ".", "../passwd"] };
}

async function firstState(port: number): Promise<string> {
  let text = "";
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (_socket, data) => {
        text += data.toString();
      },
    },
  });
  socket.write('{"jsonrpc":"2.0","id":1,"method":"stateSave"}\n');
  while (!text.includes("\n")) await Bun.sleep(5);
  socket.end();
  return JSON.parse(text).result.state;
}

async function soak(label: string, token: string | undefined): Promise<Record<string, string | number>> {
  const { root, files } = makeRoot();
  const listen = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--root", root, "--connections", "256"];
  const served = await ServedProcess.start([
    join(root, "swingby.nes"),
    ...listen,
    ...(token === undefined ? [] : ["--token", token]),
  ]);
  const { pid } = served.process;
  const errors = new Response(served.process.stderr).text();
  const state = token === undefined ? await firstState(served.port) : new Uint8Array(20_000).toBase64();
  const target: Target = { port: served.port, http: served.addresses.http!, files, state };
  await Bun.sleep(2000);
  const start = sample(pid);
  await Bun.sleep(BASELINE_MS);
  const before = sample(pid);
  const prober = new Prober(target, token);
  const probing = prober.run();
  const counts = await attack(target, Number(values.minutes) * 60_000, pid);
  prober.isOver = true;
  await probing;
  await Bun.sleep(SETTLE_MS);
  const settled = sample(pid);
  await Bun.sleep(BASELINE_MS);
  const after = sample(pid);
  served.process.kill("SIGTERM");
  const exitCode = await served.process.exited;
  const stderr = await errors;
  rmSync(root, { recursive: true, force: true });
  const sorted = prober.latenciesMs.toSorted((a, b) => a - b);
  return {
    server: label,
    attacks: Object.values(counts.acts).reduce((sum, count) => sum + count, 0),
    "CPU before %": cpuPercent(start, before).toFixed(1),
    "CPU during %": cpuPercent(counts.first, counts.last).toFixed(1),
    "CPU after %": cpuPercent(settled, after).toFixed(1),
    "RSS before MB": before.rssMb.toFixed(0),
    "RSS most MB": counts.mostRssMb.toFixed(0),
    "RSS after MB": after.rssMb.toFixed(0),
    "descriptors before": before.descriptors,
    "descriptors most": counts.mostDescriptors,
    "descriptors after": after.descriptors,
    "good answers": sorted.length,
    "median ms": (sorted[sorted.length >> 1] ?? Number.NaN).toFixed(1),
    "99 % ms": (sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN).toFixed(0),
    "worst ms": (sorted.at(-1) ?? Number.NaN).toFixed(0),
    reconnects: prober.reconnects,
    "exit code": exitCode,
    "bug shown": showsBug(stderr) ? stderr.slice(0, 2000) : "no",
    "lines on stderr": stderr.split("\n").length - 1,
  };
}

async function attack(target: Target, forMs: number, pid: number) {
  const acts: Record<string, number> = {};
  const first = sample(pid);
  const untilMs = performance.now() + forMs;
  let mostRssMb = first.rssMb;
  let mostDescriptors = first.descriptors;
  const names = Object.keys(ATTACKS);
  const peers = Array.from({ length: Number(values.peers) }, async (_, seed) => {
    const random = new Prng(seed);
    while (performance.now() < untilMs) {
      const name = names[random.below(names.length)]!;
      await ATTACKS[name]!(target, random).catch(() => undefined);
      acts[name] = (acts[name] ?? 0) + 1;
    }
  });
  const sampling = setInterval(() => {
    const now = sample(pid);
    mostRssMb = Math.max(mostRssMb, now.rssMb);
    mostDescriptors = Math.max(mostDescriptors, now.descriptors);
  }, SAMPLE_MS);
  await Promise.all(peers);
  clearInterval(sampling);
  return { acts, first, last: sample(pid), mostRssMb, mostDescriptors };
}

const results = await Promise.all([soak("open", undefined), soak("with a token", TOKEN)]);
if (values.json) console.log(JSON.stringify(results, null, 2));
else {
  const names = Object.keys(results[0]!);
  console.log(
    markdownTable(
      ["", ...results.map(({ server }) => `${server}`)],
      names.slice(1).map((name) => [name, ...results.map((result) => `${result[name]}`)]),
    ),
  );
}
const isFine = results.every((result) => result["exit code"] === 130 && result["bug shown"] === "no");
process.exit(isFine ? 0 : 1);
