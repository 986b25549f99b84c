import type { RenderCapabilities } from "./encoder.ts";
import { createEncoder, type RendererName } from "./encoders.ts";
import { type Passthrough, pastTmux } from "./passthrough.ts";
import { DELETE_STILL_IMAGE, STILL_IMAGE_ID } from "./pixels/kitty.ts";
import type { CellRectangle } from "./scale.ts";

/** A picture that does not move: 0xRRGGBB, row by row. */
export interface StillPicture {
  readonly width: number;
  readonly height: number;
  readonly colors: Uint32Array;
  /** True for a picture that was made for its place: it fills the place and ignores its own shape. */
  readonly fillsPlace?: true;
}

/** The settings with which a terminal draws still pictures. */
export interface StillSetup {
  readonly renderer: RendererName;
  readonly capabilities: RenderCapabilities;
  /** Pixels of a cell; 0 × 0 if the terminal does not report them. */
  readonly cellWidthPixels: number;
  readonly cellHeightPixels: number;
  /** True to show the NES's pixels as squares. */
  readonly isSquare?: boolean;
  /** Where the pane lies on the terminal's screen, for images that pass through tmux. */
  readonly passthrough?: Passthrough;
}

/** Width of the NES's picture, and the shape of its pixels on a television. */
const NES_WIDTH = 256;
const NES_HEIGHT = 240;
const TELEVISION_ASPECT = 8 / 7;

/** Draws one still picture at a time over text, as an image where the terminal shows images. */
export class StillPainter {
  readonly #setup: StillSetup;
  /** The last picture, its place, and the bytes that draw it. */
  #picture: StillPicture | undefined;
  #place = "";
  #bytes = new Uint8Array(0);

  constructor(setup: StillSetup) {
    this.#setup = setup;
  }

  /** The bytes that draw a picture as large as the rectangle allows; none if that is too small. */
  paint(picture: StillPicture, rectangle: CellRectangle): Uint8Array {
    const place = JSON.stringify(rectangle);
    if (picture !== this.#picture || place !== this.#place) {
      this.#bytes = this.#encode(picture, rectangle);
      this.#picture = picture;
      this.#place = place;
    }
    return this.#bytes;
  }

  /** The text that removes the last picture. Writing over its cells removes pictures that are not kitty's. */
  get remove(): string {
    const { renderer, capabilities } = this.#setup;
    if (renderer !== "kitty" && renderer !== "kitty-shm") return "";
    return capabilities.pastTmux ? pastTmux(DELETE_STILL_IMAGE) : DELETE_STILL_IMAGE;
  }

  #encode(
    { width, height, colors, fillsPlace }: StillPicture,
    rectangle: CellRectangle,
  ): Uint8Array<ArrayBuffer> {
    const { renderer, capabilities, cellWidthPixels, cellHeightPixels, passthrough, isSquare } = this.#setup;
    const isNes = width % NES_WIDTH === 0 && height <= NES_HEIGHT * (width / NES_WIDTH);
    // Shared memory would have to stay until the terminal has read it.
    const encoder = createEncoder(renderer === "kitty-shm" ? "kitty" : renderer, {
      frameWidth: width,
      frameHeight: height,
      source: { x: 0, y: 0, width, height, pixelAspect: isNes && isSquare !== true ? TELEVISION_ASPECT : 1 },
      window: { ...rectangle, cellWidthPixels, cellHeightPixels },
      scale: fillsPlace === true ? "fill" : "fit",
      palette: NO_PALETTE,
      isRgb: true,
      imageId: STILL_IMAGE_ID,
      // The palette and whole rows belong to the game's picture.
      capabilities: {
        ...capabilities,
        paletteUpload: capabilities.paletteUpload === "none" ? "none" : "beside",
        shiftRows: false,
      },
      ...(passthrough === undefined ? {} : { passthrough }),
    });
    if (encoder === undefined) return new Uint8Array(0);
    const out = new Uint8Array(encoder.maxFrameBytes);
    return out.slice(0, encoder.encode(colors, out));
  }
}

const NO_PALETTE = new Uint32Array(0);
