import type { RepeatMode } from "./track-clock.ts";

/** The order in which tracks play: that of the file, or each once in random order. */
export class TrackOrder {
  readonly #count: number;
  readonly #random: () => number;
  /** The shuffled order of the tracks; undefined for the file's order. */
  #shuffled: number[] | undefined;

  /** `random` returns numbers from 0 to below 1. */
  constructor(count: number, random: () => number = Math.random) {
    this.#count = count;
    this.#random = random;
  }

  get isShuffled(): boolean {
    return this.#shuffled !== undefined;
  }

  /** Shuffles the tracks, the current one first, or returns to the order of the file. */
  toggleShuffle(track: number): void {
    this.#shuffled = this.#shuffled === undefined ? [track, ...this.#mixed(track)] : undefined;
  }

  /** The track that plays after `track` is over; undefined if the music stops. */
  after(track: number, repeat: RepeatMode): number | undefined {
    if (repeat === "track") return track;
    const isLast = this.#placeOf(track) === this.#count - 1;
    return isLast && repeat === "off" ? undefined : this.step(track, 1);
  }

  /**
   * The track `by` places after `track`, which is 1 or -1. After the last one comes the first one; shuffled
   * tracks are then shuffled again.
   */
  step(track: number, by: number): number {
    const place = this.#placeOf(track) + by;
    if (this.#shuffled !== undefined && place === this.#count)
      this.#shuffled = this.#count === 1 ? [track] : [...this.#mixed(track), track];
    const next = (place + this.#count) % this.#count;
    return this.#shuffled?.[next] ?? next;
  }

  /** The listener has chosen `track` while `current` played: moves it to the place after `current`. */
  choose(track: number, current: number): void {
    const shuffled = this.#shuffled;
    if (shuffled === undefined || track === current) return;
    shuffled.splice(shuffled.indexOf(track), 1);
    shuffled.splice(shuffled.indexOf(current) + 1, 0, track);
  }

  #placeOf(track: number): number {
    return this.#shuffled?.indexOf(track) ?? track;
  }

  /** All tracks but one, in random order. */
  #mixed(except: number): number[] {
    const tracks = Array.from({ length: this.#count }, (_, track) => track).filter((each) => each !== except);
    for (let last = tracks.length - 1; last > 0; last--) {
      const other = Math.floor(this.#random() * (last + 1));
      [tracks[last], tracks[other]] = [tracks[other]!, tracks[last]!];
    }
    return tracks;
  }
}
