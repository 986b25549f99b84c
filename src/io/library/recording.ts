import type { ResetKind } from "../../emu/machine.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { aboutMachine, type Movie } from "../movies/movie.ts";
import type { MovieEvent } from "../movies/movie-events.ts";
import { movieRom, saveMovie } from "../movies/movie-file.ts";
import { MovieRecorder } from "../movies/movie-recorder.ts";
import { methodsThrowAtCaller } from "./throw-at-caller.ts";

/** The input since power-on, as a movie with hashes. */
export class GameRecording {
  readonly #recorder: MovieRecorder;
  readonly #nes: Nes;
  readonly #rom: LoadedRom;

  constructor(nes: Nes, rom: LoadedRom) {
    this.#recorder = new MovieRecorder(nes);
    this.#nes = nes;
    this.#rom = rom;
  }

  /** Called by the game at a reset or power cycle. */
  reset(kind: ResetKind): void {
    this.#recorder.reset(kind);
  }

  /** Called by the game when a disk is changed or a coin inserted. */
  event(event: MovieEvent): void {
    this.#recorder.event(event);
  }

  /** Called by the game after each frame. */
  afterFrame(pixels: Uint16Array): void {
    this.#recorder.afterFrame(pixels);
  }

  /** The movie so far. */
  movie(): Movie {
    return this.#recorder.movie({
      rom: movieRom(this.#rom),
      ...aboutMachine(this.#nes),
    });
  }

  /** Writes the movie so far, in the format of the file extension: .json, .fm2 or .bk2. */
  async save(path: string): Promise<void> {
    await saveMovie(path, this.movie());
  }
}

methodsThrowAtCaller(GameRecording);
