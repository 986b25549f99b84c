import { DEVICE_DATA_BYTES } from "../../emu/nes/input/devices.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import type { Movie } from "../movies/movie.ts";
import { MoviePlayer } from "../movies/movie-player.ts";
import { LazyPicture } from "../shared/lazy-picture.ts";
import type { Audio } from "./audio.ts";
import { Observer } from "./observer.ts";
import { Pads } from "./pads.ts";
import type { GameRecording } from "./recording.ts";

/**
 * Runs a game by frames and instructions, with the input of the caller or of a movie. A frame that was begun
 * by instructions is drawn to its end.
 */
export class GameClock {
  readonly pads = new Pads();
  /** What the devices besides the controllers report. */
  readonly devices = new Uint8Array(DEVICE_DATA_BYTES);
  readonly picture: LazyPicture;
  readonly observer: Observer;
  readonly audio: Audio;
  /** Called before each frame. */
  beforeFrame: (() => void) | undefined;
  /** Called after each frame, and where an observer stops it before its end. May throw to end the run. */
  afterRun: () => void = () => undefined;
  /** Receives what is pressed. */
  recording: GameRecording | undefined;
  /** True if every picture is used. */
  isWatched: () => boolean = () => false;
  /** Frames in which the program did not read the controllers. */
  lagFrames = 0;
  readonly #machine: Nes;
  readonly #pixels: Uint16Array;
  #player: MoviePlayer | undefined;
  #isMidFrame = false;
  #hasReadPads = false;

  constructor(machine: Nes, audio: Audio) {
    this.#machine = machine;
    this.audio = audio;
    this.#pixels = new Uint16Array(machine.geometry.width * machine.geometry.height);
    this.picture = new LazyPicture(machine, this.#pixels, {
      latchButtons: () => {
        this.#hasReadPads = true;
        return this.pads.mask;
      },
      latchDevices: (data) => data.set(this.devices),
    });
    this.observer = new Observer(machine);
  }

  /** True if a frame has begun and not ended. */
  get isMidFrame(): boolean {
    return this.#isMidFrame;
  }

  /** Runs a frame, or the rest of the one that has begun. */
  runFrame(): void {
    const isSeen = this.#isSeen;
    this.#beginFrame();
    if (this.observer.idle) this.picture.runFrame(isSeen);
    else this.#runObservedFrame(isSeen);
    this.#endFrame();
    this.afterRun();
  }

  /** Runs an instruction and the interrupt after it. Returns true if it ended the frame. */
  advance(): boolean {
    this.#beginFrame();
    this.picture.look();
    const ended = this.observer.step(this.#pixels);
    if (ended) this.#endFrame();
    return ended;
  }

  /** Call it when the machine is at the start of a frame: after a reset, or after loading a state. */
  startFrame(): void {
    this.#isMidFrame = false;
  }

  /** Takes the input from a movie until it ends. Call it at power-on. */
  play(movie: Movie): void {
    const player = new MoviePlayer(this.#machine, movie);
    this.#player = player;
    this.#machine.setInput({
      latchButtons: () => {
        this.#hasReadPads = true;
        return player.ended ? this.pads.mask : player.latchButtons();
      },
      latchDevices: (data) => {
        if (player.ended) data.set(this.devices);
        else player.latchDevices(data);
      },
    });
  }

  #runObservedFrame(isSeen: boolean): void {
    if (isSeen) this.picture.look(); // the frame may have begun without being drawn
    const pixels = this.picture.begin(isSeen);
    while (!this.observer.runFrame(pixels, this.audio.isHeard)) this.afterRun();
  }

  /** True if the next frame must be drawn: movies check pictures. */
  get #isSeen(): boolean {
    const isChecked = this.#player !== undefined || this.recording !== undefined;
    return isChecked || this.isWatched() || this.#isMidFrame;
  }

  #beginFrame(): void {
    if (this.#isMidFrame) return;
    this.#isMidFrame = true;
    this.beforeFrame?.();
    this.#player?.beforeFrame(this.recording);
  }

  #endFrame(): void {
    this.#isMidFrame = false;
    if (!this.#hasReadPads) this.lagFrames++;
    this.#hasReadPads = false;
    this.audio.keepFrame();
    this.recording?.afterFrame(this.#pixels);
    this.#player?.afterFrame(this.#pixels);
    this.#player?.check();
  }
}
