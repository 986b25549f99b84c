import type { Bench, Outcome } from "../types.ts";
import { timeout } from "../types.ts";
import { condense, screenText } from "./screen.ts";

/** Waits for one of the accepted checksums to stand as hex text on nametable 0. */
export function gradeScreenCrc(bench: Bench): Outcome {
  const { accept = [], maxFrames } = bench.spec;
  const wanted = accept.map((crc) => crc.toUpperCase());
  const nes = bench.powerOn();
  let text = "";
  while (bench.frames < maxFrames) {
    bench.runFrame();
    text = screenText(nes);
    const upper = text.toUpperCase();
    const found = wanted.find((crc) => upper.includes(crc));
    if (found !== undefined) return { verdict: "pass", detail: found };
  }
  return timeout(bench.frames, condense(text));
}
