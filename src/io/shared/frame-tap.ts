import type { FramePixels, MachineGeometry } from "../../emu/machine.ts";
import type { TapBlock } from "./layout.ts";
import {
  TAP_HEAD,
  TAP_LOST,
  TAP_SAMPLE_COUNTS,
  TAP_SLOT_WORDS,
  TAP_TAIL,
  TAP_WANTED,
} from "./layout-words.ts";

type Size = Pick<MachineGeometry, "width" | "height">;

/** The machine's end of the ring of complete frames, picture and sound, for a recording. It never waits. */
export class TapWriter {
  readonly #block: TapBlock;
  #head = 0;

  constructor(block: TapBlock) {
    this.#block = block;
    this.#head = Atomics.load(block.words, TAP_HEAD);
  }

  /** Adds a frame if a recording is running. If its reader is too slow, the frame is lost and counted. */
  push(pixels: FramePixels, samples: Int16Array, sampleCount: number, size: Size): void {
    const { words } = this.#block;
    if (Atomics.load(words, TAP_WANTED) === 0) return;
    const slots = this.#block.pixels.length;
    if (((this.#head - Atomics.load(words, TAP_TAIL)) | 0) >= slots) {
      Atomics.store(words, TAP_LOST, Atomics.load(words, TAP_LOST) + 1);
      return;
    }
    const slot = (this.#head >>> 0) % slots;
    this.#block.pixels[slot]!.set(pixels);
    const into = this.#block.samples[slot]!;
    const count = Math.min(sampleCount, into.length);
    for (let i = 0; i < count; i++) into[i] = samples[i]!;
    const facts = TAP_SAMPLE_COUNTS + TAP_SLOT_WORDS * slot;
    words[facts] = count;
    words[facts + 1] = size.width;
    words[facts + 2] = size.height;
    this.#head = (this.#head + 1) | 0;
    Atomics.store(words, TAP_HEAD, this.#head);
  }
}

/** The recorder's end. There may be only one. */
export class TapReader {
  readonly #block: TapBlock;
  #tail: number;

  /** Starts with the next frame. */
  constructor(block: TapBlock) {
    this.#block = block;
    this.#tail = Atomics.load(block.words, TAP_HEAD);
    Atomics.store(block.words, TAP_TAIL, this.#tail);
  }

  /** Number of frames lost so far, in all recordings. */
  get lost(): number {
    return Atomics.load(this.#block.words, TAP_LOST);
  }

  /** True while main wants the recording to continue. */
  get isWanted(): boolean {
    return Atomics.load(this.#block.words, TAP_WANTED) !== 0;
  }

  /** Passes the next frame to `take`, which must not keep its arguments. Returns false if there is none. */
  next(take: (pixels: FramePixels, samples: Int16Array, size: Size) => void): boolean {
    const { words, pixels, samples } = this.#block;
    if (Atomics.load(words, TAP_HEAD) === this.#tail) return false;
    const slot = (this.#tail >>> 0) % pixels.length;
    const facts = TAP_SAMPLE_COUNTS + TAP_SLOT_WORDS * slot;
    const size = { width: words[facts + 1]!, height: words[facts + 2]! };
    const picture = pixels[slot]!.subarray(0, size.width * size.height);
    take(picture, samples[slot]!.subarray(0, words[facts]), size);
    this.#tail = (this.#tail + 1) | 0;
    Atomics.store(words, TAP_TAIL, this.#tail);
    return true;
  }
}

/** Starts or ends a recording. Its reader must exist before the start. */
export function wantTap(block: TapBlock, isWanted: boolean): void {
  Atomics.store(block.words, TAP_WANTED, isWanted ? 1 : 0);
}
