import { condense, screenText } from "../screen.ts";
import type { Bench, Outcome } from "../types.ts";
import { jammed, timeout } from "../types.ts";

const FAIL_WORDS = ["FAIL", "Error"];

/** Waits until nametable 0 shows the word for pass, or one for fail. */
export async function gradeScreenText(bench: Bench): Promise<Outcome> {
  const { pass, maxFrames } = bench.spec;
  const subject = await bench.powerOn();
  let text = "";
  while (bench.frames < maxFrames) {
    await bench.runFrame();
    text = await screenText(subject, bench.spec.tiles);
    if (FAIL_WORDS.some((word) => text.includes(word))) return { verdict: "fail", detail: condense(text) };
    if (text.includes(String(pass))) return { verdict: "pass", detail: condense(text) };
    if (subject.jammed) return jammed(subject, condense(text));
  }
  return timeout(bench.frames, condense(text));
}
