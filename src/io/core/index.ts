/**
 * `emuterm/core`: the NES alone, for web pages, workers, Node, Deno and Bun. It is compiled to one JavaScript
 * module without dependencies, so nothing here may use Bun, Node or a browser's own functions.
 */
import { Arena } from "../../emu/arena.ts";
import { InputError } from "../../emu/input-error.ts";
import type { CoinSlots, DiskDrive, MachineGeometry, MemorySpace, ResetKind } from "../../emu/machine.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { readRomImage, romFormat } from "../../emu/nes/cartridge/rom-image.ts";
import { parseCheat } from "../../emu/nes/cheat-codes.ts";
import { PORT1_DATA, PORT2_DATA } from "../../emu/nes/input/devices.ts";
import { Nes, type NesOptions } from "../../emu/nes/nes.ts";
import {
  DEFAULT_DECODER,
  type DecoderSettings,
  decodePalette,
  type Palette,
  paletteFor,
} from "../render/colors/palette.ts";
import { paint } from "./paint.ts";
import { portableSha1 } from "./sha1.ts";

export {
  type CoinSlots,
  type DecoderSettings,
  type DiskDrive,
  decodePalette,
  InputError,
  type MachineGeometry,
  type NesOptions,
  type Palette,
};

/** The buttons of a controller, bit 0 first, as in `setButtons`. */
export const BUTTONS = ["a", "b", "select", "start", "up", "down", "left", "right"] as const;
export type ButtonName = (typeof BUTTONS)[number];

/** Number of controllers for `setButtons`; 2 and 3 need `devices: { fourScore: true }`. */
const PORTS = 4;
/** A light gun reports its pixel and these bits. */
const ZAPPER_BYTES = 3;
const ZAPPER_TRIGGER = 1;
const ZAPPER_ON_SCREEN = 2;
const RESET_KINDS: readonly ResetKind[] = ["reset", "power"];
const MEMORY_SPACES: readonly MemorySpace[] = ["cpu", "ppu", "oam"];

/**
 * Default expansion devices that the compiled module does not have: R.O.B. and those with memory of their
 * own. Games that ask for them in the header get controllers.
 */
const LEFT_OUT_DEVICES: readonly number[] = [31, 32, 33, 34, 35, 46];

export interface LoadOptions extends NesOptions {
  /** The disk system's BIOS, for .fds and .qd files. */
  readonly fdsBios?: Uint8Array;
}

/**
 * Powers on a console with a game: an iNES, NES 2.0, UNIF, FDS or QD file, not compressed. Throws
 * `InputError` ("data") for anything but such a file, and for unsupported mappers.
 */
export function load(rom: Uint8Array, options: LoadOptions = {}): EmbeddedNes {
  checkBytes(rom, "the ROM");
  if (options.fdsBios !== undefined) checkBytes(options.fdsBios, "fdsBios");
  return new EmbeddedNes(readImage(rom, options.fdsBios), options);
}

function readImage(bytes: Uint8Array, fdsBios: Uint8Array | undefined): CartridgeImage {
  const format = romFormat(bytes);
  if (format === undefined) {
    throw new InputError("data", "not a ROM: the file has no known signature", "byte 0");
  }
  if (format === "fds" && fdsBios === undefined) {
    throw new InputError("data", "a disk needs the disk system's BIOS", "", "give it as fdsBios");
  }
  const { image } = readRomImage(bytes, format, portableSha1, fdsBios);
  return LEFT_OUT_DEVICES.includes(image.expansionDevice) ? { ...image, expansionDevice: 0 } : image;
}

/** A console with a game in it. It has no clock: the page or program calls `runFrame`. */
export class EmbeddedNes {
  /** Sizes and rates: `frameRateHz` frames per second, `sampleRateHz` samples per second. */
  readonly geometry: MachineGeometry;
  /** The last frame: 256 × 240 palette indices with emphasis bits (VS. DualSystem: 512 × 240). */
  readonly pixels: Uint16Array;
  /** A live view of battery-backed memory; empty if the cartridge has none. Set it before the first frame. */
  readonly batteryRam: Uint8Array;
  /** The memory of `pixels`, two pixels a word. */
  readonly #pairs: Int32Array;
  readonly #nes: Nes;
  #buttons = 0;
  /** Bytes of the devices in ports 1 and 2. */
  readonly #devices = new Uint8Array(PORT2_DATA + ZAPPER_BYTES);
  /**
   * RGBA of each palette entry, in this computer's byte order. The words are signed, because engines compute
   * unsigned ones of 32 bits as doubles.
   */
  #colors: Int32Array;

  constructor(image: CartridgeImage, options: NesOptions = {}) {
    // Pages only have SharedArrayBuffer if they are cross-origin isolated.
    const arena = new Arena(new ArrayBuffer(Nes.arenaBytes(image, options)));
    this.#nes = new Nes(arena, image, options);
    arena.seal();
    this.geometry = this.#nes.geometry;
    const { width, height } = this.geometry;
    this.pixels = new Uint16Array(width * height);
    this.#pairs = new Int32Array(this.pixels.buffer);
    this.batteryRam = this.#nes.batteryRam;
    this.#colors = rgbaColors(paletteFor(this.geometry));
    this.#nes.setInput({
      latchButtons: () => this.#buttons,
      latchDevices: (data) => data.set(this.#devices),
    });
  }

  /** Frames since power-on. */
  get frame(): number {
    return this.#nes.frame;
  }

  /** The disk drive, if the game is a disk: `insert(1)` turns it over. */
  get disk(): DiskDrive | undefined {
    return this.#nes.disk;
  }

  /** The coin slots and DIP switches, if the game is for the VS. System. */
  get coins(): CoinSlots | undefined {
    return this.#nes.coins;
  }

  /**
   * Holds exactly these buttons on a controller (0 to 3): bit 0 A, 1 B, 2 Select, 3 Start, 4–7 up, down,
   * left, right.
   */
  setButtons(port: number, mask: number): void {
    const shift = 8 * portNumber(port);
    this.#buttons = (this.#buttons & ~(0xff << shift)) | ((mask & 0xff) << shift);
  }

  press(port: number, button: ButtonName): void {
    this.#buttons |= buttonBit(button) << (8 * portNumber(port));
  }

  release(port: number, button: ButtonName): void {
    this.#buttons &= ~(buttonBit(button) << (8 * portNumber(port)));
  }

  /**
   * Points the light gun in a port (0 or 1) at a pixel of the picture, or away from it with undefined, and
   * pulls or releases its trigger. The console needs `devices: { port2: "zapper" }`, or port1.
   */
  setZapper(
    port: 0 | 1,
    point: { readonly x: number; readonly y: number } | undefined,
    isPulled: boolean,
  ): void {
    if (port !== 0 && port !== 1) throw new InputError("usage", `there is no port ${port}`, "", "use 0 or 1");
    const device = port === 0 ? this.#nes.devices.port1 : this.#nes.devices.port2;
    if (device !== "zapper" && device !== "vs-zapper") {
      const remedy = `load with devices: { port${port + 1}: "zapper" }`;
      throw new InputError("usage", `port ${port} has no light gun`, "", remedy);
    }
    const { x, y } = point ?? { x: 0, y: 0 };
    const { width, height } = this.geometry;
    const isInside = point !== undefined && x >= 0 && x < width && y >= 0 && y < height;
    const bits = (isPulled ? ZAPPER_TRIGGER : 0) | (isInside ? ZAPPER_ON_SCREEN : 0);
    this.#devices.set(isInside ? [x, y, bits] : [0, 0, bits], port === 0 ? PORT1_DATA : PORT2_DATA);
  }

  /** Adds a cheat: a Game Genie code or ADDRESS:VALUE in hexadecimal. Throws `InputError` ("data"). */
  addCheat(code: string): void {
    if (typeof code !== "string") throw new InputError("data", "a cheat must be a string");
    const { address, value, compare = -1 } = parseCheat(code);
    this.#nes.addCheat(address, value, compare);
  }

  /** Removes all cheats. */
  clearCheats(): void {
    this.#nes.clearCheats();
  }

  /** Runs one frame. Its picture is in `pixels` and its sound in `samples` afterwards. */
  runFrame(): void {
    this.#nes.runFrame(this.pixels);
  }

  /**
   * The sound of the last frame: signed 16-bit mono at `geometry.sampleRateHz`. Valid until the next frame.
   */
  get samples(): Int16Array {
    return this.#nes.samples.subarray(0, this.#nes.sampleCount);
  }

  /**
   * The picture of the last frame as RGBA, for `ImageData`. If `into` (4 bytes per pixel) is given, the
   * picture is written to it and it is the result.
   */
  rgba(into: Uint8ClampedArray<ArrayBuffer> = new Uint8ClampedArray(4 * this.pixels.length)) {
    const { length } = this.pixels;
    if (!(into?.byteLength >= 4 * length)) {
      const what = `the pixels need an array of ${4 * length} bytes, not ${into?.byteLength}`;
      throw new InputError("usage", what, "", `use the data of an ImageData of ${this.geometry.width} × 240`);
    }
    paint(new Int32Array(into.buffer, into.byteOffset, length), this.#pairs, this.#colors);
    return into;
  }

  /** Sets the colours of `rgba`: 512 entries 0xRRGGBB, or the settings of a television's decoder. */
  setPalette(palette: Palette | Partial<DecoderSettings>): void {
    for (const [name, value] of Object.entries(palette instanceof Uint32Array ? {} : palette)) {
      if (!Object.hasOwn(DEFAULT_DECODER, name) || !Number.isFinite(value)) {
        const remedy = `a Uint32Array of 512 colours, or numbers for ${Object.keys(DEFAULT_DECODER).join(", ")}`;
        throw new InputError("usage", `a palette cannot have ${name}: ${String(value)}`, "", remedy);
      }
    }
    const colors =
      palette instanceof Uint32Array ? palette : decodePalette({ ...DEFAULT_DECODER, ...palette });
    if (colors.length !== 512) {
      throw new InputError("data", `a palette has 512 entries, not ${colors.length}`);
    }
    this.#colors = rgbaColors(colors);
  }

  /** Returns the state of the console, in the same bytes as `stateSave` of `emu serve`. */
  saveState(): Uint8Array<ArrayBuffer> {
    const state = new Uint8Array(this.#nes.stateBytes);
    this.#nes.save(state);
    return state;
  }

  /** Loads a state. Throws `InputError` ("data") and changes nothing if it is not a state of this game. */
  loadState(state: Uint8Array): void {
    checkBytes(state, "a state");
    this.#nes.load(state);
  }

  /** The console's reset button, or its power switch. Battery-backed memory stays. */
  reset(kind: ResetKind = "reset"): void {
    oneOf(RESET_KINDS, kind, "kind of reset");
    this.#nes.reset(kind);
  }

  /** Reads a byte without side effects. */
  peek(address: number, space: MemorySpace = "cpu"): number {
    oneOf(MEMORY_SPACES, space, "memory space");
    return this.#nes.peek(space, address);
  }

  /** Writes a byte to memory, past registers. */
  poke(address: number, value: number, space: MemorySpace = "cpu"): void {
    oneOf(MEMORY_SPACES, space, "memory space");
    this.#nes.poke(space, address, value);
  }
}

function portNumber(port: number): number {
  if (Number.isInteger(port) && port >= 0 && port < PORTS) return port;
  throw new InputError("usage", `there is no controller ${port}`, "", `use 0 to ${PORTS - 1}`);
}

function buttonBit(button: ButtonName): number {
  return 1 << oneOf(BUTTONS, button, "button");
}

/** Returns the index of `name`. Throws `InputError` ("usage") if it is not one of `names`. */
function oneOf(names: readonly string[], name: string, what: string): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new InputError("usage", `there is no ${what} ${String(name)}`, "", `use one of ${names.join(", ")}`);
}

/** Throws `InputError` ("data") unless `bytes` is a Uint8Array, also one of another frame of the page. */
function checkBytes(bytes: unknown, name: string): void {
  if (Object.prototype.toString.call(bytes) === "[object Uint8Array]") return;
  throw new InputError("data", `${name} must be a Uint8Array`, "", "new Uint8Array(arrayBuffer) makes one");
}

function rgbaColors(palette: Palette): Int32Array {
  const bytes = new Uint8Array(4 * palette.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < palette.length; i++) view.setUint32(4 * i, (palette[i]! << 8) | 0xff);
  return new Int32Array(bytes.buffer);
}
