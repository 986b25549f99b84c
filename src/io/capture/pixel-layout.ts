import { InputError } from "../../emu/input-error.ts";

/**
 * What a picture for a program holds per pixel: red, green and blue; one grey byte; or one byte with the NES
 * colour, $00–$3F, without emphasis.
 */
export type PixelFormat = "rgb" | "gray" | "indices";
export const PIXEL_FORMATS: readonly PixelFormat[] = ["rgb", "gray", "indices"];

/** A part of the frame, in its pixels. */
export interface PictureArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture for a program: the part of the frame that it shows, its size and its format. */
export interface PixelLayout {
  readonly format: PixelFormat;
  readonly crop: PictureArea;
  readonly width: number;
  readonly height: number;
}

export interface PixelLayoutOptions {
  /** "rgb" by default. */
  readonly format?: PixelFormat;
  /** The whole frame by default. */
  readonly crop?: PictureArea;
  /** Pixels of the result; those of `crop` by default. */
  readonly width?: number;
  readonly height?: number;
}

/** The largest width and height of a picture. */
const MAX_PICTURE_SIDE = 2048;

/** Bytes per pixel. */
export function channelsOf(format: PixelFormat): number {
  return format === "rgb" ? 3 : 1;
}

/** Bytes of a picture. */
export function pictureBytes({ format, width, height }: PixelLayout): number {
  return width * height * channelsOf(format);
}

/**
 * Fills in the defaults of `options` for frames of `frame`'s size. Throws `InputError` ("usage") if a value
 * is invalid or the crop is not inside the frame.
 */
export function pixelLayout(
  options: PixelLayoutOptions,
  frame: { readonly width: number; readonly height: number },
): PixelLayout {
  const { format = "rgb", crop = { x: 0, y: 0, width: frame.width, height: frame.height } } = options;
  if (!PIXEL_FORMATS.includes(format)) {
    throw new InputError(
      "usage",
      `unknown format ${String(format)}`,
      "",
      `one of ${PIXEL_FORMATS.join(", ")}`,
    );
  }
  checkCrop(crop, frame);
  return {
    format,
    crop: { x: crop.x, y: crop.y, width: crop.width, height: crop.height },
    width: side("width", options.width ?? crop.width),
    height: side("height", options.height ?? crop.height),
  };
}

function checkCrop(crop: PictureArea, frame: { readonly width: number; readonly height: number }): void {
  const { x, y, width, height } = crop;
  const isInside =
    [x, y, width, height].every(Number.isInteger) &&
    x >= 0 &&
    y >= 0 &&
    width >= 1 &&
    height >= 1 &&
    x + width <= frame.width &&
    y + height <= frame.height;
  if (isInside) return;
  const given = `${width} × ${height} at ${x}, ${y}`;
  throw new InputError(
    "usage",
    `the crop ${given} is not inside the frame of ${frame.width} × ${frame.height} pixels`,
  );
}

function side(name: string, pixels: number): number {
  if (Number.isInteger(pixels) && pixels >= 1 && pixels <= MAX_PICTURE_SIDE) return pixels;
  throw new InputError(
    "usage",
    `${name} ${String(pixels)}: a whole number from 1 to ${MAX_PICTURE_SIDE} was expected`,
  );
}
