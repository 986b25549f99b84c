import { JSCallback, type Pointer, ptr, toArrayBuffer } from "bun:ffi";
import {
  AUDIO_PAIRS,
  AUDIO_SAMPLES_AT,
  type CallbackAddresses,
  type CallbackBlocks,
  HARDWARE_FRAME,
  INPUT_DEVICE_KINDS,
  INPUT_IDS,
  INPUT_INDEXES,
  INPUT_MASK_ID,
  INPUT_MASK_SLOT,
  INPUT_PORTS,
  VIDEO_BLOCK_BYTES,
  VIDEO_BUFFER_AT,
  VIDEO_BYTES_PER_PIXEL_AT,
  VIDEO_CALLS_AT,
  VIDEO_CAPACITY_AT,
  VIDEO_CAPACITY_BYTES,
  VIDEO_DATA_AT,
  VIDEO_HEIGHT_AT,
  VIDEO_PITCH_AT,
  VIDEO_WIDTH_AT,
} from "./retro-blocks.ts";
import { x64Callbacks } from "./retro-callbacks-x64.ts";

/** The picture that a core has shown in a frame. */
export interface RetroPicture {
  readonly kind: "picture" | "repeated" | "hardware" | "too-large";
  readonly width: number;
  readonly height: number;
  readonly pitchBytes: number;
}

/**
 * The functions that a core calls during a frame, and the memory that they share with JavaScript: fill in
 * `input` before a frame, read picture and sound after it. The memory never moves.
 */
export class RetroCallbacks {
  /** Input values by `inputPlace`. */
  readonly input: Int16Array;
  /** The copied picture with its pitch: see `picture`. */
  readonly pixels: Uint8Array;
  /** Pairs of left and right of the last frame; the first `audioPairs` are valid. */
  readonly samples: Int16Array;
  readonly addresses: CallbackAddresses;
  /** True if cores may call the functions on separate stacks, as coroutines do. */
  readonly allowCoroutines: boolean;
  readonly #audio: Uint32Array;
  readonly #video: DataView;
  /** The callbacks must not be collected, because cores store their addresses. */
  readonly #kept: readonly JSCallback[];

  /** `useMachineCode` false uses JavaScript functions even where machine code would work; for tests. */
  constructor(useMachineCode = true) {
    this.input = new Int16Array(shared(INPUT_PORTS * INPUT_DEVICE_KINDS * INPUT_INDEXES * INPUT_IDS * 2));
    const audio = shared(AUDIO_SAMPLES_AT + AUDIO_PAIRS * 4);
    this.#audio = new Uint32Array(audio, 0, 2);
    this.#audio[1] = AUDIO_PAIRS;
    this.samples = new Int16Array(audio, AUDIO_SAMPLES_AT);
    const video = shared(VIDEO_BLOCK_BYTES);
    this.pixels = new Uint8Array(shared(VIDEO_CAPACITY_BYTES));
    this.#video = new DataView(video);
    this.#video.setBigUint64(VIDEO_CAPACITY_AT, BigInt(this.pixels.length), true);
    this.#video.setBigUint64(VIDEO_BUFFER_AT, BigInt(ptr(this.pixels)), true);
    this.bytesPerPixel = 2;
    const blocks: CallbackBlocks = {
      inputAddress: ptr(this.input),
      audioAddress: ptr(new Uint8Array(audio)),
      videoAddress: ptr(new Uint8Array(video)),
      viewAt: (address, length) => new Uint8Array(toArrayBuffer(address, 0, length)),
    };
    const native = useMachineCode ? x64Callbacks(blocks) : undefined;
    this.allowCoroutines = native !== undefined;
    const scripted = native === undefined ? this.#scripted() : undefined;
    this.#kept = scripted?.kept ?? [];
    this.addresses = native ?? scripted!.addresses;
  }

  /** Size of the core's pixels. Set it before the first frame. */
  set bytesPerPixel(bytes: 2 | 4) {
    this.#video.setUint32(VIDEO_BYTES_PER_PIXEL_AT, bytes, true);
  }

  /** Number of pairs in `samples`. */
  get audioPairs(): number {
    return this.#audio[0]!;
  }

  /** The picture that the core has shown since `beginFrame`. */
  get picture(): RetroPicture {
    const view = this.#video;
    const data = view.getBigInt64(VIDEO_DATA_AT, true);
    const width = view.getUint32(VIDEO_WIDTH_AT, true);
    const height = view.getUint32(VIDEO_HEIGHT_AT, true);
    const pitchBytes = Number(view.getBigUint64(VIDEO_PITCH_AT, true));
    const used = Math.max(0, height - 1) * pitchBytes;
    const bytes = used + width * view.getUint32(VIDEO_BYTES_PER_PIXEL_AT, true);
    const kind =
      data === 0n
        ? "repeated"
        : data === HARDWARE_FRAME
          ? "hardware"
          : bytes > this.pixels.length
            ? "too-large"
            : "picture";
    return { kind, width, height, pitchBytes };
  }

  /** Clears picture and sound. Call it before each frame. */
  beginFrame(): void {
    this.#audio[0] = 0;
    this.#video.setBigUint64(VIDEO_DATA_AT, 0n, true);
  }

  /** The same functions in JavaScript, for other processors and systems. */
  #scripted(): { kept: JSCallback[]; addresses: CallbackAddresses } {
    const { input, samples, pixels } = this;
    const audio = this.#audio;
    const video = this.#video;
    const addPair = (left: number, right: number): void => {
      const at = audio[0]!;
      if (at >= AUDIO_PAIRS) return;
      samples[2 * at] = left;
      samples[2 * at + 1] = right;
      audio[0] = at + 1;
    };
    const kept = {
      inputPoll: new JSCallback(() => {}, { args: [], returns: "void" }),
      inputState: new JSCallback(
        (port: number, device: number, index: number, id: number): number =>
          input[inputPlace(port, device, index, id)] ?? 0,
        { args: ["u32", "u32", "u32", "u32"], returns: "i16" },
      ),
      audioSample: new JSCallback(addPair, { args: ["i16", "i16"], returns: "void" }),
      audioBatch: new JSCallback(
        (data: Pointer, frames: number | bigint) => {
          const pairs = new Int16Array(toArrayBuffer(data, 0, Number(frames) * 4));
          for (let at = 0; at < pairs.length; at += 2) addPair(pairs[at]!, pairs[at + 1]!);
          return frames;
        },
        { args: ["ptr", "usize"], returns: "usize" },
      ),
      videoRefresh: new JSCallback(
        (data: number | null, width: number, height: number, pitch: number | bigint) => {
          video.setUint32(VIDEO_CALLS_AT, video.getUint32(VIDEO_CALLS_AT, true) + 1, true);
          if (data === null || data === 0) return;
          // As a double, the address −1 is 2^64.
          const isHardware = data < 0 || data >= 2 ** 63;
          video.setBigInt64(VIDEO_DATA_AT, isHardware ? HARDWARE_FRAME : BigInt(data), true);
          if (isHardware) return;
          video.setUint32(VIDEO_WIDTH_AT, width, true);
          video.setUint32(VIDEO_HEIGHT_AT, height, true);
          video.setBigUint64(VIDEO_PITCH_AT, BigInt(pitch), true);
          const rest = width * video.getUint32(VIDEO_BYTES_PER_PIXEL_AT, true);
          const bytes = (height - 1) * Number(pitch) + rest;
          if (height === 0 || bytes > pixels.length) return;
          pixels.set(new Uint8Array(toArrayBuffer(data as Pointer, 0, bytes)));
        },
        { args: ["ptr", "u32", "u32", "usize"], returns: "void" },
      ),
    };
    const addresses = Object.fromEntries(
      Object.entries(kept).map(([name, callback]) => [name, Number(callback.ptr)]),
    ) as unknown as CallbackAddresses;
    return { kept: Object.values(kept), addresses };
  }
}

/** The index of a value in `RetroCallbacks.input`; −1 for values that no core reads. */
export function inputPlace(port: number, device: number, index: number, id: number): number {
  const slot = id === INPUT_MASK_ID ? INPUT_MASK_SLOT : id;
  if (port >= INPUT_PORTS || device >= INPUT_DEVICE_KINDS || index >= INPUT_INDEXES || slot >= INPUT_IDS)
    return -1;
  return ((port * INPUT_DEVICE_KINDS + device) * INPUT_INDEXES + index) * INPUT_IDS + slot;
}

/** Zeroed memory that never moves. */
function shared(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes);
}
