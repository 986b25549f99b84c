import { useState } from "preact/hooks";
import { hexText } from "../state/format.ts";
import { showMemory } from "../state/model.ts";
import { CellCanvas } from "./cell-canvas.tsx";
import { currentColors, drawTile, type PixelCanvas } from "./painter.ts";

const WIDTH = 256;
const HEIGHT = 128;
const NAMES = [
  "Background 0",
  "Background 1",
  "Background 2",
  "Background 3",
  "Sprites 0",
  "Sprites 1",
  "Sprites 2",
  "Sprites 3",
];

/** The two pattern tables in the colours of one palette. */
export function Patterns() {
  const [palette, setPalette] = useState(0);
  const [tile, setTile] = useState<number>();
  return (
    <>
      <CellCanvas
        label="Pattern tables"
        width={WIDTH}
        height={HEIGHT}
        columns={32}
        rows={16}
        inputs={[palette]}
        draw={(target, video) => drawPatterns(target, video, palette)}
        onPoint={(cell) => setTile(cell === undefined ? undefined : tileAt(...cell))}
        onPick={(column, row) => showMemory("ppu", 16 * tileAt(column, row))}
      />
      <p class="details">
        <select
          aria-label="Palette"
          value={String(palette)}
          onChange={(event) => setPalette(Number(event.currentTarget.value))}
        >
          {NAMES.map((name, index) => (
            <option key={name} value={String(index)}>
              {name}
            </option>
          ))}
        </select>
        {tile !== undefined && `tile ${hexText(tile & 0xff, 2)} at ${hexText(16 * tile, 4)}`}
      </p>
    </>
  );
}

/** The index of a tile; tables are 16 × 16, the second one to the right. */
function tileAt(column: number, row: number): number {
  return (column >> 4) * 256 + row * 16 + (column & 15);
}

function drawPatterns(target: PixelCanvas, video: Uint8Array, palette: number): void {
  const colors = currentColors(video);
  for (let tile = 0; tile < 512; tile++) {
    const x = 8 * (tile & 15) + (tile >> 8) * 128;
    drawTile(target, video, 16 * tile, x, 8 * ((tile >> 4) & 15), colors, 4 * palette);
  }
  target.paint();
}
