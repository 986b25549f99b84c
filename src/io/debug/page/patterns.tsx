import { useRef, useState } from "preact/hooks";
import { hexText } from "./format.ts";
import { showMemory, snapshots } from "./model.ts";
import { currentColors, drawTile, PixelCanvas, pointedCell } from "./painter.ts";
import type { MachineSnapshot } from "./snapshot-format.ts";
import { useSnapshots } from "./snapshots.ts";

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
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<PixelCanvas | undefined>(undefined);
  const [palette, setPalette] = useState(0);
  const [tile, setTile] = useState<number>();
  const draw = ({ video }: MachineSnapshot): void => {
    if (video === undefined) return;
    painter.current ??= new PixelCanvas(canvas.current!, WIDTH, HEIGHT);
    const colors = currentColors(video);
    for (let index = 0; index < 512; index++) {
      const x = 8 * (index & 15) + (index >> 8) * 128;
      drawTile(painter.current, video, 16 * index, x, 8 * ((index >> 4) & 15), colors, 4 * palette);
    }
    painter.current.paint();
  };
  useSnapshots(snapshots, draw, [palette]);
  const tileOf = (event: MouseEvent): number => {
    const [x, y] = pointedCell(canvas.current!, event, 32, 16);
    return (x >> 4) * 256 + y * 16 + (x & 15);
  };
  return (
    <>
      <div class="fit">
        <canvas
          ref={canvas}
          style={{ "--ratio": WIDTH / HEIGHT }}
          width={WIDTH}
          height={HEIGHT}
          aria-label="Pattern tables"
          onMouseMove={(event) => setTile(tileOf(event))}
          onMouseLeave={() => setTile(undefined)}
          onClick={(event) => showMemory("ppu", 16 * tileOf(event))}
        />
      </div>
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
