/**
 * A process with a random agent: plays the run that its argument describes, and prints a `Mark` per line.
 * `play.py` does the same from Python.
 */
import { readFileSync } from "node:fs";
import { makeVectorEnv } from "../../src/io/env/index.ts";
import type { AgentRun, Mark } from "./runs.ts";

function residentMib(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
}

const { rom, count, threads, steps, stepsPerMark, options } = JSON.parse(process.argv[2]!) as AgentRun;
const envs = await makeVectorEnv(rom, { ...options, count, workers: threads });
const { observations, rewards, terminated, truncated } = envs.reset({ seed: 1 });
const seen = [observations, new Uint8Array(rewards.buffer, rewards.byteOffset, rewards.byteLength)];
const parts = [...seen, terminated, truncated];
const actions = new Uint32Array(count);
let random = 1;
let hash = 0;
let episodes = 0;
for (let step = 0; step < steps; ) {
  for (let i = 0; i < count; i++) {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    actions[i] = (random >>> 16) % envs.actionSpace.size;
  }
  envs.step(actions);
  for (const part of parts) hash = Bun.hash.crc32(part, hash);
  for (let i = 0; i < count; i++) episodes += terminated[i]! | truncated[i]!;
  step += count;
  if (step % stepsPerMark !== 0 && step < steps) continue;
  const mark: Mark = { steps: step, hash, episodes, residentMib: residentMib() };
  console.log(JSON.stringify(mark));
}
envs.close();
process.exit(0);
