import { dirname } from "node:path";
import { describeFailure, frameOfFailure, placeOfFailure } from "../../io/campaign/describe.ts";
import type { CampaignFailure, CampaignResult } from "../../io/campaign/types.ts";
import { junitReport } from "../../io/conform/reports/junit.ts";
import { makeReport } from "../../io/conform/reports/report.ts";
import { shownName, type TestResult, testName } from "../../io/conform/types.ts";
import { writeFileWhole } from "../../io/files/atomic-write.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { printableLines, shellWord } from "../../io/files/text.ts";
import { SideFiles } from "../conform-reports.ts";
import { EXIT_INCOMPLETE, EXIT_NEGATIVE } from "../exit-codes.ts";
import type { FuzzCommandOptions } from "./options.ts";

/** Console options that movies do not store: the commands that play one must repeat them. */
const REPEATED = ["console", "cpuRevision", "ppuRevision", "mmc3Revision", "alignment"] as const;

/**
 * Prints the report of a campaign, writes its files and sets the exit code. At the end, throws the interrupt
 * that ended the campaign, or the error of a file that could not be written.
 */
export async function finishCampaign(result: CampaignResult, options: FuzzCommandOptions): Promise<void> {
  const { failures, errors, incomplete, interrupted, problem } = result;
  // Set before the report is written, so that a reader that closes the pipe early still gets the verdict.
  if (failures.length + errors.length > 0) process.exitCode = EXIT_NEGATIVE;
  if (incomplete !== undefined) process.exitCode = EXIT_INCOMPLETE;
  const files = new SideFiles();
  const { junit } = options;
  if (junit !== undefined) {
    const report = junitReport(makeReport(testsOf(result)));
    await files.write(() => writeFileWhole(junit, report), undefined);
  }
  const json = (): string => `${JSON.stringify(jsonOf(result), null, 2)}\n`;
  writeStdout(options.json === true ? json() : textOf(result, options));
  if (interrupted !== undefined) throw interrupted;
  if (problem !== undefined) throw problem;
  files.throwProblem();
}

function textOf(result: CampaignResult, options: FuzzCommandOptions): string {
  const { failures, errors, symbols, seedsDone, frames, coveredBytes, best, milliseconds, incomplete } =
    result;
  const lines = failures.flatMap((failure) => [...describeFailure(failure, symbols), ""]);
  const shown = failures.find(({ files }) => files !== undefined);
  if (shown !== undefined) lines.push(...commandsFor(result, shown, options), "");
  for (const error of errors) lines.push(`error  ${shownName(error)}: ${printableLines(error.detail)}`);
  const counts = [
    `${seedsDone} ${seedsDone === 1 ? "seed" : "seeds"}`,
    `${frames} frames in ${(milliseconds / 1000).toFixed(1)} s`,
    `${coveredBytes} instructions reached`,
    ...(best === undefined ? [] : [`highest value ${best}`]),
    `${failures.length} ${failures.length === 1 ? "failure" : "failures"}`,
  ];
  lines.push(counts.join(", "));
  if (incomplete !== undefined) lines.push(`incomplete: ${incomplete}`);
  return `${lines.join("\n")}\n`;
}

/** Commands that show a failure. */
function commandsFor(
  { rom, machine, plan }: CampaignResult,
  { files, proof }: CampaignFailure,
  { patch, out }: FuzzCommandOptions,
): string[] {
  const flags = REPEATED.flatMap((key) => {
    const value = machine[key];
    return value === undefined
      ? []
      : [`--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`];
  });
  if (patch === false) flags.push("--no-patch");
  else for (const file of patch ?? []) flags.push(`--patch ${shellWord(file)}`);
  const more = flags.map((flag) => ` ${flag}`).join("");
  const game = shellWord(rom);
  const movie = shellWord(files!.movie);
  const { trace } = files!;
  return [
    "to look at it:",
    ...(trace === undefined ? [] : [`  emu trace show ${shellWord(trace)}`]),
    plan.compare === "exact"
      ? `  emu bisect ${game} --b exact=true --input ${movie}`
      : `  emu debug ${game} --input ${movie}${more}`,
    `  emu run ${game} --input ${movie}${more}`,
    `  emu dump ${game} --input ${movie} --frames ${proof!.movieFrames} --format gif --out failure.gif${more}`,
    `  emu verify ${shellWord(out)} --roms ${shellWord(dirname(rom))}`,
  ];
}

/** The failures as tests that failed, and one test for all seeds. */
function testsOf({
  rom,
  failures,
  errors,
  seedsDone,
  frames,
  milliseconds,
  symbols,
  incomplete,
}: CampaignResult): TestResult[] {
  const base = { rom, protocol: "fuzz", frames: 0, milliseconds: 0 } as const;
  const found = failures.map((failure): TestResult => {
    const { finding, files } = failure;
    return {
      ...base,
      name: finding.key,
      verdict: "fail",
      detail: describeFailure(failure, symbols).join("\n"),
      frames: finding.frames,
      ...(files === undefined ? {} : { pictures: { screen: files.picture } }),
    };
  });
  const whole: TestResult = {
    ...base,
    name: "campaign",
    verdict: incomplete === undefined ? "pass" : "error",
    detail: incomplete === undefined ? `${seedsDone} seeds` : `incomplete: ${incomplete}`,
    frames,
    milliseconds,
  };
  return [...found, ...errors, whole];
}

function jsonOf(result: CampaignResult): unknown {
  const {
    failures,
    errors,
    symbols,
    incomplete,
    best,
    seedsDone,
    lastSeed,
    frames,
    milliseconds,
    coveredBytes,
  } = result;
  return {
    rom: result.rom,
    seeds: seedsDone,
    lastSeed,
    frames,
    milliseconds,
    instructionsReached: coveredBytes,
    ...(best === undefined ? {} : { best }),
    failures: failures.map((failure) => {
      const { finding, proof, files, seeds, seedCount, isUnshrunk } = failure;
      const { kind, key, what, pc, script } = finding;
      const startFrame = proof?.startFrame ?? 0;
      return {
        key,
        kind,
        what,
        pc,
        place: placeOfFailure(failure, symbols),
        frame: frameOfFailure(failure),
        startFrame,
        input: script.map(({ mask, frames: held }) => ({ mask, frames: held })),
        seeds,
        seedCount,
        ...(isUnshrunk === undefined ? {} : { isUnshrunk }),
        ...(files === undefined ? {} : { movie: files.movie, picture: files.picture, trace: files.trace }),
      };
    }),
    errors: errors.map((error) => ({ name: testName(error), detail: error.detail })),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}
