import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { ASPECTS, type Aspect, bisect, type Side } from "../../io/bisect/bisect.ts";
import { bisectJson, bisectText } from "../../io/bisect/report.ts";
import { parseSide, powerOnSide } from "../../io/bisect/sides.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { EXIT_NEGATIVE } from "../exit-codes.ts";
import { interruptSignal } from "../interrupt.ts";
import { addPatchOptions, toLoadOptions } from "../machine-options.ts";
import { addExamples, collect, INPUT_FILES, jsonOption, MAX_FRAMES, wholeNumber } from "../options.ts";
import { ProgressBar } from "../progress.ts";
import { warn } from "../warnings.ts";

const DEFAULT_FRAMES = 6000;

interface BisectCommandOptions {
  readonly a?: readonly string[];
  readonly b?: readonly string[];
  readonly frames: number;
  readonly input?: string;
  readonly compare?: readonly Aspect[];
  readonly json?: true;
  readonly patch?: readonly string[] | false;
}

/** `emu bisect`: find where two machines begin to differ. */
export function registerBisect(program: Command): void {
  const command = program
    .command("bisect")
    .description(
      "Run a ROM on two machines with different options or from different states. Report the first frame " +
        "and the CPU cycle at which they differ. The exit code is 1 if they differ, 0 if they do not.",
    )
    .argument("<rom>", "the ROM for both machines")
    .option("--a <key=value>", "an option for machine A, see below; repeatable", collect)
    .option("--b <key=value>", "an option for machine B; repeatable", collect)
    .option("--frames <n>", "run at most n frames", wholeNumber(1, MAX_FRAMES), DEFAULT_FRAMES)
    .option("--input <file>", `play ${INPUT_FILES} on both machines`)
    .option("--compare <list>", `what counts as different (default: ${ASPECTS.join(",")})`, aspects)
    .addOption(jsonOption());
  addPatchOptions(command)
    .addHelpText(
      "after",
      "\nKeys: region=ntsc|pal|dendy, mmc3Revision=A|B, console=…, cpuRevision=…,\n" +
        "ppuRevision=…, ramFill=zero|ones|fceux|SEED|…, alignment=CLOCKS, diskSide=N,\n" +
        "exact=true, rom=FILE (another build), patch=FILE, state=FILE, input=FILE",
    )
    .action(runBisect);
  addExamples(
    command,
    "emu bisect game.nes --b ramFill=ones",
    "emu bisect game.nes --a state=good.state --b state=bad.state --compare picture --json",
    "emu bisect old.nes --b rom=new.nes --input play.fm2",
    "emu bisect game.nes --b patch=fix.bps",
  );
}

function aspects(text: string): readonly Aspect[] {
  return text.split(",").map((name) => {
    const found = ASPECTS.find((aspect) => aspect === name.trim());
    if (found === undefined)
      throw new InputError("usage", `--compare takes ${ASPECTS.join(", ")}, not ${name}`);
    return found;
  });
}

async function runBisect(rom: string, options: BisectCommandOptions): Promise<void> {
  const { frames, compare = ASPECTS, input } = options;
  const sides: Side[] = [];
  for (const [name, texts] of [["--a", options.a ?? []] as const, ["--b", options.b ?? []] as const]) {
    sides.push(await powerOnSide(rom, input, parseSide(texts, name), toLoadOptions(options)));
  }
  warn(
    sides.flatMap(({ cautions = [] }) => cautions),
    rom,
  );
  const progress = new ProgressBar(frames, "frames");
  const interrupt = interruptSignal();
  try {
    const found = await bisect(sides[0]!, sides[1]!, {
      frames,
      compare,
      onProgress: (done) => progress.update(done),
      signal: interrupt.signal,
    });
    progress.clear();
    writeStdout(options.json ? `${JSON.stringify(bisectJson(found), null, 2)}\n` : bisectText(found));
    if (compare.some((aspect) => found[aspect] !== undefined)) process.exitCode = EXIT_NEGATIVE;
  } finally {
    interrupt.release();
    progress.clear();
  }
}
