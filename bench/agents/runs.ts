/** Runs of a random agent, each in a process of its own. */
import { join } from "node:path";
import type { EnvOptions } from "../../src/io/env/index.ts";

const ROOT = join(import.meta.dir, "../..");

/** What an agent plays, as JSON. */
export interface AgentRun {
  readonly rom: string;
  /** Number of environments. */
  readonly count: number;
  /** Threads that run them; 0 for the thread of the agent. */
  readonly threads: number;
  /** Steps of all environments together. */
  readonly steps: number;
  /** Steps between two marks: a multiple of `count`. */
  readonly stepsPerMark: number;
  readonly options: EnvOptions;
}

/** How far an agent has come. */
export interface Mark {
  readonly steps: number;
  /** CRC-32 of all observations, rewards and ends so far. */
  readonly hash: number;
  readonly episodes: number;
  /** Resident memory of all processes of the run. */
  readonly residentMib: number;
}

/** Swingby with everything that is random, and RAM as its observation. */
export function swingbyOptions(observation: EnvOptions["observation"] = { format: "ram" }): EnvOptions {
  return {
    observation: observation!,
    frameSkip: 1,
    sticky: 0.25,
    noops: 20,
    maxSteps: 500,
    actions: ["", "a", "b", "left", "right", "start"],
    starts: [{ movie: join(ROOT, "docs/swingby-input.json"), frames: 200 }, "power"],
    reward: "delta(digits($0304, 6))",
    end: "[$0300] == 2",
    info: { comets: "[$030A]" },
  };
}

/**
 * Plays a run in a new process, of Bun or of Python, and returns its marks. `onMark` gets each at once.
 * Throws an error if the process fails.
 */
export async function playRun(
  language: "TypeScript" | "Python",
  run: AgentRun,
  onMark: (mark: Mark) => void = () => {},
): Promise<readonly Mark[]> {
  const program =
    language === "Python"
      ? ["python3", join(import.meta.dir, "play.py")]
      : [process.execPath, join(import.meta.dir, "play.ts")];
  const env = {
    ...process.env,
    PYTHONPATH: join(ROOT, "python"),
    PYTHONDONTWRITEBYTECODE: "1",
    EMU_COMMAND: `'${process.execPath}' '${join(ROOT, "src/cli/main.ts")}'`,
  };
  const argv = [...program, JSON.stringify(run)];
  const child = Bun.spawn(argv, { env, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const marks: Mark[] = [];
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const mark = JSON.parse(line) as Mark;
      marks.push(mark);
      onMark(mark);
    }
  }
  const code = await child.exited;
  if (code !== 0) throw new Error(`${language} ended with code ${code}`);
  return marks;
}
