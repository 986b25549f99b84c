import type { ByteWriter } from "../ansi.ts";
import { ColorSlots, type ColorTable } from "../colors/colors.ts";
import type { CellGrid } from "./cell-grid.ts";
import type { CellMapper } from "./cell-mapper.ts";
import type { GlyphSet } from "./glyphs.ts";
import type { Sampler } from "./sampler.ts";

/** Colour ids of a picture without colours: the terminal's own foreground and background. */
const LIGHT = 1;
const DARK = 0;

/** Thresholds of a 4 × 4 ordered dither, in sixteenths. */
const BAYER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];

/** Default foreground (39) and background (49): no colours. */
export class MonoTable extends ColorSlots implements ColorTable {
  readonly maxDefinitionBytes = 0;

  constructor() {
    super(2);
    const encoder = new TextEncoder();
    for (const id of [DARK, LIGHT]) this.set(id, encoder.encode("39"), encoder.encode("49"));
  }

  define(_id: number, _out: ByteWriter): void {}
}

/** Sets dots by brightness, with an ordered dither between black and white. */
export class MonoMapper implements CellMapper {
  readonly #sampler: Sampler;
  readonly #glyphs: GlyphSet;
  readonly #columns: number;
  /** Brightness by colour id, 0 to 16. */
  readonly #levels: Uint8Array;

  /**
   * `sampler` provides the dots of rows of `columns` cells. `isLight`: the terminal's background is lighter
   * than its foreground, so dark dots are drawn instead of bright ones.
   */
  constructor(sampler: Sampler, glyphs: GlyphSet, columns: number, isLight: boolean) {
    this.#sampler = sampler;
    this.#glyphs = glyphs;
    this.#columns = columns;
    this.#levels = Uint8Array.from(sampler.colors, (color) => {
      const light = 0.299 * (color >> 16) + 0.587 * ((color >> 8) & 0xff) + 0.114 * (color & 0xff);
      const level = Math.round((light / 255) * 16);
      return isLight ? 16 - level : level;
    });
  }

  invalidate(): void {
    this.#sampler.invalidate();
  }

  map(frame: Uint16Array, { colors, masks, isRowChanged }: CellGrid): void {
    const { dotsAcross, dotsDown } = this.#glyphs;
    const { dots } = this.#sampler;
    const levels = this.#levels;
    const columns = this.#columns;
    const stride = columns * dotsAcross;
    this.#sampler.sample(frame);
    const { isChanged } = this.#sampler;
    for (let row = 0; row < isRowChanged.length; row++) {
      isRowChanged[row] = 0;
      for (let y = row * dotsDown; y < (row + 1) * dotsDown; y++) isRowChanged[row]! |= isChanged[y]!;
      if (isRowChanged[row] === 0) continue;
      for (let column = 0, at = row * columns; column < columns; column++, at++) {
        let mask = 0;
        for (let dot = 0; dot < dotsAcross * dotsDown; dot++) {
          const x = column * dotsAcross + (dot % dotsAcross);
          const y = row * dotsDown + ((dot / dotsAcross) | 0);
          if (levels[dots[y * stride + x]!]! > BAYER[(y & 3) * 4 + (x & 3)]!) mask |= 1 << dot;
        }
        masks[at] = mask;
        colors[at] = (LIGHT << 16) | DARK;
      }
    }
  }
}
