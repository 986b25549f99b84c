import type { StillPicture } from "../render/still-picture.ts";

/** Pictures that are kept: 61 KB each from an NES game. */
const MOST = 96;

interface PastPicture {
  readonly position: number;
  readonly picture: StillPicture;
}

/**
 * Small pictures of what the game has shown, by their position in the history to which it can go back. When
 * there are too many, pictures are dropped so that the recent past keeps more of them than the distant past.
 */
export class PastPictures {
  readonly #pictures: PastPicture[] = [];

  get length(): number {
    return this.#pictures.length;
  }

  /** Adds the picture of a later position than the last one; others are ignored. */
  add(position: number, picture: StillPicture): void {
    const last = this.#pictures.at(-1);
    if (last !== undefined && position <= last.position) return;
    this.#pictures.push({ position, picture });
    if (this.#pictures.length > MOST) this.#pictures.splice(this.#leastMissed(), 1);
  }

  /** Forgets the pictures after a position, from which the game continues differently. */
  forgetAfter(position: number): void {
    while ((this.#pictures.at(-1)?.position ?? position) > position) this.#pictures.pop();
  }

  /** The picture nearest to a position; undefined if there is none. */
  nearest(position: number): StillPicture | undefined {
    let best: PastPicture | undefined;
    for (const past of this.#pictures)
      if (best === undefined || Math.abs(past.position - position) < Math.abs(best.position - position))
        best = past;
    return best?.picture;
  }

  /** The picture whose neighbours are closest together for their age. */
  #leastMissed(): number {
    const pictures = this.#pictures;
    const newest = pictures.at(-1)!.position;
    let least = Number.POSITIVE_INFINITY;
    let index = 1;
    for (let i = 1; i < pictures.length - 1; i++) {
      const before = pictures[i - 1]!.position;
      const gap = (pictures[i + 1]!.position - before) / (newest - before);
      if (gap < least) [least, index] = [gap, i];
    }
    return index;
  }
}
