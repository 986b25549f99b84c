import type { Bench, Outcome } from "../types.ts";
import { timeout } from "../types.ts";

/** How long the program must have stayed in its final loop. */
const SETTLED_FRAMES = 60;
/** The final loop is a jump to itself, or a short wait around one. */
const MAX_LOOP_BYTES = 16;

/**
 * Reads a result from RAM, once the program has settled in its final loop: the PC in the same few bytes
 * and the same result at the ends of 60 frames.
 */
export async function gradeRamResult(bench: Bench): Promise<Outcome> {
  const { address = 0, pass, maxFrames } = bench.spec;
  const subject = await bench.powerOn();
  let value = -1;
  let lowestPc = 0;
  let highestPc = 0;
  let settledFrames = 0;
  while (bench.frames < maxFrames) {
    await bench.runFrame();
    const { pc = 0 } = await subject.registers();
    const now = (await subject.peek("cpu", address, 1))[0]!;
    const low = Math.min(lowestPc, pc);
    const high = Math.max(highestPc, pc);
    if (now !== value || high - low > MAX_LOOP_BYTES) {
      value = now;
      lowestPc = highestPc = pc;
      settledFrames = 0;
      continue;
    }
    [lowestPc, highestPc] = [low, high];
    settledFrames++;
    if (settledFrames < SETTLED_FRAMES) continue;
    return value === pass ? { verdict: "pass", detail: "" } : { verdict: "fail", detail: `code ${value}` };
  }
  return timeout(bench.frames, `the result is ${value}, the program is still at work`);
}
