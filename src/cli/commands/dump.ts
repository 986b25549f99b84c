import { type Command, Option } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { dump } from "../../io/dump/dump.ts";
import { DUMP_FORMATS, type DumpFormat } from "../../io/dump/frame-writer.ts";
import { loadInputScript } from "../../io/files/input-script.ts";
import { loadRom } from "../../io/files/rom-file.ts";
import { decodePalette } from "../../io/render/palette.ts";
import { interruptSignal } from "../interrupt.ts";
import {
  addHeadlessOptions,
  type HeadlessOptions,
  powerOnHeadless,
  toLoadOptions,
} from "../machine-options.ts";
import { addExamples, FRAMES_MAX, wholeNumber } from "../options.ts";
import { ProgressBar } from "../progress.ts";

interface DumpCommandOptions extends HeadlessOptions {
  readonly frames: number;
  readonly every: number;
  readonly from: number;
  readonly input?: string;
  readonly format: DumpFormat;
  readonly out: string;
}

/** `emu dump`: frames and sound to files, without a terminal and as fast as it goes. */
export function registerDump(program: Command): void {
  const command = program
    .command("dump")
    .summary("write frames or sound to a file")
    .description(
      "Run a ROM from power-on, without a terminal and as fast as it goes, and write its frames or its sound.",
    )
    .argument("<rom>", "the ROM: .nes, also in .zip or .gz")
    .requiredOption("--frames <n>", "machine frames to run from power-on", wholeNumber(1, FRAMES_MAX))
    .option("--every <k>", "write one frame of k", wholeNumber(1, FRAMES_MAX), 1)
    .option("--from <f>", "the first frame to write", wholeNumber(0, FRAMES_MAX), 0)
    .option("--input <file>", "buttons by frame, as JSON: [[frame, mask], …]")
    .addOption(new Option("--format <format>", "what to write").choices(DUMP_FORMATS).default("png"))
    .option("--out <path>", "file, folder for many PNGs, or - for standard output", "-");
  addHeadlessOptions(command).action(runDump);
  addExamples(
    command,
    "emu dump game.nes --frames 600 --from 599 --out title.png",
    "emu dump game.nes --frames 600 --every 60 --out frames",
    "emu dump game.nes --frames 600 --format hash",
    "emu dump game.nes --frames 3600 --format y4m | ffmpeg -i - game.mp4",
  );
}

async function runDump(rom: string, options: DumpCommandOptions): Promise<void> {
  checkOutput(options);
  const { image } = await loadRom(rom, toLoadOptions(options));
  const { machine, keepBattery } = await powerOnHeadless(image, options);
  if (options.input !== undefined) {
    const script = await loadInputScript(options.input);
    machine.setInput({ latchButtons: () => script.maskAt(machine.frame) });
  }
  const progress = new ProgressBar(options.frames, "frames");
  const interrupt = interruptSignal();
  try {
    await dump(machine, {
      ...options,
      palette: decodePalette(),
      onProgress: (done) => progress.update(done),
      signal: interrupt.signal,
    });
    await keepBattery();
  } finally {
    interrupt.release();
    progress.clear();
  }
}

/** Binary data would only upset a terminal. */
function checkOutput({ out, format }: DumpCommandOptions): void {
  if (out !== "-" || format === "hash" || !process.stdout.isTTY) return;
  throw new InputError("usage", `${format} is not for a terminal`, "--out", "--out FILE, or a pipe");
}
