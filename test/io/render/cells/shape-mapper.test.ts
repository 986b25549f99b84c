import { expect, test } from "bun:test";
import { CellGrid } from "../../../../src/io/render/cells/cell-grid.ts";
import { glyphForms } from "../../../../src/io/render/cells/glyph-forms.ts";
import { ShapeMapper } from "../../../../src/io/render/cells/shape-mapper.ts";
import { SEXTANT_SHAPES } from "../../../../src/io/render/cells/shapes.ts";
import { placeFor } from "../../../../src/io/render/encoders.ts";
import { gameFrame, noiseFrame, PALETTE, plainFrame, setupFor, WIDTH } from "../../../support/game-frames.ts";

// In the smallest window, cells have too many pixels to be remembered.
test.each([
  [24, 9],
  [80, 24],
  [130, 48],
  [260, 90],
])("%d × %d: remembered cells are those that a new mapper chooses", (columns, rows) => {
  const setup = setupFor(columns, rows);
  const { placement } = placeFor("sextant", setup)!;
  const { seams } = glyphForms(SEXTANT_SHAPES, false, false);
  const mapper = () => new ShapeMapper(SEXTANT_SHAPES, seams, PALETTE, setup.source, WIDTH, placement);
  const grid = () => new CellGrid(placement.columns, placement.rows, false);
  const [lasting, shown] = [mapper(), grid()];
  const frames = [...[0, 1, 8, 9, 16].map(gameFrame), plainFrame(2, 5), noiseFrame(1), gameFrame(8)];
  for (const frame of frames) {
    lasting.map(frame, shown);
    const wanted = grid();
    mapper().map(frame, wanted);
    expect(shown.colors).toEqual(wanted.colors);
    expect(shown.masks).toEqual(wanted.masks);
  }
});
