import { InputError } from "../../emu/input-error.ts";
import type { MachineGeometry } from "../../emu/machine.ts";
import {
  channelsOf,
  type PixelLayout,
  type PixelLayoutOptions,
  pixelLayout,
} from "../capture/pixel-layout.ts";

/** Pictures: cropped, resized, and the last `stack` of them, the oldest first. */
export interface PictureObservation extends PixelLayoutOptions {
  /** Number of pictures in an observation; 1 by default. */
  readonly stack?: number;
}

/** Bytes of the CPU's address space. */
export interface RamObservation {
  readonly format: "ram";
  /** The first address; 0 by default. */
  readonly from?: number;
  /** Number of bytes; 2,048, the work RAM, by default. */
  readonly bytes?: number;
  readonly stack?: number;
}

export type ObservationOptions = PictureObservation | RamObservation;

/** The contents of an observation, as plain data. */
export interface ObservationLayout {
  /** The picture's layout; undefined if it is RAM. */
  readonly picture?: PixelLayout;
  readonly ram?: { readonly from: number; readonly bytes: number };
  readonly stack: number;
  /** Lengths of the array's dimensions: a stack comes first, then rows, columns, channels. */
  readonly shape: readonly number[];
  /** Bytes of one picture or copy of RAM, and of an observation. */
  readonly itemBytes: number;
  readonly bytes: number;
}

const MAX_STACK = 64;
const ADDRESS_SPACE = 0x10000;
const WORK_RAM_BYTES = 0x800;
/** Limit on one observation. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Checks `options` and fills in defaults. Throws `InputError` ("usage"). */
export function observationLayout(options: ObservationOptions, geometry: MachineGeometry): ObservationLayout {
  const { stack = 1 } = options;
  if (!Number.isInteger(stack) || stack < 1 || stack > MAX_STACK)
    throw new InputError(
      "usage",
      `stack ${String(stack)}: a whole number from 1 to ${MAX_STACK} was expected`,
    );
  const item = options.format === "ram" ? ramItem(options) : pictureItem(options, geometry);
  const { itemShape, ...what } = item;
  const itemBytes = itemShape.reduce((product, length) => product * length, 1);
  const bytes = stack * itemBytes;
  if (bytes > MAX_BYTES)
    throw new InputError(
      "usage",
      `an observation would have ${bytes} bytes; at most ${MAX_BYTES} are possible`,
    );
  return { ...what, stack, shape: stack === 1 ? itemShape : [stack, ...itemShape], itemBytes, bytes };
}

function ramItem({ from = 0, bytes = WORK_RAM_BYTES }: RamObservation) {
  const isInside =
    Number.isInteger(from) &&
    Number.isInteger(bytes) &&
    from >= 0 &&
    bytes >= 1 &&
    from + bytes <= ADDRESS_SPACE;
  if (!isInside)
    throw new InputError(
      "usage",
      `${String(bytes)} bytes from ${String(from)} are not inside of $0000–$FFFF`,
    );
  return { ram: { from, bytes }, itemShape: [bytes] };
}

function pictureItem(options: PictureObservation, geometry: MachineGeometry) {
  const picture = pixelLayout(options, geometry);
  const { format, width, height } = picture;
  const itemShape = format === "rgb" ? [height, width, channelsOf(format)] : [height, width];
  return { picture, itemShape };
}
