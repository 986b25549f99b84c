/** Plain JavaScript for Node: the set-up script imports it before there is a Bun for TypeScript. */
import { spawn } from "node:child_process";

/**
 * Runs a program to its end and calls `tell` with the seconds so far every `everyMs`: npm says nothing while
 * it downloads. Returns undefined if it succeeds, else what went wrong: a program
 * that fails has written why.
 */
export function runTold(program, argv, options, tell, everyMs = 10_000) {
  const start = performance.now();
  const timer = setInterval(() => tell(Math.round((performance.now() - start) / 1000)), everyMs);
  return new Promise((resolve) => {
    const child = spawn(program, argv, options);
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) =>
      resolve(code === 0 ? undefined : `it ended with ${signal ?? code}, see above`),
    );
  }).finally(() => clearInterval(timer));
}
