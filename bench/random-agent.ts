/**
 * A random agent that plays for a long time: 10,000,000 steps on two threads, the same in another process
 * without threads, and from Python. Every 100,000 steps, each run reports the CRC-32 of all that the agent
 * has seen and its resident memory. Exits with 1 if two runs differ.
 *
 *   bun bench/random-agent.ts [--steps N] [--python-steps N] [--observation ram|gray] [--json]
 *
 * It plays Swingby: the first 10,000,000 steps take about 20 minutes of processor time.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type AgentRun, type Mark, playRun, swingbyOptions } from "./agents/runs.ts";

const COUNT = 8;
const STEPS_PER_MARK = 100_000;
/** A small picture: drawing costs the machine as much as for a large one. */
const PICTURE = { format: "gray", width: 21, height: 20 } as const;

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "10000000" },
    "python-steps": { type: "string", default: "1000000" },
    observation: { type: "string", default: "ram" },
    json: { type: "boolean", default: false },
  },
});
const rom = join(import.meta.dir, "../roms/swingby.nes");
const run = (threads: number, steps: string): AgentRun => ({
  rom,
  count: COUNT,
  threads,
  steps: Number(steps),
  stepsPerMark: STEPS_PER_MARK,
  options: swingbyOptions(values.observation === "gray" ? PICTURE : { format: "ram" }),
});
const RUNS = [
  { name: "2 threads", language: "TypeScript", run: run(2, values.steps) },
  { name: "no threads", language: "TypeScript", run: run(0, values.steps) },
  { name: "Python", language: "Python", run: run(2, values["python-steps"]) },
] as const;

const began = performance.now();
const results = await Promise.all(
  RUNS.map(({ name, language, run: each }) =>
    playRun(language, each, (mark) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      console.error(`${seconds.padStart(5)} s  ${name.padEnd(10)}  ${text(mark)}`);
    }),
  ),
);
if (values.json) console.log(JSON.stringify(results));
else report(results);
process.exit(areSame(results) ? 0 : 1);

function text({ steps, hash, episodes, residentMib }: Mark): string {
  const crc = (hash >>> 0).toString(16).padStart(8, "0");
  return `${String(steps).padStart(9)} steps  ${crc}  ${String(episodes).padStart(6)} episodes  ${residentMib.toFixed(0)} MiB`;
}

/** True if all runs saw the same at every mark that they have in common. */
function areSame(runs: readonly (readonly Mark[])[]): boolean {
  const known = new Map<number, Mark>();
  return runs.flat().every((mark) => {
    const other = known.get(mark.steps) ?? mark;
    known.set(mark.steps, other);
    return other.hash === mark.hash && other.episodes === mark.episodes;
  });
}

function report(runs: readonly (readonly Mark[])[]): void {
  console.log(
    "\n| steps | CRC-32 | MiB, 2 threads | MiB, no threads | MiB, Python |\n| --- | --- | --- | --- | --- |",
  );
  const steps = new Set(runs.flat().map((mark) => mark.steps));
  for (const at of steps) {
    const marks = runs.map((each) => each.find((mark) => mark.steps === at));
    const hashes = new Set(marks.filter((mark) => mark !== undefined).map(({ hash }) => hash >>> 0));
    const crc = [...hashes].map((hash) => hash.toString(16).padStart(8, "0")).join(" ≠ ");
    const memory = marks.map((mark) => mark?.residentMib.toFixed(0) ?? "");
    console.log(`| ${at} | ${crc} | ${memory.join(" | ")} |`);
  }
}
