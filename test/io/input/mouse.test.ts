import { expect, test } from "bun:test";
import { EscapeBuffer, type Token } from "../../../src/io/input/escape-buffer.ts";
import { mouseOf } from "../../../src/io/input/mouse.ts";
import { pictureAt, placePicture } from "../../../src/io/render/scale.ts";

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  new EscapeBuffer((token) => tokens.push(token)).feed(new TextEncoder().encode(text));
  return tokens;
}

test.each([
  ["\x1b[<0;1;1M", { column: 0, row: 0, button: 0, isDown: true }],
  ["\x1b[<0;80;24m", { column: 79, row: 23, button: 0, isDown: false }],
  ["\x1b[<2;300;9M", { column: 299, row: 8, button: 2, isDown: true }],
  ["\x1b[<35;12;7M", { column: 11, row: 6, button: undefined, isDown: true }],
  ["\x1b[<64;12;7M", { column: 11, row: 6, button: undefined, isDown: true, wheel: -1 }],
  ["\x1b[<69;12;7M", { column: 11, row: 6, button: undefined, isDown: true, wheel: 1 }],
  ["\x1b[<66;12;7M", { column: 11, row: 6, button: undefined, isDown: true }],
  ["\x1b[<4;12;7M", { column: 11, row: 6, button: 0, isDown: true }],
  ["\x1b[M !!", { column: 0, row: 0, button: 0, isDown: true }],
  ["\x1b[M#p8", { column: 79, row: 23, button: 0, isDown: false }],
  ["\x1b[MC,h", { column: 11, row: 71, button: undefined, isDown: true }],
  ["\x1b[M`,'", { column: 11, row: 6, button: undefined, isDown: true, wheel: -1 }],
  ["\x1b[M\0\0\0", undefined],
  ["\x1b[12;7R", undefined],
  ["\x1b[<0;1M", undefined],
  ["a", undefined],
] as const)("%j", (text, expected) => {
  const tokens = tokensOf(text);
  expect(tokens.length).toBe(1);
  expect(mouseOf(tokens[0]!)).toEqual(expected as ReturnType<typeof mouseOf>);
});

test("maps a cell of the window to a pixel, or to none outside the picture", () => {
  const source = { x: 0, y: 0, width: 256, height: 240, pixelAspect: 8 / 7 };
  const window = { columns: 120, rows: 40, cellWidthPixels: 8, cellHeightPixels: 16 };
  const placement = placePicture(window, source, "fit", 1, 2)!;
  const { left, top, columns, rows } = placement;
  expect(pictureAt(placement, source, left - 1, top)).toBeUndefined();
  expect(pictureAt(placement, source, left, top - 1)).toBeUndefined();
  expect(pictureAt(placement, source, left + columns, top)).toBeUndefined();
  const middle = pictureAt(placement, source, left + (columns >> 1), top + (rows >> 1))!;
  expect(Math.abs(middle.x - 128)).toBeLessThan(4);
  expect(Math.abs(middle.y - 120)).toBeLessThan(7);
  expect(pictureAt(placement, source, left + columns - 1, top + rows - 1)!.x).toBeGreaterThan(250);
});
