import { Argument, type Command } from "commander";
import { checkOutputs, writeOutput } from "../../io/files/outputs.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { printablePath } from "../../io/files/text.ts";
import { readTraceFile } from "../../io/trace/trace-file.ts";
import { tracePage } from "../../io/trace/trace-page.ts";
import { addExamples } from "../options.ts";

interface TraceOptions {
  readonly out?: string;
}

/** `emu trace`: make a page of the trace of a failed test. */
export function registerTrace(program: Command): void {
  const command = program
    .command("trace")
    .description(
      "Make a page of the trace that a failed test has written: pictures, buttons, the calls of the test, changes " +
        "of RAM and the source, frame by frame. The page needs no other file and no network.",
    )
    .addArgument(new Argument("<action>", "show: write the page and print its path").choices(["show"]))
    .argument("<file>", "the trace (.emutrace)")
    .option("--out <file>", "the page, or - for standard output (default: beside the trace)")
    .action(show);
  addExamples(command, "emu trace show tests/__traces__/game.test.ts-12.emutrace");
}

async function show(_action: string, path: string, { out }: TraceOptions): Promise<void> {
  const page = tracePage(await readTraceFile(path));
  if (out === "-") {
    writeStdout(page);
    return;
  }
  const file = out ?? `${path.replace(/\.emutrace$/, "")}.html`;
  checkOutputs([path], [file]);
  writeOutput(file, page);
  writeStdout(`${printablePath(file)}\n`);
}
