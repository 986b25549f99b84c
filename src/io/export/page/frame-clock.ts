/** A page that was stopped for longer than this many frames goes on from there instead of catching up. */
const MAX_DEBT_FRAMES = 8;
/** Within this part the display's rate is taken for the console's; the sound's rate control makes up for it. */
const LOCK_RANGE = 0.004;
/** Ticks over which the display's interval is averaged, and after which the average counts. */
const AVERAGED_TICKS = 120;
/** Frames that must be due before something else than the display may run them. */
const LATE_FRAMES = 1.5;

/**
 * Tells a page how many frames to run. On a display whose rate is that of the console (60 Hz against
 * 60.0988 Hz) each refresh gets one frame, so that motion is even; on others frames follow the clock.
 */
export class FrameClock {
  readonly #framesPerMs: number;
  #lastMs = Number.NaN;
  /** When the display last ticked: `between` moves `#lastMs`. */
  #tickMs = Number.NaN;
  #debt = 0;
  /** Frames per refresh, averaged. */
  #framesPerTick = 0;
  #ticks = 0;

  constructor(frameRateHz: number) {
    this.#framesPerMs = frameRateHz / 1000;
  }

  /** Forgets the time since the last call: after a pause. */
  restart(): void {
    this.#lastMs = Number.NaN;
    this.#tickMs = Number.NaN;
    this.#debt = 0;
  }

  /** The display shows a picture at `nowMs`: how many frames to run before. */
  display(nowMs: number): number {
    this.#observe(nowMs);
    this.#pass(nowMs);
    const locked = this.#ticks >= AVERAGED_TICKS && Math.abs(this.#framesPerTick - 1) < LOCK_RANGE;
    const due = locked ? Math.round(this.#debt) : Math.floor(this.#debt);
    this.#debt = locked ? 0 : this.#debt - due;
    return due;
  }

  /** The same between two pictures: 0 unless the display is so late that the sound could run out. */
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
    // A refresh that was missed says nothing about the rate, and neither does a pause.
    if (!(frames > 0.1 && frames < 1.5)) return;
    this.#ticks++;
    this.#framesPerTick += (frames - this.#framesPerTick) / Math.min(this.#ticks, AVERAGED_TICKS);
  }
}
