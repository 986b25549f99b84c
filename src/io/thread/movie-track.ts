import type { Machine } from "../../emu/machine.ts";
import { InputScript } from "../movies/input-script.ts";
import { MARK_COIN, MARK_RESET, RecordingBlock } from "../shared/recording-block.ts";

/** What main tells the machine thread to play and to record; structured-cloneable. */
export interface TrackDescription {
  /** Entries of an `InputScript`: buttons that are held in addition to the player's. */
  readonly played?: { readonly frames: Float64Array; readonly masks: Uint32Array } | undefined;
  /** The buffer of a `RecordingBlock`. */
  readonly recording?: SharedArrayBuffer | undefined;
}

/**
 * The movie that a machine thread plays, and the one that it records. Frames count from power-on. Rewinding,
 * or loading a state of the same session, truncates the recording to that frame; a power cycle restarts it.
 * It allocates nothing while it runs.
 */
export class MovieTrack {
  readonly #machine: Machine;
  readonly #played: InputScript | undefined;
  readonly #recording: RecordingBlock | undefined;
  /** `MARK_` bits of what happened before the next frame. */
  #marks = 0;

  constructor(machine: Machine, { played, recording }: TrackDescription) {
    this.#machine = machine;
    this.#played = played === undefined ? undefined : new InputScript(played.frames, played.masks);
    this.#recording = recording === undefined ? undefined : new RecordingBlock(recording);
  }

  /** Buttons that the movie holds in the frame that is about to run. */
  get buttons(): number {
    return this.#played === undefined ? 0 : this.#played.maskAt(this.#machine.frame);
  }

  /** Call when the reset button has been pressed before the next frame. */
  reset(): void {
    this.#marks |= MARK_RESET;
  }

  /** Call when a coin has been inserted before the next frame. */
  coin(slot: number): void {
    this.#marks |= MARK_COIN << slot;
  }

  /** Call after each frame. */
  record(): void {
    const recording = this.#recording;
    const { frame, latchedButtons } = this.#machine;
    if (recording === undefined || frame > recording.masks.length) return;
    recording.masks[frame - 1] = latchedButtons >>> 0;
    recording.marks[frame - 1] = this.#marks;
    recording.frames = frame;
    this.#marks = 0;
  }

  /** Call at the thread's end. */
  finish(): void {
    const recording = this.#recording;
    if (recording === undefined) return;
    // Frames that were taken back last have not been played.
    recording.frames = Math.min(recording.frames, this.#machine.frame);
    const { ram } = recording;
    for (let address = 0; address < ram.length; address++) ram[address] = this.#machine.peek("cpu", address);
  }
}
