import { useState } from "preact/hooks";
import { hexText } from "../state/format.ts";
import { showMemory, snapshots } from "../state/model.ts";
import { CellCanvas } from "./cell-canvas.tsx";
import { currentColors, drawTile, type PixelCanvas } from "./painter.ts";

const COLUMNS = 16;
const ROWS = 4;
const CELL_WIDTH = 12;
const CELL_HEIGHT = 20;
const SPRITE_TABLE = 0x08;
const TALL = 0x20;
const PANEL_COLOR = 0xff30_2a2a;

interface Sprite {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly tile: number;
  readonly attributes: number;
}

/** The 64 sprites of OAM with their patterns. */
export function Sprites() {
  const [sprite, setSprite] = useState<Sprite>();
  return (
    <>
      <CellCanvas
        label="Sprites"
        width={COLUMNS * CELL_WIDTH}
        height={ROWS * CELL_HEIGHT}
        columns={COLUMNS}
        rows={ROWS}
        draw={(target, video, { oam, header }) => {
          if (oam !== undefined) drawSprites(target, video, oam, header.ppu.control);
        }}
        onPoint={(cell) => {
          const oam = snapshots.latest?.oam;
          setSprite(oam === undefined || cell === undefined ? undefined : spriteAt(oam, indexOf(...cell)));
        }}
        onPick={(column, row) => showMemory("oam", 4 * indexOf(column, row))}
      />
      <p class="details">{sprite === undefined ? "Point at a sprite" : describe(sprite)}</p>
    </>
  );
}

function indexOf(column: number, row: number): number {
  return row * COLUMNS + column;
}

function spriteAt(oam: Uint8Array, index: number): Sprite {
  const at = 4 * index;
  return { index, y: oam[at]!, tile: oam[at + 1]!, attributes: oam[at + 2]!, x: oam[at + 3]! };
}

function drawSprites(target: PixelCanvas, video: Uint8Array, oam: Uint8Array, control: number): void {
  target.pixels.fill(PANEL_COLOR);
  const colors = currentColors(video);
  const isTall = (control & TALL) !== 0;
  for (let index = 0; index < COLUMNS * ROWS; index++) {
    const { tile, attributes } = spriteAt(oam, index);
    const x = (index % COLUMNS) * CELL_WIDTH + 2;
    const y = Math.floor(index / COLUMNS) * CELL_HEIGHT + 2;
    const first = 16 + 4 * (attributes & 3);
    if (!isTall) {
      const table = (control & SPRITE_TABLE) === 0 ? 0 : 0x1000;
      drawTile(target, video, table + 16 * tile, x, y + 4, colors, first, attributes);
      continue;
    }
    const address = (tile & 1) * 0x1000 + 16 * (tile & 0xfe);
    const isFlipped = (attributes & 0x80) !== 0;
    drawTile(target, video, address + (isFlipped ? 16 : 0), x, y, colors, first, attributes);
    drawTile(target, video, address + (isFlipped ? 0 : 16), x, y + 8, colors, first, attributes);
  }
  target.paint();
}

function describe({ index, x, y, tile, attributes }: Sprite): string {
  const facts = [
    `sprite ${index}: x ${x}, y ${y}`,
    `tile ${hexText(tile, 2)}`,
    `palette ${attributes & 3}`,
    (attributes & 0x20) === 0 ? "" : "behind",
    (attributes & 0x40) === 0 ? "" : "flipped ↔",
    (attributes & 0x80) === 0 ? "" : "flipped ↕",
    y >= 0xef ? "hidden" : "",
  ];
  return facts.filter((fact) => fact !== "").join(", ");
}
