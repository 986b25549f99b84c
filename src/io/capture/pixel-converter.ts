import { InputError } from "../../emu/input-error.ts";
import { SCREEN_WIDTH } from "../../emu/nes/ppu/ppu.ts";
import { PALETTE_ENTRIES, type Palette } from "../render/colors/palette.ts";
import { nearestMap } from "../render/scale.ts";
import { AreaResizer } from "./area-resizer.ts";
import { type PairLevels, pairLevels } from "./area-rows.ts";
import { PictureMemory } from "./picture-memory.ts";
import { type PixelLayout, pictureBytes } from "./pixel-layout.ts";

const COLOR_MASK = 0x3f;

/**
 * Converts frames to pictures for programs: cropped and resized, in red, green and blue, in grey, or as NES
 * colours. Grey is the luma of ITU-R BT.601. Colours and greys are resized by area. NES colours have no mean,
 * so each output pixel has the colour of the pixel under its middle.
 *
 * Nothing is allocated per frame.
 */
export class PixelConverter {
  readonly layout: PixelLayout;
  /** Size of a picture in bytes: rows of `width` pixels, from the top. */
  readonly bytes: number;
  readonly #frameWidth: number;
  /** The value of each channel for every pixel value. */
  readonly #levels: readonly Uint8Array[];
  /** Red in the lowest byte. */
  readonly #colors: Int32Array;
  readonly #resizer: AreaResizer | undefined;
  readonly #pairLevels: readonly PairLevels[];
  /** Source columns and rows of the output pixels, for NES colours. */
  readonly #columnAt: Int32Array;
  readonly #rowAt: Int32Array;
  readonly #frames = new FrameView();
  readonly #otherFrames = new FrameView();
  /** The words of the buffer that pictures are written to. */
  #words = new Int32Array(0) as Int32Array;

  /**
   * Frames have rows of `frameWidth` pixels. Throws `InputError` ("usage") for NES colours of a part of a
   * second screen whose colours are not the NES's.
   */
  constructor(palette: Palette, layout: PixelLayout, frameWidth: number) {
    const { format, crop, width, height } = layout;
    const hasOthers = palette.length > PALETTE_ENTRIES && crop.x + crop.width > SCREEN_WIDTH;
    if (format === "indices" && hasOthers) {
      const what = "the colours of the second screen are not the NES's";
      throw new InputError("usage", what, "format", "choose rgb or gray, or crop to the first screen");
    }
    this.layout = layout;
    this.bytes = pictureBytes(layout);
    this.#frameWidth = frameWidth;
    const channels = (format === "rgb" ? RGB : GRAY).map((make) => channelOf(palette, make));
    this.#levels = channels.map(({ levels }) => levels);
    this.#colors = Int32Array.from(
      palette,
      (color) => (color >> 16) | (color & 0xff00) | ((color & 0xff) << 16),
    );
    const isResized = width !== crop.width || height !== crop.height;
    this.#resizer = isResized && format !== "indices" ? new AreaResizer(layout, frameWidth) : undefined;
    this.#pairLevels = this.#resizer === undefined ? [] : channels.map((channel) => pairsOf(channel));
    this.#columnAt = nearestMap(width, crop.x, crop.width);
    this.#rowAt = nearestMap(height, crop.y, crop.height);
  }

  /**
   * Writes the picture of the frame `pixels` into `into`, from `offset` on. With `other`, each pixel has the
   * brighter of both frames' values in each channel, which shows sprites that a game draws every second
   * frame. With a `memory`, only what has changed since its last picture is resized.
   */
  convert(
    pixels: Uint16Array,
    into: Uint8Array,
    offset = 0,
    other: Uint16Array = pixels,
    memory?: PictureMemory,
  ): void {
    const { format } = this.layout;
    const stride = this.#levels.length;
    if (format === "indices") this.#copyColors(pixels, into, offset);
    else if (this.#resizer !== undefined) this.#resize(this.#resizer, pixels, into, offset, other, memory);
    else if (pixels !== other) {
      for (let i = 0; i < stride; i++)
        this.#copyBrighter(pixels, other, this.#levels[i]!, into, offset + i, stride);
    } else if (format === "gray") this.#copyGray(pixels, into, offset);
    else this.#copyRgb(pixels, into, offset);
  }

  /**
   * What `convert` remembers of one machine's pictures. Undefined if it would not help: only resizing takes
   * longer than comparing.
   */
  newMemory(): PictureMemory | undefined {
    if (this.#resizer === undefined || !PictureMemory.isFor(this.bytes)) return undefined;
    return new PictureMemory(this.layout, this.#frameWidth, this.bytes);
  }

  #resize(
    resizer: AreaResizer,
    pixels: Uint16Array,
    into: Uint8Array,
    offset: number,
    other: Uint16Array,
    memory: PictureMemory | undefined,
  ): void {
    const frame = this.#frames;
    frame.show(pixels);
    const otherFrame = pixels === other ? frame : this.#otherFrames;
    if (otherFrame !== frame) otherFrame.show(other);
    memory?.look(frame.bytes, otherFrame.bytes);
    const target = memory?.picture ?? into;
    const start = memory === undefined ? offset : 0;
    const stride = this.#levels.length;
    for (let i = 0; i < stride; i++) {
      const levels = this.#pairLevels[i]!;
      resizer.resize(frame.pairs, otherFrame.pairs, levels, target, start + i, stride, memory?.blocks);
    }
    if (memory !== undefined) into.set(memory.picture, offset);
  }

  #copyColors(pixels: Uint16Array, into: Uint8Array, offset: number): void {
    const { width, height } = this.layout;
    let to = offset;
    for (let y = 0; y < height; y++) {
      const row = this.#rowAt[y]! * this.#frameWidth;
      for (let x = 0; x < width; x++) into[to++] = pixels[row + this.#columnAt[x]!]! & COLOR_MASK;
    }
  }

  #copyGray(pixels: Uint16Array, into: Uint8Array, offset: number): void {
    const { crop } = this.layout;
    const levels = this.#levels[0]!;
    const words = this.#alignedWords(into, offset);
    for (let y = 0, to = offset; y < crop.height; y++, to += crop.width) {
      const from = (crop.y + y) * this.#frameWidth + crop.x;
      if (words !== undefined)
        copyGrayWords(pixels, from, crop.width, levels, words, (into.byteOffset + to) >> 2);
      else for (let x = 0; x < crop.width; x++) into[to + x] = levels[pixels[from + x]!]!;
    }
  }

  #copyBrighter(
    pixels: Uint16Array,
    other: Uint16Array,
    levels: Uint8Array,
    into: Uint8Array,
    offset: number,
    stride: number,
  ): void {
    const { crop } = this.layout;
    let to = offset;
    for (let y = 0; y < crop.height; y++) {
      const from = (crop.y + y) * this.#frameWidth + crop.x;
      for (let x = 0; x < crop.width; x++, to += stride) {
        const one = levels[pixels[from + x]!]!;
        const two = levels[other[from + x]!]!;
        into[to] = one > two ? one : two;
      }
    }
  }

  #copyRgb(pixels: Uint16Array, into: Uint8Array, offset: number): void {
    const { crop } = this.layout;
    const rowBytes = 3 * crop.width;
    const at = into.byteOffset + offset;
    const words = this.#alignedWords(into, offset);
    for (let y = 0; y < crop.height; y++) {
      const from = (crop.y + y) * this.#frameWidth + crop.x;
      const to = y * rowBytes;
      if (words !== undefined) copyRgbWords(pixels, from, crop.width, this.#colors, words, (at + to) >> 2);
      else copyRgbBytes(pixels, from, crop.width, this.#colors, into, offset + to);
    }
  }

  /** The words of the buffer of `into`; undefined if rows from `offset` on are not whole words. */
  #alignedWords(into: Uint8Array, offset: number): Int32Array | undefined {
    if ((into.byteOffset + offset) % 4 !== 0 || this.layout.crop.width % 4 !== 0) return undefined;
    if (this.#words.buffer !== into.buffer)
      this.#words = new Int32Array(into.buffer, 0, into.buffer.byteLength >> 2);
    return this.#words;
  }
}

/** Writes four pixels of a row as a word. */
function copyGrayWords(
  pixels: Uint16Array,
  from: number,
  count: number,
  levels: Uint8Array,
  into: Int32Array,
  offset: number,
): void {
  const end = from + count;
  for (let at = from, to = offset; at < end; at += 4, to++) {
    const right = (levels[pixels[at + 2]!]! << 16) | (levels[pixels[at + 3]!]! << 24);
    into[to] = levels[pixels[at]!]! | (levels[pixels[at + 1]!]! << 8) | right;
  }
}

/** Writes four pixels of a row as three words. */
function copyRgbWords(
  pixels: Uint16Array,
  from: number,
  count: number,
  colors: Int32Array,
  into: Int32Array,
  offset: number,
): void {
  const end = from + count;
  for (let at = from, to = offset; at < end; at += 4, to += 3) {
    const first = colors[pixels[at]!]!;
    const second = colors[pixels[at + 1]!]!;
    const third = colors[pixels[at + 2]!]!;
    const fourth = colors[pixels[at + 3]!]!;
    into[to] = first | (second << 24);
    into[to + 1] = (second >> 8) | (third << 16);
    into[to + 2] = (third >> 16) | (fourth << 8);
  }
}

function copyRgbBytes(
  pixels: Uint16Array,
  from: number,
  count: number,
  colors: Int32Array,
  into: Uint8Array,
  offset: number,
): void {
  for (let i = 0, to = offset; i < count; i++, to += 3) {
    const color = colors[pixels[from + i]!]!;
    into[to] = color;
    into[to + 1] = color >> 8;
    into[to + 2] = color >> 16;
  }
}

/** A frame as words of two pixels, and as bytes. The views of the last frame are kept. */
class FrameView {
  pairs = new Int32Array(0);
  bytes: Buffer = Buffer.alloc(0);
  #frame = new Uint16Array(0);

  show(frame: Uint16Array): void {
    const { byteOffset, byteLength, length } = frame;
    const isAligned = byteOffset % 4 === 0;
    if (this.#frame !== frame) {
      this.#frame = frame as Uint16Array<ArrayBuffer>;
      const buffer = frame.buffer as ArrayBuffer;
      this.pairs = isAligned ? new Int32Array(buffer, byteOffset, length >> 1) : new Int32Array(length >> 1);
      this.bytes = Buffer.from(buffer, byteOffset, byteLength);
    }
    if (!isAligned) new Uint16Array(this.pairs.buffer).set(frame);
  }
}

type ChannelMaker = (palette: Palette) => Uint8Array;

const RGB: readonly ChannelMaker[] = [16, 8, 0].map(
  (shift) => (palette: Palette) => Uint8Array.from(palette, (color) => (color >> shift) & 0xff),
);

/** The luma of every palette entry. https://www.itu.int/rec/R-REC-BT.601 */
const GRAY: readonly ChannelMaker[] = [
  (palette) =>
    Uint8Array.from(palette, (color) => {
      const [red, green, blue] = [(color >> 16) & 0xff, (color >> 8) & 0xff, color & 0xff];
      return Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
    }),
];

interface Channel {
  readonly levels: Uint8Array;
  /** Made when it is first needed: 2 MiB. */
  pairs?: PairLevels;
}

/** The tables of each palette, which all converters share. */
const known = new WeakMap<Palette, Map<ChannelMaker, Channel>>();

function channelOf(palette: Palette, make: ChannelMaker): Channel {
  const channels = known.get(palette) ?? new Map<ChannelMaker, Channel>();
  known.set(palette, channels);
  const channel = channels.get(make) ?? { levels: make(palette) };
  channels.set(make, channel);
  return channel;
}

function pairsOf(channel: Channel): PairLevels {
  channel.pairs ??= pairLevels(channel.levels);
  return channel.pairs;
}
