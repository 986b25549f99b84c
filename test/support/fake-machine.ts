import type { Arena } from "../../src/emu/arena.ts";
import { InputError } from "../../src/emu/input-error.ts";
import type { InputSource, Machine, MachineGeometry, MemorySpace, ResetKind } from "../../src/emu/machine.ts";
import { drawScene, type FakeScene } from "./fake-scenes.ts";

export interface FakeOptions {
  /** The frame in which the machine throws. */
  readonly throwAtFrame?: number;
  /** The frame in which the machine hangs. */
  readonly hangAtFrame?: number;
  /** An error of the constructor. */
  readonly refuse?: string;
  /** Battery-backed bytes. */
  readonly batteryBytes?: number;
  /** The picture; "slant" by default. */
  readonly scene?: FakeScene;
}

const WIDTH = 256;
const HEIGHT = 240;
const SAMPLES = 800;
const STATE_WORDS = 8;
const FRAME = 0;
const PHASE = 1;
const BUTTONS = 2;
/** A hash of every frame's input: two runs agree only if all their inputs were the same. */
const HASH = 3;
const RESETS = 4;
const HEADER_BYTES = 4;
const VERSION = 0x46;

/** A machine that takes almost no time: a scrolling pattern, a tone, and a hash of its input. */
export class FakeMachine implements Machine {
  readonly geometry: MachineGeometry = {
    width: WIDTH,
    height: HEIGHT,
    pixelAspect: 8 / 7,
    frameRateHz: 60,
    sampleRateHz: 48_000,
    maxSamplesPerFrame: SAMPLES,
    soundChannels: ["saw"],
  };
  mutedChannels = 0;
  readonly samples = new Int16Array(SAMPLES);
  readonly sampleCount = SAMPLES;
  readonly stateBytes: number;
  readonly batteryRam: Uint8Array;
  readonly #words: Int32Array;
  readonly #wordBytes: Uint8Array;
  readonly #options: FakeOptions;
  #input: InputSource = { latchButtons: () => 0 };

  static readonly ARENA_BYTES = 4096;

  constructor(arena: Arena, options: FakeOptions = {}) {
    if (options.refuse !== undefined)
      throw new InputError("data", options.refuse, "byte 6", "use another file");
    this.#options = options;
    this.#words = arena.int32("fake.state", STATE_WORDS);
    this.#wordBytes = new Uint8Array(this.#words.buffer, this.#words.byteOffset, this.#words.byteLength);
    this.batteryRam = arena.uint8("fake.battery", options.batteryBytes ?? 0);
    this.stateBytes = HEADER_BYTES + STATE_WORDS * 4 + this.batteryRam.length;
  }

  get frame(): number {
    return this.#words[FRAME];
  }

  get latchedButtons(): number {
    return this.#words[BUTTONS] >>> 0;
  }

  setInput(source: InputSource): void {
    this.#input = source;
  }

  reset(kind: ResetKind): void {
    const resets = this.#words[RESETS];
    if (kind === "power") this.#words.fill(0);
    this.#words[RESETS] = resets + 1;
  }

  runFrame(pixels?: Uint16Array): void {
    const words = this.#words;
    const frame = words[FRAME];
    if (frame === this.#options.throwAtFrame) throw new Error("the fake machine threw");
    while (frame === this.#options.hangAtFrame);
    words[BUTTONS] = this.#input.latchButtons();
    words[HASH] = (Math.imul(words[HASH], 31) + words[BUTTONS] + frame) | 0;
    if (pixels !== undefined) drawScene(this.#options.scene ?? "slant", frame, pixels);
    for (let i = 0; i < SAMPLES; i++)
      this.samples[i] = this.mutedChannels === 0 ? ((words[PHASE] + i) & 63) * 256 - 8192 : 0;
    words[PHASE] = (words[PHASE] + SAMPLES) & 0xffff;
    words[FRAME] = frame + 1;
  }

  save(into: Uint8Array): void {
    into[0] = VERSION;
    into.set(this.#wordBytes, HEADER_BYTES);
    into.set(this.batteryRam, HEADER_BYTES + this.#wordBytes.length);
  }

  load(from: Uint8Array): void {
    if (from.length < this.stateBytes || from[0] !== VERSION)
      throw new InputError("data", "not a state of this machine", "byte 0");
    this.restore(from);
  }

  restore(from: Uint8Array): void {
    const batteryStart = HEADER_BYTES + this.#wordBytes.length;
    // Without views, which would be garbage on the machine thread.
    for (let at = HEADER_BYTES; at < batteryStart; at++) this.#wordBytes[at - HEADER_BYTES] = from[at];
    for (let at = batteryStart; at < this.stateBytes; at++) this.batteryRam[at - batteryStart] = from[at];
  }

  clearCheats(): void {}
  addCheat(): void {}

  peek(_space: MemorySpace, address: number): number {
    return (this.#words[(address >> 2) & (STATE_WORDS - 1)] >>> ((address & 3) * 8)) & 0xff;
  }

  poke(_space: MemorySpace, address: number, value: number): void {
    const word = (address >> 2) & (STATE_WORDS - 1);
    const shift = (address & 3) * 8;
    this.#words[word] = (this.#words[word] & ~(0xff << shift)) | ((value & 0xff) << shift);
  }

  registers(): Record<string, number> {
    return { pc: 0x8000, frame: this.frame, hash: this.#words[HASH], resets: this.#words[RESETS] };
  }
}
