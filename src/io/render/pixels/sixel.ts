import { ByteWriter, ESC, SYNC_BEGIN, SYNC_END, utf8 } from "../ansi.ts";
import type { Encoder, EncoderSetup } from "../encoder.ts";
import { nearestMap, type Placement } from "../scale.ts";
import { AreaIndexedImage } from "./area-indexed-image.ts";
import { sendsAreaScaled } from "./image-source.ts";
import { IndexedImage, MAX_INDEXED_COLORS } from "./indexed-image.ts";

/** Rows of pixels in one sixel. */
const BAND_ROWS = 6;
/** A sixel's character is its bits plus this value. */
const SIXEL_ZERO = 0x3f;
const CARRIAGE_RETURN = 0x24;
const NEXT_BAND = 0x2d;
const REPEAT = 0x21;
const COLOR = 0x23;
const SQUARE_PIXELS = utf8('"1;1;');
/** Shortest run that is worth a repeat: "!4x" is shorter than "xxxx". */
const MIN_REPEAT = 4;
/** Maximum number of strips in a frame. The last strip reaches to the last change. */
const MAX_STRIPS = 8;
/** Minimum number of bands between two strips. A new strip takes more bytes than a shorter gap. */
const MIN_GAP_BANDS = 4;
/** A difference is tried if at most this share of the pixels has changed. */
const MAX_DELTA_SHARE = 0.5;
/** For windows up to 8,192 pixels wide, whose sizes have four digits. */
const MAX_REPEAT_BYTES = 6;

/**
 * Sends frames as sixels, at the size of the terminal's own pixels. Each band of six rows is written colour
 * by colour in run-length form. When little has changed, only the changed pixels are written: P2 = 1 does not
 * change the others. Where a terminal does not keep the others, each run of changed rows of cells is written
 * as a picture of its own. A picture defines each colour where it first uses it.
 * https://vt100.net/docs/vt3xx-gp/chapter14.html
 */
export class SixelEncoder implements Encoder {
  readonly name = "sixel";
  readonly maxFrameBytes: number;
  readonly #image: IndexedImage | AreaIndexedImage;
  readonly #out = new ByteWriter(new Uint8Array(0));
  readonly #begin: Uint8Array;
  readonly #end: Uint8Array;
  /** The picture's place and size: in cells from 0, and in the terminal's pixels. */
  readonly #top: number;
  readonly #left: number;
  readonly #width: number;
  readonly #height: number;
  readonly #cellHeight: number;
  readonly #layers: boolean;
  /** Bands after which a row of bands ends where a row of cells ends. */
  readonly #stepBands: number;
  /** Terminal columns per column of the image. */
  readonly #repeats: Int32Array;
  /**
   * The image's rows of each band, and the bits of the band that each fills: bands × 6 entries, −1 after the
   * last.
   */
  readonly #bandRows: Int32Array;
  readonly #bandBits: Uint8Array;
  readonly #bands: number;
  /** Colour of every pixel of the image as the terminal shows it, 0xRRGGBB. */
  readonly #shown: Uint32Array;
  readonly #isChanged: Uint8Array;
  /** The band's sixels, by colour and source column. */
  readonly #sixels: Uint8Array;
  /** Last source column of the band in which a colour occurs. */
  readonly #last = new Int32Array(MAX_INDEXED_COLORS);
  /** Serial number of the last band in which a colour occurred. */
  readonly #seenIn = new Int32Array(MAX_INDEXED_COLORS);
  #bandSerial = 0;
  readonly #bandColors = new Uint8Array(MAX_INDEXED_COLORS);
  /** Serial number of the last picture that defined a colour. */
  readonly #definedIn = new Int32Array(MAX_INDEXED_COLORS);
  #pictureSerial = 0;
  /** By strip: its first band, and the band after its last one. */
  readonly #stripStarts = new Int32Array(MAX_STRIPS);
  readonly #stripEnds = new Int32Array(MAX_STRIPS);
  #isShown = false;

  /** The picture fills `placement`'s cells. The setup must have the cells' size in pixels. */
  constructor(setup: EncoderSetup, placement: Placement) {
    const { capabilities, palette, source, frameWidth, window } = setup;
    const width = placement.columns * window.cellWidthPixels;
    const height = placement.rows * window.cellHeightPixels;
    const image = new IndexedImage(palette, source, frameWidth);
    // The terminal takes no part in the scaling, so filters, which sixels do not have, do not matter.
    const isScaled = sendsAreaScaled({ ...setup, filter: "none" });
    this.#image = isScaled ? new AreaIndexedImage(image, { width, height }, setup.scale) : image;
    this.#repeats = new Int32Array(this.#image.width);
    for (const column of nearestMap(width, 0, this.#image.width)) this.#repeats[column]!++;
    this.#bands = Math.ceil(height / BAND_ROWS);
    this.#bandRows = new Int32Array(this.#bands * BAND_ROWS).fill(-1);
    this.#bandBits = new Uint8Array(this.#bands * BAND_ROWS);
    nearestMap(height, 0, this.#image.height).forEach((row, y) => {
      const start = Math.floor(y / BAND_ROWS) * BAND_ROWS;
      let at = start;
      while (this.#bandRows[at] !== -1 && this.#bandRows[at] !== row) at++;
      this.#bandRows[at] = row;
      this.#bandBits[at]! |= 1 << (y - start);
    });
    this.#shown = new Uint32Array(this.#image.width * this.#image.height);
    this.#isChanged = new Uint8Array(this.#shown.length);
    this.#sixels = new Uint8Array(MAX_INDEXED_COLORS * this.#image.width);
    const isHeld = capabilities.synchronizedOutput;
    this.#begin = utf8(isHeld ? SYNC_BEGIN : "");
    this.#end = utf8(isHeld ? SYNC_END : "");
    this.#top = placement.top;
    this.#left = placement.left;
    this.#width = width;
    this.#height = height;
    this.#cellHeight = window.cellHeightPixels;
    this.#layers = capabilities.layersSixels;
    this.#stepBands = commonMultiple(window.cellHeightPixels, BAND_ROWS) / BAND_ROWS;
    // Per band and colour its selection, and in the worst case each of the image's pixels has another colour
    // than its neighbours: its sixel and, before it, a repeat of nothing.
    const rows = this.#bandRows.reduce((count, row) => (row < 0 ? count : count + 1), 0);
    const sixelBytes = this.#image.width === width ? 1 : MAX_REPEAT_BYTES;
    const pixelBytes = rows * this.#image.width * (MAX_REPEAT_BYTES + sixelBytes);
    const strips = this.#layers ? 1 : MAX_STRIPS;
    const pictureBytes = strips * (MAX_INDEXED_COLORS * 24 + 100);
    this.maxFrameBytes = pixelBytes + this.#bands * MAX_INDEXED_COLORS * 8 + pictureBytes;
  }

  encode(frame: Uint16Array, out: Uint8Array): number {
    if (!this.#image.take(frame)) return 0;
    const changed = this.#compare();
    if (changed === 0) return 0;
    const writer = this.#out;
    writer.restart(out);
    writer.append(this.#begin);
    const isDelta = this.#layers && this.#isShown && changed <= MAX_DELTA_SHARE * this.#shown.length;
    const hasStrips = !this.#layers && this.#isShown;
    const strips = hasStrips ? this.#findStrips() : 1;
    if (!hasStrips) {
      this.#stripStarts[0] = 0;
      this.#stripEnds[0] = this.#bands;
    }
    if (!isDelta) this.#isChanged.fill(1);
    this.#isShown = true;
    for (let strip = 0; strip < strips; strip++)
      this.#write(writer, this.#stripStarts[strip]!, this.#stripEnds[strip]!, isDelta);
    writer.append(this.#end);
    return writer.length;
  }

  invalidate(): void {
    this.#image.invalidate();
    this.#isShown = false;
  }

  /** Marks the pixels that differ from what is shown. Returns their number. */
  #compare(): number {
    const { pixels, colors } = this.#image;
    const shown = this.#shown;
    const isChanged = this.#isChanged;
    let changed = 0;
    for (let at = 0; at < pixels.length; at++) {
      const color = colors[pixels[at]!]!;
      if (color === shown[at]! && this.#isShown) {
        isChanged[at] = 0;
        continue;
      }
      shown[at] = color;
      isChanged[at] = 1;
      changed++;
    }
    return changed;
  }

  /** Finds the runs of bands to write, which begin and end with rows of cells. Returns their number. */
  #findStrips(): number {
    const starts = this.#stripStarts;
    const ends = this.#stripEnds;
    let strips = 0;
    for (let band = 0; band < this.#bands; band++) {
      if (!this.#hasChange(band)) continue;
      const start = band - (band % this.#stepBands);
      const end = Math.min(this.#bands, start + this.#stepBands);
      const isNear = strips > 0 && start - ends[strips - 1]! < MIN_GAP_BANDS;
      if (!isNear && strips < MAX_STRIPS) starts[strips++] = start;
      ends[strips - 1] = end;
      band = end - 1;
    }
    return strips;
  }

  #hasChange(band: number): boolean {
    const { width } = this.#image;
    const isChanged = this.#isChanged;
    for (let i = band * BAND_ROWS; i < (band + 1) * BAND_ROWS; i++) {
      const start = this.#bandRows[i]! * width;
      if (start < 0) return false;
      for (let at = start; at < start + width; at++) if (isChanged[at]! !== 0) return true;
    }
    return false;
  }

  /** Writes bands as a picture, of which a difference names only some pixels. */
  #write(out: ByteWriter, first: number, end: number, isDelta: boolean): void {
    this.#pictureSerial++;
    out.moveTo(this.#top + (first * BAND_ROWS) / this.#cellHeight + 1, this.#left + 1);
    out.byte(ESC);
    out.byte(0x50); // P: device control string
    if (isDelta) {
      out.byte(0x30); // P1 = 0, P2 = 1: pixels not named stay as they are
      out.byte(0x3b);
      out.byte(0x31);
    }
    out.byte(0x71); // q: sixels follow
    this.#raster(out, Math.min(this.#height, end * BAND_ROWS) - first * BAND_ROWS);
    this.#picture(out, first, end);
    out.byte(ESC);
    out.byte(0x5c); // \: the end of the string
  }

  /** The raster attributes: square pixels, and the size in pixels. */
  #raster(out: ByteWriter, height: number): void {
    out.append(SQUARE_PIXELS);
    out.decimal(this.#width);
    out.byte(0x3b);
    out.decimal(height);
  }

  /** Defines a colour; components are percentages. */
  #define(out: ByteWriter, index: number): void {
    const rgb = this.#image.colors[index]!;
    this.#definedIn[index] = this.#pictureSerial;
    out.byte(COLOR);
    out.decimal(index);
    out.byte(0x3b);
    out.byte(0x32); // RGB
    for (let shift = 16; shift >= 0; shift -= 8) {
      out.byte(0x3b);
      out.decimal(Math.round((((rgb >> shift) & 0xff) * 100) / 255));
    }
  }

  #picture(out: ByteWriter, first: number, end: number): void {
    // Bands without a change are counted; the skip is written only when another band follows.
    let skipped = 0;
    for (let band = first; band < end; band++) {
      const colors = this.#gather(band);
      if (colors > 0) {
        for (; skipped > 0; skipped--) out.byte(NEXT_BAND);
        for (let i = 0; i < colors; i++) {
          if (i > 0) out.byte(CARRIAGE_RETURN);
          this.#run(out, this.#bandColors[i]!);
        }
      }
      skipped++;
    }
  }

  /** Collects the sixels of a band by colour. Returns the number of colours. */
  #gather(band: number): number {
    const { pixels, width } = this.#image;
    const isChanged = this.#isChanged;
    const sixels = this.#sixels;
    const last = this.#last;
    const seenIn = this.#seenIn;
    const serial = ++this.#bandSerial;
    let colors = 0;
    for (let i = band * BAND_ROWS; i < (band + 1) * BAND_ROWS; i++) {
      const row = this.#bandRows[i]!;
      if (row < 0) break;
      const bits = this.#bandBits[i]!;
      for (let x = 0, at = row * width; x < width; x++, at++) {
        if (isChanged[at]! === 0) continue;
        const color = pixels[at]!;
        if (seenIn[color]! !== serial) {
          seenIn[color] = serial;
          this.#bandColors[colors++] = color;
          last[color] = x;
        } else if (x > last[color]!) last[color] = x;
        sixels[color * width + x]! |= bits;
      }
    }
    return colors;
  }

  /** Writes one colour's sixels of the band as runs, and clears them. */
  #run(out: ByteWriter, color: number): void {
    const { width } = this.#image;
    const repeats = this.#repeats;
    const sixels = this.#sixels;
    const start = color * width;
    const last = this.#last[color]!;
    if (this.#definedIn[color]! !== this.#pictureSerial) this.#define(out, color);
    out.byte(COLOR);
    out.decimal(color);
    let length = 0;
    let bits = 0;
    for (let x = 0; x <= last; x++) {
      const next = sixels[start + x]!;
      sixels[start + x] = 0;
      if (next !== bits) {
        writeRun(out, bits, length);
        bits = next;
        length = 0;
      }
      length += repeats[x]!;
    }
    writeRun(out, bits, length);
  }
}

function commonMultiple(one: number, other: number): number {
  let multiple = one;
  while (multiple % other !== 0) multiple += one;
  return multiple;
}

function writeRun(out: ByteWriter, bits: number, length: number): void {
  if (length < MIN_REPEAT) {
    for (let i = 0; i < length; i++) out.byte(SIXEL_ZERO + bits);
    return;
  }
  out.byte(REPEAT);
  out.decimal(length);
  out.byte(SIXEL_ZERO + bits);
}
