import type { PictureFilter } from "./ntsc-filter.ts";
import type { Palette } from "./palette.ts";
import type { Passthrough } from "./passthrough.ts";
import type { ScaleMode, SourceArea, TerminalWindow } from "./scale.ts";

/** What an encoder may count on in this terminal. Everything is false until the terminal has said so. */
export interface RenderCapabilities {
  /** Mode 2026: the terminal holds back its picture between begin and end. */
  readonly synchronizedOutput: boolean;
  /** U+2588 fills its cell without seams. xterm with Xft leaves a pixel free, so flat areas show streaks. */
  readonly fullBlock: boolean;
  /**
   * A glyph and its complement may be mixed. Terminals whose cells have an odd height split them at
   * another pixel for U+2584 than for U+2580.
   */
  readonly complementGlyphs: boolean;
  /**
   * The terminal's palette can be changed by OSC 4, and restored: not at all, from slot 16 on, or whole
   * because it has told its first sixteen colours. "past-screen" is the upper part of the palette of a terminal
   * around GNU screen.
   */
  readonly paletteUpload: "none" | "upper" | "whole" | "past-screen";
  /** Deleting and inserting characters moves the rest of the row: scrolling costs a few bytes a row. */
  readonly shiftRows: boolean;
  readonly colors: ColorMode;
  /** Without colours dots are of the terminal's foreground, which is the darker here. */
  readonly lightBackground: boolean;
  /** Images go past tmux to the terminal around it. */
  readonly pastTmux: boolean;
  /** Its first sixteen colours as it names them ("rgb:cdcd/0000/0000"), where it has told them. */
  readonly palette: readonly (string | undefined)[];
}

/** How many colours the terminal has: 24-bit, the 256 of xterm, the first 16, or none. */
export const COLOR_MODES = ["true", "256", "16", "mono"] as const;
export type ColorMode = (typeof COLOR_MODES)[number];

export const PLAIN_CAPABILITIES: RenderCapabilities = {
  synchronizedOutput: false,
  fullBlock: false,
  complementGlyphs: false,
  paletteUpload: "none",
  shiftRows: false,
  pastTmux: false,
  lightBackground: false,
  colors: "true",
  palette: [],
};

/** Everything that an encoder is made for; when any of it changes, a new encoder is made. */
export interface EncoderSetup {
  /** Width of a frame in pixels: the stride of its rows. */
  readonly frameWidth: number;
  readonly frameHeight: number;
  /** The part of the frame to show. */
  readonly source: SourceArea;
  readonly window: TerminalWindow;
  readonly scale: ScaleMode;
  readonly palette: Palette;
  readonly capabilities: RenderCapabilities;
  /** What is done to pictures that go to the terminal as images by kitty's or iTerm2's protocol. */
  readonly filter?: PictureFilter;
  /** Where our pane lies on the terminal's screen, for images that go past tmux. */
  readonly passthrough?: Passthrough;
}

/**
 * Turns pictures into bytes for a terminal. One thread uses it; after making it nothing allocates but the
 * compression of PNG.
 */
export interface Encoder {
  /** What `--stats` and the status line call it. */
  readonly name: string;
  /** No frame takes more bytes than this. */
  readonly maxFrameBytes: number;
  /**
   * What the next frames should take at most, for terminals behind slow links; without it an encoder cannot
   * do with less. Frames that need more are shown with less detail.
   */
  limitBytes?: number;
  /**
   * Of the last frame, the part that is shown exactly. Below 1, encoding the same frame again adds what is
   * missing, as far as the limit allows.
   */
  readonly exactShare?: number;
  /**
   * Writes what turns the screen as the encoder left it into `frame` (palette indices with emphasis
   * bits, `frameWidth × frameHeight`) into `out`, which holds `maxFrameBytes`. Returns the number of
   * bytes, 0 when nothing changed.
   */
  encode(frame: Uint16Array, out: Uint8Array): number;
  /** The screen no longer shows what the encoder left: the next frame is drawn whole. */
  invalidate(): void;
  /** Gives back what lies outside this process; the encoder is not used again. */
  close?(): void;
}
