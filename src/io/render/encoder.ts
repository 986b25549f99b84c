import type { FramePixels } from "../../emu/machine.ts";
import type { PixelSize } from "./area-axis.ts";
import type { Palette } from "./colors/palette.ts";
import type { Passthrough } from "./passthrough.ts";
import type { PictureFilter } from "./pixels/ntsc-filter.ts";
import type { CellRectangle, PlacementMode, SourceArea, TerminalWindow } from "./scale.ts";

/** What this terminal supports. Everything is false until the terminal has reported it. */
export interface RenderCapabilities {
  /** Mode 2026: the terminal does not show changes between begin and end until the end. */
  readonly synchronizedOutput: boolean;
  /**
   * True if block elements fill their cells, as U+2588 should. xterm draws them with its font, whose ink ends
   * before the edges of the cell, so seams show (`cells/glyph-forms.ts`).
   */
  readonly fullBlock: boolean;
  /**
   * True if a glyph and its complement may be mixed. Terminals whose cells have an odd height split them at a
   * different pixel for U+2584 than for U+2580.
   */
  readonly complementGlyphs: boolean;
  /**
   * True if sixels that are not drawn leave what an earlier sixel picture shows there. Other terminals give
   * each cell the part of one picture.
   */
  readonly layersSixels: boolean;
  /**
   * Which slots of the terminal's palette OSC 4 can change and restore: none, those from 16 on, or the whole
   * palette because the terminal has reported its first sixteen colours. "past-screen" is the upper part of
   * the palette of a terminal around GNU screen. "beside" is for a picture beside one that uploads colours:
   * it uploads none, and uses no slot that may have been changed.
   */
  readonly paletteUpload: "none" | "upper" | "whole" | "past-screen" | "beside";
  /**
   * True if deleting and inserting characters moves the rest of the row: scrolling then costs a few bytes per
   * row.
   */
  readonly shiftRows: boolean;
  /** False if erased cells get the terminal's own background instead of the current one, as in GNU screen. */
  readonly erasesInColor: boolean;
  readonly colors: ColorMode;
  /**
   * True if the background is lighter than the foreground. Without colours, dots have the foreground colour.
   */
  readonly lightBackground: boolean;
  /** True if images pass through tmux to the terminal around it. */
  readonly pastTmux: boolean;
  /**
   * The terminal's first sixteen colours as it reports them ("rgb:cdcd/0000/0000"); undefined if not
   * reported.
   */
  readonly palette: readonly (string | undefined)[];
}

/** Colours that a terminal has: 24-bit, xterm's 256, the first 16, or none. */
export const COLOR_MODES = ["true", "256", "16", "mono"] as const;
export type ColorMode = (typeof COLOR_MODES)[number];

export const PLAIN_CAPABILITIES: RenderCapabilities = {
  synchronizedOutput: false,
  fullBlock: false,
  complementGlyphs: false,
  layersSixels: false,
  paletteUpload: "none",
  shiftRows: false,
  erasesInColor: true,
  pastTmux: false,
  lightBackground: false,
  colors: "true",
  palette: [],
};

/** Everything an encoder depends on. When any of it changes, a new encoder is made. */
export interface EncoderSetup {
  /** Width of a frame in pixels: the stride of its rows. */
  readonly frameWidth: number;
  readonly frameHeight: number;
  /** The part of the frame to show. */
  readonly source: SourceArea;
  readonly window: TerminalWindow;
  readonly scale: PlacementMode;
  /** Size of the picture's cells in the terminal's pixels; undefined if the terminal does not report it. */
  readonly pixelSize?: PixelSize;
  /** Colours of frames that are palette indices. */
  readonly palette: Palette;
  /** True if frames are 0x00RRGGBB. Default: palette indices. */
  readonly isRgb?: boolean;
  /**
   * True to show the picture at half its brightness. Palettes come dimmed; this is for what has its own
   * colours: RGB frames and filters.
   */
  readonly isDimmed?: boolean;
  /**
   * Where text lies over the picture, for images that would hide it: they leave this part of the window out.
   */
  readonly hole?: CellRectangle;
  /** Names the image where the terminal keeps images by number. Default: that of the game's picture. */
  readonly imageId?: number;
  readonly capabilities: RenderCapabilities;
  /** Filter for pictures of palette indices sent as images by kitty's or iTerm2's protocol. */
  readonly filter?: PictureFilter;
  /** Where the pane lies on the terminal's screen, for images that pass through tmux. */
  readonly passthrough?: Passthrough;
}

/**
 * Turns pictures into bytes for a terminal. One thread uses it. After construction only PNG compression
 * allocates.
 */
export interface Encoder {
  /** The name that `--stats` and the status line show. */
  readonly name: string;
  /** No frame takes more bytes than this. */
  readonly maxFrameBytes: number;
  /**
   * Target size of the next frames, for terminals on slow links; an encoder without this field cannot shrink
   * its frames. Frames that need more are shown with less detail.
   */
  limitBytes?: number;
  /**
   * Share of the last frame that is shown exactly. Below 1, encoding the same frame again adds what is
   * missing, within the limit.
   */
  readonly exactShare?: number;
  /**
   * Encodes the first `frameWidth × frameHeight` elements of `frame` as a difference from the screen that the
   * last call left. Writes into `out`, which holds `maxFrameBytes`. Returns the number of bytes; 0 if nothing
   * changed.
   */
  encode(frame: FramePixels, out: Uint8Array): number;
  /** Call it when the screen no longer shows what the encoder wrote: the next frame is drawn whole. */
  invalidate(): void;
  /** Frees resources outside this process. The encoder must not be used afterwards. */
  close?(): void;
}
