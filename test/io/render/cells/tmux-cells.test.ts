import { describe, expect, test } from "bun:test";
import { createEncoder, placeFor } from "../../../../src/io/render/encoders.ts";
import { gameFrame, HEIGHT, PALETTE, setupFor, WIDTH } from "../../../support/game-frames.ts";
import { HAS_TMUX, type ScreenCell, tmuxScreen } from "../../../support/tmux-screen.ts";

const COLUMNS = 300;
const ROWS = 124;
const FRAMES = [0, 2, 4, 5, 3];

/** The colours of a cell's halves; uploaded colours by their slot. */
function halves({ char, foreground, background }: ScreenCell): [upper: number, lower: number] {
  if (char === " ") return [background, background];
  if (char === "█") return [foreground, foreground];
  if (char === "▀") return [foreground, background];
  if (char === "▄") return [background, foreground];
  throw new Error(`unexpected ${JSON.stringify(char)}`);
}

/** Colours that OSC 4 has set, by slot. */
function uploads(bytes: Uint8Array): Map<number, number> {
  const text = new TextDecoder().decode(bytes);
  return new Map(
    [...text.matchAll(/\]4;(\d+);rgb:(..)\/(..)\/(..)/g)].map(([, slot, ...hex]) => [
      Number(slot),
      Number.parseInt(hex.join(""), 16),
    ]),
  );
}

describe.skipIf(!HAS_TMUX)("the half-blocks that tmux shows", () => {
  const ways = [
    ["in 24-bit colour", "none", false],
    ["in 24-bit colour, shifting rows", "none", true],
    ["in uploaded colours, shifting rows", "whole", true],
  ] as const;
  test.each(ways)(
    "is the frame, cell by cell, %s",
    async (_, paletteUpload, shiftRows) => {
      const plain = setupFor(COLUMNS, ROWS);
      const setup = { ...plain, capabilities: { ...plain.capabilities, paletteUpload, shiftRows } };
      const encoder = createEncoder("half-block", setup)!;
      const { placement } = placeFor("half-block", setup)!;
      const out = new Uint8Array(encoder.maxFrameBytes);
      const parts = FRAMES.map((time) => out.slice(0, encoder.encode(gameFrame(time), out)));
      const bytes = Buffer.concat(parts);
      const cells = await tmuxScreen(bytes, COLUMNS, ROWS);
      const colors = uploads(bytes);
      const rgb = (color: number) => (color < -1 ? colors.get(-2 - color) : color);
      const frame = gameFrame(FRAMES.at(-1)!);
      const { left, top, columns, rows } = placement;
      let wrong = 0;
      for (let row = 0; row < ROWS; row++)
        for (let column = 0; column < COLUMNS; column++) {
          const cell = cells[row][column];
          const isInside = column >= left && column < left + columns && row >= top && row < top + rows;
          if (!isInside) {
            if (cell.char !== " " || cell.background !== -1) wrong++;
            continue;
          }
          halves(cell).forEach((color, half) => {
            const x = Math.floor(((column - left + 0.5) * WIDTH) / columns);
            const y = Math.floor((((row - top) * 2 + half + 0.5) * HEIGHT) / (2 * rows));
            if (rgb(color) !== PALETTE[frame[y * WIDTH + x]]) wrong++;
          });
        }
      expect(wrong).toBe(0);
    },
    60_000,
  );
});
