import { FRAME_PUBLISHED, type FrameBlock } from "../shared/layout.ts";
import { TripleBufferReader } from "../shared/triple-buffer.ts";
import { ServedPicture } from "./served-picture.ts";

/** A sleep is cut into pieces of this length, so that the end is noticed. */
const POLL_MS = 200;

/**
 * Whoever wants to see pictures; called as soon as there is a new one, and now and then with the same one
 * (`isStill`) while the machine stands still: whoever has missed it can be shown it then.
 */
export type PictureListener = (picture: ServedPicture, isStill: boolean) => void;

/**
 * The reading end of a machine's triple buffer in a server: it tells everybody who watches of each new
 * picture, and sleeps while nobody does. Pictures that come while the event loop is busy are passed over.
 */
export class FrameFeed {
  readonly #listeners = new Set<PictureListener>();
  #block: FrameBlock | undefined;
  #reader: TripleBufferReader | undefined;
  #newest: ServedPicture | undefined;
  #isRunning = false;
  #isClosed = false;
  readonly #onError: (error: unknown) => void;

  /** `onError` hears of listeners that throw: a bug of ours, which costs the others nothing. */
  constructor(onError: (error: unknown) => void = () => undefined) {
    this.#onError = onError;
  }

  /** Reads from this machine from now on. */
  attach(block: FrameBlock): void {
    this.#block = block;
    this.#reader = new TripleBufferReader(block);
    this.#newest = undefined;
  }

  /** The newest picture; undefined before the machine has finished its first. */
  latest(): ServedPicture | undefined {
    const reader = this.#reader;
    if (reader === undefined) return undefined;
    // A machine's count says how many frames are finished, a frame's number how many there were before it.
    if (reader.acquire()) this.#newest = new ServedPicture(reader.frame - 1, reader.pixels);
    return this.#newest;
  }

  /** Calls `listener` with each new picture until the function that it returns is called. */
  watch(listener: PictureListener): () => void {
    this.#listeners.add(listener);
    if (!this.#isRunning) void this.#run();
    return () => this.#listeners.delete(listener);
  }

  /** Ends all watching. */
  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    if (this.#block !== undefined) Atomics.notify(this.#block.words, FRAME_PUBLISHED);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let told = this.latest();
    while (!this.#isClosed && this.#listeners.size > 0) {
      const block = this.#block!;
      const published = Atomics.load(block.words, FRAME_PUBLISHED);
      const picture = this.latest();
      // Somebody may have asked for it before: those who watch have not seen it yet.
      if (picture !== undefined && picture !== told) {
        told = picture;
        this.#tell(picture, false);
        // Sockets have their turn before the next picture, however fast the machine runs.
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
