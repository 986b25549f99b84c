import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { loadBaseline } from "../../io/conform/reports/baseline.ts";
import { mergeShards, picturesOf } from "../../io/conform/reports/merge.ts";
import { addReportOptions, finishReport, type ReportOptions } from "../conform-reports.ts";
import { addExamples } from "../options.ts";

/** `emu conform merge`: one report of the reports of all shards. */
export function registerMerge(conform: Command): void {
  const command = addReportOptions(conform.command("merge"))
    .summary("join the reports of --shard")
    .description(
      "Join the --json reports of all shards of a run to the report of the whole run, in the order of the " +
        "manifest. A missing shard, and reports of different runs, are errors.",
    )
    .argument("<report...>", "the --json report of each shard, in any order")
    .action(runMerge);
  addExamples(
    command,
    "emu conform merge 1.json 2.json 3.json",
    "emu conform merge *.json --junit report.xml --html report",
  );
}

async function runMerge(paths: string[], _own: ReportOptions, command: Command): Promise<void> {
  rejectOtherOptions(command);
  // Commander gives options that both commands have to `conform`.
  const options = command.optsWithGlobals<ReportOptions>();
  const { readReport } = await import("../../io/conform/reports/read-report.ts");
  const files = [];
  for (const path of paths) files.push({ path, report: await readReport(path) });
  const { report, sources, isWhole } = mergeShards(files);
  const baseline = options.baseline === undefined ? undefined : await loadBaseline(options.baseline);
  const graded = options.html === undefined ? [] : await picturesOf(report);
  await finishReport({ results: report.tests, graded, sources, isWhole, baseline }, options);
}

/** Rejects options of `emu conform` that only make sense for running tests. */
function rejectOtherOptions(command: Command): void {
  const { parent: conform } = command;
  const own = new Set(command.options.map((option) => option.attributeName()));
  const wrong = conform?.options.find((option) => {
    const name = option.attributeName();
    return !own.has(name) && conform.getOptionValueSource(name) === "cli";
  });
  if (wrong !== undefined) throw new InputError("usage", `emu conform merge does not take ${wrong.long}`);
}
