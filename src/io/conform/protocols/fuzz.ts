import { InputError } from "../../../emu/input-error.ts";
import type { FuzzPlan } from "../../fuzz/plan.ts";
import { runFuzzTask } from "../../fuzz/run-task.ts";
import { type Bench, machineOptions, type Outcome } from "../types.ts";

/** Runs a task of a campaign of `emu fuzz`. It fails if it has found a failure of the game. */
export async function gradeFuzz(bench: Bench): Promise<Outcome> {
  const { spec, rom, movie } = bench;
  const { fuzz: plan, inputFile } = spec;
  if (plan === undefined) throw new InputError("data", 'the protocol "fuzz" is for emu fuzz', spec.rom);
  if (inputFile !== undefined && !Number.isFinite(movie.frames)) {
    throw new InputError("data", "an input script has no end", inputFile, "name a movie, which has a length");
  }
  const result = runFuzzTask({
    plan,
    rom,
    machine: machineOptions(spec),
    ...(inputFile === undefined ? {} : { movie }),
    onFrame: (counts) => bench.countFrame(counts),
  });
  const { findings } = result;
  const [first] = findings;
  if (first === undefined) return { verdict: "pass", detail: passed(plan), fuzz: result };
  const more = findings.length > 1 ? `, and ${findings.length - 1} more` : "";
  return { verdict: "fail", detail: `${first.key}: ${first.what}${more}`, fuzz: result };
}

function passed({ task }: FuzzPlan): string {
  return task.kind === "idle" ? "nothing fails without input" : "nothing failed";
}
