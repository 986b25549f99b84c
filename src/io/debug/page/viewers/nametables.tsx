import { useState } from "preact/hooks";
import { hexText } from "../state/format.ts";
import { showMemory, snapshots } from "../state/model.ts";
import { CellCanvas } from "./cell-canvas.tsx";
import { currentColors, drawTile, type PixelCanvas } from "./painter.ts";

const WIDTH = 512;
const HEIGHT = 480;
const BACKGROUND_TABLE = 0x10;

interface Cell {
  readonly address: number;
  readonly tile: number;
  readonly palette: number;
}

/** The four nametables, and the part that is scrolled into the picture. */
export function Nametables() {
  const [cell, setCell] = useState<Cell>();
  const [hasGrid, setGrid] = useState(false);
  return (
    <>
      <CellCanvas
        label="The four nametables with the scrolled part"
        width={WIDTH}
        height={HEIGHT}
        columns={64}
        rows={60}
        inputs={[hasGrid]}
        draw={(target, video, { header }) => {
          drawNametables(target, video, header.ppu.control);
          target.paint();
          drawWindow(target.context, header.ppu, hasGrid);
        }}
        onPoint={(pointed) => setCell(pointed === undefined ? undefined : shownCell(...pointed))}
        onPick={(x, y) => {
          const clicked = shownCell(x, y);
          if (clicked !== undefined) showMemory("ppu", clicked.address);
        }}
      />
      <p class="details">
        {cell === undefined ? (
          <label>
            <input
              type="checkbox"
              checked={hasGrid}
              onChange={(event) => setGrid(event.currentTarget.checked)}
            />
            Grid of attributes
          </label>
        ) : (
          `${hexText(cell.address, 4)}: tile ${hexText(cell.tile, 2)}, palette ${cell.palette}`
        )}
      </p>
    </>
  );
}

/** A cell in the snapshot that is shown; undefined if there is none. */
function shownCell(x: number, y: number): Cell | undefined {
  const video = snapshots.latest?.video;
  return video === undefined ? undefined : cellAt(video, x, y);
}

function cellAt(video: Uint8Array, x: number, y: number): Cell {
  const table = 0x2000 + (x >= 32 ? 0x400 : 0) + (y >= 30 ? 0x800 : 0);
  const [column, row] = [x % 32, y % 30];
  const attribute = video[table + 0x3c0 + (row >> 2) * 8 + (column >> 2)]!;
  const address = table + row * 32 + column;
  return {
    address,
    tile: video[address]!,
    palette: (attribute >> (((row & 2) << 1) | (column & 2))) & 3,
  };
}

function drawNametables(target: PixelCanvas, video: Uint8Array, control: number): void {
  const patterns = (control & BACKGROUND_TABLE) === 0 ? 0 : 0x1000;
  const colors = currentColors(video);
  for (let y = 0; y < 60; y++) {
    for (let x = 0; x < 64; x++) {
      const { tile, palette } = cellAt(video, x, y);
      drawTile(target, video, patterns + 16 * tile, 8 * x, 8 * y, colors, 4 * palette);
    }
  }
}

/** The scrolled part continues at the opposite edge. */
function drawWindow(
  context: CanvasRenderingContext2D,
  { scrollX, scrollY }: { scrollX: number; scrollY: number },
  hasGrid: boolean,
): void {
  if (hasGrid) {
    context.fillStyle = "rgb(255 255 255 / 25%)";
    for (let x = 16; x < WIDTH; x += 16) context.fillRect(x, 0, 1, HEIGHT);
    for (let y = 16; y < HEIGHT; y += 16) context.fillRect(0, y, WIDTH, 1);
  }
  context.fillStyle = "rgb(255 255 255 / 45%)";
  context.fillRect(255, 0, 1, HEIGHT);
  context.fillRect(0, 239, WIDTH, 1);
  context.lineWidth = 3;
  for (const left of [scrollX, scrollX - WIDTH]) {
    for (const top of [scrollY, scrollY - HEIGHT]) {
      context.strokeStyle = "#000";
      context.strokeRect(left + 0.5, top + 0.5, 256, 240);
      context.strokeStyle = "#ffd23f";
      context.strokeRect(left - 0.5, top - 0.5, 258, 242);
    }
  }
}
