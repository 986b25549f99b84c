import type { FramePixels } from "../../emu/machine.ts";
import { sharedNowMs } from "../ffi/clock.ts";
import type { StillPicture } from "../render/still-picture.ts";
import { type FrameColors, stillOfFrame } from "../render/still-resize.ts";
import type { SharedBlocks } from "../shared/layout.ts";
import { STAT_REWIND_POSITION } from "../shared/layout-words.ts";

/** A small picture of the game, for the strip that rewinding shows. */
export interface PastPicture {
  readonly type: "past";
  /** The position in the history to which the game can go back (`StatsSummary.rewindPosition`). */
  readonly position: number;
  readonly picture: StillPicture;
}

const EVERY_MS = 500;
/** Wide enough for a strip of a few pictures in a large window. */
const WIDTH = 128;

/**
 * Takes a small picture of what the presenter shows, twice a second, so that the machine's thread spends no
 * time on it. A picture takes half a millisecond.
 */
export class PastSampler {
  readonly #blocks: SharedBlocks;
  readonly #post: (picture: PastPicture) => void;
  #nextMs = 0;

  constructor(blocks: SharedBlocks, post: (picture: PastPicture) => void) {
    this.#blocks = blocks;
    this.#post = post;
  }

  /** Call it with each new frame that is shown. */
  offer(frame: FramePixels, colors: FrameColors): void {
    const now = sharedNowMs();
    if (now < this.#nextMs || this.#blocks.rewind.length === 0) return;
    this.#nextMs = now + EVERY_MS;
    const position = Atomics.load(this.#blocks.stats.words, STAT_REWIND_POSITION);
    this.#post({ type: "past", position, picture: stillOfFrame(frame, colors, WIDTH) });
  }
}
