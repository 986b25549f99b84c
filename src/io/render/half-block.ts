import { ByteWriter, SYNC_BEGIN, SYNC_END, utf8 } from "./ansi.ts";
import { CellScreen, type GlyphSet } from "./cell-screen.ts";
import { trueColorTable } from "./colors.ts";
import type { Encoder, EncoderSetup } from "./encoder.ts";
import { type Sampler, samplerFor } from "./sampler.ts";
import type { Placement } from "./scale.ts";

/** Mask bit 0 is the upper half, bit 1 the lower. */
const HALF_BLOCKS: GlyphSet = { fullMask: 3, glyphs: [" ", "▀", "▄", "█"] };
const UPPER = 1;

/** Two dots a cell, one above the other: every colour is exact, and every terminal has the glyphs. */
export class HalfBlockEncoder implements Encoder {
  readonly name = "half-block";
  readonly maxFrameBytes: number;
  readonly placement: Placement;
  readonly #screen: CellScreen;
  readonly #sampler: Sampler;
  readonly #dots: Uint16Array;
  readonly #out = new ByteWriter(new Uint8Array(0));
  readonly #begin: Uint8Array;
  readonly #end: Uint8Array;

  constructor(setup: EncoderSetup, placement: Placement) {
    const { capabilities, palette, source, frameWidth } = setup;
    const across = placement.columns;
    const down = placement.rows * 2;
    this.placement = placement;
    this.#sampler = samplerFor(palette, source, frameWidth, across, down);
    this.#dots = new Uint16Array(across * down);
    this.#screen = new CellScreen(
      placement,
      trueColorTable(this.#sampler.colors),
      HALF_BLOCKS,
      capabilities.fullBlock,
      capabilities.complementGlyphs,
    );
    this.#begin = utf8(capabilities.synchronizedOutput ? SYNC_BEGIN : "");
    this.#end = utf8(capabilities.synchronizedOutput ? SYNC_END : "");
    this.maxFrameBytes = this.#screen.maxBytes + this.#begin.length + this.#end.length;
  }

  encode(frame: Uint16Array, out: Uint8Array): number {
    this.#sampler.sample(frame, this.#dots);
    this.#cells();
    const writer = this.#out;
    writer.bytes = out;
    writer.length = 0;
    writer.append(this.#begin);
    const start = writer.length;
    this.#screen.write(writer);
    if (writer.length === start) return 0;
    writer.append(this.#end);
    return writer.length;
  }

  invalidate(): void {
    this.#screen.invalidate();
  }

  #cells(): void {
    const { columns, rows } = this.placement;
    const { colors, masks } = this.#screen;
    const dots = this.#dots;
    for (let row = 0, at = 0; row < rows; row++) {
      let upper = row * 2 * columns;
      let lower = upper + columns;
      for (let column = 0; column < columns; column++, at++) {
        const first = dots[upper++]!;
        const second = dots[lower++]!;
        masks[at] = first === second ? 0 : UPPER;
        colors[at] = ((first << 16) | second) >>> 0;
      }
    }
  }
}
