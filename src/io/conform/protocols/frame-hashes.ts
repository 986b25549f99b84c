import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { type JsonText, parseJsonText } from "../../files/documents/parse-json.ts";
import { readFileCapped } from "../../files/read-file.ts";
import { inFile } from "../../files/text-place.ts";
import { parseJsonMovie } from "../../movies/json-movie.ts";
import type { Bench, Outcome } from "../types.ts";

const MAX_GOLDEN_BYTES = 16 * MIB;
/** The compared frames. Earlier frames differ between emulators because of power-on. */
const FIRST_FRAME = 20;
const LAST_FRAME = 879;
/** Maximum offset between the frame numbers of two emulators. */
const MAX_OFFSET = 6;

const RUNS = ["idle", "play"] as const;
type RunName = (typeof RUNS)[number];

interface GoldenFile {
  readonly source: string;
  readonly input: Readonly<Record<RunName, unknown>>;
  readonly frames: Readonly<Record<RunName, readonly string[]>>;
}

/** Hashes of all frames of both runs, from frame 0 on. */
export type RunHashes = Readonly<Record<RunName, readonly string[]>>;

/** Runs a ROM without and with input and compares the hashes of its frames with those of another emulator. */
export async function gradeFrameHashes(bench: Bench): Promise<Outcome> {
  const golden = await readGolden(bench.spec.goldenFile ?? "");
  const idle = await runHashes(bench, golden.input.idle);
  const play = await runHashes(bench, golden.input.play);
  return { ...compareRuns(golden.frames, { idle, play }), source: golden.source };
}

/** Passes when frames 20 to 879 of both runs agree at one offset, the same for both. */
export function compareRuns(golden: RunHashes, ours: RunHashes): Outcome {
  let offsets = Array.from({ length: 2 * MAX_OFFSET + 1 }, (_, i) => i - MAX_OFFSET);
  for (const run of RUNS) {
    const agreements = offsets.map((offset) => countAgreements(golden[run], ours[run], offset));
    const best = Math.max(...agreements);
    const compared = LAST_FRAME - FIRST_FRAME + 1;
    if (best < compared) {
      const offset = offsets[agreements.indexOf(best)]!;
      const frame = firstDifference(golden[run], ours[run], offset);
      const detail = `${run}: ${best} of ${compared} frames agree at offset ${offset}, not frame ${frame}`;
      return { verdict: "fail", detail, offsets: [] };
    }
    offsets = offsets.filter((_, i) => agreements[i] === compared);
  }
  return { verdict: "pass", detail: `at offset ${offsets.join(" or ")}`, offsets };
}

async function runHashes(bench: Bench, input: unknown): Promise<string[]> {
  const script = parseJsonMovie(JSON.stringify(input)).input;
  const subject = await bench.powerOn();
  const hashes: string[] = [];
  for (let frame = 0; frame <= LAST_FRAME + MAX_OFFSET; frame++) {
    await bench.runFrame(script.maskAt(frame));
    hashes.push(await subject.frameHash());
  }
  return hashes;
}

function countAgreements(golden: readonly string[], hashes: readonly string[], offset: number): number {
  let count = 0;
  for (let frame = FIRST_FRAME; frame <= LAST_FRAME; frame++) {
    if (golden[frame] === hashes[frame + offset]) count++;
  }
  return count;
}

function firstDifference(golden: readonly string[], hashes: readonly string[], offset: number): number {
  let frame = FIRST_FRAME;
  while (frame < LAST_FRAME && golden[frame] === hashes[frame + offset]) frame++;
  return frame;
}

async function readGolden(path: string): Promise<GoldenFile> {
  const text = new TextDecoder().decode(await readFileCapped(path, MAX_GOLDEN_BYTES));
  return inFile(path, () => checkGolden(parseJsonText(text, REMEDY)));
}

const REMEDY =
  'a golden file is { "source", "input": { "idle", "play" }, "frames": { "idle": [...], "play": [...] } }';

function checkGolden(json: JsonText): GoldenFile {
  const golden = json.value as Partial<GoldenFile> | null;
  for (const run of RUNS) {
    const hashes = golden?.frames?.[run];
    const where = (...more: (string | number)[]): string => json.place("frames", run, ...more);
    if (!Array.isArray(hashes) || hashes.length <= LAST_FRAME) {
      throw new InputError(
        "data",
        `frames.${run} must hold at least ${LAST_FRAME + 1} hashes`,
        where(),
        REMEDY,
      );
    }
    const wrong = hashes.findIndex((hash) => typeof hash !== "string" || !/^[0-9a-f]{8}$/.test(hash));
    if (wrong >= 0) {
      throw new InputError("data", `frames.${run} must hold hashes of 8 lower-case hex digits`, where(wrong));
    }
    if (golden?.input?.[run] === undefined) {
      throw new InputError("data", `input.${run} is missing`, json.place("input"), REMEDY);
    }
  }
  return { source: "", ...golden } as GoldenFile;
}
