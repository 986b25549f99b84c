import type { FramePixels, Machine, ResetKind } from "../../emu/machine.ts";
import { dipDigits } from "../shared/dip-texts.ts";
import { DeviceLog } from "./device-script.ts";
import { hashMachine } from "./machine-hash.ts";
import { InputLog, type Movie, type MovieHash, type MovieReset } from "./movie.ts";
import type { MovieEvent } from "./movie-events.ts";

/** Default number of frames between two hashes: one second. */
const HASH_EVERY_FRAMES = 60;

/** Records the input of a machine from power-on, with hashes of its picture and RAM. */
export class MovieRecorder {
  readonly #machine: Machine;
  readonly #hashEvery: number;
  readonly #log = new InputLog();
  readonly #hashes: MovieHash[] = [];
  readonly #resets: MovieReset[] = [];
  readonly #events: MovieEvent[] = [];
  readonly #devices = new DeviceLog();
  /** Battery RAM at power-on. It goes into the movie unless it is all zeros. */
  readonly #battery: Uint8Array;

  /** The machine must have just been powered on. With `hashEvery` 0 the movie has no hashes. */
  constructor(machine: Machine, hashEvery = HASH_EVERY_FRAMES) {
    this.#machine = machine;
    this.#hashEvery = hashEvery;
    this.#battery = machine.batteryRam.slice();
    const { coins } = machine;
    if (coins !== undefined && coins.dips !== coins.defaultDips)
      this.#events.push({ frame: 0, kind: "dip", setting: dipDigits(coins.dips, coins) });
  }

  /** Records what has been done to the console before the next frame. */
  event(event: MovieEvent): void {
    this.#events.push({ ...event, frame: this.#log.length });
  }

  /** Records a press of reset or power before the next frame. */
  reset(kind: ResetKind): void {
    this.#resets.push({ frame: this.#log.length, kind });
  }

  /** Records a frame. Call it after each frame, with its picture. */
  afterFrame(pixels: FramePixels): void {
    const frame = this.#log.length;
    this.#log.add(this.#machine.latchedButtons >>> 0);
    const data = this.#machine.latchedDevices;
    if (data !== undefined) this.#devices.add(data);
    if (this.#hashEvery > 0 && (frame + 1) % this.#hashEvery === 0) {
      this.#hashes.push(hashMachine(this.#machine, frame, pixels));
    }
  }

  /** The movie so far. */
  movie(
    about: Pick<Movie, "rom"> & Partial<Pick<Movie, "region" | "fourScore" | "devices" | "ramFill">>,
  ): Movie {
    const deviceData = this.#devices.toScript();
    const hasBattery = this.#battery.some((byte) => byte !== 0);
    return {
      format: "json",
      frames: this.#log.length,
      input: this.#log.toScript(),
      resets: [...this.#resets],
      hashes: [...this.#hashes],
      fourScore: about.fourScore ?? false,
      ...(this.#events.length === 0 ? {} : { events: [...this.#events] }),
      ...(deviceData === undefined ? {} : { deviceData }),
      ...(hasBattery ? { battery: this.#battery } : {}),
      ...(this.#machine.disk === undefined ? {} : { diskSides: this.#machine.disk.sideCount }),
      ...about,
    };
  }
}
