import { InputError } from "../../emu/input-error.ts";
import { KIB, MIB } from "../../emu/units.ts";
import { inflateCapped } from "../files/archives/inflate.ts";
import { printable } from "../files/text.ts";
import { INDEX_PLANES, PACKED_HEADER_BYTES, RGB_PLANES } from "../serve/machine/served-picture.ts";
import {
  parseColorsText,
  SHAPE_FLAG,
  type WatchHello,
  type WatchShape,
} from "../serve/spectators/watch-line.ts";

const LENGTH_BYTES = 4;
/** Limit on pictures of palette indices: one that does not compress at all has about 123 KB. */
const MAX_INDEX_BYTES = MIB;
/** Largest picture of colours. */
const MAX_RGB_PIXELS = 2 ** 21;
const MAX_HELLO_BYTES = 4096;
const MAX_SIDE_PIXELS = 1024;
const MAX_ASPECT = 4;
const MAX_RATE_HZ = 1000;
const MAX_REFUSAL_CHARACTERS = 500;
const NEWLINE = 0x0a;
const FIRST_BYTES = 64 * KIB;

/** Receives the frame number, the planes of pixels, which are valid during the call, and the size. */
export type PictureSink = (frame: number, planes: Uint8Array, width: number, height: number) => void;

/**
 * Parses what a server sends to a spectator that draws for itself: a line of JSON, then packed pictures and
 * their shape whenever it changes, each with its length before it. The server is not trusted: malformed data
 * is an `InputError`.
 */
export class PictureReader {
  #hello: WatchHello | undefined;
  #bytes = new Uint8Array(FIRST_BYTES);
  #end = 0;

  /** The first line, with the shape of the last picture; undefined until it has come. */
  get hello(): WatchHello | undefined {
    return this.#hello;
  }

  /**
   * Takes the next bytes. Of several complete pictures, only the newest goes to `show`. Throws `InputError`:
   * "data" for malformed bytes, "unavailable" for a refusal.
   */
  feed(bytes: Uint8Array, show: PictureSink): void {
    this.#append(bytes);
    let start = this.#hello === undefined ? this.#readHello() : 0;
    if (this.#hello === undefined) return;
    let newest: Uint8Array | undefined;
    while (this.#end - start >= LENGTH_BYTES) {
      const word = new DataView(this.#bytes.buffer).getUint32(start, true);
      const isShape = word >= SHAPE_FLAG;
      const length = isShape ? word - SHAPE_FLAG : word;
      if (isShape ? length > MAX_HELLO_BYTES : !isPackedLength(length, this.#hello))
        throw garbled("a picture's length");
      if (this.#end - start - LENGTH_BYTES < length) break;
      const content = this.#bytes.subarray(start + LENGTH_BYTES, start + LENGTH_BYTES + length);
      start += LENGTH_BYTES + length;
      if (isShape) this.#hello = { ...readShape(content), port: this.#hello.port };
      // An older picture may have had another shape, and is not needed.
      newest = isShape ? undefined : content;
    }
    if (newest !== undefined) unpack(newest, this.#hello, show);
    this.#bytes.copyWithin(0, start, this.#end);
    this.#end -= start;
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#end + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end = needed;
  }

  /** Returns the offset of the pictures, or 0 if the line is not complete yet. */
  #readHello(): number {
    const at = this.#bytes.subarray(0, this.#end).indexOf(NEWLINE);
    if (at < 0 && this.#end <= MAX_HELLO_BYTES) return 0;
    if (at < 0 || at > MAX_HELLO_BYTES) throw garbled("the first line");
    this.#hello = parseHello(new TextDecoder().decode(this.#bytes.subarray(0, at)));
    return at + 1;
  }
}

function isPackedLength(length: number, { rgb }: WatchHello): boolean {
  const most = rgb === undefined ? MAX_INDEX_BYTES : 2 * RGB_PLANES * rgb.mostPixels;
  return length >= PACKED_HEADER_BYTES && length <= most;
}

function unpack(packed: Uint8Array, hello: WatchHello, show: PictureSink): void {
  const header = new DataView(packed.buffer, packed.byteOffset);
  const width = header.getUint16(4, true);
  const height = header.getUint16(6, true);
  const { rgb } = hello;
  const isKnownSize =
    rgb === undefined
      ? width === hello.width && height === hello.height
      : width > 0 && height > 0 && width * height <= rgb.mostPixels;
  if (!isKnownSize) throw garbled("a picture's size");
  const bytes = (rgb === undefined ? INDEX_PLANES : RGB_PLANES) * width * height;
  const planes = inflateCapped(packed.subarray(PACKED_HEADER_BYTES), bytes, "a picture");
  if (planes?.length !== bytes) throw garbled("a picture");
  show(header.getUint32(0, true), planes, width, height);
}

function parseHello(line: string): WatchHello {
  const message = parseObject(line, "the first line");
  const { error, port } = message;
  const refusal = (error as { message?: unknown } | null | undefined)?.message;
  if (typeof refusal === "string")
    throw new InputError("unavailable", printable(refusal, MAX_REFUSAL_CHARACTERS), "the server says");
  if (port !== null && !(isWithin(port, 0, 3) && Number.isInteger(port))) throw garbled("the first line");
  return { ...parseShape(message, "the first line"), port };
}

function readShape(bytes: Uint8Array): WatchShape {
  const what = "the shape of the pictures";
  return parseShape(parseObject(new TextDecoder().decode(bytes), what), what);
}

function parseObject(text: string, what: string): Readonly<Record<string, unknown>> {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw garbled(what);
  }
  if (typeof message !== "object" || message === null) throw garbled(what);
  return message as Record<string, unknown>;
}

/** `what` names the text in errors. */
function parseShape(message: Readonly<Record<string, unknown>>, what: string): WatchShape {
  const { width, height, pixelAspect, frameRateHz, rgb, portBits, colors } = message;
  if (
    !isWithin(width, 1, MAX_SIDE_PIXELS) ||
    !isWithin(height, 1, MAX_SIDE_PIXELS) ||
    !isWithin(pixelAspect, 1 / MAX_ASPECT, MAX_ASPECT) ||
    !isWithin(frameRateHz, 1, MAX_RATE_HZ) ||
    !Number.isInteger(width) ||
    !Number.isInteger(height)
  )
    throw garbled(what);
  if (colors !== undefined && parseColorsText(colors) === undefined) throw garbled(what);
  const ownColors = typeof colors === "string" ? { colors } : {};
  return { width, height, pixelAspect, frameRateHz, ...parseCore(rgb, portBits, what), ...ownColors };
}

/** What only games of libretro cores have. */
function parseCore(rgb: unknown, portBits: unknown, what: string): Pick<WatchHello, "rgb" | "portBits"> {
  if (rgb === undefined && portBits === undefined) return {};
  const { mostPixels } = (rgb ?? {}) as Record<string, unknown>;
  if (!isWithin(mostPixels, 1, MAX_RGB_PIXELS) || !Number.isInteger(mostPixels)) throw garbled(what);
  if (portBits !== 8 && portBits !== 16) throw garbled(what);
  return { rgb: { mostPixels }, portBits };
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && value >= least && value <= most;
}

function garbled(what: string): InputError {
  return new InputError(
    "data",
    `${what} is malformed`,
    "",
    "check that emu serve or emu host runs at this address",
  );
}
