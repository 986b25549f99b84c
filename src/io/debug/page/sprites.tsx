import { useRef, useState } from "preact/hooks";
import { hexText } from "./format.ts";
import { showMemory, snapshots } from "./model.ts";
import { currentColors, drawTile, PixelCanvas, pointedCell } from "./painter.ts";
import type { MachineSnapshot } from "./snapshot-format.ts";
import { useSnapshots } from "./snapshots.ts";

const SPRITES = 64;
const COLUMNS = 8;
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
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<PixelCanvas | undefined>(undefined);
  const [sprite, setSprite] = useState<Sprite>();
  useSnapshots(snapshots, ({ video, oam, header }: MachineSnapshot) => {
    if (video === undefined || oam === undefined) return;
    painter.current ??= new PixelCanvas(
      canvas.current!,
      COLUMNS * CELL_WIDTH * 2,
      (SPRITES / COLUMNS / 2) * CELL_HEIGHT,
    );
    drawSprites(painter.current, video, oam, header.ppu.control);
  });
  const spriteOf = (event: MouseEvent): Sprite | undefined => {
    const oam = snapshots.latest?.oam;
    if (oam === undefined) return undefined;
    const [x, y] = pointedCell(canvas.current!, event, 2 * COLUMNS, SPRITES / COLUMNS / 2);
    return spriteAt(oam, y * 16 + x);
  };
  return (
    <>
      <div class="fit">
        <canvas
          ref={canvas}
          style={{ "--ratio": (2 * COLUMNS * CELL_WIDTH) / ((SPRITES / COLUMNS / 2) * CELL_HEIGHT) }}
          width={COLUMNS * CELL_WIDTH * 2}
          height={(SPRITES / COLUMNS / 2) * CELL_HEIGHT}
          aria-label="Sprites"
          onMouseMove={(event) => setSprite(spriteOf(event))}
          onMouseLeave={() => setSprite(undefined)}
          onClick={(event) => showMemory("oam", 4 * (spriteOf(event)?.index ?? 0))}
        />
      </div>
      <p class="details">{sprite === undefined ? "Point at a sprite" : describe(sprite)}</p>
    </>
  );
}

function spriteAt(oam: Uint8Array, index: number): Sprite {
  const at = 4 * index;
  return { index, y: oam[at]!, tile: oam[at + 1]!, attributes: oam[at + 2]!, x: oam[at + 3]! };
}

function drawSprites(target: PixelCanvas, video: Uint8Array, oam: Uint8Array, control: number): void {
  target.pixels.fill(PANEL_COLOR);
  const colors = currentColors(video);
  const isTall = (control & TALL) !== 0;
  for (let index = 0; index < SPRITES; index++) {
    const { tile, attributes } = spriteAt(oam, index);
    const x = (index % 16) * CELL_WIDTH + 2;
    const y = Math.floor(index / 16) * CELL_HEIGHT + 2;
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
