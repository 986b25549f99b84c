import { gradeAccuracyCoin } from "./protocols/accuracycoin.ts";
import { coinTableOf } from "./protocols/accuracycoin-table.ts";
import { gradeBlargg6000, hasBlarggMagic } from "./protocols/blargg-6000.ts";
import { condense, readable, screenText } from "./screen.ts";
import type { Bench, Outcome, ProtocolName } from "./types.ts";
import { jammed } from "./types.ts";

/** Number of frames to wait for a sign of a known protocol. */
const SEARCH_FRAMES = 600;
const PASS_WORDS = /\bpass(ed)?\b/i;
const FAIL_WORDS = /FAIL|Error/;

/** The detected protocol and its verdict. */
export interface Detected {
  readonly protocol: ProtocolName | "none";
  readonly outcome: Outcome;
}

/**
 * Grades a ROM with an unknown protocol: AccuracyCoin is recognized by its table, blargg's tests write their
 * magic to $6000 within a few frames, and many older tests show their verdict on the screen.
 */
export async function gradeUnknown(bench: Bench): Promise<Detected> {
  const subject = await bench.powerOn();
  if ((await coinTableOf(subject)) !== undefined)
    return { protocol: "accuracycoin", outcome: await gradeAccuracyCoin(bench) };
  const frames = Math.min(SEARCH_FRAMES, bench.spec.maxFrames);
  for (let i = 0; i < frames; i++) {
    await bench.runFrame();
    if (await hasBlarggMagic(subject)) {
      return { protocol: "blargg-6000", outcome: await gradeBlargg6000(bench) };
    }
    const text = await screenText(subject);
    const failed = FAIL_WORDS.test(text);
    if (failed || PASS_WORDS.test(text)) {
      const outcome: Outcome = { verdict: failed ? "fail" : "pass", detail: condense(text) };
      return { protocol: "screen-text", outcome };
    }
    if (subject.jammed) return { protocol: "none", outcome: await jammed(subject, condense(readable(text))) };
  }
  const shown = condense(readable(await screenText(subject)));
  const screen = shown === "" ? "the screen has no text that can be read" : `the screen says ${shown}`;
  const detail =
    `cannot tell whether it passes: in ${frames} frames it reported nothing at $6000, as blargg's tests do, ` +
    `and showed no "passed" or "failed" (${screen}); say what to expect in a manifest`;
  return { protocol: "none", outcome: { verdict: "skip", detail } };
}
