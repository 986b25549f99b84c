import { type Ppu, SCREEN_HEIGHT, SCREEN_WIDTH } from "./ppu/ppu.ts";

/**
 * The array that the current frame is drawn in. Callers may pass another one in the middle of a frame, which
 * then gets what is drawn already.
 */
export class FramePicture {
  readonly #ppu: Ppu;
  readonly #catchUp: () => void;
  readonly #scratch = new Uint16Array(SCREEN_WIDTH * SCREEN_HEIGHT);
  /** Undefined if unknown, after a state has been loaded. */
  #pixels: Uint16Array | undefined;

  /** `catchUp` brings the PPU up to the CPU's time. */
  constructor(ppu: Ppu, catchUp: () => void) {
    this.#ppu = ppu;
    this.#catchUp = catchUp;
  }

  /** The array of a frame for which the caller passes none. */
  get scratch(): Uint16Array {
    return this.#scratch;
  }

  /** The array that was passed last, or scratch. */
  get current(): Uint16Array {
    return this.#pixels ?? this.#scratch;
  }

  /** Returns true if the frame under way is drawn in `pixels`. */
  isIn(pixels: Uint16Array): boolean {
    return this.#pixels === pixels;
  }

  /** The PPU starts at the top of the picture before the first frame is requested. */
  startInScratch(): void {
    this.#scratch.fill(this.#ppu.backdrop());
    this.#pixels = this.#scratch;
    this.#ppu.beginFrame(this.#scratch);
  }

  /** `pixels` will be drawn from the start. */
  startIn(pixels: Uint16Array): void {
    this.#pixels = pixels;
  }

  /** Draws the rest of a picture in `pixels`. What was drawn before a state was loaded is not known. */
  continueIn(pixels: Uint16Array): void {
    const before = this.#pixels;
    this.#pixels = pixels;
    if (before === undefined) {
      pixels.fill(this.#ppu.backdrop());
    } else if (before !== pixels) {
      this.#catchUp();
      pixels.set(before);
    }
  }

  /** Call it after loading a state. */
  forget(): void {
    this.#pixels = undefined;
  }
}
