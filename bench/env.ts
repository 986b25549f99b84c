/**
 * Environments: steps per second beside a direct loop over the same machine, their first steps, µs per
 * picture, 1,000 machines, and the requests of `emu serve` and `emu mcp`.
 *
 *   bun bench/env.ts [game.nes …]     the built-in game by default
 *
 * All kinds run in turn in each round, and the medians are compared, so that a busy computer slows all of
 * them. The column "CPU" is the processor time of all threads for a step, of Python and emu together: it does
 * not depend on how many processors were free.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { PixelConverter } from "../src/io/capture/pixel-converter.ts";
import { pixelLayout } from "../src/io/capture/pixel-layout.ts";
import { makeEnv, makeVectorEnv, type VectorEnv } from "../src/io/env/index.ts";
import { loadRom } from "../src/io/files/roms/rom-file.ts";
import { screenPalette } from "../src/io/library/index.ts";
import { createHeadless } from "../src/io/shared/headless.ts";

const ROOT = join(import.meta.dir, "..");
const MAIN = join(ROOT, "src/cli/main.ts");
const ROUNDS = 5;
/**
 * Rounds before those that count. JavaScriptCore compiles the machine for each thread: with two threads it is
 * busy for 14,000 steps in all, and its own threads take processor time from the games meanwhile.
 */
const WARM_UP_ROUNDS = 40;
const STEPS = 400;
const FRAME_SKIP = 4;
const COUNT = 16;
const WORKERS = 2;
const MACHINES = 1000;
const REQUESTS = 400;
const OBSERVATION = { format: "gray", width: 84, height: 84 } as const;
const START = { frames: 300 };
const BUTTON_A = 1;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

function row(name: string, ...cells: readonly string[]): void {
  console.log(`  ${name.padEnd(44)}${cells.map((cell) => cell.padStart(10)).join("")}`);
}

interface Measured {
  readonly perSecond: number;
  /** Processor time of a step of all threads; NaN if it is not known. */
  readonly cpuMicroseconds: number;
}

/** Measures a function that takes `steps` steps. */
function rate(run: () => void, steps: number): Measured {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  run();
  const milliseconds = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (1000 * steps) / milliseconds, cpuMicroseconds: (user + system) / steps };
}

async function steps(rom: string): Promise<void> {
  const { image } = await loadRom(rom);
  const nes = createHeadless(image);
  let buttons = 0;
  nes.setInput({ latchButtons: () => buttons, latchDevices: (data) => data.fill(0) });
  const pixels = new Uint16Array(nes.geometry.width * nes.geometry.height);
  for (let frame = 0; frame < START.frames; frame++) nes.runFrame(pixels);
  const options = { observation: OBSERVATION, actions: ["", "a"], starts: [START], reward: "delta([$0010])" };
  const env = await makeEnv(rom, options);
  const vector = await makeVectorEnv(rom, { ...options, count: COUNT, workers: WORKERS });
  env.reset({ seed: 1 });
  vector.reset({ seed: 1 });
  const actions = new Uint32Array(COUNT);
  // All press A in every second step, so that all of them see the same game.
  const python = startPython(rom);
  const kinds: Readonly<Record<string, () => Measured | Promise<Measured>>> = {
    "direct loop: 3 frames undrawn, 1 drawn": () =>
      rate(() => {
        for (let step = 0; step < STEPS; step++) {
          buttons = step & 1 ? BUTTON_A : 0;
          for (let frame = 1; frame < FRAME_SKIP; frame++) nes.runFrame(undefined, false);
          nes.runFrame(pixels, false);
        }
      }, STEPS),
    makeEnv: () =>
      rate(() => {
        for (let step = 0; step < STEPS; step++) env.step(step & 1);
      }, STEPS),
    [`makeVectorEnv, ${COUNT} on ${WORKERS} threads`]: () =>
      rate(() => {
        for (let step = 0; step < STEPS / COUNT; step++) vector.step(actions.fill(step & 1));
      }, STEPS),
    "Python's VectorEnv, the same": () => python.measure(),
  };
  const results = new Map(Object.keys(kinds).map((name) => [name, [] as Measured[]]));
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++)
    for (const [name, run] of Object.entries(kinds)) {
      const result = await run();
      if (round >= WARM_UP_ROUNDS) results.get(name)!.push(result);
    }
  vector.close();
  await python.end();
  const direct = median([...results.values()][0]!.map(({ perSecond }) => perSecond));
  console.log(`\n${rom}: 84 × 84 grey, ${FRAME_SKIP} frames a step`);
  row("", "steps/s", "× direct", "CPU µs");
  for (const [name, values] of results) {
    const perSecond = median(values.map((value) => value.perSecond));
    const cpu = median(values.map((value) => value.cpuMicroseconds));
    row(name, perSecond.toFixed(0), (perSecond / direct).toFixed(2), Number.isNaN(cpu) ? "" : cpu.toFixed(0));
  }
}

/** How long a vector takes to start, and its first steps: each of its threads compiles the machine. */
async function firstSteps(rom: string): Promise<void> {
  console.log(`\n${rom}: the first steps of ${COUNT} environments`);
  row("", "ms", "CPU ms");
  const options = { observation: OBSERVATION, actions: ["", "a"], starts: [START], count: COUNT };
  for (const workers of [1, WORKERS]) {
    const measured = async (name: string, run: () => unknown) => {
      const cpu = process.cpuUsage();
      const begin = performance.now();
      await run();
      const { user, system } = process.cpuUsage(cpu);
      const milliseconds = performance.now() - begin;
      row(`${workers} threads: ${name}`, milliseconds.toFixed(0), ((user + system) / 1000).toFixed(0));
    };
    let vector: VectorEnv | undefined;
    await measured("start and reset", async () => {
      vector = await makeVectorEnv(rom, { ...options, workers });
      vector.reset({ seed: 1 });
    });
    for (let round = 0; round < 3; round++)
      await measured(`steps ${round * STEPS} to ${(round + 1) * STEPS}`, () => {
        for (let step = 0; step < STEPS / COUNT; step++) vector!.step(new Uint32Array(COUNT).fill(step & 1));
      });
    vector!.close();
  }
}

/**
 * Starts Python with a vector of environments of its own. It lives as long as the others, because a new
 * process of emu would have to compile the machine again. `measure` takes the steps of a round; NaN without
 * numpy. Its processor time is that of Python and of emu.
 */
function startPython(rom: string) {
  const program = `
import os, sys, time, emuterm, numpy as np
envs = emuterm.VectorEnv(sys.argv[1], ${COUNT}, workers=${WORKERS}, actions=["", "a"], starts=[{"frames": ${START.frames}}],
    observation={"format": "gray", "width": 84, "height": 84}, reward="delta([$0010])")
envs.reset(seed=1)
actions = [np.zeros(${COUNT}, int), np.ones(${COUNT}, int)]
def cpu_seconds():
    try:
        with open(f"/proc/{envs._games.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
    except OSError:
        return float("nan")
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
for line in sys.stdin:
    begin, cpu = time.perf_counter(), cpu_seconds()
    for step in range(${STEPS / COUNT}): envs.step(actions[step & 1])
    print(${STEPS} / (time.perf_counter() - begin), 1e6 * (cpu_seconds() - cpu) / ${STEPS}, flush=True)
envs.close()`;
  const env = {
    ...process.env,
    PYTHONPATH: join(ROOT, "python"),
    EMU_COMMAND: `'${process.execPath}' '${MAIN}'`,
  };
  const child = Bun.spawn(["python3", "-c", program, rom], { env, stdin: "pipe", stdout: "pipe" });
  const answers = child.stdout.getReader();
  return {
    async measure(): Promise<Measured> {
      child.stdin.write("\n");
      await child.stdin.flush();
      const { value } = await answers.read();
      const [perSecond = Number.NaN, cpuMicroseconds = Number.NaN] = new TextDecoder()
        .decode(value)
        .split(" ")
        .map(Number.parseFloat);
      return { perSecond, cpuMicroseconds };
    },
    async end(): Promise<void> {
      await child.stdin.end();
      await child.exited;
    },
  };
}

async function pictures(rom: string): Promise<void> {
  const nes = createHeadless((await loadRom(rom)).image);
  const frame = new Uint16Array(nes.geometry.width * nes.geometry.height);
  for (let count = 0; count < START.frames; count++) nes.runFrame(frame);
  console.log(`\n${rom}: µs a picture`);
  row("", "median", "best");
  for (const [name, options] of [
    ["RGB of a whole frame", { format: "rgb" }],
    ["grey of a whole frame", { format: "gray" }],
    ["84 × 84 grey", OBSERVATION],
    ["84 × 84 RGB", { ...OBSERVATION, format: "rgb" }],
  ] as const) {
    const converter = new PixelConverter(
      screenPalette(),
      pixelLayout(options, { width: 256, height: 240 }),
      256,
    );
    const into = new Uint8Array(converter.bytes);
    const times = Array.from({ length: 200 }, () => {
      const { perSecond } = rate(() => {
        for (let i = 0; i < 20; i++) converter.convert(frame, into);
      }, 20);
      return 1e6 / perSecond;
    });
    row(name, median(times).toFixed(1), Math.min(...times).toFixed(1));
  }
}

async function machines(rom: string): Promise<void> {
  Bun.gc(true);
  const before = process.memoryUsage().rss;
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const vector = await makeVectorEnv(rom, {
    count: MACHINES,
    workers: 0,
    observation: OBSERVATION,
    actions: ["", "a"],
  });
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  vector.reset({ seed: 1 });
  const mib = (process.memoryUsage().rss - before) / 2 ** 20;
  console.log(
    `\n${MACHINES} machines: started in ${seconds.toFixed(2)} s (CPU ${((user + system) / 1e6).toFixed(2)} s), ${mib.toFixed(0)} MiB after a reset`,
  );
  vector.close();
}

/** `step` with an 84 × 84 grey picture over one Unix socket, one request at a time. */
async function serve(rom: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "emu-bench-"));
  const unix = join(folder, "socket");
  const argv = [process.execPath, MAIN, "serve", rom, "--unix", unix, "--paused", "--speed", "0"];
  const server = Bun.spawn(argv, { stdin: "ignore", stdout: "pipe" });
  await server.stdout.getReader().read();
  let received = "";
  let wake = () => {};
  const socket = await Bun.connect({
    unix,
    socket: {
      data: (_, bytes) => {
        received += bytes.toString("latin1");
        if (received.endsWith("\n")) wake();
      },
    },
  });
  const step = async (params: object) => {
    const answered = new Promise<void>((resolve) => {
      wake = resolve;
    });
    received = "";
    socket.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "step", params })}\n`);
    await answered;
    if (!received.includes('"result"')) throw new Error(received);
  };
  await step({ buttons: 0, ...START });
  const rates: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + 2 * ROUNDS; round++) {
    const begin = performance.now();
    for (let i = 0; i < REQUESTS; i++) await step({ buttons: i & 1, frames: 1, ...OBSERVATION });
    rates.push((1000 * REQUESTS) / (performance.now() - begin));
  }
  const warm = rates.slice(WARM_UP_ROUNDS);
  console.log(
    `\n${rom}: emu serve, step of a frame with an observation, a second: ${median(warm).toFixed(0)}, best ${Math.max(...warm).toFixed(0)}, the first ${REQUESTS} at ${rates[0]!.toFixed(0)}`,
  );
  socket.end();
  server.kill();
  await server.exited;
  rmSync(folder, { recursive: true });
}

/** `play` of 60 frames with its picture, as a client sees it. */
async function mcp(rom: string): Promise<void> {
  const client = new Client({ name: "bench", version: "1.0.0" });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [MAIN, "mcp", rom] }));
  const play = (frames: number) =>
    client.callTool({ name: "play", arguments: { inputs: [{ frames }], return: ["picture"] } });
  await play(START.frames);
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const begin = performance.now();
    await play(60);
    times.push(performance.now() - begin);
  }
  console.log(
    `${rom}: emu mcp, 60 frames and the picture, ms: ${median(times).toFixed(0)}, best ${Math.min(...times).toFixed(0)}`,
  );
  await client.close();
}

const roms = process.argv.slice(2);
if (roms.length === 0) roms.push(join(ROOT, "roms/swingby.nes"));
for (const rom of roms) {
  await steps(rom);
  await firstSteps(rom);
}
for (const rom of roms) await pictures(rom);
for (const rom of roms) {
  await serve(rom);
  await mcp(rom);
}
// Last, because what they leave to the garbage collector would slow the clients down.
await machines(roms[0]!);
process.exit(0);
