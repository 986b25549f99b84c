import { deflateRawSync } from "node:zlib";
import { InputError } from "../../emu/input-error.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { encodePng } from "../capture/png.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { cutScript } from "../library/fuzz/input.ts";
import { type Found, FuzzPlayer, type FuzzState } from "../library/fuzz/player.ts";
import { searchFailure } from "../library/fuzz/search.ts";
import { type Hold, shrinkScript } from "../library/fuzz/shrink.ts";
import type { Game } from "../library/game.ts";
import { aboutMachine, type Movie } from "../movies/movie.ts";
import { formatMovie, movieRom, parseMovie } from "../movies/movie-file.ts";
import { MoviePlayer } from "../movies/movie-player.ts";
import { MovieRecorder } from "../movies/movie-recorder.ts";
import { paletteFor } from "../render/colors/palette.ts";
import { createHeadless } from "../shared/headless.ts";
import { NO_PRG_OFFSET, NO_SYMBOLS } from "../symbols/symbols.ts";
import { MachinePair, OTHER_MACHINE } from "./compare.ts";
import { FrozenCheck } from "./frozen.ts";
import {
  type FuzzFinding,
  type FuzzKind,
  type FuzzPlan,
  type FuzzProof,
  type FuzzResult,
  SOFT_KINDS,
} from "./plan.ts";
import { CampaignRules, conditionText, placeKey } from "./rules.ts";

/** Maximum number of failures without input that are reported. */
const MAX_IDLE_FINDINGS = 16;
const HASH_EVERY_FRAMES = 60;

/** What a task needs to run. */
export interface FuzzBench {
  readonly plan: FuzzPlan;
  readonly rom: LoadedRom;
  readonly machine: NesOptions;
  /** A movie that is played from power-on before each run. */
  readonly movie?: Movie;
  /** Called after each frame of any machine, for watchdogs. Frames of the movie before runs do not count. */
  readonly onFrame: (counts: boolean) => void;
}

/**
 * Runs a task of a campaign. The result depends only on the bench, not on earlier tasks. Throws `InputError`
 * for a movie that cannot be played.
 */
export function runFuzzTask(bench: FuzzBench): FuzzResult {
  const { task } = bench.plan;
  if (task.kind === "idle") return runIdle(bench);
  const lab = labFor(bench);
  return task.kind === "seed" ? runSeed(lab, task.seed) : shrink(lab, task.finding);
}

let kept: { readonly key: string; readonly lab: Lab } | undefined;

/** The lab of the last task, if it is of the same campaign: powering on and playing the movie take long. */
function labFor(bench: FuzzBench): Lab {
  const { plan, rom, machine, movie } = bench;
  const { task: _, ...rest } = plan;
  const movieText = movie === undefined ? "" : formatMovie(movie, "json");
  const key = JSON.stringify([rest, rom.fileSha1, rom.image.sha1, machine, movieText]);
  if (kept?.key !== key) kept = { key, lab: new Lab(bench) };
  kept.lab.onFrame = bench.onFrame;
  return kept.lab;
}

/** The machines of a campaign on this thread. */
class Lab {
  readonly plan: FuzzPlan;
  readonly rom: LoadedRom;
  readonly machine: NesOptions;
  readonly player: FuzzPlayer;
  readonly #pair: MachinePair | undefined;
  #frozenCheck: FrozenCheck | undefined;
  onFrame: (counts: boolean) => void;

  constructor(
    { plan, rom, machine, movie, onFrame }: FuzzBench,
    ignored: ReadonlySet<string> = new Set(plan.ignores),
  ) {
    this.plan = plan;
    this.rom = rom;
    this.machine = machine;
    this.onFrame = onFrame;
    const tick = (): void => this.onFrame(true);
    const start = (game: Game): void => {
      if (movie === undefined) return;
      game.play(movie);
      for (let frame = 0; frame < movie.frames; frame++) {
        game.frames(1);
        this.onFrame(false);
      }
    };
    const { compare } = plan;
    const isFrozen = (state: Uint8Array): boolean => {
      this.#frozenCheck ??= new FrozenCheck(rom, machine, () => this.onFrame(false));
      return this.#frozenCheck.isFrozen(state, plan.frozenFrames);
    };
    this.player = new FuzzPlayer(
      { rom, symbols: NO_SYMBOLS },
      {
        game: compare === undefined ? machine : { ...machine, onJam: "ignore" },
        start,
        isHeard: false,
        rules: (game) => new CampaignRules(game, plan, ignored, tick, isFrozen),
      },
    );
    if (compare !== undefined) this.#pair = new MachinePair(rom, machine, compare, tick);
  }

  /** The failure as data. */
  finding(found: Found, seed: number, script: readonly Hold[]): FuzzFinding {
    const { pc, prgOffset, what, frames } = found;
    const kind = found.kind as FuzzKind;
    return { kind, key: this.keyOf(found), what, pc, prgOffset, seed, script, frames };
  }

  /** The key of a failure: its kind, and its place if the kind has one. */
  keyOf({ kind, what, pc, prgOffset }: Found): string {
    if (kind === "lag") return kind;
    if (kind === "differs") return `${kind}-${what.split(" ")[0]!.toLowerCase()}`;
    if (kind !== "condition") return `${kind}-${placeKey(pc, prgOffset, this.rom)}`;
    return `${kind}-${1 + this.plan.conditions.findIndex(({ text }) => what === conditionText(text))}`;
  }

  /** Compares two machines from `state` on, if the campaign does that. */
  readonly compare = (state: FuzzState, script: readonly Hold[]): Found | undefined => {
    const difference = this.#pair?.run(state, script);
    if (difference === undefined) return undefined;
    const { aspect, frames, pc } = difference;
    const what = `${aspect} differs from ${OTHER_MACHINE[this.plan.compare!]}`;
    return { kind: "differs", what, place: "", error: undefined, pc, prgOffset: NO_PRG_OFFSET, frames };
  };

  /** Plays a script from the start. */
  play(script: readonly Hold[], frames: number): Found | undefined {
    const { compare } = this.plan;
    return compare === undefined
      ? this.player.play(script, frames)
      : this.compare(this.player.start, padded(script, frames));
  }

  shrink(finding: FuzzFinding, first: Found): { readonly script: readonly Hold[]; readonly found: Found } {
    const { plan, player } = this;
    const isSame = (found: Found): boolean => this.keyOf(found) === finding.key;
    if (plan.compare === undefined) return player.shrink(finding.script, first, plan.shrinkFrames, isSame);
    let found = first;
    const fails = (script: readonly Hold[]): boolean => {
      const again = this.play(script, first.frames);
      if (again === undefined || !isSame(again)) return false;
      found = again;
      return true;
    };
    const trials = Math.ceil(plan.shrinkFrames / first.frames);
    const script = shrinkScript(cutScript(finding.script, first.frames), fails, trials);
    return { script: cutScript(script, found.frames), found };
  }
}

/** The script, and no buttons after it, for `frames` frames. */
function padded(script: readonly Hold[], frames: number): Hold[] {
  return cutScript([...script, { mask: 0, frames }], frames);
}

/** Plays without input until nothing new fails. Failures after which the game goes on are then ignored. */
function runIdle(bench: FuzzBench): FuzzResult {
  const ignored = new Set(bench.plan.ignores);
  const findings: FuzzFinding[] = [];
  for (;;) {
    const lab = new Lab(bench, ignored);
    const { frames } = bench.plan;
    const found = lab.player.startFailure ?? lab.play([], frames);
    if (found === undefined) return { findings };
    const finding = lab.finding(found, 0, []);
    findings.push(finding);
    ignored.add(finding.key);
    if (!SOFT_KINDS.includes(finding.kind) || findings.length === MAX_IDLE_FINDINGS) return { findings };
  }
}

function runSeed(lab: Lab, seed: number): FuzzResult {
  const { player, plan } = lab;
  const search = searchFailure(player, { ...plan, seed, check: lab.compare });
  let step = search.next();
  while (step.done !== true) step = search.next();
  const { found, script } = step.value ?? {};
  const isFailed = found !== undefined && script !== undefined;
  const covered = bitsOf(player.executed);
  const best = player.bestScore;
  return {
    findings: isFailed ? [lab.finding(found, seed, cutScript(script, found.frames))] : [],
    covered: new Uint8Array(deflateRawSync(covered)),
    ...(Number.isFinite(best) ? { best } : {}),
  };
}

/** A bit for each flag. */
function bitsOf(flags: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(flags.length / 8));
  for (let at = 0; at < flags.length; at++) if (flags[at] !== 0) bits[at >> 3]! |= 1 << (at & 7);
  return bits;
}

function shrink(lab: Lab, finding: FuzzFinding): FuzzResult {
  const { player } = lab;
  const first = player.startFailure ?? lab.play(finding.script, finding.frames);
  if (first === undefined || lab.keyOf(first) !== finding.key) {
    const seen = first === undefined ? "nothing failed" : first.what;
    throw new InputError(
      "data",
      `determinism broken: seed ${finding.seed} found "${finding.what}", then ${seen}`,
    );
  }
  const { script, found } = first.frames === 0 ? { script: [], found: first } : lab.shrink(finding, first);
  const small = lab.finding(found, finding.seed, script);
  return { findings: [small], proof: proofOf(lab, small) };
}

/** Makes the movie of a failure, as FM2 if possible. An FM2 movie is read back and played to verify it. */
function proofOf(lab: Lab, finding: FuzzFinding): FuzzProof {
  const { player } = lab;
  const { movie, picture } = record(lab, player.movie(finding.script, finding.frames));
  for (const format of ["fm2", "json"] as const) {
    try {
      const contents = formatMovie(movie, format);
      const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
      if (format === "fm2" && !isProof(lab, finding, parseMovie(bytes))) continue;
      return {
        finding,
        movie: bytes,
        format,
        movieFrames: movie.frames,
        startFrame: player.startFrame,
        picture,
      };
    } catch (error) {
      if (format === "json" || !(error instanceof InputError)) throw error;
    }
  }
  throw new Error("a movie of emu's own format was rejected");
}

/** Returns true if a movie fails as `finding` does, from power-on. */
function isProof(lab: Lab, finding: FuzzFinding, movie: Movie): boolean {
  if (finding.frames === 0 || lab.plan.compare !== undefined) return true;
  const found = lab.player.replay(movie);
  return found !== undefined && lab.keyOf(found) === finding.key;
}

/** Plays a movie on a machine of its own. Returns it with hashes, and its last picture as PNG. */
function record(
  { rom, machine, onFrame }: Lab,
  movie: Movie,
): { readonly movie: Movie; readonly picture: Uint8Array } {
  const nes = createHeadless(rom.image, {
    ...machine,
    ...(movie.ramFill === undefined ? {} : { ramFill: movie.ramFill }),
  });
  const { geometry } = nes;
  const pixels = new Uint16Array(geometry.width * geometry.height);
  const player = new MoviePlayer(nes, movie);
  const recorder = new MovieRecorder(nes, Math.max(1, Math.min(HASH_EVERY_FRAMES, movie.frames)));
  for (let frame = 0; frame < movie.frames; frame++) {
    player.beforeFrame(recorder);
    nes.runFrame(pixels);
    recorder.afterFrame(pixels);
    player.afterFrame(pixels);
    onFrame(true);
  }
  return {
    movie: recorder.movie({ rom: movieRom(rom), ...aboutMachine(nes) }),
    picture: encodePng(pixels, geometry, paletteFor(geometry)),
  };
}
