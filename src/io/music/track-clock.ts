import { type NsfTrack, trackTimes } from "../../emu/nes/cartridge/nsf-program.ts";

/** What follows the end of a track. */
export const REPEAT_MODES = ["all", "track", "off"] as const;
export type RepeatMode = (typeof REPEAT_MODES)[number];

/** A track is over if nothing was heard for this long. */
const SILENCE_SECONDS = 4;

/** What a track does at a moment. */
export type TrackMoment =
  | { readonly kind: "playing"; readonly gain: number }
  /** The track has faded out, or has been silent for a while. */
  | { readonly kind: "over" };

/**
 * The state of a track after `seconds`, of which the last `silentSeconds` were silent. Repeated tracks play
 * on without a fade: the music loops by itself. Those that end in silence are over in every mode.
 */
export function momentOf(
  track: NsfTrack | undefined,
  seconds: number,
  silentSeconds: number,
  repeat: RepeatMode,
): TrackMoment {
  if (silentSeconds >= SILENCE_SECONDS) return { kind: "over" };
  const { timeMs, fadeMs } = trackTimes(track);
  const past = seconds * 1000 - timeMs;
  if (repeat === "track" || past <= 0) return { kind: "playing", gain: 1 };
  return past >= fadeMs ? { kind: "over" } : { kind: "playing", gain: 1 - past / fadeMs };
}

/** How long a track plays, with its fade, if it is not repeated. */
export function trackSeconds(track: NsfTrack | undefined): number {
  const { timeMs, fadeMs } = trackTimes(track);
  return (timeMs + fadeMs) / 1000;
}

/** A moment to which playing can go back. */
export interface Checkpoint {
  /** In frames of the track. */
  readonly frame: number;
  readonly state: Uint8Array;
}

/**
 * States of the track that plays, some seconds apart, so that going back is fast. If there are many, every
 * second one is dropped and the distance doubles.
 */
export class Checkpoints {
  readonly #most: number;
  readonly #firstDistance: number;
  #distance: number;
  #kept: Checkpoint[] = [];

  /** `distance` is in frames. */
  constructor(distance: number, most = 32) {
    this.#firstDistance = distance;
    this.#distance = distance;
    this.#most = most;
  }

  /** Forgets all: another track begins. */
  clear(): void {
    this.#kept = [];
    this.#distance = this.#firstDistance;
  }

  /** Returns true if a state at this frame is worth keeping. */
  wants(frame: number): boolean {
    const before = this.before(frame);
    return before === undefined || frame - before.frame >= this.#distance;
  }

  keep(frame: number, state: Uint8Array): void {
    this.#kept = [...this.#kept, { frame, state }].sort((one, other) => one.frame - other.frame);
    if (this.#kept.length <= this.#most) return;
    this.#kept = this.#kept.filter((_, at) => at % 2 === 0);
    this.#distance *= 2;
  }

  /** The last checkpoint at or before a frame. */
  before(frame: number): Checkpoint | undefined {
    return this.#kept.findLast((checkpoint) => checkpoint.frame <= frame);
  }
}
