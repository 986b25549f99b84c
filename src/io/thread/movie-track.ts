import type { Machine } from "../../emu/machine.ts";
import { DEVICE_DATA_BYTES } from "../../emu/nes/input/devices.ts";
import { DeviceScript } from "../movies/device-script.ts";
import { InputScript } from "../movies/input-script.ts";
import { EventPlayer, type MovieEvent } from "../movies/movie-events.ts";
import { MARK_COIN, MARK_RESET, MARK_SERVICE, RecordingBlock } from "../shared/recording-block.ts";

/** What main tells the machine thread to play and to record; structured-cloneable. */
export interface TrackDescription {
  /** Entries of an `InputScript`: buttons that are held in addition to the player's. */
  readonly played?: { readonly frames: Float64Array; readonly masks: Uint32Array } | undefined;
  /** Entries of a `DeviceScript`: what devices do before frame `deviceFrames`, instead of the player. */
  readonly devices?: { readonly frames: Float64Array; readonly data: Uint8Array } | undefined;
  readonly deviceFrames?: number;
  /** Coins, disk changes and the like, in frame order. */
  readonly events?: readonly MovieEvent[] | undefined;
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
  readonly #devices: DeviceScript | undefined;
  readonly #deviceFrames: number;
  readonly #events: readonly MovieEvent[];
  readonly #eventPlayer: EventPlayer;
  /** `MARK_` bits of what happened before the next frame. */
  #marks = 0;

  constructor(machine: Machine, description: TrackDescription) {
    const { played, recording, devices, deviceFrames = 0, events = [] } = description;
    this.#machine = machine;
    this.#played = played === undefined ? undefined : new InputScript(played.frames, played.masks);
    this.#devices = devices === undefined ? undefined : new DeviceScript(devices.frames, devices.data);
    this.#deviceFrames = deviceFrames;
    this.#events = events;
    this.#eventPlayer = new EventPlayer(machine);
    this.#recording = recording === undefined ? undefined : new RecordingBlock(recording);
  }

  /** Does what the movie does before the frame that is about to run, other than holding buttons. */
  beforeFrame(): void {
    const { frame } = this.#machine;
    for (let index = 0; index < this.#events.length; index++) {
      const event = this.#events[index]!;
      if (event.frame !== frame) continue;
      this.#eventPlayer.apply(event);
      if (event.kind === "coin") this.coin(event.slot - 1);
      else if (event.kind === "service") this.service();
    }
  }

  /** Fills in what the movie's devices do in this frame. Returns false if the player uses them. */
  fillDevices(data: Uint8Array): boolean {
    if (this.#devices === undefined || this.#machine.frame >= this.#deviceFrames) return false;
    this.#devices.fill(this.#machine.frame, data);
    return true;
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

  /** Call when the service button has been pressed before the next frame. */
  service(): void {
    this.#marks |= MARK_SERVICE;
  }

  /** Call after each frame. */
  record(): void {
    const recording = this.#recording;
    const { frame, latchedButtons, latchedDevices, coins } = this.#machine;
    if (recording === undefined || frame > recording.masks.length) return;
    recording.masks[frame - 1] = latchedButtons >>> 0;
    recording.marks[frame - 1] = this.#marks;
    if (coins !== undefined) recording.dips[frame - 1] = coins.dips;
    if (latchedDevices !== undefined) recording.devices.set(latchedDevices, DEVICE_DATA_BYTES * (frame - 1));
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
