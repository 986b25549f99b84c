import { writeFileWhole } from "../../files/atomic-write.ts";
import { screenPng } from "../pictures.ts";
import type { Bench, CaseResult, Outcome, Pictures, Subject } from "../types.ts";
import { firstMismatch } from "./check.ts";
import type { Mismatch } from "./compare-picture.ts";
import type { Expectation } from "./types.ts";

const PAGE = "expectations";

/**
 * Checks one expectation after the other: at its frame, when its condition holds, or as soon as all its rules
 * hold. A failure at a frame does not stop the test; a condition that never holds does.
 */
export async function gradeExpectations(bench: Bench): Promise<Outcome> {
  return checkExpectations(bench, await bench.powerOn());
}

/** `gradeExpectations` on a machine that has just been powered on. */
export async function checkExpectations(bench: Bench, subject: Subject): Promise<Outcome> {
  const { expect = [] } = bench.spec;
  const cases: CaseResult[] = [];
  let pictures: Pictures | undefined;
  let isLate = false;
  for (const expectation of expect) {
    const { name } = expectation;
    if (isLate) {
      cases.push({ page: PAGE, name, verdict: "skip", detail: "the one before was never met" });
      continue;
    }
    const met = await meet(bench, subject, expectation);
    isLate = met.isLate;
    pictures ??= met.mismatch?.pictures;
    const verdict = met.mismatch === undefined ? "pass" : "fail";
    cases.push({ page: PAGE, name, verdict, detail: met.mismatch?.what ?? "" });
  }
  const failing = cases.filter(({ verdict }) => verdict === "fail");
  const only = cases.length === 1 ? cases[0] : undefined;
  const complaints = failing.map(({ name, detail }) => `${name}: ${detail}`);
  // The detail of a timeout must begin with "timeout after".
  const first = failing[0]?.detail ?? "";
  const detail = first.startsWith("timeout after") ? first : (only?.detail ?? complaints.join("; "));
  return {
    verdict: failing.length === 0 ? "pass" : "fail",
    detail: failing.length === 0 ? `${cases.length} of ${cases.length} expectations` : detail,
    ...(only === undefined ? { cases } : {}),
    ...(pictures === undefined ? {} : { pictures }),
  };
}

interface Met {
  readonly mismatch?: Mismatch;
  /** True if later expectations cannot be checked. */
  readonly isLate: boolean;
}

async function meet(bench: Bench, subject: Subject, expectation: Expectation): Promise<Met> {
  const { frame, when, rules } = expectation;
  if (frame !== undefined) {
    // The picture of frame N is complete after N + 1 frames.
    if (subject.frame > frame + 1) {
      return late(`frame ${frame} had passed: it is frame ${subject.frame - 1} already`);
    }
    while (subject.frame <= frame) {
      if (bench.frames >= bench.spec.maxFrames) return late(timeoutText(bench, `frame ${frame} never came`));
      await bench.runFrame();
    }
    return result(await check(bench, subject, expectation));
  }
  const awaited = when ?? rules;
  for (;;) {
    const mismatch =
      subject.frame === 0 ? undefined : await firstMismatch(subject, awaited, bench.spec.tiles);
    if (subject.frame > 0 && mismatch === undefined) break;
    const pictures = mismatch?.pictures;
    if (subject.jammed) return late(`the CPU jammed by frame ${subject.frame}: ${mismatch?.what}`, pictures);
    if (bench.frames >= bench.spec.maxFrames) {
      const why = `${when === undefined ? "" : 'its "when" never held: '}${mismatch?.what}`;
      return late(timeoutText(bench, why), pictures);
    }
    await bench.runFrame();
  }
  return result(when === undefined ? undefined : await check(bench, subject, expectation));
}

async function check(bench: Bench, subject: Subject, { rules }: Expectation): Promise<Mismatch | undefined> {
  const { tiles, update } = bench.spec;
  if (update === true && rules.picture !== undefined) {
    await writeFileWhole(rules.picture.file, screenPng(await subject.screen()));
  }
  return firstMismatch(subject, rules, tiles);
}

function result(mismatch: Mismatch | undefined): Met {
  return { isLate: false, ...(mismatch === undefined ? {} : { mismatch }) };
}

function late(what: string, pictures?: Pictures): Met {
  return { isLate: true, mismatch: { what, ...(pictures === undefined ? {} : { pictures }) } };
}

function timeoutText(bench: Bench, why: string): string {
  return `timeout after ${bench.frames} frames: ${why}`;
}
