import type { Filter } from "./config.ts";

let small: HTMLCanvasElement | undefined;
let large: HTMLCanvasElement | undefined;

/** Draws a picture on a canvas without WebGL. */
export function paintPlain(canvas: HTMLCanvasElement, image: ImageData, filter: Filter): void {
  const context = canvas.getContext("2d", { alpha: false });
  if (context === null) return;
  if (canvas.width === image.width && canvas.height === image.height && filter === "none") {
    context.putImageData(image, 0, 0);
    return;
  }
  small ??= document.createElement("canvas");
  small.width = image.width;
  small.height = image.height;
  small.getContext("2d")?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  const isWhole = canvas.width % image.width === 0 && canvas.height % image.height === 0;
  if (isWhole) context.drawImage(small, 0, 0, canvas.width, canvas.height);
  else paintBetween(context, small);
  if (filter === "crt") darkenLines(context, image.height);
}

/**
 * Scales by a whole number to the next larger size, then smoothly down: edges stay sharp and pixels equally
 * wide.
 */
function paintBetween(context: CanvasRenderingContext2D, source: HTMLCanvasElement): void {
  const { width, height } = context.canvas;
  large ??= document.createElement("canvas");
  large.width = source.width * Math.ceil(width / source.width);
  large.height = source.height * Math.ceil(height / source.height);
  const middle = large.getContext("2d", { alpha: false });
  if (middle === null) return;
  middle.imageSmoothingEnabled = false;
  middle.drawImage(source, 0, 0, large.width, large.height);
  context.imageSmoothingEnabled = true;
  context.drawImage(large, 0, 0, width, height);
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
