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

/** A press of reset or power at the start of a frame. */
export interface MovieReset {
  readonly frame: number;
  readonly kind: "reset" | "power";
}

/** Hashes of the machine at the end of a frame: 8 lower-case hex digits each. */
export interface MovieHash {
  readonly frame: number;
  /** CRC-32 of the picture, as `emu dump --format hash` prints it. */
  readonly picture: string;
  /** CRC-32 of the 2 KiB of work RAM; other emulators agree on it when they play in sync. */
  readonly ram?: string;
}

/** What a movie says about the ROM that it was made with. */
export interface MovieRom {
  readonly name?: string;
  /** Lower-case hex, of PRG ROM followed by CHR ROM. */
  readonly sha1?: string;
  /** SHA-1 of the whole file with its header, by which BizHawk identifies a ROM. */
  readonly fileSha1?: string;
  readonly md5?: string;
}

/** Input from power-on, frame by frame. All movie formats are read into this and written from it. */
export interface Movie {
  readonly format: MovieFormat;
  /** Length in frames; after it nothing is pressed. Infinite for a bare input script. */
  readonly frames: number;
  readonly input: InputScript;
  readonly resets: readonly MovieReset[];
  /** True if four controllers are connected through the Four Score. */
  readonly fourScore: boolean;
  readonly region?: RegionName;
  readonly rom: MovieRom;
  /** In frame order; empty if the movie has no hashes. */
  readonly hashes: readonly MovieHash[];
  /** Disk changes and coins, in frame order. */
  readonly events?: readonly MovieEvent[];
  /** Number of disk sides. FCEUX selects the next side, and the first one after the last. */
  readonly diskSides?: number;
  /** The connected devices, unless they are two controllers or the Four Score. */
  readonly devices?: DeviceSetup;
  /** Input of those devices. */
  readonly deviceData?: DeviceScript;
  /** RAM contents at power-on. */
  readonly ramFill?: RamFill;
  /** Battery RAM at power-on; zeros if absent. */
  readonly battery?: Uint8Array;
  /** What was ignored or may play differently, as sentences with the line and without a full stop. */
  readonly warnings?: readonly string[];
}

/** Machine options that a movie specifies. Everything that plays movies uses this. */
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

/** The machine options to store in a movie that is recorded on `nes`. */
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

/** The devices of a movie, the Four Score included; undefined for two controllers. */
export function devicesOfMovie({ devices, fourScore }: Movie): DeviceSetup | undefined {
  if (!fourScore) return devices;
  return { ...devices, fourScore: true };
}

/** The longest movie that is read: 46 hours. In every format such a movie is shorter than MAX_MOVIE_BYTES. */
export const MAX_MOVIE_FRAMES = 10_000_000;
export const MAX_MOVIE_BYTES = 64 * MIB;

/** Collects one mask per frame and stores only the changes. */
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

  /** Adds the buttons of the next frame: one byte per port, port 1 lowest. */
  add(mask: number): void {
    if (mask !== this.#last) {
      if (this.#entries === this.#frames.length) this.#grow();
      this.#frames[this.#entries] = this.#length;
      this.#masks[this.#entries++] = mask;
      this.#last = mask;
    }
    this.#length++;
  }

  /** Returns the masks as a script that releases every button at the end. More masks can be added later. */
  toScript(): InputScript {
    const isReleased = this.#last === 0;
    const entries = this.#entries + (isReleased ? 0 : 1);
    const frames = new Float64Array(entries);
    const masks = new Uint32Array(entries);
    frames.set(this.#frames.subarray(0, this.#entries));
    masks.set(this.#masks.subarray(0, this.#entries));
    if (!isReleased) frames[entries - 1] = this.#length;
    return new InputScript(frames, masks);
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

/** RAM contents at power-on; zeros if the movie does not say. */
export function ramFillOf({ ramFill }: Movie): RamFill {
  return ramFill ?? "zero";
}
