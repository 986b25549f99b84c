import type { Command } from "commander";
import { summarizeRounds, timeRound } from "../../io/bench/frame-rate.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { machineOfMovie } from "../../io/movies/movie.ts";
import { loadMovie } from "../../io/movies/movie-file.ts";
import { MoviePlayer } from "../../io/movies/movie-player.ts";
import { addHeadlessOptions, type HeadlessOptions, powerOnHeadless } from "../machine-options.ts";
import { addExamples, INPUT_FILES, jsonOption, MAX_FRAMES, wholeNumber } from "../options.ts";
import { loadRomToRun } from "../warnings.ts";

const DEFAULT_FRAMES = 600;
/** Frames after which the JIT has compiled the hot code. */
const WARM_UP_FRAMES = 120;
const ROUNDS = 5;

interface BenchOptions extends HeadlessOptions {
  readonly frames: number;
  readonly input?: string;
  readonly json?: true;
}

/** `emu bench`: measure how fast a ROM runs. */
export function registerBench(program: Command): void {
  const command = program
    .command("bench")
    .description(
      `Run a ROM as fast as possible, with picture and sound, and print the best and the median speed of ${ROUNDS} rounds after a warm-up.`,
    )
    .argument("<rom>", "the ROM: .nes, also in .zip, .gz, .7z or .rar")
    .option("--frames <n>", "frames per round", wholeNumber(1, MAX_FRAMES), DEFAULT_FRAMES)
    .option("--input <file>", `play ${INPUT_FILES}`)
    .addOption(jsonOption());
  addHeadlessOptions(command).action(runBench);
  addExamples(command, "emu bench game.nes", "emu bench game.nes --frames 3000 --json");
}

async function runBench(rom: string, options: BenchOptions): Promise<void> {
  const { image } = await loadRomToRun(rom, options);
  const movie = options.input === undefined ? undefined : await loadMovie(options.input);
  const { machine, keepBattery } = await powerOnHeadless(image, options, machineOfMovie(movie));
  const player = movie === undefined ? undefined : new MoviePlayer(machine, { ...movie, hashes: [] });
  const pixels = new Uint16Array(machine.geometry.width * machine.geometry.height);
  const runFrame = (): void => {
    player?.beforeFrame();
    machine.runFrame(pixels);
    player?.afterFrame(pixels);
  };
  timeRound(runFrame, WARM_UP_FRAMES);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(timeRound(runFrame, options.frames));
  await keepBattery();
  const fps = summarizeRounds(rounds);
  const { frames } = options;
  const times = (fps.median / machine.geometry.frameRateHz).toFixed(1);
  writeStdout(
    options.json
      ? `${JSON.stringify({ rom, frames, fps })}\n`
      : `${fps.median} frames per second (best ${fps.best}), ${times} times as fast as the console\n`,
  );
}
