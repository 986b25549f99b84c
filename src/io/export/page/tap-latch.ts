/** Buttons of one source. A tap shorter than a frame still reaches the game: it counts for one frame. */
export class TapLatch {
  #held = 0;
  #pressed = 0;

  /** Replaces what is held. */
  set(mask: number): void {
    this.#pressed |= mask & ~this.#held;
    this.#held = mask;
  }

  /** What the next frame sees. */
  take(): number {
    const mask = this.#held | this.#pressed;
    this.#pressed = 0;
    return mask;
  }
}
