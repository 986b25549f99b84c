/** A picture in an emulator's own colours, without the borders that it leaves out. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** One number per pixel: equal colours have equal numbers. */
  readonly colours: Int32Array;
}

/** An emulator that can be measured. */
export interface Peer {
  /**
   * Holds these buttons of port 1 from now on: bit 0 A, 1 B, 2 Select, 3 Start, 4 Up, 5 Down, 6 Left, 7
   * Right.
   */
  press(mask: number): void;
  /** Runs a frame and produces its picture and its sound. */
  runFrame(): void;
  /** The picture of the last frame. */
  picture(): Picture;
}

/** Powers on with a ROM file; returns undefined if this emulator is not on the machine. */
export type StartPeer = (rom: Uint8Array, path: string) => Peer | undefined;
