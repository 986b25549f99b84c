const BUTTON_BITS = 32;

/** Buttons that commands hold for a number of frames. */
export class ButtonHolds {
  /** Number of frames that each button is still held for. */
  readonly #framesLeft = new Int32Array(BUTTON_BITS);
  #held = 0;

  /** Holds buttons for the next `frames` frames; 0 releases them. */
  hold(buttons: number, frames: number): void {
    for (let bit = 0; bit < BUTTON_BITS; bit++)
      if ((buttons & (1 << bit)) !== 0) this.#framesLeft[bit] = Math.max(0, frames);
    this.#held = frames > 0 ? this.#held | buttons : this.#held & ~buttons;
  }

  /** Returns the buttons that are held in the frame that is about to run. Call it once per frame. */
  takeFrame(): number {
    if (this.#held === 0) return 0;
    const buttons = this.#held;
    for (let bit = 0; bit < BUTTON_BITS; bit++) {
      if ((buttons & (1 << bit)) === 0) continue;
      this.#framesLeft[bit] = this.#framesLeft[bit]! - 1;
      if (this.#framesLeft[bit] === 0) this.#held &= ~(1 << bit);
    }
    return buttons;
  }
}
