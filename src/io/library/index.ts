/**
 * The package's library: a game on a machine of its own, for unit tests and tools.
 *
 * ```ts
 * import { load } from "emuterm";
 * const nes = await load("game.nes");
 * nes.frames(60);
 * nes.tap("start");
 * nes.until(() => nes.peek("game_mode") === 1, { maxFrames: 120 });
 * ```
 */
import * as movieFile from "../movies/movie-file.ts";
import { throwsAtCaller } from "./throw-at-caller.ts";

export { InputError, type InputErrorKind } from "../../emu/input-error.ts";
export type { Interest } from "../../emu/nes/cpu/fast/interests.ts";
export { type GyroReport, type RobotReport, robotReport } from "../../emu/nes/input/robot-text.ts";
export type { NesOptions } from "../../emu/nes/nes.ts";
export type { RamFill } from "../../emu/nes/ram-fill.ts";
export type { RegionName } from "../../emu/nes/region.ts";
export type { PictureArea, PixelFormat, PixelLayoutOptions } from "../capture/pixel-layout.ts";
export type { Movie, MovieFormat, MovieHash, MovieReset } from "../movies/movie.ts";
export type { GameSymbol, SourceLine, Symbols } from "../symbols/symbols.ts";
export { type Audio, loudness } from "./audio.ts";
export type { CallOptions, CallResult } from "./call.ts";
export { Coverage } from "./coverage/coverage.ts";
export type { CoverageFiles } from "./coverage/files.ts";
export type { CoverageReport, CoverageTotal, CoveredFile } from "./coverage/report.ts";
export { CrashGuard, type GuardOptions } from "./crash-guard.ts";
export { GameError } from "./errors.ts";
export { FuzzFailure, type FuzzReport, fuzz } from "./fuzz/fuzz.ts";
export type { FuzzOptions } from "./fuzz/options.ts";
export { Game } from "./game.ts";
export { type Cartridge, type GameOptions, load, loadCartridge, powerOn } from "./load.ts";
export type { AccessCallback, ExecuteCallback, InstructionSpy, MemoryAccess } from "./observer.ts";
export { BUTTON_NAMES, type Button } from "./pads.ts";
export type { PictureTolerance, Rectangle } from "./picture-diff.ts";
export type { Place, PlaceMap } from "./place-map.ts";
export type { GameRecording } from "./recording.ts";
export type { Budget, RoutineTimes } from "./routine-times.ts";
export type { RoutineRun } from "./routines.ts";
export {
  ASCII_TILES,
  type Screen,
  type Sprite,
  screenPalette,
  type TextOptions,
  type TileMap,
} from "./screen.ts";
export type { PictureOptions } from "./snapshot.ts";
export { Trace } from "./trace.ts";
export { type TracedOptions, traced } from "./traced.ts";
export type { Stop, UntilOptions, WatchOptions } from "./waiting.ts";

/** Reads a movie or an input script (.json, .fm2, .bk2). Throws `InputError` if it is not one. */
export const loadMovie = throwsAtCaller(movieFile.loadMovie);
/** Writes a movie in the format of the file extension. Throws `InputError` if it cannot be written. */
export const saveMovie = throwsAtCaller(movieFile.saveMovie);
