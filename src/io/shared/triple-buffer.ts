import type { FramePixels } from "../../emu/machine.ts";
import type { FrameBlock } from "./layout.ts";
import {
  FRAME_BACK,
  FRAME_FRESH,
  FRAME_FRONT,
  FRAME_HEADER_ASPECT,
  FRAME_HEADER_DOUBLES,
  FRAME_HEADER_HEIGHT,
  FRAME_HEADER_NUMBER,
  FRAME_HEADER_RATE_HZ,
  FRAME_HEADER_TIME_MS,
  FRAME_HEADER_WIDTH,
  FRAME_MIDDLE,
  FRAME_PUBLISHED,
} from "./layout-words.ts";

const SLOT_MASK = 3;

/**
 * The machine's end of the triple buffer. It always owns one slot to draw into. `publish` swaps that slot
 * with the middle one in a single exchange, so it never waits and never touches what the reader holds. A
 * frame that the reader did not take in time is overwritten and counted.
 */
export class TripleBufferWriter {
  readonly #words: Int32Array;
  readonly #headers: Float64Array;
  readonly #pixels: readonly FramePixels[];
  #back: number;
  #last: number;
  /** Frames that were replaced before the reader took them. */
  overwritten = 0;

  /** There may be only one writer; a later one continues where the previous one stopped. */
  constructor(block: FrameBlock) {
    this.#words = block.words;
    this.#headers = block.headers;
    this.#pixels = block.pixels;
    this.#back = Atomics.load(this.#words, FRAME_BACK);
    this.#last = this.#back;
  }

  /**
   * The last published frame. It does not change until the next one is drawn, because there is one writer.
   */
  get published(): FramePixels {
    return this.#pixels[this.#last]!;
  }

  /** The slot to draw the next frame into: width × height palette indices. Its old contents are stale. */
  get pixels(): FramePixels {
    return this.#pixels[this.#back]!;
  }

  /**
   * Publishes the drawn frame and wakes the reader. `timeMs` is on the shared clock. Without a size, the
   * picture fills its slot.
   */
  publish(frame: number, timeMs: number, width = 0, height = 0, rateHz = 0, pixelAspect = 0): void {
    const header = this.#back * FRAME_HEADER_DOUBLES;
    this.#headers[header + FRAME_HEADER_NUMBER] = frame;
    this.#headers[header + FRAME_HEADER_TIME_MS] = timeMs;
    this.#headers[header + FRAME_HEADER_WIDTH] = width;
    this.#headers[header + FRAME_HEADER_HEIGHT] = height;
    this.#headers[header + FRAME_HEADER_RATE_HZ] = rateHz;
    this.#headers[header + FRAME_HEADER_ASPECT] = pixelAspect;
    const middle = Atomics.exchange(this.#words, FRAME_MIDDLE, this.#back | FRAME_FRESH);
    this.#last = this.#back;
    this.#back = middle & SLOT_MASK;
    if ((middle & FRAME_FRESH) !== 0) this.overwritten++;
    Atomics.store(this.#words, FRAME_BACK, this.#back);
    Atomics.store(this.#words, FRAME_PUBLISHED, (Atomics.load(this.#words, FRAME_PUBLISHED) + 1) | 0);
    Atomics.notify(this.#words, FRAME_PUBLISHED);
  }
}

/**
 * The presenter's end. There may be only one. The slot it holds does not change until the next `acquire`,
 * however many frames the machine publishes meanwhile.
 */
export class TripleBufferReader {
  readonly #words: Int32Array;
  readonly #headers: Float64Array;
  readonly #pixels: readonly FramePixels[];
  #front: number;

  constructor(block: FrameBlock) {
    this.#words = block.words;
    this.#headers = block.headers;
    this.#pixels = block.pixels;
    this.#front = Atomics.load(this.#words, FRAME_FRONT);
  }

  /** The held frame: width × height palette indices. All zero before the first successful `acquire`. */
  get pixels(): FramePixels {
    return this.#pixels[this.#front]!;
  }

  /** Number of the held frame. */
  get frame(): number {
    return this.#headers[this.#front * FRAME_HEADER_DOUBLES + FRAME_HEADER_NUMBER]!;
  }

  /** Width of the held frame in pixels; 0 if its machine's pictures always have the same size. */
  get width(): number {
    return this.#headers[this.#front * FRAME_HEADER_DOUBLES + FRAME_HEADER_WIDTH]!;
  }

  get height(): number {
    return this.#headers[this.#front * FRAME_HEADER_DOUBLES + FRAME_HEADER_HEIGHT]!;
  }

  /** Frames per second of the machine when it published the held frame; 0 if unknown. */
  get rateHz(): number {
    return this.#headers[this.#front * FRAME_HEADER_DOUBLES + FRAME_HEADER_RATE_HZ]!;
  }

  /** Width of the held frame's pixels divided by their height; 0 if unknown. */
  get pixelAspect(): number {
    return this.#headers[this.#front * FRAME_HEADER_DOUBLES + FRAME_HEADER_ASPECT]!;
  }

  /** Publication time of the held frame, on the shared clock. */
  get timeMs(): number {
    return this.#headers[this.#front * FRAME_HEADER_DOUBLES + FRAME_HEADER_TIME_MS]!;
  }

  /** True if there is a frame newer than the held one. */
  get isFresh(): boolean {
    return (Atomics.load(this.#words, FRAME_MIDDLE) & FRAME_FRESH) !== 0;
  }

  /** Takes the newest complete frame and gives back the held one. Returns false if there is nothing newer. */
  acquire(): boolean {
    if (!this.isFresh) return false;
    const middle = Atomics.exchange(this.#words, FRAME_MIDDLE, this.#front);
    this.#front = middle & SLOT_MASK;
    Atomics.store(this.#words, FRAME_FRONT, this.#front);
    return true;
  }

  /**
   * Sleeps until there is a frame newer than the held one, `wakeFrameReader` is called, or the time is over.
   * Returns true if there is such a frame, for `acquire` to take. May return early for a frame that was taken
   * between its exchange and its announcement.
   */
  waitForFrame(timeoutMs: number): boolean {
    const published = Atomics.load(this.#words, FRAME_PUBLISHED);
    if (this.isFresh) return true;
    Atomics.wait(this.#words, FRAME_PUBLISHED, published, timeoutMs);
    return this.isFresh;
  }
}

/**
 * Ends a `waitForFrame` early, so that the reader reads its orders. It writes nothing: a reader that is about
 * to fall asleep misses it and wakes at its time-out instead.
 */
export function wakeFrameReader(block: FrameBlock): void {
  Atomics.notify(block.words, FRAME_PUBLISHED);
}
