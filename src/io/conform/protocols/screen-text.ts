import type { Bench, Outcome } from "../types.ts";
import { timeout } from "../types.ts";
import { condense, screenText } from "./screen.ts";

const FAIL_WORDS = ["FAIL", "Error"];

/** Waits for the word that says pass, or one that says fail, on nametable 0. */
export function gradeScreenText(bench: Bench): Outcome {
  const { pass, maxFrames } = bench.spec;
  const nes = bench.powerOn();
  let text = "";
  while (bench.frames < maxFrames) {
    bench.runFrame();
    text = screenText(nes);
    if (FAIL_WORDS.some((word) => text.includes(word))) return { verdict: "fail", detail: condense(text) };
    if (text.includes(String(pass))) return { verdict: "pass", detail: condense(text) };
  }
  return timeout(bench.frames, condense(text));
}
