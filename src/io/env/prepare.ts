import { InputError } from "../../emu/input-error.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import type { Nes, NesOptions } from "../../emu/nes/nes.ts";
import { readFileCapped } from "../files/read-file.ts";
import { type Cartridge, loadCartridge } from "../library/load.ts";
import { PlaceMap } from "../library/place-map.ts";
import type { Movie } from "../movies/movie.ts";
import { loadMovie } from "../movies/movie-file.ts";
import { MoviePlayer } from "../movies/movie-player.ts";
import { createHeadless } from "../shared/headless.ts";
import { parseExpression } from "../symbols/memory-expression.ts";
import { actionSpace } from "./actions.ts";
import { checkOptions, HARDWARE_OPTIONS, whole } from "./check-options.ts";
import type { EpisodeRules, FrameValue, FrameValues } from "./episode.ts";
import { expressionValues } from "./episode.ts";
import { type ObservationLayout, observationLayout } from "./observation.ts";
import type { EnvOptions, GameValue, GameView, StartOptions } from "./options.ts";
import type { PainterOptions } from "./painter.ts";

/** Everything that is needed to make an environment, as plain data for other threads. */
export interface EnvPlan extends PainterOptions {
  readonly image: CartridgeImage;
  readonly nes: NesOptions;
  readonly layout: ObservationLayout;
  readonly rules: EpisodeRules;
  readonly stateBytes: number;
  /** Red, green and blue of a whole frame. */
  readonly pictureBytes: number;
}

/** A plan, with parts that only this thread can use. */
export interface PreparedEnv {
  readonly plan: EnvPlan;
  readonly cartridge: Cartridge;
  /** The machine that produced the start states. */
  readonly nes: Nes;
  /** Functions in place of expressions; undefined if there are none. */
  readonly functions: EnvFunctions | undefined;
}

type GameFunction = Exclude<GameValue, string>;

export interface EnvFunctions {
  readonly reward: GameFunction | undefined;
  readonly end: GameFunction | undefined;
  readonly info: Readonly<Record<string, GameFunction>>;
}

const MAX_START_FRAMES = 10_000_000;
const MAX_STATE_BYTES = 16 * 1024 * 1024;

/**
 * Reads the ROM, checks all options and produces the start states. Throws `InputError` if anything is
 * invalid. `known` are further options that the caller has checked.
 */
export async function prepareEnv(
  rom: string | Uint8Array | Cartridge,
  options: EnvOptions,
  known: readonly string[] = [],
): Promise<PreparedEnv> {
  const numbers = checkOptions(options, known);
  const actions = actionSpace(options.actions ?? "mask", numbers.players);
  const { symbols, fdsBios, patches, palette } = options;
  const files = {
    // Nobody could insert a coin, so a PlayChoice-10's game runs alone, whatever ROMs the user has.
    controlRoms: "none",
    ...(symbols === undefined ? {} : { symbols }),
    ...(fdsBios === undefined ? {} : { fdsBios }),
    ...(patches === undefined ? {} : { patches }),
    ...(palette === undefined ? {} : { palette }),
  };
  const cartridge =
    typeof rom === "string" || rom instanceof Uint8Array ? await loadCartridge(rom, files) : rom;
  const nesOptions = machineOptions(options, numbers.players);
  const nes = createHeadless(cartridge.rom.image, nesOptions);
  const layout = observationLayout(options.observation ?? {}, nes.geometry);
  const places = new PlaceMap(nes, cartridge.symbols);
  const parse = (value: GameValue | undefined) =>
    typeof value === "string" ? parseExpression(value, (name) => places.resolve(name).address) : undefined;
  const reward = parse(options.reward);
  const end = parse(options.end);
  const info = Object.entries(options.info ?? {}).map(([name, value]) => ({
    name,
    // A placeholder for the value of a function.
    value: parse(value) ?? parseExpression("0", () => 0),
  }));
  const starts: Uint8Array[] = [];
  for (const start of options.starts ?? ["power" as const])
    starts.push(await startState(start, cartridge, nesOptions));
  const { frameSkip, sticky, noops, maxSteps } = numbers;
  const rules: EpisodeRules = {
    actions,
    frameSkip,
    sticky,
    noops,
    maxSteps,
    starts,
    info,
    ...(reward === undefined ? {} : { reward }),
    ...(end === undefined ? {} : { end }),
  };
  const { image } = cartridge.rom;
  const maxLastTwo = options.maxLastTwo === true;
  const plan = {
    image,
    palette: cartridge.palette,
    nes: nesOptions,
    layout,
    rules,
    maxLastTwo,
    stateBytes: nes.stateBytes,
    pictureBytes: 3 * nes.geometry.width * nes.geometry.height,
  };
  return { plan, cartridge, nes, functions: functionsOf(options) };
}

/** The values of a machine after each frame: of its rules, or of the functions that replace them. */
export function frameValues(
  plan: EnvPlan,
  nes: Nes,
  functions?: EnvFunctions,
  places?: PlaceMap,
): FrameValues {
  const values = expressionValues(plan.rules, nes);
  if (functions === undefined) return values;
  const { bytes, workRam } = nes.memory;
  const view: GameView = {
    ram: bytes.subarray(workRam.offset, workRam.offset + 0x800),
    get frame() {
      return nes.frame;
    },
    peek: (place) => nes.peek("cpu", typeof place === "number" ? place : places!.resolve(place).address),
  };
  const on = (call: GameFunction | undefined, name: string) =>
    call === undefined ? undefined : functionValue(call, name, view);
  return {
    reward: on(functions.reward, "reward") ?? values.reward,
    end: on(functions.end, "end") ?? values.end,
    info: plan.rules.info.map(({ name }, i) => on(functions.info[name], `info.${name}`) ?? values.info[i]!),
  };
}

function functionValue(call: GameFunction, name: string, view: GameView): FrameValue {
  return {
    commit() {
      const value = Number(call(view));
      if (!Number.isNaN(value)) return value;
      throw new InputError("usage", `${name} returned ${String(value)}, not a number`);
    },
    restart() {},
    memory: new Float64Array(0),
  };
}

function functionsOf(options: EnvOptions): EnvFunctions | undefined {
  const one = (value: GameValue | undefined, name: string): GameFunction | undefined => {
    if (value === undefined || typeof value === "string") return undefined;
    if (typeof value === "function") return value;
    throw new InputError("usage", `${name} must be an expression or a function`);
  };
  const info = Object.entries(options.info ?? {}).flatMap(([name, value]) => {
    const call = one(value, `info.${name}`);
    return call === undefined ? [] : [[name, call] as const];
  });
  const functions = {
    reward: one(options.reward, "reward"),
    end: one(options.end, "end"),
    info: Object.fromEntries(info),
  };
  const isUsed = functions.reward !== undefined || functions.end !== undefined || info.length > 0;
  return isUsed ? functions : undefined;
}

function machineOptions(options: EnvOptions, players: number): NesOptions {
  const given = HARDWARE_OPTIONS.filter((name) => options[name] !== undefined);
  const picked = Object.fromEntries(given.map((name) => [name, options[name]])) as NesOptions;
  return players > 2 ? { ...picked, devices: { fourScore: true } } : picked;
}

/** The state at a start. */
async function startState(
  start: StartOptions,
  cartridge: Cartridge,
  options: NesOptions,
): Promise<Uint8Array> {
  const nes = createHeadless(cartridge.rom.image, options);
  const isObject = typeof start === "object" && start !== null;
  if (start !== "power" && !isObject)
    throw new InputError("usage", "unknown start", "", '"power", { state }, or { movie, frames }');
  if (isObject && "state" in start) {
    const { state } = start;
    const bytes = typeof state === "string" ? await readFileCapped(state, MAX_STATE_BYTES) : state;
    if (!(bytes instanceof Uint8Array)) throw new InputError("usage", "a state must be bytes or a file");
    nes.load(bytes);
  } else if (isObject) await playStart(start, nes);
  const state = new Uint8Array(nes.stateBytes);
  nes.save(state);
  return state;
}

async function playStart(
  start: { readonly movie?: string | Movie; readonly frames?: number },
  nes: Nes,
): Promise<void> {
  const movie = typeof start.movie === "string" ? await loadMovie(start.movie) : start.movie;
  if (movie === undefined) {
    const frames = whole("frames", start.frames ?? 0, 0, MAX_START_FRAMES);
    for (let frame = 0; frame < frames; frame++) nes.runFrame(undefined, false);
    return;
  }
  const frames = whole("frames", start.frames ?? movie.frames, 0, MAX_START_FRAMES);
  const player = new MoviePlayer(nes, movie);
  const pixels = new Uint16Array(nes.geometry.width * nes.geometry.height);
  for (let frame = 0; frame < frames; frame++) {
    player.beforeFrame();
    nes.runFrame(pixels, false);
    player.afterFrame(pixels);
    player.check();
  }
}
