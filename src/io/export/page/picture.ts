import type { Filter, PageScale } from "./config.ts";
import { PlainPainter } from "./plain-painter.ts";
import { GlPainter } from "./webgl-painter.ts";

export const WIDTH = 256;
export const HEIGHT = 240;

/** A machine's picture in pixels, and their width over their height. */
export interface PictureShape {
  readonly width: number;
  readonly height: number;
  readonly pixelAspect: number;
}

/** Size of the picture, in the screen's own pixels, within a space of `width` × `height` of them. */
function pictureSize(
  mode: PageScale,
  shape: PictureShape,
  width: number,
  height: number,
): readonly [number, number] {
  const { pixelAspect } = shape;
  const down = Math.floor(height / shape.height);
  const most = Math.floor(width / shape.width);
  if (mode === "integer" && down >= 1 && most >= 1) {
    const rows = Math.min(down, Math.max(1, Math.floor((most + 0.5) / pixelAspect)));
    const across = Math.min(most, Math.max(1, Math.round(rows * pixelAspect)));
    return [across * shape.width, rows * shape.height];
  }
  const scale = Math.min(height / shape.height, width / (shape.width * pixelAspect));
  return [
    Math.max(1, Math.floor(scale * shape.width * pixelAspect)),
    Math.max(1, Math.floor(scale * shape.height)),
  ];
}

/** The game's picture: a canvas as large as the space around it allows, drawn by WebGL if available. */
export class Picture {
  #scale: PageScale = "smooth";
  #filter: Filter = "none";
  readonly #space: HTMLElement;
  #canvas: HTMLCanvasElement;
  #painter: GlPainter | undefined;
  #plain = new PlainPainter();
  #shape: PictureShape;
  #image: ImageData;
  #next: ImageData;

  constructor(space: HTMLElement, canvas: HTMLCanvasElement, shape: PictureShape) {
    this.#shape = shape;
    this.#image = new ImageData(shape.width, shape.height);
    this.#next = new ImageData(shape.width, shape.height);
    this.#space = space;
    this.#canvas = canvas;
    this.#painter = GlPainter.open(canvas);
    // When a context is lost, for example by a driver's restart, the same canvas cannot get another kind of
    // context.
    canvas.addEventListener("webglcontextlost", () => {
      this.#painter = undefined;
      const plain = canvas.cloneNode() as HTMLCanvasElement;
      canvas.replaceWith(plain);
      this.#canvas = plain;
      this.layOut();
    });
    new ResizeObserver(() => this.layOut()).observe(space);
  }

  /** "webgl" or "2d". */
  get kind(): "webgl" | "2d" {
    return this.#painter === undefined ? "2d" : "webgl";
  }

  get scale(): PageScale {
    return this.#scale;
  }

  set scale(scale: PageScale) {
    if (scale === this.#scale) return;
    this.#scale = scale;
    this.layOut();
  }

  get filter(): Filter {
    return this.#filter;
  }

  set filter(filter: Filter) {
    if (filter === this.#filter) return;
    this.#filter = filter;
    this.layOut();
  }

  /** Changes the number of pixels. They fill the same screen as before. */
  resize(width: number, height: number): void {
    const before = this.#shape;
    const shape = (before.pixelAspect * before.width) / before.height;
    this.reshape({ width, height, pixelAspect: (shape * height) / width });
  }

  /** Changes the picture to that of another machine. */
  reshape({ width, height, pixelAspect }: PictureShape): void {
    const before = this.#shape;
    const isSameSize = width === before.width && height === before.height;
    if (isSameSize && pixelAspect === before.pixelAspect) return;
    this.#shape = { width, height, pixelAspect };
    if (!isSameSize) {
      this.#image = new ImageData(width, height);
      this.#next = new ImageData(width, height);
    }
    this.layOut();
  }

  /** RGBA of the picture: fill it, then call `draw`. */
  get pixels(): Uint8ClampedArray<ArrayBuffer> {
    return this.#image.data;
  }

  /** RGBA of the next picture: fill it, then call `update`. */
  get nextPixels(): Uint8ClampedArray<ArrayBuffer> {
    return this.#next.data;
  }

  /** Draws the next picture if it differs from the shown one: drawing costs more than the comparison. */
  update(): void {
    const shown = new Uint32Array(this.#image.data.buffer);
    const next = new Uint32Array(this.#next.data.buffer);
    if (isSamePicture(shown, next)) return;
    shown.set(next);
    this.draw();
  }

  /** Fits the canvas to the space and draws again. */
  layOut(): void {
    const ratio = devicePixelRatio || 1;
    const box = this.#space.getBoundingClientRect();
    const room = [Math.floor(box.width * ratio), Math.floor(box.height * ratio)] as const;
    const [width, height] = pictureSize(this.scale, this.#shape, ...room);
    // If each pixel becomes a square of whole pixels of the screen, the browser scales a small canvas at less
    // cost than drawing a large one in 2D.
    const isWhole = width % this.#shape.width === 0 && height % this.#shape.height === 0;
    const isSmall = isWhole && this.kind === "2d" && this.filter === "none";
    this.#canvas.width = isSmall ? this.#shape.width : width;
    this.#canvas.height = isSmall ? this.#shape.height : height;
    this.#plain = new PlainPainter();
    const { style } = this.#canvas;
    style.imageRendering = isSmall ? "pixelated" : "";
    style.width = `${width / ratio}px`;
    style.height = `${height / ratio}px`;
    // The position is in whole pixels of the screen, because the picture would be blurred otherwise.
    style.left = `${Math.floor((room[0] - width) / 2) / ratio}px`;
    style.top = `${Math.floor((room[1] - height) / 2) / ratio}px`;
    this.draw();
  }

  draw(): void {
    if (this.#painter === undefined) this.#plain.paint(this.#canvas, this.#image, this.filter);
    else this.#painter.paint(this.#image, this.filter);
  }
}

function isSamePicture(a: Uint32Array, b: Uint32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
