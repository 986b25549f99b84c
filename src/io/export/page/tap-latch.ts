/** The buttons of one source. A tap shorter than a frame still reaches the game: it counts for one frame. */
export class TapLatch {
  #held = 0;
  #pressed = 0;

  /** Sets the held buttons. */
  set(mask: number): void {
    this.#pressed |= mask & ~this.#held;
    this.#held = mask;
  }

  /** Returns the buttons for the next frame. */
  take(): number {
    const mask = this.#held | this.#pressed;
    this.#pressed = 0;
    return mask;
  }
}
