/** Frames of prediction that are accepted: going back by two frames is hardly visible. */
const PREDICTED_FRAMES = 2;
/** Maximum delay that is chosen. Players notice a longer one. */
const MAX_CHOSEN_FRAMES = 6;
/** Time between two changes of the delay. */
const CHANGE_MS = 3000;

/**
 * The delay for inputs that take `wayMs` to the others, so that most of them come at most `PREDICTED_FRAMES`
 * frames late.
 */
export function delayFor(wayMs: number, jitterMs: number, periodMs: number): number {
  const late = Math.ceil((wayMs + jitterMs) / periodMs) - PREDICTED_FRAMES;
  return Math.max(0, Math.min(MAX_CHOSEN_FRAMES, late));
}

/** Follows the latency with the delay: one frame at a time, and only after the need has lasted. */
export class DelayChoice {
  #delay: number | undefined;
  #target = 0;
  #sinceMs = 0;

  /** Returns the delay to use now. The first call chooses freely. */
  next(wayMs: number, jitterMs: number, periodMs: number, nowMs: number): number {
    const target = delayFor(wayMs, jitterMs, periodMs);
    this.#delay ??= target;
    if (Math.sign(target - this.#delay) !== Math.sign(this.#target - this.#delay)) this.#sinceMs = nowMs;
    this.#target = target;
    if (target !== this.#delay && nowMs - this.#sinceMs >= CHANGE_MS) {
      this.#delay += Math.sign(target - this.#delay);
      this.#sinceMs = nowMs;
    }
    return this.#delay;
  }
}
