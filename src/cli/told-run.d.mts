import type { SpawnOptions } from "node:child_process";

export function runTold(
  program: string,
  argv: readonly string[],
  options: SpawnOptions,
  tell: (seconds: number) => void,
  everyMs?: number,
): Promise<string | undefined>;
