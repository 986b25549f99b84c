/** A random agent that plays for a long time: 10,000,000 steps in soak. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { type AgentRun, playRun, swingbyOptions } from "../../../bench/agents/runs.ts";
import { soakSize } from "../../support/soak.ts";

const STEPS = soakSize(1_600, 10_000_000);
/** A process may grow by this much after its first tenth: the compiler and the collector take some. */
const MAX_GROWTH_MIB = 48;

const RUN: Omit<AgentRun, "threads"> = {
  rom: join(import.meta.dir, "../../../roms/swingby.nes"),
  count: 8,
  steps: STEPS,
  stepsPerMark: STEPS / 10,
  options: swingbyOptions({ format: "gray", width: 21, height: 20 }),
};
const hasNumpy =
  Bun.which("python3") !== null && Bun.spawnSync(["python3", "-c", "import numpy"]).exitCode === 0;

const title = `${STEPS} random steps are the same in another process and from Python, and memory stays flat`;
test(title, async () => {
  const runs = await Promise.all([
    playRun("TypeScript", { ...RUN, threads: 2 }),
    playRun("TypeScript", { ...RUN, threads: 0 }),
    ...(hasNumpy ? [playRun("Python", { ...RUN, threads: 2 })] : []),
  ]);
  console.log(runs.map((marks) => marks.at(-1)));
  const [first, ...others] = runs.map((marks) =>
    marks.map(({ steps, hash, episodes }) => ({ steps, hash, episodes })),
  );
  expect(first).toHaveLength(10);
  for (const seen of others) expect(seen).toEqual(first!);
  // A short run measures the compiler, not the environments.
  const growth = Math.max(...runs.map((marks) => marks.at(-1)!.residentMib - marks[0]!.residentMib));
  if (STEPS > 100_000) expect(growth).toBeLessThan(MAX_GROWTH_MIB);
}, 36_000_000);
