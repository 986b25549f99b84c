import { VideoBus } from "./video-bus.ts";

const COARSE_X = 0x001f;
const COARSE_Y = 0x03e0;
const NAMETABLE_X = 0x0400;
const NAMETABLE_Y = 0x0800;
const FINE_Y = 0x7000;
const HORIZONTAL = COARSE_X | NAMETABLE_X;
const VERTICAL = FINE_Y | NAMETABLE_Y | COARSE_Y;

/** The scroll registers v and t. https://www.nesdev.org/wiki/PPU_scrolling */
export abstract class Scroll extends VideoBus {
  /** Moves one tile to the right; after the last tile, into the next nametable. */
  protected incrementCoarseX(): void {
    if ((this.v & COARSE_X) === COARSE_X) this.v ^= COARSE_X | NAMETABLE_X;
    else this.v++;
  }

  /** One line down. Row 29 leads to the next nametable; rows 30 and 31 wrap within theirs. */
  protected incrementY(): void {
    if ((this.v & FINE_Y) !== FINE_Y) {
      this.v += 0x1000;
      return;
    }
    this.v &= ~FINE_Y;
    const row = (this.v & COARSE_Y) >> 5;
    if (row === 29) this.v = (this.v & ~COARSE_Y) ^ NAMETABLE_Y;
    else if (row === 31) this.v &= ~COARSE_Y;
    else this.v += 0x20;
  }

  protected copyHorizontal(): void {
    this.v = (this.v & ~HORIZONTAL) | (this.t & HORIZONTAL);
  }

  protected copyVertical(): void {
    this.v = (this.v & ~VERTICAL) | (this.t & VERTICAL);
  }
}
