import { InputError } from "../../emu/input-error.ts";
import { parseSide } from "../../io/bisect/sides.ts";
import { Campaign } from "../../io/campaign/campaign.ts";
import { FailureFolder } from "../../io/campaign/failure-folder.ts";
import type { CampaignResult, CampaignSetup } from "../../io/campaign/types.ts";
import { rejectPipes } from "../../io/files/read-file.ts";
import { type LoadedRom, loadRom } from "../../io/files/roms/rom-file.ts";
import { PlaceMap } from "../../io/library/place-map.ts";
import { createHeadless } from "../../io/shared/headless.ts";
import { parseExpression } from "../../io/symbols/memory-expression.ts";
import { loadSymbolsBeside } from "../../io/symbols/symbol-files.ts";
import { runGraded } from "../graded-run.ts";
import { toLoadOptions } from "../machine-options.ts";
import { loadInputMovie } from "../movie-options.ts";
import { warn } from "../warnings.ts";
import type { FuzzCommandOptions } from "./options.ts";
import { FuzzProgress } from "./progress.ts";

const DEFAULT_SEEDS = 64;
/** Seeds after which new failures are shrunk: on this machine, and on a farm, which may have many threads. */
const BATCH_TESTS = 64;
const FARM_BATCH_TESTS = 2000;
/** Number of seeds per thread between two checks of the clock, with --for. */
const SEEDS_PER_JOB = 2;
const FARM_SEEDS_WITH_TIME = 256;

/** Runs a campaign, and writes each failure's files as soon as its input is shrunk. Throws `InputError`. */
export async function runCampaign(
  rom: string,
  options: FuzzCommandOptions,
  signal: AbortSignal,
): Promise<CampaignResult> {
  const setup = await prepare(rom, options);
  const folder = await FailureFolder.open(options.out);
  const seeds = seedsOf(options);
  const { jobs, farm, farmWait, hangSeconds, for: seconds } = options;
  const progress = new FuzzProgress(seconds === undefined ? seeds.to - seeds.from + 1 : 0);
  const campaign = new Campaign(setup, {
    seeds,
    ...(seconds === undefined ? {} : { seconds }),
    batch: batchOf(options),
    folder,
    runTests: (tests, onGraded) =>
      runGraded(
        tests,
        { jobs, farmWait, hangSeconds, repeat: 1, ...(farm === undefined ? {} : { farm }) },
        { pictures: false, onGraded },
        progress,
        signal,
      ),
    onProgress: (state) => progress.set(state),
    signal,
  });
  try {
    return await campaign.run();
  } finally {
    progress.clear();
    await folder.close();
  }
}

/** The seeds to run. With --for and no --seeds, there is no last one. */
function seedsOf(options: FuzzCommandOptions): { readonly from: number; readonly to: number } {
  const last = options.for === undefined ? DEFAULT_SEEDS : Number.MAX_SAFE_INTEGER;
  return options.seeds ?? { from: 1, to: last };
}

function batchOf({ farm, jobs, for: seconds }: FuzzCommandOptions): number {
  if (seconds !== undefined) return farm === undefined ? jobs * SEEDS_PER_JOB : FARM_SEEDS_WITH_TIME;
  return farm === undefined ? Math.max(BATCH_TESTS, jobs * SEEDS_PER_JOB) : FARM_BATCH_TESTS;
}

async function prepare(path: string, options: FuzzCommandOptions): Promise<CampaignSetup> {
  const machine = machineOf(options);
  const loaded = await loadRom(path, toLoadOptions(options));
  warn(loaded.cautions, path);
  const start = await startOf(options, loaded);
  const { patch } = options;
  rejectPipes([path, options.movie, ...(patch || [])]);
  const { symbols } = await loadSymbolsBeside(path, loaded.image);
  warn(symbols.warnings, path);
  const places = new PlaceMap(createHeadless(loaded.image, machine), symbols);
  const base = {
    ...machine,
    rom: path,
    romFile: path,
    protocol: "fuzz",
    maxFrames: options.frames,
    ...start,
    ...(patch === undefined ? {} : { patchFiles: patch === false ? [] : patch }),
  } as CampaignSetup["base"];
  return { rom: path, symbols, base, plan: planOf(options, places) };
}

/** The console of --set. */
function machineOf({ set }: FuzzCommandOptions): ReturnType<typeof parseSide>["options"] {
  const { options: machine, rom, state, input, patches } = parseSide(set, "--set");
  if (machine.exact === undefined && (rom ?? state ?? input ?? patches) === undefined) return machine;
  const what = "--set takes the keys of a console, such as region=pal";
  throw new InputError("usage", what, "", "see docs/fuzz.md");
}

/** The movie at whose end each run begins, as keys of a test. */
async function startOf(
  { movie: inputFile, anyRom }: FuzzCommandOptions,
  loaded: LoadedRom,
): Promise<{ readonly inputFile?: string; readonly anyRom?: true }> {
  if (inputFile === undefined) {
    if (anyRom !== true) return {};
    throw new InputError("usage", "no movie is played", "--any-rom", "add --movie FILE");
  }
  const ofAnyRom = anyRom === true ? ({ anyRom } as const) : {};
  const movie = await loadInputMovie({ input: inputFile, ...ofAnyRom }, loaded);
  if (movie !== undefined && !Number.isFinite(movie.frames)) {
    throw new InputError("data", "an input script has no end", inputFile, "name a movie, which has a length");
  }
  return { inputFile, ...ofAnyRom };
}

/** What each run plays, and what it looks for. `places` are those that expressions name. */
function planOf(options: FuzzCommandOptions, places: PlaceMap): CampaignSetup["plan"] {
  const { frames, runs, buttons, pads, lag, hang, frozen, compare, ignore, shrinkFrames } = options;
  const { maximise, fail = [] } = options;
  const parse = (text: string): ReturnType<typeof parseExpression> =>
    parseExpression(text, (name) => places.resolve(name).address);
  return {
    frames,
    runs,
    buttons,
    pads,
    conditions: fail.map(parse),
    ...(maximise === undefined ? {} : { maximise: parse(maximise) }),
    hangFrames: hang,
    frozenFrames: frozen,
    lagFrames: lag,
    ...(compare === undefined ? {} : { compare }),
    ignores: ignore,
    shrinkFrames,
  };
}
