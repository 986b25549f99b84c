import { condense, screenText } from "../screen.ts";
import type { Bench, Outcome } from "../types.ts";
import { jammed, timeout } from "../types.ts";

/** Waits until nametable 0 shows one of the accepted checksums as hex text. */
export async function gradeScreenCrc(bench: Bench): Promise<Outcome> {
  const { accept = [], maxFrames } = bench.spec;
  const wanted = accept.map((crc) => crc.toUpperCase());
  const subject = await bench.powerOn();
  let text = "";
  while (bench.frames < maxFrames) {
    await bench.runFrame();
    text = await screenText(subject, bench.spec.tiles);
    const upper = text.toUpperCase();
    const found = wanted.find((crc) => upper.includes(crc));
    if (found !== undefined) return { verdict: "pass", detail: found };
    if (subject.jammed) return jammed(subject, condense(text));
  }
  return timeout(bench.frames, condense(text));
}
