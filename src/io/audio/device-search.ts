import { SOUND_SYSTEMS, type SoundSystem } from "./sink.ts";

/** The pause after a failed search doubles from the first of these to the second. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 15_000;
/**
 * Searches for the system that was lost alone: 0.5, 1.5 and 3.5 s after the loss. Others are tried from 7.5 s
 * on. A sound server takes about a second to restart, and in that time ALSA would take its card.
 */
const LOYAL_SEARCHES = 3;
/** A device that played for less than this before it was lost is not searched for at once. */
const STEADY_MS = 10_000;

/** Decides which sound systems are tried, and when, if there is no device or it is gone. */
export class DeviceSearch {
  readonly #wanted: SoundSystem | "auto";
  #lost: SoundSystem | undefined;
  #searches = 0;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(wanted: SoundSystem | "auto") {
    this.#wanted = wanted;
  }

  /** The systems to be tried now, in this order. */
  get systems(): readonly SoundSystem[] {
    if (this.#wanted !== "auto") return [this.#wanted];
    if (this.#lost !== undefined && this.#searches < LOYAL_SEARCHES) return [this.#lost];
    return SOUND_SYSTEMS;
  }

  /** Call when no device was found. Returns the milliseconds until the next search. */
  failed(): number {
    this.#searches++;
    return this.#nextPause();
  }

  /**
   * Call when the device is gone after it has played for `playedMs`. Returns the milliseconds until the next
   * search.
   */
  lost(system: SoundSystem, playedMs: number): number {
    this.#lost = system;
    this.#searches = 0;
    if (playedMs >= STEADY_MS) this.#pauseMs = FIRST_PAUSE_MS;
    return this.#nextPause();
  }

  #nextPause(): number {
    const pause = this.#pauseMs;
    this.#pauseMs = Math.min(MAX_PAUSE_MS, 2 * pause);
    return pause;
  }
}
