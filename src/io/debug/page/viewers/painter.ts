import { store } from "../state/model.ts";

let source = "";
let colors = new Uint32Array(512);

/** Colours as pixels of ImageData (on little-endian computers) by palette index and emphasis. */
export function palettePixels(): Uint32Array {
  const text = store.value.game?.palette ?? "";
  if (text === source) return colors;
  source = text;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  colors = new Uint32Array(512);
  for (let entry = 0; entry < 512; entry++) {
    const [red, green, blue] = [bytes[3 * entry]!, bytes[3 * entry + 1]!, bytes[3 * entry + 2]!];
    colors[entry] = 0xff00_0000 | (blue << 16) | (green << 8) | red;
  }
  return colors;
}

/** CSS colour of a palette index. */
export function cssColor(index: number): string {
  const pixel = palettePixels()[index & 0x3f]!;
  return `rgb(${pixel & 0xff} ${(pixel >> 8) & 0xff} ${(pixel >> 16) & 0xff})`;
}

/** A canvas whose pixels are written as numbers. */
export class PixelCanvas {
  readonly width: number;
  readonly height: number;
  readonly context: CanvasRenderingContext2D;
  readonly pixels: Uint32Array;
  readonly #image: ImageData;

  constructor(canvas: HTMLCanvasElement, width: number, height: number) {
    canvas.width = width;
    canvas.height = height;
    this.width = width;
    this.height = height;
    this.context = canvas.getContext("2d", { alpha: false })!;
    this.#image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.#image.data.buffer);
  }

  paint(): void {
    this.context.putImageData(this.#image, 0, 0);
  }
}

/** Draws the eight rows of a tile: `colorsOf` has the four colours from `firstColor` on. */
export function drawTile(
  target: PixelCanvas,
  video: Uint8Array,
  tileAddress: number,
  x: number,
  y: number,
  colorsOf: Uint32Array,
  firstColor: number,
  flip = 0,
): void {
  const { pixels, width } = target;
  for (let row = 0; row < 8; row++) {
    const at = tileAddress + ((flip & 0x80) === 0 ? row : 7 - row);
    const low = video[at]!;
    const high = video[at + 8]!;
    let to = (y + row) * width + x;
    for (let column = 0; column < 8; column++) {
      const bit = (flip & 0x40) === 0 ? 7 - column : column;
      pixels[to++] = colorsOf[firstColor + ((low >> bit) & 1) + 2 * ((high >> bit) & 1)]!;
    }
  }
}

/** The 32 colours of palette memory; transparent entries have the backdrop's colour. */
export function currentColors(video: Uint8Array): Uint32Array {
  const all = palettePixels();
  const result = new Uint32Array(32);
  for (let at = 0; at < 32; at++) result[at] = all[video[0x3f00 + ((at & 3) === 0 ? 0 : at)]! & 0x3f]!;
  return result;
}

/** The cell under the mouse, of `columns × rows` that fill the element: its column and row. */
export function pointedCell(
  element: HTMLElement,
  { clientX, clientY }: MouseEvent,
  columns: number,
  rows: number,
): [column: number, row: number] {
  const { left, top, width, height } = element.getBoundingClientRect();
  const column = Math.floor(((clientX - left) / width) * columns);
  const row = Math.floor(((clientY - top) / height) * rows);
  return [Math.min(columns - 1, Math.max(0, column)), Math.min(rows - 1, Math.max(0, row))];
}
