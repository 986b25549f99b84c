/** After a stop of more than this many frames, a page continues without catching up. */
const MAX_DEBT_FRAMES = 8;
/**
 * Up to this relative difference the display's rate counts as the console's; the sound's rate control
 * compensates for it.
 */
const LOCK_RANGE = 0.004;
/** Number of ticks that the display's interval is averaged over, and after which the average is used. */
const AVERAGED_TICKS = 120;
/** Between two refreshes, frames are run only if at least this many are due. */
const LATE_FRAMES = 1.5;

/**
 * Computes how many frames a page has to run. If the display has the console's rate (60 Hz against 60.0988
 * Hz), each refresh gets one frame, so that motion is even. On other displays, frames follow the clock.
 */
export class FrameClock {
  readonly #framesPerMs: number;
  #lastMs = Number.NaN;
  /** Time of the display's last tick; unlike `#lastMs`, it is not changed by `between`. */
  #tickMs = Number.NaN;
  #debt = 0;
  /** Average number of frames per refresh. */
  #framesPerTick = 0;
  #ticks = 0;

  constructor(frameRateHz: number) {
    this.#framesPerMs = frameRateHz / 1000;
  }

  /** Forgets the time since the last call. Call it after a pause. */
  restart(): void {
    this.#lastMs = Number.NaN;
    this.#tickMs = Number.NaN;
    this.#debt = 0;
  }

  /** Call when the display shows a picture at `nowMs`. Returns how many frames to run before it. */
  display(nowMs: number): number {
    this.#observe(nowMs);
    this.#pass(nowMs);
    const locked = this.#ticks >= AVERAGED_TICKS && Math.abs(this.#framesPerTick - 1) < LOCK_RANGE;
    const due = locked ? Math.round(this.#debt) : Math.floor(this.#debt);
    this.#debt = locked ? 0 : this.#debt - due;
    return due;
  }

  /** Call between two pictures. Returns 0 unless the display is so late that the sound could run out. */
  between(nowMs: number): number {
    this.#pass(nowMs);
    if (this.#debt < LATE_FRAMES) return 0;
    const due = Math.floor(this.#debt);
    this.#debt -= due;
    return due;
  }

  #pass(nowMs: number): void {
    if (!Number.isNaN(this.#lastMs)) this.#debt += Math.max(0, nowMs - this.#lastMs) * this.#framesPerMs;
    if (this.#debt > MAX_DEBT_FRAMES) this.#debt = MAX_DEBT_FRAMES;
    this.#lastMs = Number.isNaN(this.#lastMs) ? nowMs : Math.max(nowMs, this.#lastMs);
  }

  #observe(nowMs: number): void {
    const frames = (nowMs - this.#tickMs) * this.#framesPerMs;
    this.#tickMs = nowMs;
    // Neither a missed refresh nor a pause says anything about the rate.
    if (!(frames > 0.1 && frames < 1.5)) return;
    this.#ticks++;
    this.#framesPerTick += (frames - this.#framesPerTick) / Math.min(this.#ticks, AVERAGED_TICKS);
  }
}
