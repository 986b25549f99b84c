import { ByteWriter, SYNC_BEGIN, SYNC_END, utf8 } from "./ansi.ts";
import { type CellMapper, HalfBlockMapper, PairMapper } from "./cell-mappers.ts";
import { CellScreen } from "./cell-screen.ts";
import { trueColorTable } from "./colors.ts";
import type { Encoder, EncoderSetup } from "./encoder.ts";
import { type GlyphSet, HALF_BLOCKS } from "./glyphs.ts";
import { type Sampler, samplerFor } from "./sampler.ts";
import type { Placement } from "./scale.ts";

/** Pictures of coloured characters: frame → dots → cells of two colours → what differs from the screen. */
export class CellEncoder implements Encoder {
  readonly name: string;
  readonly maxFrameBytes: number;
  readonly #screen: CellScreen;
  readonly #sampler: Sampler;
  readonly #mapper: CellMapper;
  readonly #dots: Uint16Array;
  readonly #out = new ByteWriter(new Uint8Array(0));
  readonly #begin: Uint8Array;
  readonly #end: Uint8Array;

  constructor(name: string, glyphs: GlyphSet, setup: EncoderSetup, placement: Placement) {
    const { capabilities, palette, source, frameWidth } = setup;
    const across = placement.columns * glyphs.dotsAcross;
    const down = placement.rows * glyphs.dotsDown;
    this.name = name;
    this.#sampler = samplerFor(palette, source, frameWidth, across, down);
    this.#dots = new Uint16Array(across * down);
    this.#mapper =
      glyphs === HALF_BLOCKS
        ? new HalfBlockMapper(placement.columns)
        : new PairMapper(placement.columns, glyphs, this.#sampler.colors);
    this.#screen = new CellScreen(placement, trueColorTable(this.#sampler.colors), glyphs, capabilities);
    this.#begin = utf8(capabilities.synchronizedOutput ? SYNC_BEGIN : "");
    this.#end = utf8(capabilities.synchronizedOutput ? SYNC_END : "");
    this.maxFrameBytes = this.#screen.maxBytes + this.#begin.length + this.#end.length;
  }

  encode(frame: Uint16Array, out: Uint8Array): number {
    const screen = this.#screen;
    this.#sampler.sample(frame, this.#dots);
    this.#mapper.map(this.#dots, screen.masks, screen.colors);
    const writer = this.#out;
    writer.bytes = out;
    writer.length = 0;
    writer.append(this.#begin);
    const start = writer.length;
    screen.write(writer);
    if (writer.length === start) return 0;
    writer.append(this.#end);
    return writer.length;
  }

  invalidate(): void {
    this.#screen.invalidate();
  }
}
