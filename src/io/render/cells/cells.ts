import { ByteWriter, SYNC_BEGIN, SYNC_END, utf8 } from "../ansi.ts";
import { type ColorTable, isFixedSlot, TrueColorTable, UploadedColorTable } from "../colors/colors.ts";
import { cube, FixedColorTable, sixteen } from "../colors/fixed-colors.ts";
import { MAX_PALETTE_ENTRIES } from "../colors/palette.ts";
import type { Encoder, EncoderSetup } from "../encoder.ts";
import type { Placement } from "../scale.ts";
import type { CellMapper } from "./cell-mapper.ts";
import { CellScreen } from "./cell-screen.ts";
import { glyphForms } from "./glyph-forms.ts";
import { type GlyphSet, HALF_BLOCKS } from "./glyphs.ts";
import { HalfBlockMapper } from "./half-block-mapper.ts";
import { MonoMapper, MonoTable } from "./mono.ts";
import { PairMapper } from "./pair-mapper.ts";
import { samplerFor } from "./sampler.ts";
import { ShapeMapper } from "./shape-mapper.ts";
import { isShapeSet } from "./shapes.ts";

/** Pictures of coloured characters: frame → dots → cells of two colours → difference from the screen. */
export class CellEncoder implements Encoder {
  readonly name: string;
  readonly maxFrameBytes: number;
  limitBytes = Number.POSITIVE_INFINITY;
  readonly #canLimit: boolean;
  readonly #screen: CellScreen;
  readonly #mapper: CellMapper;
  readonly #out = new ByteWriter(new Uint8Array(0));
  readonly #begin: Uint8Array;
  readonly #end: Uint8Array;

  constructor(name: string, glyphs: GlyphSet, setup: EncoderSetup, placement: Placement) {
    const { capabilities } = setup;
    this.name = name;
    const { mapper, colors, maskFollows } = mapperFor(glyphs, setup, placement);
    this.#mapper = mapper;
    const table = colorTable(setup, colors);
    this.#screen = new CellScreen(placement, table, glyphs, maskFollows, colors, capabilities);
    this.#canLimit = capabilities.colors !== "mono";
    this.#begin = utf8(capabilities.synchronizedOutput ? SYNC_BEGIN : "");
    this.#end = utf8(capabilities.synchronizedOutput ? SYNC_END : "");
    this.maxFrameBytes = this.#screen.maxBytes + this.#begin.length + this.#end.length;
  }

  encode(frame: Uint16Array, out: Uint8Array): number {
    const screen = this.#screen;
    this.#mapper.map(frame, screen.grid);
    const writer = this.#out;
    writer.restart(out);
    writer.append(this.#begin);
    const start = writer.length;
    screen.write(writer, this.#canLimit ? this.limitBytes : Number.POSITIVE_INFINITY);
    if (writer.length === start) return 0;
    writer.append(this.#end);
    return writer.length;
  }

  get exactShare(): number {
    const { grid, inexactCells } = this.#screen;
    return 1 - inexactCells / grid.colors.length;
  }

  invalidate(): void {
    this.#mapper.invalidate();
    this.#screen.invalidate();
  }
}

/** A mapper, the colours of its cells by id, and whether masks follow from them (`CellGrid.maskFollows`). */
interface ChosenMapper {
  readonly mapper: CellMapper;
  readonly colors: Uint32Array;
  readonly maskFollows: boolean;
}

function mapperFor(glyphs: GlyphSet, setup: EncoderSetup, placement: Placement): ChosenMapper {
  const { capabilities, palette, source, frameWidth } = setup;
  const isMono = capabilities.colors === "mono";
  if (isShapeSet(glyphs) && !isMono) {
    const { seams } = glyphForms(glyphs, !capabilities.fullBlock, false);
    const mapper = new ShapeMapper(glyphs, seams, palette, source, frameWidth, placement);
    return { mapper, colors: palette, maskFollows: false };
  }
  const across = placement.columns * glyphs.dotsAcross;
  const down = placement.rows * glyphs.dotsDown;
  const sampler = samplerFor(palette, source, frameWidth, across, down);
  const { colors } = sampler;
  if (isMono) {
    const mapper = new MonoMapper(sampler, glyphs, placement.columns, capabilities.lightBackground);
    return { mapper, colors, maskFollows: false };
  }
  if (glyphs === HALF_BLOCKS) return { mapper: new HalfBlockMapper(sampler), colors, maskFollows: true };
  return { mapper: new PairMapper(sampler, glyphs), colors, maskFollows: false };
}

function colorTable({ capabilities }: EncoderSetup, colors: Uint32Array): ColorTable {
  const { paletteUpload, palette, colors: mode } = capabilities;
  if (mode === "mono") return new MonoTable();
  const slots = mode === "16" ? sixteen(palette) : cube();
  // Uploads change all other slots.
  if (paletteUpload !== "none" && mode === "256")
    for (const slot of slots.keys()) if (!isFixedSlot(slot)) slots.delete(slot);
  const plain = mode === "true" ? new TrueColorTable(colors) : new FixedColorTable(colors, slots);
  // Uploaded colours are exact in any terminal. Averaged pictures have more colours than there are slots.
  const isUploaded = paletteUpload !== "none" && paletteUpload !== "beside";
  return isUploaded && colors.length <= MAX_PALETTE_ENTRIES
    ? new UploadedColorTable(colors, paletteUpload, plain)
    : plain;
}
