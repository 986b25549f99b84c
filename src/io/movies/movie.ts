import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import type { Nes, NesOptions } from "../../emu/nes/nes.ts";
import type { RamFill } from "../../emu/nes/ram-fill.ts";
import type { RegionName } from "../../emu/nes/region.ts";
import { MIB } from "../../emu/units.ts";
import type { DeviceScript } from "./device-script.ts";
import { InputScript } from "./input-script.ts";
import type { MovieEvent } from "./movie-events.ts";

export const MOVIE_FORMATS = ["json", "fm2", "bk2"] as const;
export type MovieFormat = (typeof MOVIE_FORMATS)[number];

/** The console's buttons, pushed at the start of a frame. */
export interface MovieReset {
  readonly frame: number;
  readonly kind: "reset" | "power";
}

/** What the machine was like at the end of a frame: 8 lower-case hex digits each. */
export interface MovieHash {
  readonly frame: number;
  /** CRC-32 of the picture, as `emu dump --format hash` prints it. */
  readonly picture: string;
  /** CRC-32 of the 2 KiB of work RAM; other emulators agree on it when they play in sync. */
  readonly ram?: string;
}

/** What a movie says of the ROM that it was made with. */
export interface MovieRom {
  readonly name?: string;
  /** Lower-case hex, of PRG ROM followed by CHR ROM. */
  readonly sha1?: string;
  /** Of the whole file with its header: what BizHawk knows a ROM by. */
  readonly fileSha1?: string;
  readonly md5?: string;
}

/** Input from power-on, frame by frame, in any of the formats that are read and written. */
export interface Movie {
  readonly format: MovieFormat;
  /** Frames that it lasts; after them nothing is pressed. Infinite for a bare input script. */
  readonly frames: number;
  readonly input: InputScript;
  readonly resets: readonly MovieReset[];
  /** Whether four controllers are played through the adapter. */
  readonly fourScore: boolean;
  readonly region?: RegionName;
  readonly rom: MovieRom;
  /** In the order of frames; empty when the movie was made without. */
  readonly hashes: readonly MovieHash[];
  /** Disks that are changed, and coins, in the order of frames. */
  readonly events?: readonly MovieEvent[];
  /** How many sides the disk has: FCEUX selects the next one, behind the last the first. */
  readonly diskSides?: number;
  /** What is plugged in, where that is not two controllers or the Four Score. */
  readonly devices?: DeviceSetup;
  /** What those devices see. */
  readonly deviceData?: DeviceScript;
  /** What RAM held at power-on. */
  readonly ramFill?: RamFill;
  /** The battery's memory that it starts with, instead of zeros. */
  readonly battery?: Uint8Array;
  /** What was left out or may play differently: sentences without a full stop, with the line. */
  readonly warnings?: readonly string[];
}

/** The machine that a movie was made with, as far as it says: for any way to play it. */
export function machineOfMovie(movie: Movie | undefined): NesOptions {
  if (movie === undefined) return {};
  const { region, ramFill } = movie;
  const devices = devicesOfMovie(movie);
  return {
    ...(region === undefined ? {} : { region }),
    ...(ramFill === undefined ? {} : { ramFill }),
    ...(devices === undefined ? {} : { devices }),
  };
}

/** What a movie that is recorded on `nes` says of the machine. */
export function aboutMachine({
  region,
  devices,
  ramFill,
}: Nes): Pick<Movie, "region" | "fourScore" | "ramFill" | "devices"> {
  const { fourScore = false, ...others } = devices;
  return {
    region: region.name,
    fourScore,
    ramFill,
    ...(Object.keys(others).length === 0 ? {} : { devices: others }),
  };
}

/** What a movie has plugged in, the Four Score included; undefined when that is two controllers. */
export function devicesOfMovie({ devices, fourScore }: Movie): DeviceSetup | undefined {
  if (!fourScore) return devices;
  return { ...devices, fourScore: true };
}

/** The longest movie that is read: 46 hours. Each format's own overhead stays below MAX_MOVIE_BYTES. */
export const MAX_MOVIE_FRAMES = 10_000_000;
export const MAX_MOVIE_BYTES = 64 * MIB;

/** Collects one mask a frame and keeps only the changes. */
export class InputLog {
  #frames = new Float64Array(64);
  #masks = new Uint32Array(64);
  #entries = 0;
  #length = 0;
  #last = 0;

  /** Frames added so far. */
  get length(): number {
    return this.#length;
  }

  /** The buttons of the next frame: a byte a port, port 1 lowest. */
  add(mask: number): void {
    if (mask !== this.#last) {
      if (this.#entries === this.#frames.length) this.#grow();
      this.#frames[this.#entries] = this.#length;
      this.#masks[this.#entries++] = mask;
      this.#last = mask;
    }
    this.#length++;
  }

  /** What has been added, with every button let go at the end. */
  toScript(): InputScript {
    if (this.#last !== 0) {
      const length = this.#length;
      this.add(0);
      this.#length = length;
    }
    return new InputScript(this.#frames.slice(0, this.#entries), this.#masks.slice(0, this.#entries));
  }

  #grow(): void {
    const frames = new Float64Array(this.#frames.length * 2);
    frames.set(this.#frames);
    const masks = new Uint32Array(frames.length);
    masks.set(this.#masks);
    this.#frames = frames;
    this.#masks = masks;
  }
}

/** What RAM held at power-on: zeros where a movie says nothing. */
export function ramFillOf({ ramFill }: Movie): RamFill {
  return ramFill ?? "zero";
}
