import type { FrameBlock } from "../../shared/layout.ts";
import { FRAME_PUBLISHED } from "../../shared/layout-words.ts";
import { TripleBufferReader } from "../../shared/triple-buffer.ts";
import { ServedPicture, type ServedShape } from "./served-picture.ts";

/** Longest single sleep, so that `close` takes effect soon. */
const POLL_MS = 200;

/**
 * Called with each new picture, and from time to time with the same one (`isStill`) while the machine is
 * paused, to show it to viewers that missed it.
 */
export type PictureListener = (picture: ServedPicture, isStill: boolean) => void;

/**
 * Reads a machine's triple buffer for a server and calls the listeners with each new picture. It sleeps while
 * there are no listeners. Pictures that arrive while the event loop is busy are skipped.
 */
export class FrameFeed {
  readonly #listeners = new Set<PictureListener>();
  #block: FrameBlock | undefined;
  #reader: TripleBufferReader | undefined;
  /** The shape of the last picture: a new one is made only when it changes. */
  #shape: ServedShape = { width: 0, height: 0, pixelAspect: 1, frameRateHz: 60 };
  #newest: ServedPicture | undefined;
  #isRunning = false;
  #isClosed = false;
  readonly #onError: (error: unknown) => void;

  /** `onError` gets what listeners throw, which is a bug. The other listeners are still called. */
  constructor(onError: (error: unknown) => void = () => undefined) {
    this.#onError = onError;
  }

  /** Switches to the frames of another machine, whose first picture has this shape. */
  attach(block: FrameBlock, { width, height, pixelAspect, frameRateHz }: ServedShape): void {
    this.#wake();
    this.#block = block;
    this.#shape = { width, height, pixelAspect, frameRateHz };
    this.#reader = new TripleBufferReader(block);
    this.#newest = undefined;
  }

  /** The newest picture; undefined before the first frame is finished. */
  latest(): ServedPicture | undefined {
    const reader = this.#reader;
    if (reader === undefined) return undefined;
    // The reader gives the number of finished frames; a frame's number counts the frames before it.
    if (reader.acquire()) {
      this.#newest = new ServedPicture(reader.frame - 1, reader.pixels, this.#shapeOf(reader));
    }
    return this.#newest;
  }

  /** True if there are listeners. */
  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  /** Calls `listener` with each new picture, until the returned function is called. */
  subscribe(listener: PictureListener): () => void {
    this.#listeners.add(listener);
    if (!this.#isRunning) void this.#run();
    return () => this.#listeners.delete(listener);
  }

  /** Removes all listeners. */
  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#wake();
  }

  /** Ends the wait for the next picture of this machine. */
  #wake(): void {
    if (this.#block !== undefined) Atomics.notify(this.#block.words, FRAME_PUBLISHED);
  }

  #shapeOf({ width, height, pixelAspect, rateHz }: TripleBufferReader): ServedShape {
    const before = this.#shape;
    const isSame =
      width === before.width &&
      height === before.height &&
      pixelAspect === before.pixelAspect &&
      rateHz === before.frameRateHz;
    if (!isSame) this.#shape = { width, height, pixelAspect, frameRateHz: rateHz };
    return this.#shape;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let told = this.latest();
    while (!this.#isClosed && this.#listeners.size > 0) {
      const block = this.#block!;
      const published = Atomics.load(block.words, FRAME_PUBLISHED);
      const picture = this.latest();
      // `latest` may have returned this picture already, but listeners have not seen it yet.
      if (picture !== undefined && picture !== told) {
        told = picture;
        this.#tell(picture, false);
        // Give sockets a turn before the next picture, however fast the machine runs.
        await new Promise(setImmediate);
        continue;
      }
      const sleep = Atomics.waitAsync(block.words, FRAME_PUBLISHED, published, POLL_MS);
      const isOver = sleep.async && (await sleep.value) === "timed-out";
      if (isOver && told !== undefined && told === this.#newest) this.#tell(told, true);
    }
    this.#isRunning = false;
  }

  #tell(picture: ServedPicture, isStill: boolean): void {
    for (const listener of this.#listeners) {
      try {
        listener(picture, isStill);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
