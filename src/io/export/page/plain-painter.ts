import type { Filter } from "./config.ts";
import { SharpScaler } from "./sharp-scaler.ts";

/** Draws pictures on a canvas without WebGL. Make another one when the canvas has changed its size. */
export class PlainPainter {
  #small: HTMLCanvasElement | undefined;
  #sharp: { readonly scaler: SharpScaler; readonly target: ImageData } | undefined;

  paint(canvas: HTMLCanvasElement, image: ImageData, filter: Filter): void {
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) return;
    const { width, height } = canvas;
    if (width < image.width || height < image.height) this.#shrink(context, image);
    else if (width === image.width && height === image.height) context.putImageData(image, 0, 0);
    else {
      this.#sharp ??= sharpOf(image, new ImageData(width, height));
      const { scaler, target } = this.#sharp;
      const { top, rows } = scaler.scale(new Uint32Array(image.data.buffer));
      // Lines that are darkened below need the whole picture first.
      if (filter === "crt") context.putImageData(target, 0, 0);
      else if (rows > 0) context.putImageData(target, 0, 0, 0, top, width, rows);
    }
    if (filter === "crt") darkenLines(context, image.height);
  }

  #shrink(context: CanvasRenderingContext2D, image: ImageData): void {
    this.#small ??= document.createElement("canvas");
    this.#small.width = image.width;
    this.#small.height = image.height;
    this.#small.getContext("2d")?.putImageData(image, 0, 0);
    context.drawImage(this.#small, 0, 0, context.canvas.width, context.canvas.height);
  }
}

function sharpOf(source: ImageData, target: ImageData): { scaler: SharpScaler; target: ImageData } {
  const { width, height } = target;
  const words = new Uint32Array(target.data.buffer);
  return { scaler: new SharpScaler(source, { width, height, words }), target };
}

/** The dark gaps between a tube's lines. */
function darkenLines(context: CanvasRenderingContext2D, lines: number): void {
  const { width, height } = context.canvas;
  const step = height / lines;
  if (step < 2) return;
  context.fillStyle = "rgb(0 0 0 / 40%)";
  for (let line = 0; line < lines; line++) {
    const top = Math.round((line + 0.6) * step);
    context.fillRect(0, top, width, Math.round((line + 1) * step) - top);
  }
}
