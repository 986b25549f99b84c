import { utf8 } from "../../render/ansi.ts";
import type { Palette } from "../../render/colors/palette.ts";
import { type ColorMode, type Encoder, type EncoderSetup, PLAIN_CAPABILITIES } from "../../render/encoder.ts";
import { createEncoder } from "../../render/encoders.ts";
import type { ServerCounters } from "../counters.ts";
import type { ServedPicture, ServedShape } from "../machine/served-picture.ts";
import type { WatchedGame } from "../machine/watched-game.ts";
import type { Viewer } from "./viewer.ts";
import { shapeRecord, type WatchWish } from "./watch-line.ts";

/** A picture may come this fraction of the interval after the last one: frames arrive slightly unevenly. */
const EARLY = 0.8;
const LENGTH_BYTES = 4;
/** Clears the screen around the picture, whatever the background of the terminal is. */
export const CLEAR_AROUND: Readonly<Record<ColorMode, string>> = {
  true: "\x1b[0m\x1b[48;2;0;0;0m\x1b[2J\x1b[0m",
  256: "\x1b[0m\x1b[48;5;16m\x1b[2J\x1b[0m",
  16: "\x1b[0m\x1b[40m\x1b[2J\x1b[0m",
  mono: "\x1b[0m\x1b[2J",
};

/**
 * Spectators with the same settings. Each picture is encoded once as the difference from the previous one,
 * for all viewers that have the previous one, and once whole for viewers that are new or missed a picture.
 */
export abstract class EncodingGroup {
  readonly #viewers = new Set<Viewer>();
  readonly #counters: ServerCounters;
  readonly #fps: number;
  #lastStretch = Number.NaN;
  #lastMs = Number.NEGATIVE_INFINITY;
  /** Number of pictures encoded so far, and the last one. */
  #turn = 0;
  #shown: ServedPicture | undefined;

  constructor(counters: ServerCounters, { fps }: WatchWish) {
    this.#counters = counters;
    this.#fps = fps;
  }

  /** Encodes the difference to the picture of the previous call; valid until the next call. */
  protected abstract difference(picture: ServedPicture): Uint8Array;
  /** Encodes the whole picture, for viewers that have none; valid until the next call. */
  protected abstract whole(picture: ServedPicture): Uint8Array;

  /** False for a picture that its viewers cannot draw: they are disconnected, and can connect again. */
  protected accepts(_picture: ServedPicture): boolean {
    return true;
  }

  get size(): number {
    return this.#viewers.size;
  }

  add(viewer: Viewer): void {
    this.#viewers.add(viewer);
  }

  /** Sends the current picture to a new viewer, even if the machine is paused. */
  greet(viewer: Viewer, picture: ServedPicture): void {
    if (viewer.isReady) viewer.send(this.whole(picture));
  }

  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  /** Sends a picture to all viewers that are ready, if one is due. */
  show(picture: ServedPicture, nowMs: number): void {
    const { frameRateHz } = picture.shape;
    const every = Math.max(1, Math.round(frameRateHz / this.#fps));
    const stretch = Math.floor(picture.frame / every);
    // A machine that runs faster than real time does not raise the picture rate.
    const leastMs = (1000 / frameRateHz) * every * EARLY;
    if (stretch === this.#lastStretch || nowMs - this.#lastMs < leastMs) return;
    this.#lastStretch = stretch;
    this.#lastMs = nowMs;
    let isAnybodyReady = false;
    for (const viewer of this.#viewers) {
      if (viewer.isReady) isAnybodyReady = true;
      else this.#miss(viewer);
    }
    if (isAnybodyReady) this.#send(picture);
  }

  /** Sends the picture of a paused machine to all viewers that do not have it yet. */
  settle(picture: ServedPicture): void {
    if (picture !== this.#shown) {
      this.#send(picture);
      return;
    }
    for (const viewer of this.#viewers) {
      if (!viewer.isReady || viewer.turn === this.#turn) continue;
      viewer.turn = this.#turn;
      viewer.send(this.whole(picture));
    }
  }

  #send(picture: ServedPicture): void {
    if (!this.accepts(picture)) {
      for (const viewer of this.#viewers) viewer.close();
      return;
    }
    this.#shown = picture;
    const before = this.#turn++;
    const difference = this.difference(picture);
    let whole: Uint8Array | undefined;
    this.#counters.encodings++;
    for (const viewer of this.#viewers) {
      if (!viewer.isReady) continue;
      const isInStep = viewer.turn === before && before > 0;
      if (!isInStep && whole === undefined) {
        whole = this.whole(picture);
        this.#counters.encodings++;
      }
      const bytes = isInStep ? difference : whole!;
      viewer.turn = this.#turn;
      viewer.send(bytes);
      this.#counters.picturesSent++;
      this.#counters.pictureBytes += bytes.length;
    }
  }

  #miss(viewer: Viewer): void {
    viewer.missed++;
    this.#counters.picturesDropped++;
  }
}

/** Half-blocks: any terminal with the chosen colours can show the stream directly. */
class CellGroup extends EncodingGroup {
  readonly #setup: Omit<EncoderSetup, "frameWidth" | "frameHeight" | "source" | "isRgb" | "palette">;
  readonly #game: WatchedGame;
  readonly #clear: Uint8Array;
  #differences: CellEncoder | undefined;
  #wholes: CellEncoder | undefined;

  constructor(counters: ServerCounters, wish: WatchWish, game: WatchedGame) {
    super(counters, wish);
    this.#game = game;
    this.#setup = {
      window: { columns: wish.columns, rows: wish.rows, cellWidthPixels: 0, cellHeightPixels: 0 },
      scale: "fit",
      capabilities: { ...PLAIN_CAPABILITIES, colors: wish.colors },
    };
    this.#clear = utf8(CLEAR_AROUND[wish.colors]);
  }

  protected override difference(picture: ServedPicture): Uint8Array {
    this.#differences = this.#encoderFor(picture, this.#differences);
    const bytes = this.#encode(this.#differences, picture);
    this.#differences.start = NO_BYTES;
    return bytes;
  }

  protected override whole(picture: ServedPicture): Uint8Array {
    this.#wholes = this.#encoderFor(picture, this.#wholes);
    this.#wholes.encoder.invalidate();
    return this.#encode(this.#wholes, picture);
  }

  /** The encoder, or another one if the picture has another shape than the last one. */
  #encoderFor(picture: ServedPicture, before: CellEncoder | undefined): CellEncoder {
    const { width, height, pixelAspect } = picture.shape;
    const isRgb = picture.pixels instanceof Uint32Array;
    const hasSize = before?.shape.width === width && before.shape.height === height;
    const { palette } = this.#game;
    const hasColors = before?.isRgb === isRgb && before.palette === palette;
    if (hasSize && hasColors && before.shape.pixelAspect === pixelAspect) return before;
    // The settings were checked: a window of this size has room for a picture.
    const encoder = createEncoder("half-block", {
      ...this.#setup,
      frameWidth: width,
      frameHeight: height,
      source: { x: 0, y: 0, width, height, pixelAspect },
      palette,
      isRgb,
    })!;
    // A picture of another shape may leave a part of the previous one uncovered.
    const start = before === undefined ? NO_BYTES : this.#clear;
    const rest = utf8(`\x1b[0m\x1b[${this.#setup.window.rows};1H`);
    const bytes = start.length + encoder.maxFrameBytes + rest.length;
    const out = new Uint8Array(new SharedArrayBuffer(bytes));
    return { encoder, shape: picture.shape, isRgb, palette, start, rest, out };
  }

  #encode(cells: CellEncoder, picture: ServedPicture): Uint8Array {
    const { encoder, out, rest, start } = cells;
    out.set(start);
    const length = start.length + encoder.encode(picture.pixels, out.subarray(start.length));
    if (length === 0) return out.subarray(0, 0);
    out.set(rest, length);
    return out.subarray(0, length + rest.length);
  }
}

/** An encoder for pictures of one shape and palette. */
interface CellEncoder {
  readonly encoder: Encoder;
  readonly shape: ServedShape;
  readonly isRgb: boolean;
  readonly palette: Palette;
  readonly out: Uint8Array<SharedArrayBuffer>;
  /**
   * Clears the screen of viewers whose last picture may have had another shape. It comes before the first
   * difference and before every whole picture.
   */
  start: Uint8Array;
  /** Moves the cursor out of the picture. */
  readonly rest: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Packed pictures, each after its length. Every one is a whole picture. A viewer that may not know the shape
 * of the picture gets it first.
 */
class PackedGroup extends EncodingGroup {
  /** The kind of pictures that its viewers expect. */
  readonly #isRgb: boolean;
  readonly #game: WatchedGame;
  #last: ServedPicture | undefined;
  #shape: ServedShape | undefined;
  #bytes = NO_BYTES;
  #shapeBytes = NO_BYTES;

  constructor(counters: ServerCounters, wish: WatchWish, game: WatchedGame) {
    super(counters, wish);
    this.#isRgb = game.isRgb;
    this.#game = game;
  }

  protected override accepts(picture: ServedPicture): boolean {
    return picture.pixels instanceof Uint32Array === this.#isRgb;
  }

  protected override difference(picture: ServedPicture): Uint8Array {
    return picture.shape === this.#shape ? this.#pack(picture) : this.whole(picture);
  }

  protected override whole(picture: ServedPicture): Uint8Array {
    if (picture.shape !== this.#shape) this.#shapeBytes = shapeRecord(picture.shape, this.#game);
    this.#shape = picture.shape;
    return Buffer.concat([this.#shapeBytes, this.#pack(picture)]);
  }

  #pack(picture: ServedPicture): Uint8Array {
    if (this.#last === picture) return this.#bytes;
    const packed = picture.packed();
    this.#bytes = new Uint8Array(LENGTH_BYTES + packed.length);
    new DataView(this.#bytes.buffer).setUint32(0, packed.length, true);
    this.#bytes.set(packed, LENGTH_BYTES);
    this.#last = picture;
    return this.#bytes;
  }
}

/** Creates the group for spectators with these settings. */
export function createGroup(counters: ServerCounters, wish: WatchWish, game: WatchedGame): EncodingGroup {
  return wish.format === "packed"
    ? new PackedGroup(counters, wish, game)
    : new CellGroup(counters, wish, game);
}

/** Key of the settings that affect the picture. Spectators with the same key share a group. */
export function groupKey({ format, columns, rows, colors, fps }: WatchWish, isRgb: boolean): string {
  return format === "packed"
    ? `packed ${isRgb ? "rgb" : "indices"} ${fps}`
    : `cells ${columns} ${rows} ${colors} ${fps}`;
}

/** Returns true if a key of `groupKey` is for pictures made of characters. */
export function isCellsKey(key: string): boolean {
  return key.startsWith("cells ");
}
