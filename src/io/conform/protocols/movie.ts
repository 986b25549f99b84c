import { crc32Hex } from "../../files/hashes.ts";
import { checkExpectations } from "../expect/grade.ts";
import { WORK_RAM_BYTES } from "../movie-input.ts";
import type { Bench, MovieEnd, Outcome, Subject } from "../types.ts";

/**
 * Plays a movie to its end. It passes if the hashes in the movie agree and the test's expectations hold; a
 * movie that has neither is skipped, with the hashes of its end. A desync is thrown by `bench.runFrame`.
 */
export async function gradeMovie(bench: Bench): Promise<Outcome> {
  const { expect = [], maxFrames } = bench.spec;
  const subject = await bench.powerOn();
  const checked = expect.length === 0 ? undefined : await checkExpectations(bench, subject);
  while (bench.frames < maxFrames) await bench.runFrame();
  const end = await endOf(subject, bench.frames);
  const where = `played to its end, frame ${end.frame}: picture ${end.picture}, RAM ${end.ram}`;
  const { agreedHashes } = bench;
  if (checked?.verdict === "fail") return { ...checked, end };
  if (checked === undefined && agreedHashes === 0) {
    return { verdict: "skip", detail: `nothing to compare with; ${where}`, end };
  }
  const agreed = agreedHashes === 0 ? [] : [`${agreedHashes} ${agreedHashes === 1 ? "hash" : "hashes"}`];
  const held = checked === undefined ? [] : [checked.detail];
  const detail = `${[...agreed, ...held].join(", ")}; ${where}`;
  return { ...checked, verdict: "pass", detail, end };
}

async function endOf(subject: Subject, frames: number): Promise<MovieEnd> {
  return {
    frame: frames - 1,
    picture: await subject.frameHash(),
    ram: crc32Hex(await subject.peek("cpu", 0, WORK_RAM_BYTES)),
  };
}
