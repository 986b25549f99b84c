import type { MemorySpace, ResetKind } from "../../emu/machine.ts";
import { DEVICE_DATA_BYTES } from "../../emu/nes/input/devices.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "../../emu/nes/ppu/ppu.ts";
import { pixelBytes } from "../capture/raw.ts";
import { crc32Hex } from "../files/hashes.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import type { Movie } from "../movies/movie.ts";
import { EventPlayer } from "../movies/movie-events.ts";
import { startMovie } from "../movies/movie-start.ts";
import { PALETTE_ENTRIES, paletteFor } from "../render/colors/palette.ts";
import { createHeadless } from "../shared/headless.ts";
import { LazyPicture } from "../shared/lazy-picture.ts";
import { machineOptions, type ScreenPixels, type Subject, type TestSpec } from "./types.ts";

const PPU_STATUS = 0x2002;
/** Maximum age of the picture in the view. */
const WINDOW_FRAMES = 30;

/** The picture and frame count of a running machine, for other threads. */
export interface LiveView {
  /** A recent whole picture. */
  readonly pixels: Uint16Array;
  /** The colours of the machine. */
  readonly palette: Uint32Array;
  /** Element 0 counts frames, so it changes unless the machine hangs. */
  readonly pulse: Int32Array;
}

/** A view in shared memory. */
export function createLiveView(): LiveView {
  const paletteBytes = PALETTE_ENTRIES * 4;
  const buffer = new SharedArrayBuffer(4 + paletteBytes + SCREEN_WIDTH * SCREEN_HEIGHT * 2);
  return {
    pulse: new Int32Array(buffer, 0, 1),
    palette: new Uint32Array(buffer, 4, PALETTE_ENTRIES),
    pixels: new Uint16Array(buffer, 4 + paletteBytes, SCREEN_WIDTH * SCREEN_HEIGHT),
  };
}

/**
 * emu's own machine, on this thread. Frames are only drawn if the picture is read.
 */
export class LocalSubject implements Subject {
  readonly frameRateHz: number;
  /** The machine, for what this class does not offer. */
  readonly nes: Nes;
  readonly #view: LiveView;
  /** Buffer for `peek`. Grows to the longest read. */
  #peeked = new Uint8Array(0x400);
  #buttons = 0;
  readonly #devices = new Uint8Array(DEVICE_DATA_BYTES);
  #audioCrc = 0;
  /** CRC-32 of all pictures and samples so far. */
  #digest = 0;
  readonly #digests: boolean;
  readonly #isHeard: boolean;
  readonly #picture: LazyPicture;
  /** Both screens of an arcade machine, side by side; the view has the main console's. */
  readonly #wide: Uint16Array | undefined;
  /** True if the last frame's picture was read. Then the next one will probably be read too. */
  #isLookedAt = false;

  /**
   * Sound is computed only if `isHeard`. With `digests`, all pictures and all sound are included in `digest`.
   * Throws `InputError` if the board is not supported.
   */
  constructor(rom: LoadedRom, spec: TestSpec, view: LiveView, digests = false, isHeard = true) {
    this.nes = createHeadless(rom.image, machineOptions(spec));
    this.#digests = digests;
    const input = {
      latchButtons: () => this.#buttons,
      latchDevices: (data: Uint8Array) => data.set(this.#devices),
    };
    this.#isHeard = isHeard || digests;
    const { width, height } = this.nes.geometry;
    if (width !== SCREEN_WIDTH) this.#wide = new Uint16Array(width * height);
    this.#picture = new LazyPicture(this.nes, this.#wide ?? view.pixels, input, this.#isHeard);
    this.#view = view;
    view.palette.set(paletteFor(this.nes.geometry).subarray(0, PALETTE_ENTRIES));
    this.frameRateHz = this.nes.geometry.frameRateHz;
  }

  get frame(): number {
    return this.nes.frame;
  }

  get jammed(): boolean {
    return this.nes.cpu.jammed === 1;
  }

  async runFrame(buttons: number): Promise<void> {
    const { pixels, pulse } = this.#view;
    this.#buttons = buttons;
    const isDue = this.nes.frame % WINDOW_FRAMES === 0;
    const isSeen = this.#digests || this.#isLookedAt || isDue;
    this.#picture.runFrame(isSeen);
    if (isSeen) this.#showMainScreen();
    this.#isLookedAt = false;
    Atomics.add(pulse, 0, 1);
    const { samples, sampleCount } = this.nes;
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, 2 * sampleCount);
    this.#audioCrc = Bun.hash.crc32(bytes, this.#audioCrc);
    if (this.#digests) this.#digest = Bun.hash.crc32(pixelBytes(pixels), this.#audioCrc ^ this.#digest);
  }

  /** The picture of the last frame. */
  #look(): Uint16Array {
    this.#isLookedAt = true;
    this.#picture.look();
    this.#showMainScreen();
    return this.#view.pixels;
  }

  /** Copies the main console's screen of a machine with two to the view. Other machines draw there. */
  #showMainScreen(): void {
    const wide = this.#wide;
    if (wide === undefined) return;
    const { width } = this.nes.geometry;
    for (let y = 0; y < SCREEN_HEIGHT; y++)
      this.#view.pixels.set(wide.subarray(y * width, y * width + SCREEN_WIDTH), y * SCREEN_WIDTH);
  }

  async reset(kind: ResetKind): Promise<void> {
    this.nes.reset(kind);
  }

  beginMovie(movie: Movie): (frame: number) => void {
    startMovie(this.nes, movie);
    const events = new EventPlayer(this.nes);
    return (frame) => {
      for (const event of movie.events ?? []) if (event.frame === frame) events.apply(event);
      movie.deviceData?.fill(frame, this.#devices);
    };
  }

  async peek(space: MemorySpace, address: number, length: number): Promise<Uint8Array> {
    if (length > this.#peeked.length) this.#peeked = new Uint8Array(length);
    const bytes = this.#peeked.subarray(0, length);
    for (let i = 0; i < length; i++) bytes[i] = this.nes.peek(space, (address + i) & 0xffff);
    return bytes;
  }

  async poke(space: MemorySpace, address: number, value: number): Promise<void> {
    this.nes.poke(space, address, value);
  }

  async registers(): Promise<Readonly<Record<string, number>>> {
    this.nes.catchUp();
    const { control, maskWritten, v, t, fineX, toggle } = this.nes.ppu.state;
    return {
      ...this.nes.registers(),
      ppuCtrl: control,
      ppuMask: maskWritten,
      ppuStatus: this.nes.peek("cpu", PPU_STATUS) & 0xe0,
      v,
      t,
      fineX,
      w: toggle,
    };
  }

  async screen(): Promise<ScreenPixels> {
    return { kind: "indices", pixels: this.#look(), palette: this.#view.palette };
  }

  async frameHash(): Promise<string> {
    return crc32Hex(pixelBytes(this.#look()));
  }

  async audioHash(): Promise<string> {
    if (!this.#isHeard) throw new Error("the subject was made without sound");
    return this.#audioCrc.toString(16).padStart(8, "0");
  }

  async digest(): Promise<string> {
    if (!this.#digests) throw new Error("the subject was made without digests");
    return this.#digest.toString(16);
  }

  async step(): Promise<void> {
    this.nes.stepInstruction();
  }

  async setPc(pc: number): Promise<void> {
    this.nes.cpu.pc = pc;
  }

  async close(): Promise<void> {}
}
