import { type Command, Option } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { DUMP_FORMATS, type DumpFormat } from "../../io/capture/frame-writer.ts";
import { writeCoreLine } from "../../io/cores/core-client.ts";
import type { CoreGameFile } from "../../io/cores/core-game.ts";
import { CoreMachine } from "../../io/cores/core-machine.ts";
import { dump } from "../../io/dump/dump.ts";
import { checkOutputs } from "../../io/files/outputs.ts";
import { aboutMachine, machineOfMovie } from "../../io/movies/movie.ts";
import { movieFormatOf, movieRom, saveMovie } from "../../io/movies/movie-file.ts";
import { MoviePlayer } from "../../io/movies/movie-player.ts";
import { MovieRecorder } from "../../io/movies/movie-recorder.ts";
import { decodePalette, paletteFor } from "../../io/render/colors/palette.ts";
import {
  addCoreOptions,
  type CoreChoice,
  coreGameOf,
  loadCoreInput,
  scriptSource,
  startCore,
} from "../core-options.ts";
import { interruptSignal } from "../interrupt.ts";
import { logRoot } from "../log.ts";
import { addHeadlessOptions, attachSave, type HeadlessOptions, powerOnHeadless } from "../machine-options.ts";
import { addMovieOptions, checkMovieOptions, loadInputMovie, type MovieOptions } from "../movie-options.ts";
import {
  addMusicOptions,
  checkTrack,
  lengthOfDump,
  type MusicOptions,
  musicTrackOf,
  requiredFrames,
} from "../music-options.ts";
import { addExamples, MAX_FRAMES, wholeNumber } from "../options.ts";
import { applyPalette, type PaletteOption, paletteOption } from "../palette-option.ts";
import { ProgressBar } from "../progress.ts";
import { loadRomToRun } from "../warnings.ts";

interface DumpCommandOptions extends HeadlessOptions, MovieOptions, CoreChoice, MusicOptions, PaletteOption {
  readonly frames?: number;
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
    .description(
      "Run a ROM from power-on as fast as possible, without a terminal, and write its frames or its sound.",
    )
    .argument("<rom>", "the ROM: .nes, .nsf, or another console's, also in .zip, .gz, .7z or .rar")
    .option(
      "--frames <n>",
      "run n frames from power-on (default for music: the track's length)",
      wholeNumber(1, MAX_FRAMES),
    )
    .option("--every <k>", "write every k-th frame", wholeNumber(1, MAX_FRAMES), 1)
    .option("--from <f>", "the first frame to write", wholeNumber(0, MAX_FRAMES), 0)
    .option("--record <file>", "also write the input as a movie (.json, .fm2, .bk2) with hashes")
    .addOption(new Option("--format <format>", "output format").choices(DUMP_FORMATS).default("png"))
    .addOption(paletteOption())
    .option("--out <path>", "a file, a folder for several PNGs, or - for standard output", "-");
  addCoreOptions(addHeadlessOptions(addMovieOptions(addMusicOptions(command)))).action(runDump);
  addExamples(
    command,
    "emu dump game.nes --frames 600 --from 599 --out title.png",
    "emu dump game.nes --frames 600 --every 60 --out frames",
    "emu dump game.nes --frames 600 --format hash",
    "emu dump game.nes --frames 3600 --format hash --input movie.fm2 --record movie.json",
    "emu dump game.nes --frames 3600 --format y4m | ffmpeg -i - game.mp4",
    "emu dump game.gb --frames 600 --from 599 --out title.png",
    "emu dump tune.nsf --track 3 --format wav --out tune.wav",
  );
}

async function runDump(path: string, options: DumpCommandOptions): Promise<void> {
  checkOutput(options);
  checkMovieOptions(options);
  if (options.record !== undefined) movieFormatOf(options.record);
  const coreGame = await coreGameOf(path, options);
  if (coreGame !== undefined) {
    checkFiles([path], options);
    return dumpCoreGame(coreGame, options);
  }
  await applyPalette(options);
  const rom = await loadRomToRun(path, options);
  checkFiles(rom.files, options);
  const movie = await loadInputMovie(options, rom);
  checkTrack(rom.image, options, [options.record, options.input]);
  const defaults = { ...machineOfMovie(movie), ...musicTrackOf(options) };
  const { machine, keepBattery } = await powerOnHeadless(rom.image, options, defaults);
  const player = movie === undefined ? undefined : new MoviePlayer(machine, movie, options.inputOffset);
  const recorder = options.record === undefined ? undefined : new MovieRecorder(machine);
  const length = lengthOfDump(rom.image, machine, options);
  const progress = new ProgressBar(length.frames, "frames");
  const interrupt = interruptSignal();
  try {
    await dump(machine, {
      ...options,
      ...length,
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

/** Dumps a game of another console, on its libretro core. */
async function dumpCoreGame(game: CoreGameFile, options: DumpCommandOptions): Promise<void> {
  const frames = requiredFrames(options);
  if (options.record !== undefined) {
    const what = "movies are recorded of NES games on emu's own machine only";
    throw new InputError("usage", what, "--record");
  }
  const movie = options.input === undefined ? undefined : await loadCoreInput(options.input);
  const core = await startCore(game, options, false);
  const progress = new ProgressBar(frames, "frames");
  const interrupt = interruptSignal();
  try {
    const machine = new CoreMachine(core.client.connection);
    const coreLog = logRoot.child({ scope: "core" });
    machine.onLog = (line) => writeCoreLine(coreLog, line);
    if (movie !== undefined) machine.setInput(scriptSource(movie, () => machine.frame + options.inputOffset));
    const keepBattery = await attachSave(machine, options.save);
    await dump(machine, {
      ...options,
      frames,
      palette: decodePalette(),
      onProgress: (done) => progress.update(done),
      signal: interrupt.signal,
    });
    await keepBattery();
  } catch (error) {
    throw await core.client.explain(error);
  } finally {
    interrupt.release();
    progress.clear();
    await core.close();
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

/** Throws `InputError` ("usage") if the dump would replace a file that it reads or writes otherwise. */
function checkFiles(
  read: readonly string[],
  { input, save, palette, out, record }: DumpCommandOptions,
): void {
  checkOutputs(
    [...read, ...[input, save, palette].filter((path) => path !== undefined)],
    [out, record].filter((path) => path !== undefined).filter((path) => path !== "-"),
  );
}
