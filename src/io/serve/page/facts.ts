/**
 * What a page must know of the game that it shows: the parameters of the notification `game`. It comes before
 * the first packed picture, and again when another game has other ones.
 */
export interface PageFacts {
  readonly title: string;
  /** 0xRRGGBB of each palette index; empty if pictures are colours. */
  readonly palette: readonly number[];
  /** Size of the picture in pixels, and their shape. Other pictures fill the same screen. */
  readonly width: number;
  readonly height: number;
  readonly pixelAspect: number;
  readonly sampleRateHz: number;
  /** Channels of the sound. */
  readonly channels: number;
  /** Buttons per port. */
  readonly portBits: number;
}
