import { type Command, Option } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { DUMP_FORMATS, type DumpFormat } from "../../io/capture/frame-writer.ts";
import { dump } from "../../io/dump/dump.ts";
import { aboutMachine, machineOfMovie } from "../../io/movies/movie.ts";
import { movieFormatOf, movieRom, saveMovie } from "../../io/movies/movie-file.ts";
import { MoviePlayer } from "../../io/movies/movie-player.ts";
import { MovieRecorder } from "../../io/movies/movie-recorder.ts";
import { paletteFor } from "../../io/render/palette.ts";
import { interruptSignal } from "../interrupt.ts";
import { addHeadlessOptions, type HeadlessOptions, powerOnHeadless } from "../machine-options.ts";
import { addMovieOptions, loadInputMovie, type MovieOptions } from "../movie-options.ts";
import { addExamples, MAX_FRAMES, wholeNumber } from "../options.ts";
import { ProgressBar } from "../progress.ts";
import { loadRomToRun } from "../warnings.ts";

interface DumpCommandOptions extends HeadlessOptions, MovieOptions {
  readonly frames: number;
  readonly every: number;
  readonly from: number;
  readonly format: DumpFormat;
  readonly out: string;
  readonly record?: string;
}

/** `emu dump`: write frames and sound to files, without a terminal and as fast as possible. */
export function registerDump(program: Command): void {
  const command = program
    .command("dump")
    .summary("write frames or sound to a file")
    .description(
      "Run a ROM from power-on as fast as possible, without a terminal, and write its frames or its sound.",
    )
    .argument("<rom>", "the ROM: .nes, also in .zip, .gz, .7z or .rar")
    .requiredOption("--frames <n>", "run n frames from power-on", wholeNumber(1, MAX_FRAMES))
    .option("--every <k>", "write every k-th frame", wholeNumber(1, MAX_FRAMES), 1)
    .option("--from <f>", "the first frame to write", wholeNumber(0, MAX_FRAMES), 0)
    .option("--record <file>", "also write the input as a movie (.json, .fm2, .bk2) with hashes")
    .addOption(new Option("--format <format>", "output format").choices(DUMP_FORMATS).default("png"))
    .option("--out <path>", "a file, a folder for several PNGs, or - for standard output", "-");
  addHeadlessOptions(addMovieOptions(command)).action(runDump);
  addExamples(
    command,
    "emu dump game.nes --frames 600 --from 599 --out title.png",
    "emu dump game.nes --frames 600 --every 60 --out frames",
    "emu dump game.nes --frames 600 --format hash",
    "emu dump game.nes --frames 3600 --format hash --input movie.fm2 --record movie.json",
    "emu dump game.nes --frames 3600 --format y4m | ffmpeg -i - game.mp4",
  );
}

async function runDump(path: string, options: DumpCommandOptions): Promise<void> {
  checkOutput(options);
  if (options.record !== undefined) movieFormatOf(options.record);
  const rom = await loadRomToRun(path, options);
  const movie = await loadInputMovie(options, rom);
  const { machine, keepBattery } = await powerOnHeadless(rom.image, options, machineOfMovie(movie));
  const player = movie === undefined ? undefined : new MoviePlayer(machine, movie, options.inputOffset);
  const recorder = options.record === undefined ? undefined : new MovieRecorder(machine);
  const progress = new ProgressBar(options.frames, "frames");
  const interrupt = interruptSignal();
  try {
    await dump(machine, {
      ...options,
      palette: paletteFor(machine.geometry),
      beforeFrame: () => player?.beforeFrame(recorder),
      afterFrame: (pixels) => {
        player?.afterFrame(pixels);
        player?.check();
        recorder?.afterFrame(pixels);
      },
      onProgress: (done) => progress.update(done),
      signal: interrupt.signal,
    });
    if (options.record !== undefined && recorder !== undefined) {
      await saveMovie(options.record, recorder.movie({ rom: movieRom(rom), ...aboutMachine(machine) }));
    }
    await keepBattery();
  } finally {
    interrupt.release();
    progress.clear();
  }
}

/** Throws `InputError` ("usage") instead of writing binary data to a terminal. */
function checkOutput({ out, format }: DumpCommandOptions): void {
  if (out !== "-" || format === "hash" || !process.stdout.isTTY) return;
  throw new InputError(
    "usage",
    `${format} is binary and would garble the terminal`,
    "--out",
    "use --out FILE or a pipe",
  );
}
