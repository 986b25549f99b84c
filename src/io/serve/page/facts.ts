/** What the server writes into its page about the machine. */
export interface SpectatorFacts {
  /** 0xRRGGBB of each palette index. */
  readonly palette: readonly number[];
  /** Size of the picture in pixels, and their shape. Other pictures fill the same screen. */
  readonly width: number;
  readonly height: number;
  readonly pixelAspect: number;
  readonly sampleRateHz: number;
  /** Buttons per port. */
  readonly portBits: number;
}
